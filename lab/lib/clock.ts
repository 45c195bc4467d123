/** Time in the lab: epoch milliseconds with fractions, comparable with the time stamps of captures. */
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from './errors.ts';

/** Milliseconds since the epoch, with fractions. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Waits this many milliseconds. */
export async function sleep(ms: number): Promise<void> {
  await delay(ms);
}

export interface UntilOptions {
  /** Longest wait in milliseconds. */
  readonly within: number;
  /** Pause between two looks in milliseconds; 100 unless given. */
  readonly every?: number;
}

/**
 * Looks again and again until `probe` returns something other than undefined or false, and returns that.
 * @throws LabError naming `what` when the time is over.
 */
export async function until<T>(
  what: string,
  { within, every = 100 }: UntilOptions,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const deadline = nowMs() + within;
  for (;;) {
    const result = await probe();
    if (result !== undefined && result !== false) return result;
    if (nowMs() >= deadline) throw new LabError(`Waited ${(within / 1000).toFixed(1)} s in vain: ${what}.`);
    await sleep(every);
  }
}

/** The same, but a wait in vain answers false instead of throwing. */
export async function happens(options: UntilOptions, probe: () => Promise<boolean> | boolean): Promise<boolean> {
  try {
    return await until('', options, probe);
  } catch (error) {
    if (error instanceof LabError) return false;
    throw error;
  }
}
