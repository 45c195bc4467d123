/** The configuration as the daemon of this machine would read it, for commands that need no daemon. */
import { loadConfiguration } from '../config/load.ts';
import type { LoadOptions, LoadResult } from '../config/load.ts';
import { nodeConfigurationFiles } from '../process/configuration-files.ts';
import { shortHostName } from '../process/configuration-source.ts';
import { nodeHostFacts } from '../process/host-facts.ts';
import { defaultConfigurationFile } from '../process/settings.ts';

export interface LoadHereOptions {
  /** Default: the file that the daemon reads. */
  readonly file?: string | undefined;
  readonly configId?: string | undefined;
}

/** What loadConfiguration() is asked for such a reading. */
export function optionsHere({ configId, file }: LoadHereOptions): LoadOptions {
  return {
    path: file ?? defaultConfigurationFile,
    files: nodeConfigurationFiles,
    configId: configId ?? shortHostName(),
    environment: process.env,
    random: Math.random,
    host: nodeHostFacts(),
    mode: 'run',
  };
}

export function loadHere(options: LoadHereOptions): LoadResult {
  return loadConfiguration(optionsHere(options));
}
