/**
 * The file of --record: lines are queued by the protocol loop, made into text when it has nothing else to do, and written
 * by the system behind its back. It never gets longer than its limit, and what goes wrong ends the recording alone.
 */
import { close, closeSync, constants, fstatSync, openSync, readSync, write, writeSync } from 'node:fs';
import type { Log } from '../log/log.ts';
import type { RecordedCall } from '../vrrp/recording/records.ts';
import { encodeRecord, recordingHead } from '../vrrp/recording/records.ts';

/** Of the file in octets, former runs of the daemon included. */
export const recordingLimit = 256 * 1024 * 1024;
/** Calls that wait for a slow disk; more than this is a disk that has stopped. */
const waitingLimit = 50_000;
/** Calls that are made into text in one go, so that a packet never waits for long. */
const batchSize = 50;

export class Recorder {
  readonly #file: string;
  readonly #log: Log;
  readonly #limit: number;
  readonly #descriptor: number;
  #size: number;
  #waiting: RecordedCall[] = [];
  #scheduled = false;
  #writing = false;
  #ended = false;
  /** Why the recording ended, for its reader. */
  #lastLine = '';
  #onIdle: (() => void) | undefined;

  private constructor(file: string, descriptor: number, size: number, log: Log, limit: number) {
    this.#file = file;
    this.#descriptor = descriptor;
    this.#size = size;
    this.#log = log;
    this.#limit = limit;
  }

  /**
   * Opens a recording, or goes on with one of ours: made with mode 0600, no link is followed.
   * @returns undefined if that is not possible, which is logged: the daemon runs without
   */
  static open(file: string, log: Log, limit = recordingLimit): Recorder | undefined {
    try {
      const { descriptor, size, brokenOff } = openRecording(file);
      log.notice(`recording the VRRP process to ${file}, at most ${limit / 1024 / 1024} MiB`);
      const recorder = new Recorder(file, descriptor, size, log, limit);
      if (size === 0) recorder.#writeNow(`${encodeRecord(recordingHead)}\n`);
      // A process that was killed left half a line behind.
      if (brokenOff) recorder.#writeNow('\n');
      return recorder;
    } catch (error) {
      log.error(`nothing is recorded: ${file}: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** Takes a call; returns at once. */
  record(call: RecordedCall): void {
    if (this.#ended) return;
    if (this.#waiting.length >= waitingLimit) {
      this.#waiting = [];
      this.#end('the disk is too slow');
      return;
    }
    this.#waiting.push(call);
    this.#schedule();
  }

  /** Writes what waits and closes the file. */
  async close(): Promise<void> {
    while (!this.#ended && (this.#writing || this.#waiting.length > 0)) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
        this.#schedule();
      });
    }
    if (this.#ended) return;
    this.#ended = true;
    close(this.#descriptor, () => undefined);
  }

  /** For a process that dies of a defect: its last calls are those that somebody will look for. */
  closeNow(): void {
    if (this.#ended) return;
    this.#writeNow(this.#waiting.map((call) => `${encodeRecord(call)}\n`).join(''));
    this.#ended = true;
  }

  #schedule(): void {
    if (this.#scheduled || this.#writing) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#writeBatch();
    });
  }

  #writeBatch(): void {
    const batch = this.#waiting.splice(0, batchSize);
    if (this.#ended || batch.length === 0) {
      this.#onIdle?.();
      return;
    }
    const octets = Buffer.from(batch.map((call) => `${encodeRecord(call)}\n`).join(''));
    if (this.#size + octets.length > this.#limit) {
      this.#end(`it has reached ${this.#limit / 1024 / 1024} MiB`);
      return;
    }
    this.#writing = true;
    this.#write(octets);
  }

  /** All of it, however the system cuts it. */
  #write(octets: Uint8Array): void {
    write(this.#descriptor, octets, 0, octets.length, null, (error, written) => {
      if (error === null) this.#size += written;
      if (error === null && written < octets.length) {
        this.#write(octets.subarray(written));
        return;
      }
      this.#writing = false;
      if (this.#ended) this.#finish();
      else if (error !== null) this.#end(error.message);
      else if (this.#waiting.length > 0) this.#schedule();
      this.#onIdle?.();
    });
  }

  #writeNow(text: string): void {
    const octets = Buffer.from(text);
    if (this.#size + octets.length > this.#limit) return;
    try {
      this.#size += writeSync(this.#descriptor, octets);
    } catch {
      // The process ends; there is nobody left to tell.
    }
  }

  #end(why: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting = [];
    this.#log.warning(`recording to ${this.#file} ends: ${why}`);
    this.#lastLine = `${encodeRecord({ end: why })}\n`;
    // The descriptor belongs to the system as long as a write is under way.
    if (!this.#writing) this.#finish();
    this.#onIdle?.();
  }

  #finish(): void {
    const line = Buffer.from(this.#lastLine);
    write(this.#descriptor, line, 0, line.length, null, () => close(this.#descriptor, () => undefined));
  }
}

/** @throws the reason in words */
function openRecording(file: string): { descriptor: number; size: number; brokenOff: boolean } {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const descriptor = openSync(file, flags, 0o600);
  try {
    const { mode, nlink, size, uid } = fstatSync(descriptor);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw new Error('it is no regular file');
    if (nlink !== 1) throw new Error('it has another name (hard link) too: remove it');
    if (uid !== process.geteuid?.() || (mode & 0o077) !== 0)
      throw new Error('it belongs to or may be used by somebody else: remove it, or chown and chmod 600');
    const head = encodeRecord(recordingHead);
    const found = Buffer.alloc(head.length);
    if (size > 0) readSync(descriptor, found, 0, found.length, 0);
    if (size > 0 && found.toString() !== head) throw new Error('it is there and no recording: name another file');
    const last = Buffer.alloc(1);
    if (size > 0) readSync(descriptor, last, 0, 1, size - 1);
    return { descriptor, size, brokenOff: size > 0 && last.toString() !== '\n' };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}
