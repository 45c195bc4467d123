/** interface_up_down_delays: a change of a link counts only if it lasts (reference: behaviour A6). */
import type { InterfaceDelays, VrrpConfiguration, VrrpInstanceConfiguration } from '../config/model.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { Link } from '../network/types.ts';
import type { Deadline, DeadlineQueue } from '../core/deadlines.ts';
import { seconds } from './outbox.ts';
import type { Outbox } from './outbox.ts';

/** What is left of the time in which the others notice that a master is silent. */
const margin: Milliseconds = 10;

interface DelayedLink {
  delays: Pick<InterfaceDelays, 'down' | 'up'>;
  /** What counts at the moment; undefined while there is no such link. */
  counts: boolean | undefined;
  /** As the kernel said last. */
  latest: boolean;
  readonly timer: Deadline;
}

/** A master must not stay one without a link for longer than the others take to replace it. */
function longestDown(name: string, instances: readonly VrrpInstanceConfiguration[]): Milliseconds {
  const limits = instances
    .filter((instance) => instance.interface === name)
    .map((instance) => (instance.downTimerAdvertisements - 1) * instance.advertisementInterval - margin);
  return Math.max(0, Math.min(Infinity, ...limits));
}

export class LinkDelays {
  #links = new Map<string, DelayedLink>();
  readonly #out: Outbox;
  readonly #deadlines: DeadlineQueue;
  readonly #changed: (now: MonotonicMs) => void;

  /** @param changed called when a change has lasted long enough: ask what counts again */
  constructor(deadlines: DeadlineQueue, out: Outbox, changed: (now: MonotonicMs) => void) {
    this.#deadlines = deadlines;
    this.#out = out;
    this.#changed = changed;
  }

  /** Takes the delays of a configuration. What is being waited for goes on, with its former delay. */
  configure({ interfaceDelays, instances }: VrrpConfiguration): void {
    const before = this.#links;
    this.#links = new Map();
    for (const { interface: name, down, up } of interfaceDelays) {
      const delays = { down: Math.min(down, longestDown(name, instances)), up };
      const known = before.get(name);
      before.delete(name);
      if (known) known.delays = delays;
      const link = known ?? this.#create(delays);
      this.#links.set(name, link);
    }
    for (const gone of before.values()) this.#deadlines.clear(gone.timer);
  }

  /** The links as they count now. */
  counting(links: readonly Link[], now: MonotonicMs): readonly Link[] {
    if (this.#links.size === 0) return links;
    const missing = new Set(this.#links.keys());
    const counting = links.map((link) => {
      const delayed = this.#links.get(link.name);
      if (!delayed) return link;
      missing.delete(link.name);
      this.#observe(link, delayed, now);
      return delayed.counts === link.up ? link : { ...link, up: delayed.counts ?? link.up };
    });
    for (const name of missing) this.#forget(name);
    return counting;
  }

  #create(delays: DelayedLink['delays']): DelayedLink {
    const link: DelayedLink = {
      delays,
      counts: undefined,
      latest: false,
      timer: this.#deadlines.create((now) => {
        link.counts = link.latest;
        this.#changed(now);
      }),
    };
    return link;
  }

  #observe({ name, up }: Link, delayed: DelayedLink, now: MonotonicMs): void {
    delayed.latest = up;
    const delay = up ? delayed.delays.up : delayed.delays.down;
    if (delayed.counts === undefined || delayed.counts === up || delay <= 0) {
      delayed.counts = up;
      this.#deadlines.clear(delayed.timer);
    } else if (!this.#deadlines.isSet(delayed.timer)) {
      this.#deadlines.set(delayed.timer, now + delay);
      const words = `${name} is ${up ? 'up' : 'down'}; that counts if it lasts for ${seconds(delay)}`;
      this.#out.log('info', `${words} (interface_up_down_delays)`);
    }
  }

  /** A link that is gone is gone at once; one that comes anew counts as it is. */
  #forget(name: string): void {
    const delayed = this.#links.get(name);
    if (!delayed) return;
    delayed.counts = undefined;
    this.#deadlines.clear(delayed.timer);
  }
}
