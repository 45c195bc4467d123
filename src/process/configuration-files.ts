/** The configuration reader's port to the file system. Synchronous: it is used before the engines run, and at reload in the parent. */
import { closeSync, constants, fstatSync, globSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Stats } from 'node:fs';
import { hasWildcard } from '../config/source/patterns.ts';
import type { ConfigurationFiles, FileReadResult } from '../config/ports.ts';
import { readAsciiText } from '../kernel/text-file.ts';

const anyExecuteBit = 0o111;

function statOf(path: string): Stats | NodeJS.ErrnoException {
  try {
    return statSync(path);
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

function read(path: string, textOf: (path: string) => string): FileReadResult {
  const found = statOf(path);
  if (found instanceof Error) {
    const missing = found.code === 'ENOENT' || found.code === 'ENOTDIR';
    return { ok: false, problem: missing ? 'missing' : 'unreadable', detail: found.code ?? '' };
  }
  if (found.isDirectory()) return { ok: false, problem: 'directory', detail: '' };
  if (!found.isFile()) return { ok: false, problem: 'not-regular', detail: '' };
  if ((found.mode & anyExecuteBit) !== 0) {
    return { ok: false, problem: 'executable', detail: `mode ${(found.mode & 0o7777).toString(8)}` };
  }
  try {
    return { ok: true, text: textOf(path) };
  } catch (error) {
    return { ok: false, problem: 'unreadable', detail: (error as NodeJS.ErrnoException).code ?? '' };
  }
}

/** As a string in V8's own heap, which is scanned fastest. */
function textInHeap(path: string): string {
  return readFileSync(path, 'utf8');
}

/** Smaller ones are copied into V8's heap; a string beside it would not pay off. */
const largeFile = 262_144;
const roomBegin = 65_536;
/** Octets of the largest file so far: new memory for them each time is dear where a page costs much. */
let room: Buffer | undefined;

/** As a string outside of V8's heap where it is long, of octets in memory that is kept for the next time. */
function textOutside(path: string): string {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    const text = fstatSync(descriptor).size >= largeFile ? readAsciiText(descriptor) : undefined;
    if (text !== undefined) return text;
    let octets = room ?? Buffer.allocUnsafeSlow(roomBegin);
    let filled = 0;
    for (;;) {
      if (filled === octets.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(filled * 2, fstatSync(descriptor).size + 1));
        octets.copy(larger);
        octets = larger;
      }
      const length = readSync(descriptor, octets, filled, octets.length - filled, null);
      if (length === 0) break;
      filled += length;
    }
    room = octets;
    return octets.toString('utf8', 0, filled);
  } finally {
    closeSync(descriptor);
  }
}

/** Octet order, as glob(3) sorts in the C locale. */
function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function glob(pattern: string): readonly string[] {
  if (!hasWildcard(pattern)) return statOf(pattern) instanceof Error ? [] : [pattern];
  // A wildcard does not match a leading dot in the shell.
  const names = globSync(pattern).filter((name) => matchesDots(pattern, name));
  return names.sort(compareNames);
}

function matchesDots(pattern: string, name: string): boolean {
  const parts = pattern.split('/');
  return name.split('/').every((part, index) => !part.startsWith('.') || (parts[index] ?? '').startsWith('.'));
}

export const nodeConfigurationFiles: ConfigurationFiles = {
  absolute: (path) => resolve(path),
  read: (path) => read(path, textInHeap),
  glob,
  isDirectory(path) {
    const found = statOf(path);
    return !(found instanceof Error) && found.isDirectory();
  },
};

/** The same for a process that reads its files again and again. */
export const filesReadAgain: ConfigurationFiles = {
  ...nodeConfigurationFiles,
  read: (path) => read(path, textOutside),
};
