// What a configuration means, without the places it was read from; and the way through text and back.
import type { LoadOptions, LoadResult } from '../../../src/config/load.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import type { Configuration } from '../../../src/config/model.ts';
import { printConfiguration } from '../../../src/config/print/configuration.ts';
import { mainFile, memoryFiles, plainHost } from './memory.ts';

/** The model without places and names of files; the list of interfaces repeats what stands elsewhere. */
export function meaning(configuration: Configuration): unknown {
  const { interfaces: _interfaces, files: _files, ...rest } = configuration;
  return JSON.parse(JSON.stringify(rest, (key, value: unknown) => (key === 'at' ? undefined : value)));
}

const plainOptions: Omit<LoadOptions, 'path' | 'files'> = {
  configId: 'node1',
  environment: {},
  random: () => 0.5,
  host: plainHost,
  mode: 'run',
};

/** Reads a text; without a configuration where something stops the daemon. */
export function read(text: string, options: Partial<LoadOptions> = {}): LoadResult {
  return loadConfiguration({
    ...plainOptions,
    path: mainFile,
    files: memoryFiles({ [mainFile]: text }),
    ...options,
  });
}

export interface RoundTrip {
  readonly first: unknown;
  readonly printed: string;
  readonly second: unknown;
  readonly printedAgain: string;
  /** What the reader says of the printed text that it did not say of a sound one. */
  readonly complaints: readonly string[];
}

/** Prints what was read, reads that, and prints it again. */
export function roundTrip(configuration: Configuration, options: Partial<LoadOptions> = {}): RoundTrip {
  const printed = printConfiguration(configuration);
  const { path: _path, files: _files, ...others } = options;
  const again = read(printed, others);
  return {
    first: meaning(configuration),
    printed,
    second: again.configuration ? meaning(again.configuration) : undefined,
    printedAgain: again.configuration ? printConfiguration(again.configuration) : '',
    complaints: again.diagnostics
      .filter((diagnostic) => diagnostic.class !== 'note')
      .map(({ code, message, at }) => `${at?.line ?? 0}: ${code} ${message}`),
  };
}
