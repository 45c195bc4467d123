/**
 * A notify FIFO. It is opened for reading and writing, so that it exists without a reader, and non-blocking: when the
 * pipe is full the line is lost, counted and told once, and nobody waits.
 */
import { closeSync, constants, fchownSync, fstatSync, lstatSync, openSync, unlinkSync, writeSync } from 'node:fs';
import type { NotifyFifo } from '../config/model.ts';
import { DaemonError } from '../core/errors.ts';
import type { Log } from '../log/log.ts';
import { resolveIdentity } from './accounts.ts';
import { runProgram } from './run-program.ts';

const createTimeout = 5_000;
/** rw-r--r--, before the umask. */
const fifoMode = 0o644;

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Makes the FIFO if nothing stands at its path. Node has no mkfifo(3), so the command of the same name does it. */
async function createFifo(path: string): Promise<boolean> {
  try {
    lstatSync(path);
    return false;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  const mode = (fifoMode & ~process.umask()).toString(8).padStart(3, '0');
  await runProgram('mkfifo', ['-m', mode, '--', path], createTimeout);
  return true;
}

export class NotifyFifoWriter {
  readonly path: string;
  readonly #descriptor: number;
  readonly #inode: number;
  readonly #created: boolean;
  readonly #log: Log;
  #open = true;
  #lost = 0;

  private constructor(path: string, descriptor: number, created: boolean, log: Log) {
    this.path = path;
    this.#descriptor = descriptor;
    this.#inode = fstatSync(descriptor).ino;
    this.#created = created;
    this.#log = log;
  }

  /**
   * Opens the FIFO, creating it if it is absent.
   * @throws DaemonError FIFO_UNUSABLE if the path cannot be created, is no FIFO, a symbolic link, or another user's
   */
  static async open(fifo: NotifyFifo, log: Log): Promise<NotifyFifoWriter> {
    const { path } = fifo;
    let descriptor: number | undefined;
    try {
      const owner = fifo.user === undefined ? undefined : await resolveIdentity(fifo.user, fifo.group);
      const created = await createFifo(path);
      descriptor = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      const status = fstatSync(descriptor);
      if (!status.isFIFO()) throw new DaemonError('FIFO_UNUSABLE', `notify FIFO ${path} is not a FIFO: remove it`);
      if (status.uid !== process.getuid?.() && status.uid !== owner?.uid) {
        throw new DaemonError('FIFO_UNUSABLE', `notify FIFO ${path} belongs to user ${status.uid}: remove it`);
      }
      if (owner !== undefined) fchownSync(descriptor, owner.uid, owner.gid);
      return new NotifyFifoWriter(path, descriptor, created, log);
    } catch (error) {
      if (descriptor !== undefined) closeSync(descriptor);
      if (error instanceof DaemonError) throw error;
      const reason =
        errorCode(error) === 'ELOOP'
          ? 'it is a symbolic link'
          : error instanceof Error
            ? error.message.trim()
            : String(error);
      throw new DaemonError('FIFO_UNUSABLE', `notify FIFO ${path} cannot be used: ${reason}`, { cause: error });
    }
  }

  /** Lines lost since the pipe was last seen full; 0 when all is well. */
  get lost(): number {
    return this.#lost;
  }

  /** Writes one line (at most PIPE_BUF, 4096 octets, so that it is never split). Never waits, never throws. */
  write(line: string): void {
    if (!this.#open) return;
    try {
      writeSync(this.#descriptor, line);
    } catch (error) {
      const cause = errorCode(error) === 'EAGAIN' ? 'nobody reads it and it is full' : errorCode(error);
      if (this.#lost++ === 0) this.#log.warning(`notify FIFO ${this.path}: ${cause}; lines are lost from now on`);
      return;
    }
    if (this.#lost > 0) {
      this.#log.warning(`notify FIFO ${this.path} is read again; ${this.#lost} lines were lost`);
      this.#lost = 0;
    }
  }

  /** Closes the FIFO and removes it if this process made it and it is still the same. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      if (this.#created && lstatSync(this.path).ino === this.#inode) unlinkSync(this.path);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') this.#log.warning(`notify FIFO ${this.path} not removed: ${errorCode(error)}`);
    }
    closeSync(this.#descriptor);
  }
}
