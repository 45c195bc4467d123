/** Reads the configuration on this machine: the pure loader with the ports of the operating system. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { KeepalivedArguments } from '../cli/keepalived-arguments.ts';
import { formatDiagnostic } from '../config/format-diagnostic.ts';
import { severityOf, type Diagnostic } from '../config/diagnostics.ts';
import { loadConfiguration } from '../config/load.ts';
import type { LoadOptions, LoadResult } from '../config/load.ts';
import type { LogLevel } from '../core/events.ts';
import type { Log } from '../log/log.ts';
import { nodeConfigurationFiles } from './configuration-files.ts';
import { nodeHostFacts } from './host-facts.ts';
import { defaultConfigurationFile } from './settings.ts';

/** Host name up to the first dot: what `@ID` lines are compared with unless `-i` is given. */
export function shortHostName(): string {
  return hostname().split('.', 1)[0] ?? '';
}

/** What a reading asks of the machine. */
export type MachinePorts = Pick<LoadOptions, 'files' | 'host' | 'random'>;

/** This machine's, as it is from now on: facts that are looked up once are looked up anew. */
export function machinePorts(): MachinePorts {
  return { files: nodeConfigurationFiles, host: nodeHostFacts(), random: Math.random };
}

/**
 * Reads and checks the configuration that the command line names. Never throws for what the files contain. A test gives
 * no model, only what there is to say.
 * @param again what is known from the reading before, for who reads again and again
 */
export function readConfiguration(
  args: KeepalivedArguments,
  mode: 'run' | 'test',
  { files, host, random }: MachinePorts = machinePorts(),
  again: Pick<LoadOptions, 'known' | 'note'> = {},
): LoadResult {
  return loadConfiguration({
    path: args.configurationFile ?? defaultConfigurationFile,
    files,
    configId: args.configId ?? shortHostName(),
    environment: process.env,
    random,
    host,
    mode,
    allIncludesFatal: args.allConfiguration,
    otherMachine: args.noInterfaces,
    diagnosticsOnly: mode === 'test',
    ...again,
  });
}

/** The source lines that messages quote; a file that is gone meanwhile is quoted as nothing. */
export function sourceText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Writes diagnostics to the log, one line each, in the order of the text. */
export function logDiagnostics(log: Log, diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) {
    log.write(levelOf(diagnostic), formatDiagnostic(diagnostic, undefined, { oneLine: true }));
  }
}

function levelOf(diagnostic: Diagnostic): LogLevel {
  const severity = severityOf(diagnostic);
  return severity === 'note' ? 'info' : severity;
}
