/**
 * Keeps our services in the kernel equal to what is wanted. The table is dumped once, then believed; every new wish is
 * compared with the belief and only the difference is written. Any sign that somebody else writes too ("exists",
 * "not there") makes it look again.
 */
import { destinationKeyText, serviceKeyText } from './keys.ts';
import type { IpvsOutcome } from './outcome.ts';
import { applyToTable, mergeServices, outgrown, planService, planTables, withoutTwins } from './plan.ts';
import { PlannedWrites } from './planned-writes.ts';
import type { Round } from './planned-writes.ts';
import { ServiceEntries } from './service-entries.ts';
import type { KeyTexts, ServiceEntry } from './service-entries.ts';
import type { IpvsOperation, Service, ServiceKey } from './types.ts';

/** The kernel's table, as kernel/ipvs-table.ts gives it. */
export interface ServiceTable {
  /** The table; servers are read only of services whose key text `wantDestinations` affirms. */
  dumpServices(wantDestinations?: (keyText: string) => boolean): Promise<readonly Service[]>;
  /**
   * Writes in order, and asks for the operations when it is their turn; the first batch reaches the kernel before this returns.
   * @returns outcomes, in their order; none of what was simply done need be among them
   */
  apply(operations: Iterable<IpvsOperation>): Promise<readonly IpvsOutcome[]>;
  /**
   * A look that costs little and does not see everything: whether the table has these services, with these servers and
   * weights. Undefined: this table cannot be looked at so.
   * @param unchanged they are those of the last glance, which found them so
   */
  glance?(services: Iterable<Service>, unchanged: boolean): Promise<boolean | undefined>;
  /** Whether the table begins as the last glance saw it: a moment's look, which finds out that somebody cleared it. */
  beginsAsGlanced?(): boolean;
}

/** How thorough a look is. */
export type Look = 'glance' | 'whole';

/** What one round of writing did. */
export interface ReconcileReport {
  /** Operations that were written. */
  readonly writes: number;
  /** Of those that were not simply done. */
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
  readonly #entries = new ServiceEntries();
  /** The table was read; since then we know what is in it. */
  #isKnown = false;
  /** Foreign services of the last dump, whose servers were not read. */
  #unread: ReadonlySet<string> = new Set();
  /** Those whose wish is new since the last round; undefined: all may be. */
  #touched: ServiceEntry[] | undefined;
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
  get owned(): KeyTexts {
    return this.#entries.owned;
  }

  /**
   * Sets what should be there. While a write is under way only the latest wish is kept. If idle and the table is known,
   * the first batch is handed to the kernel before this returns.
   * @returns settled when this wish, or a newer one, has been written; rejects if the table cannot be read or
   *   acknowledgements were lost: the wish is kept, and the next call starts with a look at the table
   */
  setDesired(services: readonly Service[]): Promise<void> {
    this.prepare(services);
    return this.write();
  }

  /**
   * The first half of setDesired(): what should be there, to be written by write().
   * @returns key texts of the services
   */
  prepare(services: readonly Service[]): readonly string[] {
    const texts = this.#entries.wish(services);
    this.#touchAll();
    this.#changed = true;
    return texts;
  }

