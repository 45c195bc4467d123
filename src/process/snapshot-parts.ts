/**
 * Virtual servers as what they have that others have not. Of tens of thousands hardly any two differ in more than an
 * address, and of those of a reload most are as they were: so a virtual or real server is said as its difference to one of
 * the former snapshot or, where that has none like it, to the one said before it. What is the same is said as its place in
 * the former snapshot, and whoever puts the parts together takes the very same object. Places in the files (`at`) are not
 * said: a line that moves changes nothing for a child, and none of them asks.
 *
 * An object is said as a difference only to one with the same keys: equal settings then have their keys in the same order
 * everywhere, which the identities of checks are made from.
 */
import type {
  CheckerConfiguration,
  RealServerConfiguration,
  SourceLocation,
  VirtualServerConfiguration,
} from '../config/model.ts';
import { sameEndpoint } from '../core/endpoint.ts';
import { DaemonError } from '../core/errors.ts';
import { sameSettings } from '../plan/same.ts';

type Settings = Readonly<Record<string, unknown>>;

/** Settings that are to be put over those of another object; a setting that is an object itself is said whole. */
interface Part {
  /**
   * What they are put over: the one with this number in the list of the former snapshot; -1: nothing, all settings are
   * here; absent: the one of the same kind that was said before.
   */
  of?: number;
  set?: Settings;
}

/** A number: the checker with this number of the server that this one's server is made from. */
type CheckerPart = number | (Part & { of: number });

interface ServerPart extends Part {
  /** Absent: those of the one it is made from. */
  checkers?: readonly CheckerPart[];
}

interface ServicePart extends Part {
  /** A number: the real server with this number of the former virtual server, as it is. Absent: all of them are. */
  realServers?: readonly (number | ServerPart)[];
  /** Absent: there is none, or it is as in the former virtual server. */
  sorryServer?: ServerPart;
}

/** Two numbers: so many virtual servers of the former snapshot, from the first number on, as they are. */
export type VirtualServerPart = readonly [first: number, count: number] | Readonly<ServicePart>;

const nothing = -1;

/** Said in parts of their own, or not at all. */
function hasOwnPart(key: string): boolean {
  return key === 'at' || key === 'checkers' || key === 'realServers' || key === 'sorryServer';
}

/** All settings of an object but those that have parts of their own. */
function allSettings(value: object): Settings {
  const set: Record<string, unknown> = {};
  for (const key in value) if (!hasOwnPart(key)) set[key] = (value as Settings)[key];
  return set;
}

/** What `value` has differently from `base`; undefined: nothing; `other-keys`: they cannot be compared so. */
function changedSettings(value: object, base: object): Settings | undefined | 'other-keys' {
  let set: Record<string, unknown> | undefined;
  let keys = 0;
  for (const key in value) {
    keys++;
    const wanted = (value as Settings)[key];
    const known = (base as Settings)[key];
    if (wanted === known) continue;
    if (known === undefined) return 'other-keys';
    if (hasOwnPart(key) || (typeof wanted === 'object' && sameSettings(wanted, known))) continue;
    set ??= {};
    set[key] = wanted;
  }
  for (const _key in base) keys--;
  return keys === 0 ? set : 'other-keys';
}

/** Says one snapshot, its virtual servers one after the other. */
export class SnapshotParts {
  readonly #former: readonly VirtualServerConfiguration[];
  /** Those of the former that were said, by their numbers. */
  readonly #said: Uint8Array;
  /** The former virtual server that is expected next. */
  #next = 0;
  #numbers: Map<string, number> | undefined;
  #lastService: VirtualServerConfiguration | undefined;
  #lastServer: RealServerConfiguration | undefined;

  /** @param former virtual servers that the receiver has, in their order */
  constructor(former: readonly VirtualServerConfiguration[]) {
    this.#former = former;
    this.#said = new Uint8Array(former.length);
  }

  /**
   * The next virtual server.
   * @returns the number of the former one that it is, or its part
   */
  say(service: VirtualServerConfiguration): number | Readonly<ServicePart> {
    const number = this.#numberOf(service);
    const former = this.#former[number];
    if (former !== undefined) {
      this.#next = number + 1;
      this.#said[number] = 1;
      if (former === service) return number;
      const part = this.#changed(service, former, number);
      if (part === undefined) return number;
      if (part !== 'other-keys') {
        this.#lastService = service;
        return part;
      }
    }
    return this.#new(service);
  }

