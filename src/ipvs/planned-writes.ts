/** The writes of one round, worked out when they are asked for: ten thousand services at once would be a long pause. */
import { planService } from './plan.ts';
import type { IpvsOperation, Service, ServiceKey } from './types.ts';

/** What a round is to bring about. It may be wished otherwise meanwhile: that is for the next one. */
export interface Round {
  /** Key texts of the services to look at. */
  readonly texts: readonly string[];
  /** How they should be; undefined: not at all. */
  readonly services: readonly (Service | undefined)[];
  /** Services to be deleted. */
  readonly gone: readonly { readonly text: string; readonly key: ServiceKey }[];
}

export class PlannedWrites implements Iterable<IpvsOperation> {
  readonly #believed: ReadonlyMap<string, Service>;
  readonly #round: Round;
  #service = 0;
  #deletion = 0;
  /** Planned and not yet asked for, from a place on. */
  #pending: IpvsOperation[] = [];
  #place = 0;
  /** Behind all additions, see planTables(). */
  #removals: IpvsOperation[] = [];
  #count = 0;

  /** @param believed the table as it is; may not change before all writes were asked for */
  constructor(believed: ReadonlyMap<string, Service>, round: Round) {
    this.#believed = believed;
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
    const { gone, services, texts } = this.#round;
    while (this.#service < texts.length && this.#pending.length === 0) {
      const service = services[this.#service];
      const present = this.#believed.get(texts[this.#service] ?? '');
      this.#service++;
      if (service !== undefined && service !== present) planService(present, service, this.#pending, this.#removals);
    }
    if (this.#pending.length > 0) return false;
    this.#pending = this.#removals;
    this.#removals = [];
    if (this.#pending.length > 0) return false;
    const deletion = gone[this.#deletion++];
    if (deletion !== undefined) this.#pending.push({ op: 'delete-service', key: deletion.key });
    return deletion === undefined;
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
