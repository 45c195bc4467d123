/** Puts together the virtual servers that SnapshotParts says. */
import type {
  CheckerConfiguration,
  RealServerConfiguration,
  SourceLocation,
  VirtualServerConfiguration,
} from '../config/model.ts';
import { DaemonError } from '../core/errors.ts';
import { mark } from './snapshot-form.ts';
import type { FormEntry } from './snapshot-form.ts';
import type { VirtualServerPart } from './snapshot-parts.ts';

/** An object that is being made. */
type Built = Record<string, unknown>;

/** Where everything stands in a snapshot that was put together from parts. */
export const nowhere: SourceLocation = { file: '', line: 0, column: 0 };

/**
 * Puts together what SnapshotParts says. Objects that did not change (virtual servers, real servers, checkers, and the
 * list of virtual servers as a whole) are those of the former snapshot; nothing that was put together is ever changed.
 * An object is a copy of a like one in which settings are put into the places of others: V8 then gives it the room that it
 * needs and no more.
 */
export class SnapshotAssembly {
  readonly #former: readonly VirtualServerConfiguration[];
  readonly #services: VirtualServerConfiguration[] = [];
  #lastService: VirtualServerConfiguration | undefined;
  #lastServer: RealServerConfiguration | undefined;
  /** The one of the former snapshot behind the one that was said last. */
  #next = 0;
  /** What is being read, and how far. */
  #form: readonly FormEntry[] = [];
  #at = 0;
  #values: readonly unknown[] = [];
  #value = 0;

  /** @param former as the other side has it */
  constructor(former: readonly VirtualServerConfiguration[]) {
    this.#former = former;
  }

  /** @throws DaemonError SNAPSHOT_BASE for parts of something that is not here */
  take(part: VirtualServerPart): void {
    if (isRun(part)) {
      const [first, count] = part;
      for (let number = first; number < first + count; number++) this.#services.push(known(this.#former, number));
      this.#next = first + count;
      return;
    }
    this.#form = part.form;
    this.#values = part.values;
    this.#value = 0;
    for (let count = 0; count < part.count; count++) {
      this.#at = 0;
      this.#services.push(this.#service());
    }
  }

  /** Everything that was taken, in its order; the very list of the former snapshot if it is the same. */
  get services(): readonly VirtualServerConfiguration[] {
    const former = this.#former;
    const services = this.#services;
    const isSame = services.length === former.length && services.every((service, index) => service === former[index]);
    // A list that grew has room for more.
    return isSame ? former : services.slice();
  }

  #service(): VirtualServerConfiguration {
    const former = this.#formerService();
    const base = former ?? (this.#has(mark.last) ? this.#lastService : undefined);
    const built: Built = this.#whole() ?? { ...given(base) };
    this.#set(built);
    if (this.#has(mark.identity)) {
      const identity: Built = { ...base?.identity };
      this.#set(identity);
      built['identity'] = identity;
    }
    if (this.#has(mark.servers)) built['realServers'] = this.#servers(former?.realServers ?? []);
    if (this.#has(mark.sorryServer)) built['sorryServer'] = this.#server(former?.sorryServer && [former.sorryServer]);
    const service = built as unknown as VirtualServerConfiguration;
    this.#lastService = service;
    return service;
  }

  /** The one of the former snapshot that the next service is made from, if there is one. */
  #formerService(): VirtualServerConfiguration | undefined {
    if (this.#has(mark.next)) return known(this.#former, this.#next++);
    if (!this.#has(mark.numbered)) return undefined;
    const number = this.#nextValue() as number;
    this.#next = number + 1;
    return known(this.#former, number);
  }

  #servers(formers: readonly RealServerConfiguration[]): readonly RealServerConfiguration[] {
    const servers = new Array<RealServerConfiguration>(this.#number());
    for (let index = 0; index < servers.length;) {
      if (this.#has(mark.kept)) index = this.#keep(formers, servers, index);
      else {
        const server = this.#server(formers);
        servers[index++] = server;
        this.#lastServer = server;
      }
    }
    return servers;
  }

  #server(formers: readonly RealServerConfiguration[] = []): RealServerConfiguration {
    const whole = this.#whole();
    const base = whole ? undefined : this.#has(mark.last) ? this.#lastServer : this.#formerOne(formers);
    const built: Built = whole ?? { ...given(base) };
    this.#set(built);
    if (this.#has(mark.checkers)) built['checkers'] = this.#checkers(built, base?.checkers ?? []);
    return built as unknown as RealServerConfiguration;
  }

  #checkers(server: Built, bases: readonly CheckerConfiguration[]): readonly CheckerConfiguration[] {
    const checkers = new Array<CheckerConfiguration>(this.#number());
    for (let index = 0; index < checkers.length;) {
      if (this.#has(mark.kept)) {
        index = this.#keep(bases, checkers, index);
        continue;
      }
      const built: Built = this.#whole() ?? { ...this.#formerOne(bases) };
      this.#set(built, server);
      checkers[index++] = built as unknown as CheckerConfiguration;
    }
    return checkers;
  }

  /** Puts some of `from` into the places from `index` on. @returns the place behind them */
  #keep<Entry>(from: readonly Entry[], into: Entry[], index: number): number {
    const first = this.#number();
    const count = this.#number();
    for (let offset = 0; offset < count; offset++) into[index + offset] = known(from, first + offset);
    return index + count;
  }

  /** An object that is made from nothing, if the next one is. */
  #whole(): Built | undefined {
    if (!this.#has(mark.whole)) return undefined;
    const built = this.#nextValue() as Built;
    built['at'] = nowhere;
    return built;
  }

  #formerOne<Entry>(formers: readonly Entry[]): Entry {
    if (!this.#has(mark.from)) throw missing('a part of the snapshot is made from nothing');
    return known(formers, this.#number());
  }

  /** @param server that a checker is of */
  #set(built: Built, server?: Built): void {
    for (;;) {
      const entry = this.#form[this.#at];
      if (typeof entry === 'string') built[entry] = this.#nextValue();
      else if (entry === mark.ofServer && server !== undefined) {
        const key = this.#form[++this.#at] as string;
        built[key] = server[key];
      } else return;
      this.#at++;
    }
  }

  /** Steps over this mark if it is the next. */
  #has(entry: number): boolean {
    if (this.#form[this.#at] !== entry) return false;
    this.#at++;
    return true;
  }

  /** The number that stands in the form. */
  #number(): number {
    return this.#form[this.#at++] as number;
  }

  #nextValue(): unknown {
    return this.#values[this.#value++];
  }
}

function isRun(part: VirtualServerPart): part is readonly [number, number] {
  return Array.isArray(part);
}

function missing(message: string): DaemonError {
  return new DaemonError('SNAPSHOT_BASE', message);
}

function given<Base extends object>(base: Base | undefined): Base {
  if (base === undefined) throw missing('a part of the snapshot changes what is not here');
  return base;
}

function known<Entry>(list: readonly Entry[], number: number): Entry {
  const entry = list[number];
  if (entry === undefined) throw missing(`the former snapshot has no entry ${number} here`);
  return entry;
}