  /** Undefined: nothing but places in the file is different. */
  #changed(
    service: VirtualServerConfiguration,
    former: VirtualServerConfiguration,
    number: number,
  ): ServicePart | undefined | 'other-keys' {
    const set = changedSettings(service, former);
    if (set === 'other-keys') return set;
    const realServers = this.#changedServers(service.realServers, former.realServers);
    const sorryServer =
      service.sorryServer && former.sorryServer && changedServer(service.sorryServer, former.sorryServer, 0);
    if (set === undefined && realServers === undefined && sorryServer === undefined) return undefined;
    const part: ServicePart = { of: number };
    if (set !== undefined) part.set = set;
    if (realServers !== undefined) part.realServers = realServers;
    if (sorryServer !== undefined) part.sorryServer = sorryServer;
    return part;
  }

  #new(service: VirtualServerConfiguration): ServicePart {
    const last = this.#lastService;
    this.#lastService = service;
    const set = last === undefined ? 'other-keys' : changedSettings(service, last);
    const part: ServicePart = {};
    if (set === 'other-keys') {
      part.of = nothing;
      part.set = allSettings(service);
    } else if (set !== undefined) part.set = set;
    part.realServers = service.realServers.map((server) => this.#newServer(server));
    if (service.sorryServer) part.sorryServer = wholeServer(service.sorryServer);
    return part;
  }

  /** Undefined: all of them are the same, in the same order. */
  #changedServers(
    servers: readonly RealServerConfiguration[],
    formers: readonly RealServerConfiguration[],
  ): readonly (number | ServerPart)[] | undefined {
    let isSame = servers.length === formers.length;
    const parts = servers.map((server, index) => {
      if (server === formers[index]) return index;
      const number = placeOf(server, formers, index);
      const former = formers[number];
      const part = former === undefined ? this.#newServer(server) : changedServer(server, former, number);
      if (part === undefined) {
        if (number !== index) isSame = false;
        return number;
      }
      isSame = false;
      this.#lastServer = server;
      return part;
    });
    return isSame ? undefined : parts;
  }

  /** A server that the former snapshot has nothing like of. */
  #newServer(server: RealServerConfiguration): ServerPart {
    const last = this.#lastServer;
    this.#lastServer = server;
    const set = last === undefined ? 'other-keys' : changedSettings(server, last);
    if (last === undefined || set === 'other-keys') return wholeServer(server);
    const part: ServerPart = {};
    if (set !== undefined) part.set = set;
    // Each has checkers of its own, equal or not.
    if (server.checkers.length + last.checkers.length > 0)
      part.checkers = server.checkers.map((checker, index) => changedChecker(checker, last, index));
    return part;
  }

  /** The number of the former virtual server of the same identity, -1 if there is none. */
  #numberOf({ identity }: VirtualServerConfiguration): number {
    const former = this.#former;
    const expected = former[this.#next];
    if (expected !== undefined && this.#said[this.#next] === 0 && sameSettings(expected.identity, identity))
      return this.#next;
    if (former.length === 0) return -1;
    this.#numbers ??= new Map(former.map((service, index) => [JSON.stringify(service.identity), index]));
    const number = this.#numbers.get(JSON.stringify(identity));
    return number === undefined || this.#said[number] === 1 ? -1 : number;
  }
}

/** The number of the former server with the same address and port, or else of the one at the same place. */
function placeOf(server: RealServerConfiguration, formers: readonly RealServerConfiguration[], index: number): number {
  const expected = formers[index];
  if (expected !== undefined && sameEndpoint(expected, server)) return index;
  const found = formers.findIndex((former) => sameEndpoint(former, server));
  return found < 0 ? index : found;
}

function wholeServer(server: RealServerConfiguration): ServerPart {
  return { of: nothing, set: allSettings(server), checkers: server.checkers.map(wholeChecker) };
}

function wholeChecker(checker: CheckerConfiguration): Part & { of: number } {
  return { of: nothing, set: allSettings(checker) };
}

