/**
 * What a master does about advertisements of lower priority (RFC 9568 section 6.4.3): it advertises, so that the other
 * one and every switch on the way know who is master, announces its addresses and tells of it. Each of these costs more
 * than the packet that causes it, up to a script: a router that floods, or forged packets, must not have that many.
 */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { Deadline } from '../core/deadlines.ts';
import type { Instance } from './instance.ts';

/**
 * Between two answers. All hear one answer, and our usual advertisements go on; what is heard in between is announced and
 * told of once, behind it.
 */
const spacing: Milliseconds = 100;

interface Heard {
  readonly priority: number;
  readonly source: string;
}

export class LowerPriorityAnswers {
  readonly #instance: Instance;
  readonly #later: Deadline;
  #answeredAt: MonotonicMs = -Infinity;
  #resignedAt: MonotonicMs = -Infinity;
  /** The latest that was not told of yet. */
  #waiting: Heard | undefined;

  constructor(instance: Instance) {
    this.#instance = instance;
    this.#later = instance.host.deadlines.create((now) => {
      if (this.#waiting) this.#tell(this.#waiting, now);
    });
  }

  /** As master, and not about a packet that waited for too long. */
  heard(priority: number, source: string, now: MonotonicMs): void {
    const { configuration, host } = this.#instance;
    if (now - this.#answeredAt < spacing) {
      this.#waiting = { priority, source };
      if (!host.deadlines.isSet(this.#later)) host.deadlines.set(this.#later, this.#answeredAt + spacing);
      return;
    }
    if (!configuration.lowerPriorityNoAdvertisement) this.#instance.advertise(now);
    this.#tell({ priority, source }, now);
  }

  /** Somebody resigned (priority 0): whoever wants to be master now hears that there is one. */
  resigned(now: MonotonicMs): void {
    if (now - this.#resignedAt < spacing) return;
    this.#resignedAt = now;
    this.#instance.advertise(now);
  }

  /** We are master no more. */
  forget(): void {
    this.#waiting = undefined;
    this.#instance.host.deadlines.clear(this.#later);
  }

  #tell({ priority, source }: Heard, now: MonotonicMs): void {
    const { effectivePriority: ours, group, host, name } = this.#instance;
    this.forget();
    this.#answeredAt = now;
    group?.announceLowerPriority(now);
    const reason = `an advertisement of priority ${priority} from ${source}, ours is ${ours}`;
    host.out.event({ kind: 'vrrp-lower-priority', instance: name, priority: ours, source, reason, at: now });
  }
}
