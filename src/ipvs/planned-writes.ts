/** The writes of one round, worked out when they are asked for: ten thousand services at once would be a long pause. */
import { planService } from './plan.ts';
import type { ServiceEntry } from './service-entries.ts';
import type { IpvsOperation, Service } from './types.ts';

/** What a round is to bring about. It may be wished otherwise meanwhile: that is for the next one. */
export interface Round {
  /** The services that are wished. */
  readonly entries: readonly ServiceEntry[];
  /** How they are. */
  readonly services: readonly Service[];
  /** Services to be deleted. */
  readonly gone: readonly ServiceEntry[];
  /** The services that it looks at; undefined: all. */
  readonly touched: readonly ServiceEntry[] | undefined;
}

export class PlannedWrites implements Iterable<IpvsOperation> {
  readonly #round: Round;
  #service = 0;
  #deletion = 0;
  /** Planned and not yet asked for, from a place on. */
  #pending: IpvsOperation[] = [];
  #place = 0;
  /** Behind all additions, see planTables(). */
  #removals: IpvsOperation[] = [];
  #count = 0;

  /** What is believed of its services may not change before all writes were asked for. */
  constructor(round: Round) {
    this.#round = round;
  }

  /** Writes that were asked for. */
  get count(): number {
    return this.#count;
  }

  /** Nothing is left to be asked for. */
  get isDone(): boolean {
    if (this.#place < this.#pending.length) return false;
    this.#pending = [];
    this.#place = 0;
    const { entries, gone, services } = this.#round;
    while (this.#service < services.length && this.#pending.length === 0) {
      const service = services[this.#service];
      const present = entries[this.#service]?.believed;
      this.#service++;
      if (service !== undefined && service !== present) planService(present, service, this.#pending, this.#removals);
    }
    if (this.#pending.length > 0) return false;
    this.#pending = this.#removals;
    this.#removals = [];
    if (this.#pending.length > 0) return false;
    const deleted = gone[this.#deletion++]?.believed;
    if (deleted !== undefined) this.#pending.push({ op: 'delete-service', key: deleted.key });
    return deleted === undefined;
  }

  [Symbol.iterator](): Iterator<IpvsOperation> {
    return {
      next: () => {
        const value = this.isDone ? undefined : this.#pending[this.#place++];
        if (value === undefined) return { done: true, value };
        this.#count++;
        return { done: false, value };
      },
    };
  }
}