  /** Writes what is wished. Settles as setDesired(). */
  write(): Promise<void> {
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
      this.#wish(this.#entries.of(text), merged.get(text));
    }
    this.#changed = true;
    return this.#run();
  }

  /**
   * The first half of changeDesired() for a change of very many services, which comes in slices: services and servers that
   * are no longer wanted stay until all additions are written (see planTables()).
   * @param texts of the keys, if the caller has them
   * @returns the services that go or have such servers: theirs is the second half, a changeDesired() once this is written
   */
  growDesired(
    keys: readonly ServiceKey[],
    services: readonly Service[],
    texts: readonly string[] = keys.map(serviceKeyText),
  ): { readonly written: Promise<void>; readonly outgrown: readonly ServiceKey[] } {
    const late: ServiceKey[] = [];
    // One service a key, in their order, is what the most of all reloads ask for.
    const merged = services.every(({ key }, index) => key === keys[index]) ? undefined : mergeServices(services);
    for (const [index, key] of keys.entries()) {
      const text = texts[index] ?? '';
      const service = merged === undefined ? services[index] : merged.get(text);
      if (service === undefined) {
        late.push(key);
        continue;
      }
      const entry = this.#entries.of(text);
      const wanted = withoutTwins(service);
      const wish = outgrown(entry.believed, wanted);
      if (wish !== wanted) late.push(key);
      this.#wish(entry, wish);
    }
    this.#changed = true;
    return { written: this.#run(), outgrown: late };
  }

  #wish(entry: ServiceEntry, service: Service | undefined): void {
    entry.wished = service;
    if (this.#touched === undefined || entry.isTouched) return;
    entry.isTouched = true;
    this.#touched.push(entry);
  }

  #touchAll(): void {
    for (const entry of this.#touched ?? []) entry.isTouched = false;
    this.#touched = undefined;
  }

  /** The services of which the kernel refused something; a reload is a reason to try again. */
  get refused(): readonly ServiceKey[] {
    return [...this.#refused.values()];
  }

  /** Services we may delete although we did not write them in this life: those of a predecessor. */
  adopt(keyTexts: Iterable<string>): void {
    this.#seen = false;
    for (const text of keyTexts) this.#entries.own(this.#entries.of(text));
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

  /** True: as far as a moment's look can tell the table is as it was written, and a glance may come later. */
  seemsUntouched(): boolean {
    return this.#seen && !this.#busy && this.#table.beginsAsGlanced?.() === true;
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
      while (this.#changed || this.#mustLook || this.#mustGlance || !this.#isKnown) {
        if (this.#mustGlance) await this.#glance();
        const touched = this.#touched;
        this.#touchAll();
        this.#touched = [];
        this.#changed = false;
        for (const entry of touched ?? this.#entries.all()) if (entry.wished !== undefined) this.#entries.own(entry);
        if (this.#knows()) {
          const { outcomes, writes } = await this.#write(this.#round(touched));
          if (writes > 0) this.#onReport({ writes, outcomes, resynchronised: false, undone: [] });
          if (looks < MAXIMUM_LOOKS && contradictsBelief(outcomes)) this.#mustLook = true;
        } else {
          looks++;
          this.#touchAll();
          const undone = await this.#look();
          this.#changed = true;
          this.#onReport({ writes: 0, outcomes: [], resynchronised: true, undone });
        }
      }
    } finally {
      // Here, not in a later callback: a wish that arrives once the loop has ended must start a new one.
      this.#busy = false;
    }
  }

  async #glance(): Promise<void> {
    this.#mustGlance = false;
    if (!this.#knows()) return;
    const wasSeen = this.#seen;
    this.#seen = (await this.#table.glance?.(this.#ours(), wasSeen)) === true;
    if (!this.#seen) this.#mustLook = true;
  }

  *#ours(): Generator<Service> {
    for (const { believed, isOurs } of this.#entries.all()) if (isOurs && believed !== undefined) yield believed;
  }

  /** Whether the table is known, or has to be read (again) first. */
  #knows(): boolean {
    if (this.#mustLook) return false;
    // A foreign service that became ours: its servers are not known.
    for (const text of this.#unread) if (this.owned.has(text)) return false;
    return this.#isKnown;
  }

  /** Reads the table. @returns what others undid of ours, as the writes that put it back */
  async #look(): Promise<readonly IpvsOperation[]> {
    this.#mustLook = false;
    this.#seen = false;
    this.#isKnown = false;
    const before: ServiceEntry[] = [];
    const former: Service[] = [];
    for (const entry of this.#entries.all()) {
      if (entry.believed === undefined) continue;
      before.push(entry);
      former.push(entry.believed);
      entry.believed = undefined;
    }
    const unread = new Set<string>();
    const services = await this.#table.dumpServices((text) => {
      const ours = this.owned.has(text);
      if (!ours) unread.add(text);
      return ours;
    });
    const found = mergeServices(services);
    for (const [text, service] of found) this.#entries.of(text).believed = service;
    this.#isKnown = true;
    const ours = new Map<string, Service>();
    for (const [index, entry] of before.entries()) {
      const service = former[index];
      // A service whose servers were not read then was not ours.
      if (service !== undefined && entry.isOurs && !this.#unread.has(entry.text)) ours.set(entry.text, service);
      this.#entries.forget(entry);
    }
    this.#unread = unread;
    // What is there and was not is no loss: a service that became ours, or one to be deleted soon.
    return ours.size === 0 ? [] : planTables(found, ours, new Set());
  }

  /** The wishes as they are now: they may change while they are written. @param touched undefined: all */
  #round(touched: readonly ServiceEntry[] | undefined): Round {
    const entries = touched ?? [...this.#entries.all()];
    const gone = entries.filter(
      ({ believed, isOurs, wished }) => wished === undefined && isOurs && believed !== undefined,
    );
    return { entries, services: entries.map(({ wished }) => wished), gone, isWhole: touched === undefined };
  }

  async #write(round: Round): Promise<{ readonly outcomes: readonly IpvsOutcome[]; readonly writes: number }> {
    const writes = new PlannedWrites(round);
    let outcomes: readonly IpvsOutcome[] = [];
    if (!writes.isDone) {
      this.#seen = false;
      try {
        outcomes = (await this.#table.apply(writes)).filter(({ result }) => result !== 'done');
      } catch (error) {
        // What was written is unknown.
        this.#mustLook = true;
        this.#touchAll();
        throw error;
      }
    }
    this.#learn(round, outcomes);
    return { outcomes, writes: writes.count };
  }

  /** Brings the belief up to date with what the kernel answered. */
  #learn({ entries, gone, isWhole, services }: Round, outcomes: readonly IpvsOutcome[]): void {
    if (isWhole) this.#refused.clear();
    else if (this.#refused.size > 0) for (const { text } of entries) this.#refused.delete(text);
    const refusals = this.#refusals(outcomes);
    for (const entry of gone) if (refusals.get(entry.text)?.has('delete-service') !== true) entry.believed = undefined;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index];
      const service = services[index];
      if (entry === undefined) continue;
      if (service === undefined) {
        if (entry.believed === undefined) this.#entries.disown(entry);
        continue;
      }
      const failed = refusals.size === 0 ? undefined : refusals.get(entry.text);
      // Where all went well the wish itself is the belief: the next comparison sees the same object and is done.
      entry.believed = failed === undefined ? service : afterRefusals(entry, service, failed);
    }
  }

  /** By key text, of the services that were not written as asked: what was refused of them. */
  #refusals(outcomes: readonly IpvsOutcome[]): ReadonlyMap<string, ReadonlySet<string>> {
    const refusals = new Map<string, Set<string>>();
    for (const { operation, result } of outcomes) {
      const key = operationKey(operation);
      if (key === undefined) continue;
      const text = serviceKeyText(key);
      let failed = refusals.get(text);
      if (failed === undefined) refusals.set(text, (failed = new Set()));
      if (result !== 'failed') continue;
      failed.add(partText(operation));
      this.#refused.set(text, key);
    }
    return refusals;
  }
}

/** Which write to a service it was, as text. */
function partText(operation: IpvsOperation): string {
  return 'destination' in operation ? `${operation.op} ${destinationKeyText(operation.destination)}` : operation.op;
}

/** What a service is after writes of which some were refused. */
function afterRefusals(
  { believed, text }: ServiceEntry,
  service: Service,
  failed: ReadonlySet<string>,
): Service | undefined {
  const operations: IpvsOperation[] = [];
  const removals: IpvsOperation[] = [];
  planService(believed, service, operations, removals);
  const table = new Map<string, Service>();
  if (believed !== undefined) table.set(text, believed);
  for (const operation of [...operations, ...removals])
    if (!failed.has(partText(operation))) applyToTable(table, operation);
  return table.get(text);
}

/**
 * True if the kernel was found in another state than believed. A refusal for other reasons (no such scheduler, and the
 * servers of a service that could not be made) is no such sign: looking again would not help.
 */
function contradictsBelief(outcomes: readonly IpvsOutcome[]): boolean {
  if (outcomes.length === 0) return false;
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
