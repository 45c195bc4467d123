/**
 * Standard output and error of a command that ends at once. process.stdout and process.stderr would load streams and
 * sockets for it, which takes 10 ms.
 */
import { writeSync } from 'node:fs';

export const standardOutput = 1;
export const standardError = 2;

/** Writes all of a text; a full pipe that does not block is waited for. Never throws. */
export function writeAll(descriptor: number, text: string): void {
  const octets = Buffer.from(text);
  for (let written = 0; written < octets.length;) {
    try {
      written += writeSync(descriptor, octets, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Nobody reads any more: the exit status still says how it went.
      if (code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
