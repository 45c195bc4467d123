/** Advertisements and BFD packets on a device of a namespace, with the kernel's time stamps, through dumpcap (Debian's wireshark-common). */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { CapturedAdvertisement } from './advertisement.ts';
import { decodeAdvertisement } from './advertisement.ts';
import type { CapturedBfdPacket } from './bfd-packet.ts';
import { decodeBfdPacket } from './bfd-packet.ts';
import { BenchError } from './contenders.ts';
import type { Namespace } from './namespace.ts';
import { PcapngReader } from './pcapng.ts';

const filter = 'ip proto 112 or udp dst port 3784';

export class Capture implements AsyncDisposable {
  /** All advertisements so far, in the order of the wire. dumpcap hands them on within about 0.3 s. */
  readonly advertisements: CapturedAdvertisement[] = [];
  readonly bfdPackets: CapturedBfdPacket[] = [];
  readonly #dumpcap: ChildProcess;
  #failure: Error | undefined;
  #changed = Promise.withResolvers<void>();

  private constructor(dumpcap: ChildProcess) {
    this.#dumpcap = dumpcap;
  }

  /** Starts to capture on `device`; resolves when the socket is open. */
  static async start(namespace: Namespace, device: string): Promise<Capture> {
    const [program, ...rest] = namespace.prefix;
    // -s: the stamp and some 100 octets are all that is read; -B: a burst of reloads must not overrun the buffer.
    const words = ['dumpcap', '-q', '-i', device, '-f', filter, '-s', '160', '-B', '4', '-w', '-'];
    const dumpcap = spawn(program ?? '', [...rest, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    const capture = new Capture(dumpcap);
    const reader = new PcapngReader();
    const begun = Promise.withResolvers<void>();
    let complaint = '';
    dumpcap.stderr.on('data', (piece: Buffer) => {
      complaint += piece.toString();
      if (complaint.includes('File:')) begun.resolve();
    });
    dumpcap.stdout.on('data', (piece: Buffer) => {
      try {
        capture.#take(reader.push(piece));
      } catch (error) {
        capture.#fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
    dumpcap.once('error', (error) => begun.reject(error));
    dumpcap.once('exit', () => begun.reject(new Error(`dumpcap: ${complaint.trim()}`)));
    await begun.promise;
    return capture;
  }

  #take(frames: ReturnType<PcapngReader['push']>): void {
    for (const { nanoseconds, frame } of frames) {
      const milliseconds = Number(nanoseconds / 1_000_000n) + Number(nanoseconds % 1_000_000n) / 1e6;
      const advertisement = decodeAdvertisement(frame, milliseconds);
      if (advertisement !== undefined) this.advertisements.push(advertisement);
      const bfdPacket = decodeBfdPacket(frame, milliseconds);
      if (bfdPacket !== undefined) this.bfdPackets.push(bfdPacket);
    }
    this.#wake();
  }

  /** Drops what was captured so far: a long run would not fit into memory. */
  forget(): void {
    this.advertisements.length = 0;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  /**
   * Waits until `find` gives something, asking again whenever packets arrive.
   * @throws BenchError naming `what` after `limit` milliseconds
   */
  async until<T>(
    what: string,
    limit: number,
    find: (seen: readonly CapturedAdvertisement[]) => T | undefined,
  ): Promise<T> {
    const deadline = performance.now() + limit;
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const found = find(this.advertisements);
      if (found !== undefined) return found;
      const left = deadline - performance.now();
      if (left <= 0) throw new BenchError(`${what} was not seen within ${(limit / 1000).toFixed(1)} s`);
      const timer = Promise.withResolvers<void>();
      const handle = setTimeout(timer.resolve, left);
      await Promise.race([this.#changed.promise, timer.promise]);
      clearTimeout(handle);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whoever still waits must not keep the program alive.
    this.#fail(new BenchError('the capture has ended'));
    if (this.#dumpcap.exitCode !== null || this.#dumpcap.signalCode !== null) return;
    const ended = once(this.#dumpcap, 'exit');
    this.#dumpcap.kill('SIGTERM');
    await ended;
  }
}
