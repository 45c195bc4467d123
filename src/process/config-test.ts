/** `keepalived -t`: reads and checks, prints what is wrong, changes nothing. */
import { closeSync, constants, openSync } from 'node:fs';
import type { KeepalivedArguments } from '../cli/keepalived-arguments.ts';
import type { Diagnostic } from '../config/diagnostics.ts';
import { formatDiagnostic, SourceLines } from '../config/format-diagnostic.ts';
import { formatJsonReport } from '../config/json-diagnostics.ts';
import { readConfiguration, sourceText } from './configuration-source.ts';
import { standardError, standardOutput, writeAll } from './standard-streams.ts';

/** Exit status when the file for the messages cannot be opened (reference: grammar, 11). */
const unopenedLog = 1;

/** The messages for people; the source lines are read again, because the test keeps no text. */
export function formatText(diagnostics: readonly Diagnostic[], colour: boolean): string {
  const sources = new Map<string, SourceLines | undefined>();
  return diagnostics
    .map((diagnostic) => {
      const name = diagnostic.at?.file;
      if (name !== undefined && !sources.has(name)) {
        const text = sourceText(name);
        sources.set(name, text === undefined ? undefined : new SourceLines(text));
      }
      return `${formatDiagnostic(diagnostic, name === undefined ? undefined : sources.get(name), { colour })}\n`;
    })
    .join('');
}

function wantsColour({ colour }: KeepalivedArguments, descriptor: number): boolean {
  if (colour !== undefined) return colour === 'always';
  // https://no-color.org: set and not empty.
  if ((process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb') return false;
  // Loaded only here: node:tty brings sockets and streams along, 3 ms.
  return process.getBuiltinModule('node:tty').isatty(descriptor);
}

/**
 * @param file messages are appended to this file instead of standard error (JSON: standard output); links are refused
 * @returns exit status
 */
export function testConfiguration(args: KeepalivedArguments, file: string | undefined): number {
  const json = args.configFormat === 'json';
  let descriptor = json ? standardOutput : standardError;
  if (file !== undefined) {
    try {
      descriptor = openSync(
        file,
        constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW,
        0o644,
      );
    } catch (error) {
      writeAll(standardError, `keepalived: ${file} cannot be opened for the messages: ${(error as Error).message}\n`);
      return unopenedLog;
    }
  }
  const { diagnostics, exitCode } = readConfiguration(args, 'test');
  if (json) writeAll(descriptor, formatJsonReport(diagnostics, exitCode));
  else if (diagnostics.length > 0) writeAll(descriptor, formatText(diagnostics, wantsColour(args, descriptor)));
  if (file !== undefined) closeSync(descriptor);
  return exitCode;
}
