/** Captures frames on one interface of a machine with dumpcap (part of wireshark-common), into a file. */
import { existsSync, readFileSync } from 'node:fs';
import type { CleanUp } from './clean-up.ts';
import { sleep, until } from './clock.ts';
import { LabError } from './errors.ts';
import { readPcap, type Frame } from './pcap.ts';
import type { Running } from './run.ts';
import type { Topology } from './topology.ts';

/** dumpcap writes what it holds at least this often. */
const FLUSH_MS = 1_000;

export interface CapturePlace {
  readonly machine: string;
  readonly interface: string;
  /** pcap filter expression. */
  readonly filter: string;
  readonly file: string;
}

export class Capture {
  readonly file: string;
  readonly #running: Running;

  constructor(file: string, running: Running) {
    this.file = file;
    this.#running = running;
  }

  /** Frames seen so far; the very last second may be missing while the capture runs. */
  frames(): Frame[] {
    return existsSync(this.file) ? readPcap(readFileSync(this.file)) : [];
  }

  /** Frames seen so far, after a pause in which dumpcap writes what it holds. */
  async settledFrames(): Promise<Frame[]> {
    if (this.#running.code === undefined) await sleep(FLUSH_MS);
    return this.frames();
  }

  async stop(): Promise<Frame[]> {
    await this.#running.stop('SIGINT', 5_000);
    return this.frames();
  }
}

/** Starts a capture and returns when it is listening. */
export async function startCapture(cleanUp: CleanUp, topology: Topology, place: CapturePlace): Promise<Capture> {
  const running = topology.start(cleanUp, `capture on ${place.machine}`, place.machine, [
    'dumpcap',
    '-q',
    '-P',
    '-i',
    place.interface,
    '-f',
    place.filter,
    '-w',
    place.file,
  ]);
  await until(`dumpcap listens on ${place.interface} of ${place.machine}`, { within: 15_000, every: 50 }, () => {
    if (running.code !== undefined) {
      throw new LabError(`dumpcap ended: ${running.lines.map(({ text }) => text).join('; ')}`);
    }
    return running.lines.some(({ text }) => text.startsWith('File: '));
  });
  return new Capture(place.file, running);
}
