/** A pid file that also is the lock of its daemon: two cannot hold the same one. */
import { closeSync, constants, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { DaemonError } from '../core/errors.ts';
import { lockFile } from '../kernel/process-control.ts';

/** Readable by exporters and scripts of any user. */
const pidFileMode = 0o644;

export class PidFile {
  readonly #path: string;
  #descriptor: number | undefined;

  private constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  /**
   * Writes the pid of this process and keeps the file open and locked. A link in its place is refused.
   * @throws DaemonError PID_FILE_LOCKED (another daemon runs), PID_FILE_UNWRITABLE
   */
  static create(path: string): PidFile {
    const mask = process.umask(0o022);
    let descriptor: number;
    try {
      descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, pidFileMode);
    } catch (error) {
      throw new DaemonError('PID_FILE_UNWRITABLE', `pid file ${path} cannot be written: ${(error as Error).message}`);
    } finally {
      process.umask(mask);
    }
    if (!lockFile(descriptor)) {
      closeSync(descriptor);
      throw new DaemonError('PID_FILE_LOCKED', `daemon is already running: another process holds ${path}`);
    }
    ftruncateSync(descriptor);
    writeSync(descriptor, `${process.pid}\n`, 0);
    return new PidFile(path, descriptor);
  }

  /** Removes the file and gives the lock back. Safe to call twice. */
  remove(): void {
    if (this.#descriptor === undefined) return;
    try {
      unlinkSync(this.#path);
    } catch {
      // Somebody removed it: that is what we wanted.
    }
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