/** Undefined: nothing but places in the file is different. */
function changedServer(
  server: RealServerConfiguration,
  former: RealServerConfiguration,
  number: number,
): ServerPart | undefined {
  const set = changedSettings(server, former);
  if (set === 'other-keys') return wholeServer(server);
  const sameCheckers = sameSettings(server.checkers, former.checkers);
  if (set === undefined && sameCheckers) return undefined;
  const part: ServerPart = { of: number };
  if (set !== undefined) part.set = set;
  if (!sameCheckers) {
    part.checkers = server.checkers.map((checker, index) =>
      sameSettings(checker, former.checkers[index]) ? index : changedChecker(checker, former, index),
    );
  }
  return part;
}

function changedChecker(checker: CheckerConfiguration, base: RealServerConfiguration, index: number): CheckerPart {
  const known = base.checkers[index];
  const set = known === undefined ? 'other-keys' : changedSettings(checker, known);
  if (set === 'other-keys') return wholeChecker(checker);
  return set === undefined ? { of: index } : { of: index, set };
}

/** Where everything stands in a snapshot that was put together from parts. */
export const nowhere: SourceLocation = { file: '', line: 0, column: 0 };

/**
 * Puts together what SnapshotParts says. Objects that did not change (virtual servers, real servers, checkers, and the
 * list of virtual servers as a whole) are those of the former snapshot; nothing that was put together is ever changed.
 */
export class SnapshotAssembly {
  readonly #former: readonly VirtualServerConfiguration[];
  readonly #services: VirtualServerConfiguration[] = [];
  #lastService: VirtualServerConfiguration | undefined;
  #lastServer: RealServerConfiguration | undefined;

  /** @param former as the other side has it */
  constructor(former: readonly VirtualServerConfiguration[]) {
    this.#former = former;
  }

  /** @throws DaemonError SNAPSHOT_BASE for parts of something that is not here */
  take(part: VirtualServerPart): void {
    if (isRun(part)) {
      const [first, count] = part;
      for (let number = first; number < first + count; number++) this.#services.push(known(this.#former, number));
      return;
    }
    const former = part.of === undefined ? undefined : this.#former[part.of];
    const base = part.of === undefined ? this.#lastService : former;
    const built = settingsOf(part, base);
    if (part.realServers !== undefined)
      built['realServers'] = part.realServers.map((server) => this.#server(server, former));
    if (part.sorryServer !== undefined) built['sorryServer'] = changed(part.sorryServer, former?.sorryServer);
    const service = built as unknown as VirtualServerConfiguration;
    this.#lastService = service;
    this.#services.push(service);
  }

  /** Everything that was taken, in its order; the very list of the former snapshot if it is the same. */
  get services(): readonly VirtualServerConfiguration[] {
    const former = this.#former;
    const services = this.#services;
    const isSame = services.length === former.length && services.every((service, index) => service === former[index]);
    // A list that grew has room for more.
    return isSame ? former : services.slice();
  }

  #server(part: number | ServerPart, former: VirtualServerConfiguration | undefined): RealServerConfiguration {
    if (typeof part === 'number') return known(former?.realServers ?? [], part);
    const server = changed(part, part.of === undefined ? this.#lastServer : former?.realServers[part.of]);
    this.#lastServer = server;
    return server;
  }
}

function isRun(part: VirtualServerPart): part is readonly [number, number] {
  return Array.isArray(part);
}

function known<Entry>(list: readonly Entry[], number: number): Entry {
  const entry = list[number];
  if (entry === undefined) throw new DaemonError('SNAPSHOT_BASE', `the former snapshot has no entry ${number} here`);
  return entry;
}

/** The settings of a part over those that it is made from, for the caller to complete. */
function settingsOf({ of, set }: Part, base: object | undefined): Record<string, unknown> {
  if (of === nothing) return { ...set, at: nowhere };
  if (base === undefined) throw new DaemonError('SNAPSHOT_BASE', 'a part of the snapshot changes what is not here');
  return { ...base, ...set };
}

function changed(part: ServerPart, base: RealServerConfiguration | undefined): RealServerConfiguration {
  const built = settingsOf(part, base);
  if (part.checkers !== undefined) {
    const checkers = base?.checkers ?? [];
    built['checkers'] = part.checkers.map((checker) =>
      typeof checker === 'number' ? known(checkers, checker) : settingsOf(checker, checkers[checker.of]),
    );
  }
  return built as unknown as RealServerConfiguration;
}
