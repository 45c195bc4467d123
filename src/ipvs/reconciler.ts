/**
 * Keeps our services in the kernel equal to what is wanted. The table is dumped once, then believed; every new wish is
 * compared with the belief and only the difference is written. Any sign that somebody else writes too ("exists",
 * "not there") makes it look again.
 */
import { serviceKeyText } from './keys.ts';
import type { IpvsOutcome } from './outcome.ts';
import { applyToTable, mergeServices, outgrown, planTables, withoutTwins } from './plan.ts';
import type { IpvsOperation, Service, ServiceKey } from './types.ts';

/** The kernel's table, as kernel/ipvs-table.ts gives it. */
export interface ServiceTable {
  /** The table; servers are read only of services whose key text `wantDestinations` affirms. */
  dumpServices(wantDestinations?: (keyText: string) => boolean): Promise<readonly Service[]>;
  /** Writes in order; the first batch reaches the kernel before this returns. One outcome an operation. */
  apply(operations: readonly IpvsOperation[]): Promise<readonly IpvsOutcome[]>;
  /**
   * A look that costs little and does not see everything: whether the table has these services, with these servers and
   * weights. Undefined: this table cannot be looked at so.
   * @param unchanged they are those of the last glance, which found them so
   */
  glance?(services: Iterable<Service>, unchanged: boolean): Promise<boolean | undefined>;
}

/** How thorough a look is. */
export type Look = 'glance' | 'whole';

/** What one round of writing did. */
export interface ReconcileReport {
  readonly outcomes: readonly IpvsOutcome[];
  /** True if the table was read anew in this round. */
  readonly resynchronised: boolean;
  /** What somebody else undid of ours since the table was last known, as the writes that put it back; usually none. */
  readonly undone: readonly IpvsOperation[];
}

/** Looks in one run: a rival who undoes everything at once must not keep us busy for ever. */
const MAXIMUM_LOOKS = 3;
const ESRCH = 3;

export class ServiceReconciler {
  readonly #table: ServiceTable;
  readonly #onReport: (report: ReconcileReport) => void;
  #believed: Map<string, Service> | undefined;
  /** Foreign services of the last dump, whose servers were not read. */
  #unread: ReadonlySet<string> = new Set();
  #desired = new Map<string, Service>();
  /** Key texts of the wishes that are new since the last round; undefined: all may be. */
  #touched: Set<string> | undefined;
  readonly #owned = new Set<string>();
  /** By key text: the kernel refused something of them when they were last written. */
  readonly #refused = new Map<string, ServiceKey>();
  #busy = false;
  #running: Promise<void> = Promise.resolve();
  #changed = false;
  #mustLook = false;
  #mustGlance = false;
  /** The last glance found what is believed now. */
  #seen = false;

  /** @param onReport told of every round that wrote something or read the table */
  constructor(table: ServiceTable, onReport: (report: ReconcileReport) => void = () => undefined) {
    this.#table = table;
    this.#onReport = onReport;
  }

  /** Key texts of the services that are ours: wanted now, or written by us and not yet gone. */
  get owned(): ReadonlySet<string> {
    return this.#owned;
  }

  /**
   * Sets what should be there. While a write is under way only the latest wish is kept. If idle and the table is known,
   * the first batch is handed to the kernel before this returns.
   * @returns settled when this wish, or a newer one, has been written; rejects if the table cannot be read or
   *   acknowledgements were lost: the wish is kept, and the next call starts with a look at the table
   */
  setDesired(services: readonly Service[]): Promise<void> {
    this.#desired = mergeServices(services);
    this.#touched = undefined;
    this.#changed = true;
    return this.#run();
  }

  /**
   * The same for a few services: a thousand servers that die one after the other must not cost a look at all services each.
   * @param keys the services that may differ from the wish before
   * @param services those of them that should be there, whole; of others nothing is learnt
   */
  changeDesired(keys: readonly ServiceKey[], services: readonly Service[]): Promise<void> {
    const merged = mergeServices(services);
    for (const key of keys) {
      const text = serviceKeyText(key);
      this.#wish(text, merged.get(text));
    }
    this.#changed = true;
    return this.#run();
  }

