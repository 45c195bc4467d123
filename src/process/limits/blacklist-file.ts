/** The file of blacklist_file: read, followed, and added to. */
import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FSWatcher } from 'chokidar';
import type { Milliseconds } from '../../core/time.ts';
import { emptyBlacklist, parseBlacklist, sameBlacklist } from '../../limit/blacklist.ts';
import type { Blacklist } from '../../limit/blacklist.ts';
import type { LogLine } from './ban-sets.ts';

/** Two million lines; more is not meant. */
const longestFile = 64 * 1024 * 1024;
/** Who writes a file line by line is let finish. */
const quietTime: Milliseconds = 100;
/** An empty or missing file may be one that is being written anew. */
const emptyTime: Milliseconds = 500;

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** What changes when somebody writes or replaces a file. */
async function stateOf(file: string): Promise<string> {
  try {
    const { ino, mtimeMs, size } = await stat(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return 'none';
  }
}

/** Undefined: there is none. @throws Error */
async function readWhole(file: string): Promise<string | undefined> {
  try {
    // A FIFO in its place must not hold the thread up.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { size } = await handle.stat().then((stat) => {
        if (!stat.isFile()) throw new Error('it is no regular file');
        return stat;
      });
      if (size > longestFile) throw new Error(`it is longer than ${longestFile / 1024 / 1024} MB`);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Adds lines to the end of a file, which is made if there is none. No link is followed, symbolic or hard: somebody who may
 * write in the directory must not have us write elsewhere.
 * @throws Error with the reason
 */
export async function appendLines(file: string, lines: string): Promise<void> {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
  let handle;
  try {
    handle = await open(file, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
  } catch (error) {
    throw hasCode(error, 'ELOOP') ? new Error('it is a symbolic link') : error;
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new Error('it is no regular file');
    if (stat.nlink > 1) throw new Error('it has a second name (a hard link)');
    const last = new Uint8Array(1);
    if (stat.size > 0) await handle.read(last, 0, 1, stat.size - 1);
    const unfinished = stat.size > 0 && last[0] !== 0x0a;
    await handle.appendFile(unfinished ? `\n${lines}` : lines);
  } finally {
    await handle.close();
  }
}

export class BlacklistFile {
  readonly #file: string;
  readonly #log: LogLine;
  readonly #changed: (list: Blacklist) => void;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** A reading is to come. */
  #pending = false;
  /** What the file was when it was read. */
  #state = '';
  #list: Blacklist | undefined;
  /** Nothing was there at the last look. */
  #empty = false;
  #complaint = '';

  /** @param changed told of the content once at the beginning, and when it means something else */
  constructor(file: string, log: LogLine, changed: (list: Blacklist) => void) {
    this.#file = file;
    this.#log = log;
    this.#changed = changed;
  }

  /** Reads the file and follows it. */
  async open(): Promise<void> {
    // Loaded where it is needed only: most configurations have no such file.
    const { watch } = await import('chokidar');
    if (this.#closed) return;
    this.#watcher = watch(this.#file, { ignoreInitial: true });
    this.#watcher.on('all', () => this.#later(quietTime));
    this.#watcher.on('error', (error) => this.#log('warning', `${this.#file} is not followed: ${String(error)}`));
    await this.#read(true);
  }

  /**
   * Looks whether the file is another one than was read: where its folder comes later or is replaced, nobody tells.
   * To be called now and then.
   */
  async look(): Promise<void> {
    const seen = await stateOf(this.#file);
    if (this.#closed || seen === this.#state || this.#pending) return;
    this.#later(quietTime);
  }

  async append(lines: string): Promise<void> {
    try {
      await appendLines(this.#file, lines);
    } catch (error) {
      this.#log('error', `${this.#file}: bans are not appended: ${(error as Error).message}`);
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    void this.#watcher?.close();
  }

  #later(wait: Milliseconds): void {
    clearTimeout(this.#timer);
    this.#pending = true;
    this.#timer = setTimeout(() => {
      this.#pending = false;
      void this.#read(wait === emptyTime);
    }, wait);
  }

  async #read(believeEmpty: boolean): Promise<void> {
    let text: string | undefined;
    this.#state = await stateOf(this.#file);
    try {
      text = await readWhole(this.#file);
      this.#complaint = '';
    } catch (error) {
      const complaint = `${this.#file} cannot be read: ${(error as Error).message}; what it said before counts on`;
      if (complaint !== this.#complaint) this.#log('error', complaint);
      this.#complaint = complaint;
      return;
    }
    if (this.#closed) return;
    if (!text && !believeEmpty) {
      this.#later(emptyTime);
      return;
    }
    if (text === undefined && !this.#empty)
      this.#log('warning', `${this.#file} does not exist: nobody is banned by it`);
    this.#empty = text === undefined;
    const list = text === undefined ? emptyBlacklist : parseBlacklist(text);
    if (this.#list !== undefined && sameBlacklist(this.#list, list)) return;
    this.#list = list;
    this.#changed(list);
  }
}
