/**
 * What is sent periodically, the next time of it made an interval ahead: whoever carries intents out can then let it go at
 * its very moment, even if this process is busy just then. It stays the engine's: before anything else is sent, at every
 * change that it does not tell of and when its time has come, the engine asks whether it has gone, and it never goes after
 * that. Never more than one: a process that hangs falls silent after it, as it must.
 */
import type { Milliseconds, MonotonicMs } from './time.ts';

const looksAfter = { first: 0.15, each: 0.006, share: 0.015 } as const;

/**
 * How long behind its moment what was sent ahead is looked after: what has not gone by then the process sends. Who sends has
 * the time that it needs for all that may be due together, if that is no more than a share of the interval.
 * @param together how many may be, beside the first
 */
export function lookAfter(interval: Milliseconds, together = 0): Milliseconds {
  const { each, first, share } = looksAfter;
  return Math.min(first + each * together, interval * share);
}

interface Plan<Content> {
  readonly at: MonotonicMs;
  /** When the engine's timer looks after it. */
  readonly lookAt: MonotonicMs;
  readonly content: Content;
}

/** What was planned, and whether it has gone. */
export interface EndedPlan<Content> extends Plan<Content> {
  /** When it has gone; undefined: it never will. */
  readonly wentAt: MonotonicMs | undefined;
}

export class SendAhead<Content> {
  readonly #wentAhead: () => MonotonicMs | undefined;
  #plan: Plan<Content> | undefined;

  /** @param wentAhead asks whether it has gone, and when; from then on it never goes */
  constructor(wentAhead: () => MonotonicMs | undefined) {
    this.#wentAhead = wentAhead;
  }

  /** When it goes; undefined: none is planned. */
  get at(): MonotonicMs | undefined {
    return this.#plan?.at;
  }

  /** What goes, if the timer that is due at `timerAt` is to look after it. */
  contentFor(timerAt: MonotonicMs): Content | undefined {
    return this.#plan?.lookAt === timerAt ? this.#plan.content : undefined;
  }

  /**
   * Plans what is due at `at`.
   * @param lookAfter what has not gone so much later is sent by this process
   * @returns when the timer is to look after it
   */
  plan(at: MonotonicMs, lookAfter: Milliseconds, content: Content): MonotonicMs {
    const lookAt = at + lookAfter;
    this.#plan = { at, lookAt, content };
    return lookAt;
  }

  /** Ends what is planned: it has gone or never will. Undefined: nothing was. */
  end(): EndedPlan<Content> | undefined {
    const plan = this.#plan;
    if (plan === undefined) return undefined;
    this.#plan = undefined;
    return { ...plan, wentAt: this.#wentAhead() };
  }
}
