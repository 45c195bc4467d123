/**
 * The times VRRP prescribes and what a capture shows beside them. Pure, and on purpose without a line of the daemon's
 * own engine: a ruler made of the thing it measures would measure nothing.
 */
import type { CapturedAdvertisement } from './advertisement.ts';

export interface ProtocolTiming {
  readonly version: 2 | 3;
  /** Milliseconds between two advertisements of the master. */
  readonly interval: number;
  /** Priority of the backup, 1..254. */
  readonly backupPriority: number;
  /** Intervals that make the master-down time; 3 in the RFCs (`down_timer_adverts`). */
  readonly downTimerAdverts: number;
}

/** Skew in milliseconds: RFC 3768 section 6.1 for version 2 (part of a second), RFC 9568 section 6.1 for 3 (of the interval). */
export function skewTime(timing: ProtocolTiming): number {
  const share = (256 - timing.backupPriority) / 256;
  return share * (timing.version === 2 ? 1000 : timing.interval);
}

/** Master-down time in milliseconds. */
export function masterDownTime(timing: ProtocolTiming): number {
  return timing.downTimerAdverts * timing.interval + skewTime(timing);
}

export interface Handover {
  /** The last advertisement of the master that is gone. */
  readonly last: CapturedAdvertisement;
  /** The first advertisement of the backup after it. */
  readonly first: CapturedAdvertisement;
  /** False if the backup had advertised within one master-down time before `last`: two masters, nothing to measure. */
  readonly backupWasQuiet: boolean;
  /** Milliseconds from `last` to `first`. */
  readonly silence: number;
}

/**
 * Finds the handover from `master` to `backup` (source addresses) in a capture that ends after the backup has begun.
 * Undefined as long as there is none.
 */
export function findHandover(
  advertisements: readonly CapturedAdvertisement[],
  master: string,
  backup: string,
  timing: ProtocolTiming,
): Handover | undefined {
  const last = advertisements.findLast((advertisement) => advertisement.source === master);
  if (last === undefined) return undefined;
  const ofBackup = advertisements.filter((advertisement) => advertisement.source === backup);
  const first = ofBackup.find((advertisement) => advertisement.at > last.at);
  if (first === undefined) return undefined;
  const window = last.at - masterDownTime(timing);
  const backupWasQuiet = !ofBackup.some((advertisement) => advertisement.at > window && advertisement.at < last.at);
  return { last, first, backupWasQuiet, silence: first.at - last.at };
}

/** Gaps in milliseconds between the advertisements of `source` that follow one another. */
export function gaps(advertisements: readonly CapturedAdvertisement[], source: string): number[] {
  const times = advertisements.filter((advertisement) => advertisement.source === source).map(({ at }) => at);
  return times.slice(1).map((time, index) => time - (times[index] ?? time));
}
