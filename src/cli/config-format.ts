/** `keepalivectl config format`: rewrites files in their canonical form, or says which are not in it. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { formatConfiguration, type FormatResult } from '../config/format/format.ts';
import { formatText } from '../process/config-test.ts';
import { nodeConfigurationFiles } from '../process/configuration-files.ts';
import { shortHostName } from '../process/configuration-source.ts';
import { errorColour } from './config-show.ts';

export interface ConfigFormatOptions {
  readonly files: readonly string[];
  /** Only say which files are not in canonical form. */
  readonly check: boolean;
  /** Print the canonical form instead of writing it. */
  readonly stdout: boolean;
  readonly despiteErrors: boolean;
  readonly configId?: string | undefined;
}

interface OpenedFile {
  /** As named, for messages. */
  readonly name: string;
  /** Where it is, links followed. */
  readonly path: string;
  readonly text: string;
  /** Old files are not always UTF-8; what is not is taken as octets, so that none is lost. */
  readonly encoding: 'utf8' | 'latin1';
  readonly stats: Stats;
}

function say(message: string): void {
  process.stderr.write(`keepalivectl: ${message}\n`);
}

function decode(octets: Buffer): Pick<OpenedFile, 'text' | 'encoding'> {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets), encoding: 'utf8' };
  } catch {
    return { text: octets.toString('latin1'), encoding: 'latin1' };
  }
}

/** @throws Error of the file system, or one that says what the name stands for */
function openFile(name: string): OpenedFile {
  const path = realpathSync(resolve(name));
  const stats = statSync(path);
  if (!stats.isFile()) throw new Error('it is not a regular file');
  return { name, path, ...decode(readFileSync(path)), stats };
}

/** Same file, not written to in between. */
function isUnchanged(file: OpenedFile): boolean {
  const now = lstatSync(file.path);
  return now.ino === file.stats.ino && now.size === file.stats.size && now.mtimeMs === file.stats.mtimeMs;
}

/** Replaces the file in one step; its mode and owner stay. The temporary name matches no include of `*.conf`. */
function replaceFile(file: OpenedFile, text: string): void {
  const { path, stats, encoding } = file;
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.new`);
  const descriptor = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    try {
      writeFileSync(descriptor, text, encoding);
      // The owner first: changing it takes the special bits of the mode away.
      if (stats.uid !== process.geteuid?.() || stats.gid !== process.getegid?.()) {
        fchownSync(descriptor, stats.uid, stats.gid);
      }
      fchmodSync(descriptor, stats.mode & 0o7777);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (!isUnchanged(file)) throw new Error('it was changed meanwhile');
    renameSync(temporary, path);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
}

/** Says why there is no canonical form; undefined if there is one. */
function formOf(file: OpenedFile, result: FormatResult): Extract<FormatResult, { outcome: 'formatted' }> | undefined {
  switch (result.outcome) {
    case 'formatted':
      return result;
    case 'refused':
      process.stderr.write(formatText(result.diagnostics, errorColour()));
      say(
        `${file.name} has errors and stays as it is; mend them, or give --despite-errors if it is a piece that another file includes`,
      );
      return undefined;
    case 'not-proven':
      say(`${file.name} stays as it is: formatted, ${result.reason}`);
      return undefined;
  }
}

/** @returns whether all is well with the file */
function formatOne(name: string, options: ConfigFormatOptions): boolean {
  let file: OpenedFile;
  try {
    file = openFile(name);
  } catch (error) {
    say(`${name} cannot be read: ${(error as Error).message}`);
    return false;
  }
  const result = formatConfiguration({
    path: file.path,
    text: file.text,
    files: nodeConfigurationFiles,
    environment: process.env,
    configId: options.configId ?? shortHostName(),
    despiteErrors: options.despiteErrors,
  });
  const form = formOf(file, result);
  if (!form) return false;
  if (options.stdout) {
    process.stdout.write(Buffer.from(form.text, file.encoding));
    return true;
  }
  if (!form.changed) return true;
  if (options.check) {
    process.stdout.write(`${name} is not in canonical form\n`);
    return false;
  }
  try {
    replaceFile(file, form.text);
  } catch (error) {
    say(`${name} cannot be written and stays as it is: ${(error as Error).message}`);
    return false;
  }
  const link = lstatSync(resolve(name)).isSymbolicLink();
  process.stdout.write(`${name}${link ? ` (a link to ${file.path})` : ''} formatted\n`);
  if (file.stats.nlink > 1) say(`${file.path} had other names (hard links); those keep the old text`);
  return true;
}

/** @returns exit status: 0, or 1 if a file was refused or (check) is not in canonical form */
export function configFormat(options: ConfigFormatOptions): number {
  if (options.stdout && (options.check || options.files.length > 1)) {
    say('--stdout takes one file, and no --check');
    return 1;
  }
  const results = options.files.map((name) => formatOne(name, options));
  return results.every(Boolean) ? 0 : 1;
}