  /**
   * The first half of changeDesired() for a change of very many services, which comes in slices: services and servers that
   * are no longer wanted stay until all additions are written (see planTables()).
   * @returns the services that go or have such servers: theirs is the second half, a changeDesired() once this is written
   */
  growDesired(
    keys: readonly ServiceKey[],
    services: readonly Service[],
  ): { readonly written: Promise<void>; readonly outgrown: readonly ServiceKey[] } {
    const late: ServiceKey[] = [];
    // One service a key, in their order, is what the most of all reloads ask for.
    const merged = services.every(({ key }, index) => key === keys[index]) ? undefined : mergeServices(services);
    for (const [index, key] of keys.entries()) {
      const text = serviceKeyText(key);
      const service = merged === undefined ? services[index] : merged.get(text);
      if (service === undefined) {
        late.push(key);
        continue;
      }
      const wanted = withoutTwins(service);
      const wish = outgrown(this.#believed?.get(text), wanted);
      if (wish !== wanted) late.push(key);
      this.#wish(text, wish);
    }
    this.#changed = true;
    return { written: this.#run(), outgrown: late };
  }

  #wish(text: string, service: Service | undefined): void {
    if (service === undefined) this.#desired.delete(text);
    else this.#desired.set(text, service);
    this.#touched?.add(text);
  }

  /** The services of which the kernel refused something; a reload is a reason to try again. */
  get refused(): readonly ServiceKey[] {
    return [...this.#refused.values()];
  }

  /** Services we may delete although we did not write them in this life: those of a predecessor. */
  adopt(keyTexts: Iterable<string>): void {
    this.#seen = false;
    for (const text of keyTexts) this.#owned.add(text);
  }

  /**
   * Reads the table anew and writes what is missing ("somebody ran ipvsadm -C").
   * @param look with `glance` only if a glance shows something else than ours
   */
  resync(look: Look = 'whole'): Promise<void> {
    if (look === 'glance' && !this.#mustLook) this.#mustGlance = true;
    else this.#mustLook = true;
    return this.#run();
  }

  #run(): Promise<void> {
    if (!this.#busy) {
      this.#busy = true;
      this.#running = this.#rounds();
    }
    return this.#running;
  }

  async #rounds(): Promise<void> {
    try {
      let looks = 0;
      while (this.#changed || this.#mustLook || this.#mustGlance || !this.#believed) {
        if (this.#mustGlance) await this.#glance();
        const touched = this.#touched;
        // A copy: wishes may change while they are written.
        const desired = entriesOf(this.#desired, touched);
        this.#touched = new Set();
        this.#changed = false;
        for (const text of desired.keys()) this.#owned.add(text);
        const believed = this.#known();
        if (believed) {
          const outcomes = await this.#write(believed, desired, touched);
          if (outcomes.length > 0) this.#onReport({ outcomes, resynchronised: false, undone: [] });
          if (looks < MAXIMUM_LOOKS && contradictsBelief(outcomes)) this.#mustLook = true;
        } else {
          looks++;
          this.#touched = undefined;
          const undone = await this.#look();
          this.#changed = true;
          this.#onReport({ outcomes: [], resynchronised: true, undone });
        }
      }
    } finally {
      // Here, not in a later callback: a wish that arrives once the loop has ended must start a new one.
      this.#busy = false;
    }
  }

  async #glance(): Promise<void> {
    this.#mustGlance = false;
    const believed = this.#known();
    if (believed === undefined) return;
    const wasSeen = this.#seen;
    this.#seen = (await this.#table.glance?.(this.#ours(believed), wasSeen)) === true;
    if (!this.#seen) this.#mustLook = true;
  }

  *#ours(believed: ReadonlyMap<string, Service>): Generator<Service> {
    for (const [text, service] of believed) if (this.#owned.has(text)) yield service;
  }

  /** The believed table, unless it has to be read (again) first. */
  #known(): Map<string, Service> | undefined {
    if (this.#mustLook) return undefined;
    // A foreign service that became ours: its servers are not known.
    for (const text of this.#unread) if (this.#owned.has(text)) return undefined;
    return this.#believed;
  }

  /** Reads the table. @returns what others undid of ours, as the writes that put it back */
  async #look(): Promise<readonly IpvsOperation[]> {
    this.#mustLook = false;
    this.#seen = false;
    const before = this.#believed;
    this.#believed = undefined;
    const unread = new Set<string>();
    const services = await this.#table.dumpServices((text) => {
      const ours = this.#owned.has(text);
      if (!ours) unread.add(text);
      return ours;
    });
    this.#believed = mergeServices(services);
    const ours = new Map<string, Service>();
    // A service whose servers were not read then was not ours.
    for (const [text, service] of before ?? []) {
      if (this.#owned.has(text) && !this.#unread.has(text)) ours.set(text, service);
    }
    this.#unread = unread;
    // What is there and was not is no loss: a service that became ours, or one to be deleted soon.
    return ours.size === 0 ? [] : planTables(this.#believed, ours, new Set());
  }

  /** @param touched key texts of the services to look at; undefined: all */
  async #write(
    believed: Map<string, Service>,
    desired: ReadonlyMap<string, Service>,
    touched: ReadonlySet<string> | undefined,
  ): Promise<readonly IpvsOutcome[]> {
    const actual = touched === undefined ? believed : entriesOf(believed, touched);
    const operations = planTables(actual, desired, this.#owned);
    let outcomes: readonly IpvsOutcome[] = [];
    if (operations.length > 0) {
      this.#seen = false;
      try {
        outcomes = await this.#table.apply(operations);
      } catch (error) {
        // What was written is unknown.
        this.#mustLook = true;
        this.#touched = undefined;
        throw error;
      }
    }
    this.#learn(believed, desired, touched, outcomes);
    return outcomes;
  }

  /** Brings the belief up to date with what the kernel answered. */
  #learn(
    believed: Map<string, Service>,
    desired: ReadonlyMap<string, Service>,
    touched: ReadonlySet<string> | undefined,
    outcomes: readonly IpvsOutcome[],
  ): void {
    const troubled = new Set<string>();
    if (this.#refused.size > 0) for (const text of touched ?? [...this.#refused.keys()]) this.#refused.delete(text);
    for (const { operation, result } of outcomes) {
      if (result === 'done') continue;
      const text = operationKeyText(operation);
      troubled.add(text);
      const key = operationKey(operation);
      if (result === 'failed' && key !== undefined) this.#refused.set(text, key);
    }
    for (const { operation, result } of outcomes) {
      if (result === 'failed' || (troubled.size === 0 && operation.op !== 'delete-service')) continue;
      if (operation.op === 'delete-service' || troubled.has(operationKeyText(operation)))
        applyToTable(believed, operation);
    }
    // Where all went well the wish itself is the belief: the next comparison sees the same object and is done.
    for (const [text, service] of desired) if (!troubled.has(text)) believed.set(text, service);
    for (const text of touched ?? this.#owned) {
      if (!desired.has(text) && !believed.has(text)) this.#owned.delete(text);
    }
  }
}

/** A copy, of the entries of these key texts if given. */
function entriesOf(table: ReadonlyMap<string, Service>, texts: ReadonlySet<string> | undefined): Map<string, Service> {
  if (texts === undefined) return new Map(table);
  const entries = new Map<string, Service>();
  for (const text of texts) {
    const service = table.get(text);
    if (service !== undefined) entries.set(text, service);
  }
  return entries;
}

/**
 * True if the kernel was found in another state than believed. A refusal for other reasons (no such scheduler, and the
 * servers of a service that could not be made) is no such sign: looking again would not help.
 */
function contradictsBelief(outcomes: readonly IpvsOutcome[]): boolean {
  if (outcomes.every(({ result }) => result === 'done')) return false;
  const unmade = new Set<string>();
  for (const { operation, result } of outcomes) {
    if (result === 'failed' && operation.op === 'add-service') unmade.add(serviceKeyText(operation.service.key));
  }
  return outcomes.some(
    ({ operation, result, errno }) =>
      result === 'already' ||
      result === 'added' ||
      (result === 'failed' && errno === ESRCH && !unmade.has(operationKeyText(operation))),
  );
}

function operationKey(operation: IpvsOperation): ServiceKey | undefined {
  switch (operation.op) {
    case 'add-service':
    case 'edit-service':
      return operation.service.key;
    case 'delete-service':
    case 'add-destination':
    case 'edit-destination':
    case 'delete-destination':
      return operation.key;
    default:
      return undefined;
  }
}

function operationKeyText(operation: IpvsOperation): string {
  const key = operationKey(operation);
  return key === undefined ? '' : serviceKeyText(key);
}
