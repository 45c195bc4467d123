/** A pid file that also is the lock of its daemon: two cannot hold the same one. */
import { closeSync, constants, fstatSync, ftruncateSync, lstatSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { DaemonError } from '../core/errors.ts';
import type { Milliseconds } from '../core/time.ts';
import { now } from '../kernel/clock.ts';
import { lockFile } from '../kernel/process-control.ts';

/** Readable by exporters and scripts of any user. */
const pidFileMode = 0o644;
/** Pause between two attempts to get the lock. */
const retryInterval: Milliseconds = 50;

export class PidFile {
  readonly #path: string;
  #descriptor: number | undefined;

  private constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  /**
   * Writes the pid of this process and keeps the file open and locked. A link in its place is refused.
   * @throws DaemonError PID_FILE_LOCKED (another daemon runs), PID_FILE_SYSTEM (a file system that is full or has become
   * read-only, no descriptor left: nothing that another name would mend), PID_FILE_UNWRITABLE
   */
  static create(path: string): PidFile {
    for (;;) {
      const descriptor = openPidFile(path);
      if (!lockFile(descriptor)) {
        closeSync(descriptor);
        throw new DaemonError('PID_FILE_LOCKED', `daemon is already running: another process holds ${path}`);
      }
      // Its former owner may have removed it between our opening and locking: that lock would guard nothing.
      if (standsAt(path, descriptor)) {
        writePid(path, descriptor);
        return new PidFile(path, descriptor);
      }
      closeSync(descriptor);
    }
  }

  /**
   * As create(), but waits for another holder to leave, for at most `patience`.
   * @param waiting called once if there is something to wait for
   * @throws DaemonError as create()
   */
  static async obtain(path: string, patience: Milliseconds, waiting: () => void): Promise<PidFile> {
    const deadline = now() + patience;
    for (let told = false; ; told = true) {
      try {
        return PidFile.create(path);
      } catch (error) {
        if (!(error instanceof DaemonError) || error.code !== 'PID_FILE_LOCKED' || now() >= deadline) throw error;
      }
      if (!told) waiting();
      await delay(retryInterval);
    }
  }

  /** Removes the file and gives the lock back. Safe to call twice. */
  remove(): void {
    if (this.#descriptor === undefined) return;
    try {
      // What stands there may be the file of a daemon that was started after somebody had removed ours.
      if (standsAt(this.#path, this.#descriptor)) unlinkSync(this.#path);
    } catch {
      // Somebody removed it: that is what we wanted.
    }
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function openPidFile(path: string): number {
  const mask = process.umask(0o022);
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, pidFileMode);
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    process.umask(mask);
  }
}

function writePid(path: string, descriptor: number): void {
  try {
    ftruncateSync(descriptor);
    writeSync(descriptor, `${process.pid}\n`, 0);
  } catch (error) {
    closeSync(descriptor);
    throw unwritable(path, error);
  }
}

/** Trouble of the machine, not of the name: a daemon is worth more than its pid file then. */
const troubleOfTheSystem: ReadonlySet<string> = new Set(['EROFS', 'ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE']);

function unwritable(path: string, error: unknown): DaemonError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new DaemonError(
    troubleOfTheSystem.has(code) ? 'PID_FILE_SYSTEM' : 'PID_FILE_UNWRITABLE',
    `pid file ${path} cannot be written: ${message}`,
  );
}

/** Whether this open file is the one that `path` names now. */
function standsAt(path: string, descriptor: number): boolean {
  const open = fstatSync(descriptor);
  const named = lstatSync(path, { throwIfNoEntry: false });
  return named !== undefined && named.ino === open.ino && named.dev === open.dev;
}
