/** The next advertisement of a master, made one interval ahead (core/send-ahead.ts). */
import type { VrrpInstanceConfiguration } from '../config/model.ts';
import { SendAhead, lookAfter } from '../core/send-ahead.ts';
import type { EndedPlan } from '../core/send-ahead.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { Instance } from './instance.ts';

interface PlannedAdvertisement {
  readonly priority: number;
  /** Packets: one, or one for each unicast peer. */
  readonly packets: number;
  readonly configuration: VrrpInstanceConfiguration;
  readonly source: string;
  readonly oldUnicastChecksum: boolean;
}

export class AdvertisementAhead {
  readonly #instance: Instance;
  readonly #ahead: SendAhead<PlannedAdvertisement>;

  constructor(instance: Instance) {
    this.#instance = instance;
    this.#ahead = new SendAhead(() => instance.host.wentAhead?.(instance.name));
  }

  /** When it goes; undefined: none is planned. */
  get at(): MonotonicMs | undefined {
    return this.#ahead.at;
  }

  /** Ends what is planned: it has gone or never will. Undefined: nothing was. */
  end(): EndedPlan<PlannedAdvertisement> | undefined {
    return this.#ahead.end();
  }

  /** Whether what is planned is still what would be sent, when the timer says. */
  isCurrent(timerAt: MonotonicMs): boolean {
    const planned = this.#ahead.contentFor(timerAt);
    if (planned === undefined) return false;
    const { configuration, effectivePriority, oldUnicastChecksum, sourceAddress, state } = this.#instance;
    return (
      state === 'MASTER' &&
      planned.priority === effectivePriority &&
      planned.configuration === configuration &&
      planned.source === sourceAddress &&
      planned.oldUnicastChecksum === oldUnicastChecksum
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
    const planned = { priority, packets: advertisements.length, configuration, source, oldUnicastChecksum };
    return this.#ahead.plan(at, lookAfter(interval, host.masters.size), planned);
  }
}
