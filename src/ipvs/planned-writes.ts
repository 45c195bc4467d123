/** The writes of one round, worked out when they are asked for: ten thousand services at once would be a long pause. */
import { planService } from './plan.ts';
import type { ServiceEntry } from './service-entries.ts';
import type { IpvsOperation, Service } from './types.ts';

/** What a round is to bring about. It may be wished otherwise meanwhile: that is for the next one. */
export interface Round {
  /** The services that it looks at. */
  readonly entries: readonly ServiceEntry[];
  /** How each of them should be; undefined: not at all. */
  readonly services: readonly (Service | undefined)[];
  /** Those to be deleted. */
  readonly gone: readonly ServiceEntry[];
  /** It looks at all that are known. */
  readonly isWhole: boolean;
}

export class PlannedWrites implements Iterable<IpvsOperation> {
  readonly #round: Round;
  /** Asked for already, in a way: the first of those that are left. */
  #ahead: IpvsOperation | undefined;
  #service = 0;
  #deletion = 0;
  /** A service that was added, and which of its servers is next. */
  #added: Service | undefined;
  #server = 0;
  /** Planned for a service, and which is next. */
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
    this.#ahead ??= this.#next();
    return this.#ahead === undefined;
  }

  [Symbol.iterator](): Iterator<IpvsOperation> {
    // Tens of thousands follow one another: they share the object they are handed over in.
    let result: { done: false; value: IpvsOperation } | undefined;
    return {
      next: () => {
        const value = this.#ahead ?? this.#next();
        this.#ahead = undefined;
        if (value === undefined) return { done: true, value };
        this.#count++;
        if (result === undefined) return (result = { done: false, value });
        result.value = value;
        return result;
      },
    };
  }

  #next(): IpvsOperation | undefined {
    const added = this.#added;
    if (added !== undefined) {
      const destination = added.destinations[this.#server++];
      if (destination !== undefined) return { op: 'add-destination', key: added.key, destination };
      this.#added = undefined;
    }
    return this.#pending[this.#place++] ?? this.#ofServices() ?? this.#ofRemovals();
  }

  #ofServices(): IpvsOperation | undefined {
    const { entries, services } = this.#round;
    this.#pending = [];
    while (this.#service < services.length) {
      const service = services[this.#service];
      const present = entries[this.#service]?.believed;
      this.#service++;
      if (service === undefined || service === present) continue;
      if (present === undefined) {
        this.#added = service;
        this.#server = 0;
        return { op: 'add-service', service };
      }
      planService(present, service, this.#pending, this.#removals);
      if (this.#pending.length === 0) continue;
      this.#place = 1;
      return this.#pending[0];
    }
    return undefined;
  }

  /** The kernel drops a service's servers with it: one write each. */
  #ofRemovals(): IpvsOperation | undefined {
    if (this.#removals.length > 0) {
      this.#pending = this.#removals;
      this.#removals = [];
      this.#place = 1;
      return this.#pending[0];
    }
    const deleted = this.#round.gone[this.#deletion++]?.believed;
    return deleted && { op: 'delete-service', key: deleted.key };
  }
}
