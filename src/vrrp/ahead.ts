/**
 * The next advertisement of a master, made one interval ahead: whoever carries intents out can then let it go at its very
 * moment, even if this process is busy just then. It stays the engine's: before anything else is sent, at every change
 * that it does not tell of and when its time has come, the engine asks whether it has gone, and it never goes after that.
 * Never more than one: a process that hangs falls silent after it, as it must.
 */
import type { VrrpInstanceConfiguration } from '../config/model.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { Instance } from './instance.ts';

/**
 * When its own timer runs, behind the moment, in milliseconds: what has not gone by then is sent by this process. Who sends
 * has the time that it needs for the advertisements of all masters, if that is no more than this share of the interval.
 */
const lookAfter = { first: 0.15, each: 0.006, share: 0.015 } as const;

/** What was planned, and whether it has gone. */
export interface EndedPlan {
  readonly at: MonotonicMs;
  /** When the instance's timer looks after it. */
  readonly lookAt: MonotonicMs;
  /** When it has gone; undefined: it never will. */
  readonly wentAt: MonotonicMs | undefined;
  readonly priority: number;
  /** Packets: one, or one for each unicast peer. */
  readonly packets: number;
}

interface Plan extends Omit<EndedPlan, 'wentAt'> {
  readonly configuration: VrrpInstanceConfiguration;
  readonly source: string;
  readonly oldUnicastChecksum: boolean;
}

export class AdvertisementAhead {
  readonly #instance: Instance;
  #plan: Plan | undefined;

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  /** When it goes; undefined: none is planned. */
  get at(): MonotonicMs | undefined {
    return this.#plan?.at;
  }

  /** Ends what is planned: it has gone or never will. Undefined: nothing was. */
  end(): EndedPlan | undefined {
    const plan = this.#plan;
    if (plan === undefined) return undefined;
    this.#plan = undefined;
    const { host, name } = this.#instance;
    const { at, lookAt, packets, priority } = plan;
    return { at, lookAt, packets, priority, wentAt: host.wentAhead?.(name) };
  }

  /** Whether what is planned is still what would be sent, when the timer says. */
  isCurrent(timerAt: MonotonicMs): boolean {
    const plan = this.#plan;
    if (plan === undefined) return false;
    const { configuration, effectivePriority, oldUnicastChecksum, sourceAddress, state } = this.#instance;
    return (
      state === 'MASTER' &&
      timerAt === plan.lookAt &&
      plan.priority === effectivePriority &&
      plan.configuration === configuration &&
      plan.source === sourceAddress &&
      plan.oldUnicastChecksum === oldUnicastChecksum
    );
  }

  /** Plans the advertisement that is due at `at`. @returns when the timer is to look after it */
  make(at: MonotonicMs, source: string): MonotonicMs {
    const { configuration, effectivePriority: priority, host, name, oldUnicastChecksum, transmitter } = this.#instance;
    const { advertisementInterval: interval } = configuration;
    const advertisements = transmitter.compose(
      configuration,
      priority,
      source,
      oldUnicastChecksum,
      host.digests,
      host.realTime(at),
    );
    // Later than an interval the others begin to count on us being gone: that is for the engine to judge.
    host.out.push({ type: 'send-ahead', instance: name, at, until: at + interval, advertisements });
    const { each, first, share } = lookAfter;
    const after: Milliseconds = Math.min(first + each * host.masters.size, interval * share);
    const packets = advertisements.length;
    this.#plan = { at, lookAt: at + after, priority, packets, configuration, source, oldUnicastChecksum };
    return at + after;
  }
}
