/**
 * Datagrams that leave at a given moment, whatever the event loop is doing then: a thread of the addon sends them. What is
 * sent and when is decided here, in the event loop, one datagram ahead; the thread decides nothing.
 */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { addon } from './addon.ts';
import { now } from './clock.ts';
import { checked } from './errors.ts';

/**
 * How long before a moment the thread is awake, in milliseconds: at most so long, at most in proportion to the wait, and
 * with many under way ever shorter, so that all together cost no more of a processor than a few.
 */
const awake = { longest: 0.1, share: 0.01, few: 4 } as const;

/** @param underway how many datagrams wait for a moment, this one included */
export function awakeBefore(wait: Milliseconds, underway: number): Milliseconds {
  return Math.max(0, Math.min(awake.longest, wait * awake.share) / Math.max(1, underway / awake.few));
}

/** Bytes of a datagram as sendmsg(2) takes them. */
export interface TimedDatagram {
  readonly descriptor: number;
  readonly data: Uint8Array;
  /** struct sockaddr; absent: the socket is connected. */
  readonly name?: Uint8Array | undefined;
  readonly control?: Uint8Array | undefined;
}

/**
 * Makes the thread, so that it is there when priorities are given to threads; without this the first arrangement does.
 * @throws SystemError EAGAIN
 */
export function startTimedSender(): void {
  checked(addon().timedSendStart(), 'pthread_create');
}

/**
 * The same for who can do without.
 * @param refused told why there is none
 * @returns whether there is a thread
 */
export function tryTimedSender(refused: (message: string) => void): boolean {
  try {
    startTimedSender();
    return true;
  } catch (error) {
    refused((error as Error).message);
    return false;
  }
}

/** One datagram under way to its moment. */
export class TimedSend {
  readonly #number: number;

  /**
   * @param at when it leaves, never before
   * @param until from when on it is not sent any more
   * @param underway how many wait for a moment, this one included
   * @throws SystemError
   */
  constructor(
    { control, data, descriptor, name }: TimedDatagram,
    at: MonotonicMs,
    until: MonotonicMs,
    underway: number,
  ) {
    const lead = awakeBefore(at - now(), underway);
    this.#number = checked(addon().timedSend(descriptor, at, until, lead, data, name, control), 'timed send');
  }

  /**
   * Ends it: from here on it has been sent or never will be. Asked once.
   * @returns when it was sent, at `at` or a little later; undefined: it was not, or the kernel refused it
   */
  take(): MonotonicMs | undefined {
    const result = addon().timedSendTake(this.#number);
    return result > 0 ? result : undefined;
  }
}
