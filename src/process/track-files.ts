/**
 * The numbers in track files (track_file, followed by instances and by FILE_CHECK): read at the start, then whenever something happens to them. The
 * directory is watched, not the file, so that replacing and removing it is seen too. Reading is asynchronous: no
 * loop waits for a disk.
 */
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { VrrpTrackFile } from '../config/model.ts';
import type { Milliseconds } from '../core/time.ts';
import type { Log } from '../log/log.ts';

/** More than a number with blanks is not read. */
const longestContent = 128;
/** A number beyond 32 bits is a mistake: the one before counts on. */
const lowest = -2_147_483_648;
const highest = 2_147_483_647;

/**
 * The integer at the start of a text by the rules of C's strtol with base 0: decimal, 0x hexadecimal, leading 0 octal.
 * @returns undefined if there is none
 */
export function parseTrackFile(text: string): number | undefined {
  const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/.exec(text);
  const [, sign, digits] = match ?? [];
  if (digits === undefined) return undefined;
  const base = /^0[xX]/.test(digits) ? 16 : digits.startsWith('0') && digits.length > 1 ? 8 : 10;
  const magnitude = Number.parseInt(base === 16 ? digits.slice(2) : digits, base);
  return sign === '-' ? -magnitude : magnitude;
}

/**
 * Who writes a file empties it first, and the watcher cannot see the close: a change is read when the file has been
 * quiet, and that it is empty is believed only if it stays so.
 */
const quietTime: Milliseconds = 10;
const emptyTime: Milliseconds = 200;

/** A directory may come later, or go and return: the watcher dies with it without a word. */
const directoryInterval: Milliseconds = 1_000;

interface Directory {
  readonly path: string;
  readonly files: readonly VrrpTrackFile[];
  watcher: FSWatcher | undefined;
  /** Of the directory that is watched; undefined: none is. */
  identity: string | undefined;
  /** That it is not watched was said. */
  told: boolean;
}

/** Tells a directory from one that was made in its place; undefined: there is none. */
async function identityOf(directory: string): Promise<string | undefined> {
  try {
    const { birthtimeMs, dev, ino } = await stat(directory);
    return `${dev} ${ino} ${birthtimeMs}`;
  } catch {
    return undefined;
  }
}

interface Content {
  readonly value?: number;
  readonly empty: boolean;
}

async function readTrackFile(file: string): Promise<Content> {
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestContent), 0, longestContent, 0);
      const value = parseTrackFile(buffer.toString('latin1', 0, bytesRead));
      return { empty: bytesRead === 0, ...(value !== undefined && { value }) };
    } finally {
      await handle.close();
    }
  } catch {
    // No file counts as 0, and the engine knows that.
    return { empty: false };
  }
}

export class TrackFiles {
  readonly #log: Log;
  readonly #changed: (name: string, value: number | undefined) => void;
  readonly #pending = new Map<VrrpTrackFile, NodeJS.Timeout>();
  #directories: readonly Directory[] = [];
  #look: NodeJS.Timeout | undefined;
  #generation = 0;

  /** @param changed told of the content of every file at the start, and of each change */
  constructor(log: Log, changed: (name: string, value: number | undefined) => void) {
    this.#log = log;
    this.#changed = changed;
  }

  /** Watches these files instead of the former ones, and settles when each was read once. */
  async follow(files: readonly VrrpTrackFile[]): Promise<void> {
    this.close();
    const generation = ++this.#generation;
    const read = async (file: VrrpTrackFile, believeEmpty: boolean): Promise<void> => {
      const { value, empty } = await readTrackFile(file.path);
      if (generation !== this.#generation) return;
      if (empty && !believeEmpty) {
        readLater(file, emptyTime);
        return;
      }
      if (value !== undefined && (value < lowest || value > highest)) {
        this.#log.warning(`${file.path}: ${value} does not fit 32 bits and is ignored`);
        return;
      }
      this.#changed(file.name, value);
    };
    const readLater = (file: VrrpTrackFile, wait: Milliseconds): void => {
      clearTimeout(this.#pending.get(file));
      const timer = setTimeout(() => {
        this.#pending.delete(file);
        void read(file, wait === emptyTime);
      }, wait);
      this.#pending.set(file, timer);
    };
    const attend = async (directory: Directory): Promise<void> => {
      const identity = await identityOf(directory.path);
      if (generation !== this.#generation || (identity === directory.identity && directory.watcher)) return;
      const isNews = directory.watcher !== undefined || identity !== undefined;
      this.#watch(directory, identity, (file) => readLater(file, quietTime));
      if (isNews && this.#look) for (const file of directory.files) readLater(file, quietTime);
    };
    this.#directories = [...Map.groupBy(files, (file) => path.dirname(file.path))].map(([directory, inside]) => ({
      path: directory,
      files: inside,
      watcher: undefined,
      identity: undefined,
      told: false,
    }));
    await Promise.all(this.#directories.map(attend));
    if (generation !== this.#generation) return;
    await Promise.all(files.map((file) => read(file, true)));
    if (generation !== this.#generation || files.length === 0) return;
    this.#look = setInterval(() => this.#directories.forEach((directory) => void attend(directory)), directoryInterval);
    this.#look.unref();
  }

  /** @param identity of the directory as it is now */
  #watch(directory: Directory, identity: string | undefined, changed: (file: VrrpTrackFile) => void): void {
    directory.watcher?.close();
    directory.watcher = undefined;
    directory.identity = identity;
    try {
      const watcher = watch(directory.path, (_event, name) => {
        // Its own name: it was moved or removed.
        if (name === path.basename(directory.path)) directory.identity = undefined;
        for (const file of directory.files) if (name === null || name === path.basename(file.path)) changed(file);
      });
      watcher.on('error', (error) => this.#log.warning(`track files in ${directory.path}: ${error.message}`));
      directory.watcher = watcher;
      if (directory.told) this.#log.notice(`track files in ${directory.path} are watched now`);
      directory.told = false;
    } catch (error) {
      if (directory.told) return;
      directory.told = true;
      const { message } = error as Error;
      this.#log.warning(`track files in ${directory.path} are not watched: ${message}; it is tried again every second`);
    }
  }

  close(): void {
    clearInterval(this.#look);
    this.#look = undefined;
    for (const { watcher } of this.#directories) watcher?.close();
    this.#directories = [];
    for (const timer of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
    this.#generation++;
  }
}
