/**
 * `reload_check_config`: the new files must pass the configuration test before a reload goes on; what the test has to
 * say is written to a file of its own (reference: runtime contract, signals).
 */
import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import type { KeepalivedArguments } from '../cli/keepalived-arguments.ts';
import type { Diagnostic } from '../config/diagnostics.ts';
import type { Log } from '../log/log.ts';
import { formatText } from './config-test.ts';
import { readConfiguration } from './configuration-source.ts';

/** The file is emptied first, and a symbolic link is not followed. */
function writeMessages(file: string, diagnostics: readonly Diagnostic[], log: Log): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  try {
    const descriptor = openSync(file, flags, 0o644);
    try {
      writeFileSync(descriptor, formatText(diagnostics, false));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    log.warning(`reload_check_config ${file} is not written: ${(error as Error).message}`);
  }
}

/**
 * Tests the configuration as `keepalived -t` does.
 * @param file for the messages; absent: none
 * @returns exit status of the test; with anything but 0 the original refuses the reload, warnings included
 */
export function checkBeforeReload(args: KeepalivedArguments, file: string | undefined, log: Log): number {
  const { diagnostics, exitCode } = readConfiguration(args, 'test');
  if (file !== undefined) writeMessages(file, diagnostics, log);
  return exitCode;
}
