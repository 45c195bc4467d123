/**
 * The next periodic packet of a session, made an interval ahead, so that whoever carries intents out can let it go at its
 * very moment, even if this process is busy just then. The engine asks whether it has gone before it sends another one,
 * when its time has come and when it would be another packet or moment; it never goes after that.
 */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';

/** When the session looks after it, behind the moment, in milliseconds: what has not gone by then is sent by this process. */
const lookAfter = { longest: 0.15, share: 0.015 } as const;

interface Plan {
  readonly at: MonotonicMs;
  /** When the session's timer looks after it. */
  readonly lookAt: MonotonicMs;
  readonly packet: Uint8Array;
}

export interface EndedPlan extends Plan {
  /** When it has gone; undefined: it never will. */
  readonly wentAt: MonotonicMs | undefined;
}

export class PacketAhead {
  readonly #wentAhead: (() => MonotonicMs | undefined) | undefined;
  #plan: Plan | undefined;

  /** @param wentAhead undefined: nothing is ever sent ahead */
  constructor(wentAhead: (() => MonotonicMs | undefined) | undefined) {
    this.#wentAhead = wentAhead;
  }

  get isPossible(): boolean {
    return this.#wentAhead !== undefined;
  }

  /** When the planned packet goes. */
  get at(): MonotonicMs | undefined {
    return this.#plan?.at;
  }

  isCurrent(timerAt: MonotonicMs, packet: Uint8Array): boolean {
    const plan = this.#plan;
    return plan?.lookAt === timerAt && plan.packet.every((octet, index) => octet === packet[index]);
  }

  /** @returns when the timer is to look after it */
  make(at: MonotonicMs, packet: Uint8Array, interval: Milliseconds): MonotonicMs {
    const lookAt = at + Math.min(lookAfter.longest, interval * lookAfter.share);
    this.#plan = { at, lookAt, packet };
    return lookAt;
  }

  /** Ends what is planned: it has gone or never will. Undefined: nothing was. */
  end(): EndedPlan | undefined {
    const plan = this.#plan;
    if (plan === undefined) return undefined;
    this.#plan = undefined;
    return { ...plan, wentAt: this.#wentAhead?.() };
  }
}
