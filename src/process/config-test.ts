/** `keepalived -t`: reads and checks, prints what is wrong, changes nothing. */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import type { KeepalivedArguments } from '../cli/keepalived-arguments.ts';
import { formatDiagnostic } from '../config/format-diagnostic.ts';
import { readConfiguration, sourceText } from './configuration-source.ts';

/** Exit status when the file for the messages cannot be opened (reference: grammar, 11). */
const unopenedLog = 1;

/**
 * @param file messages are appended to this file instead of standard error; links are refused
 * @returns exit status
 */
export function testConfiguration(args: KeepalivedArguments, file: string | undefined): number {
  let descriptor = 2;
  if (file !== undefined) {
    try {
      descriptor = openSync(
        file,
        constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW,
        0o644,
      );
    } catch (error) {
      process.stderr.write(`keepalived: ${file} cannot be opened for the messages: ${(error as Error).message}\n`);
      return unopenedLog;
    }
  }
  const { diagnostics, exitCode } = readConfiguration(args, 'test');
  const colour = file === undefined && process.stderr.isTTY;
  const texts = new Map<string, string | undefined>();
  for (const diagnostic of diagnostics) {
    const name = diagnostic.at?.file;
    if (name !== undefined && !texts.has(name)) texts.set(name, sourceText(name));
    const quoted = name === undefined ? undefined : texts.get(name);
    writeSync(descriptor, `${formatDiagnostic(diagnostic, quoted, { colour })}\n`);
  }
  if (descriptor !== 2) closeSync(descriptor);
  return exitCode;
}
