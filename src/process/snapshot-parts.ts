/**
 * Virtual servers as what they have that others have not. Of tens of thousands hardly any two differ in more than an
 * address, and of those of a reload most are as they were: so a virtual or real server is said as its difference to one of
 * the former snapshot or, where that has none like it, to the one said before it (snapshot-form.ts). What is the same is
 * said as its place in the former snapshot, and whoever puts the parts together takes the very same object
 * (snapshot-assembly.ts). Places in the files (`at`) are not said: a line that moves changes nothing for a child, and none
 * of them asks.
 *
 * An object is said as a difference only to one with the same keys: equal settings then have their keys in the same order
 * everywhere, which the identities of checks are made from.
 */
import type { CheckerConfiguration, RealServerConfiguration, VirtualServerConfiguration } from '../config/model.ts';
import { placeOfEndpoint } from '../core/endpoint.ts';
import { sameSettings } from '../plan/same.ts';
import { FormWriter, mark } from './snapshot-form.ts';
import type { AlikeServices } from './snapshot-form.ts';

type Settings = Readonly<Record<string, unknown>>;

/** Two numbers: so many virtual servers of the former snapshot, from the first number on, as they are. */
export type VirtualServerPart = readonly [first: number, count: number] | AlikeServices;

/** Keys of these objects cannot be compared so. */
const otherKeys = -1;

/** Said under marks of their own, or not at all: who reads it puts something else in their places. */
const placeholders: Settings = { at: {}, checkers: [], realServers: [], sorryServer: {} };

/** All settings of an object, in their order. */
function whole(value: object): Settings {
  const set: Record<string, unknown> = {};
  for (const key in value) set[key] = placeholders[key] ?? (value as Settings)[key];
  return set;
}

/**
 * In what `value` is different from `base`.
 * @param keys takes the names, from its beginning on
 * @returns how many there are, or otherKeys
 */
function difference(value: object, base: object, keys: string[]): number {
  let found = 0;
  let known = 0;
  for (const key in value) {
    known++;
    const wanted = (value as Settings)[key];
    const had = (base as Settings)[key];
    if (wanted === had) continue;
    if (had === undefined || wanted === undefined) return otherKeys;
    if (typeof wanted === 'object' && (key in placeholders || key === 'identity' || sameSettings(wanted, had)))
      continue;
    keys[found++] = key;
  }
  for (const _key in base) known--;
  return known === 0 ? found : otherKeys;
}

/** Says one snapshot, its virtual servers one after the other. */
export class SnapshotParts {
  readonly #former: readonly VirtualServerConfiguration[];
  /** Those of the former that were said, by their numbers. */
  readonly #said: Uint8Array;
  /** The former virtual server that is expected next, and the one that is next for who puts together what was said. */
  #next = 0;
  #nextThere = 0;
  #numbers: Map<string, number> | undefined;
  #lastService: VirtualServerConfiguration | undefined;
  #lastServer: RealServerConfiguration | undefined;
  readonly #writer = new FormWriter();
  readonly #keys: string[] = [];
  #parts: VirtualServerPart[] = [];
  #kept: [first: number, count: number] | undefined;
  #servers = 0;
  /** Keys in which the server that was compared last is different. */
  #different = 0;

  /** @param former virtual servers that the receiver has, in their order */
  constructor(former: readonly VirtualServerConfiguration[]) {
    this.#former = former;
    this.#said = new Uint8Array(former.length);
  }

  /** So many servers have been said since the last `parts()`. */
  get servers(): number {
    return this.#servers;
  }

  /** What was said since the last time. */
  parts(): readonly VirtualServerPart[] {
    const parts = this.#parts;
    this.#parts = [];
    this.#kept = undefined;
    this.#servers = 0;
    this.#writer.close();
    return parts;
  }

  /** The next virtual server. */
  say(service: VirtualServerConfiguration): void {
    const number = this.#numberOf(service);
    const former = this.#former[number];
    if (former === undefined) return this.#new(service);
    this.#next = number + 1;
    this.#said[number] = 1;
    if (former === service) return this.#keep(number);
    const count = difference(service, former, this.#keys);
    if (count === otherKeys) return this.#new(service);
    this.#changed(service, former, number, count);
  }

  #keep(number: number): void {
    const kept = this.#kept;
    if (kept !== undefined && number === kept[0] + kept[1]) kept[1]++;
    else {
      this.#writer.close();
      this.#kept = [number, 1];
      this.#parts.push(this.#kept);
      this.#servers++;
    }
    this.#nextThere = number + 1;
  }

  /** @param count of its keys that are different */
  #changed(
    service: VirtualServerConfiguration,
    former: VirtualServerConfiguration,
    number: number,
    count: number,
  ): void {
    const writer = this.#writer;
    writer.begin();
    if (number === this.#nextThere) writer.put(mark.next);
    else {
      writer.put(mark.numbered);
      writer.value(number);
    }
    this.#set(service, count);
    const servers = this.#changedServers(service.realServers, former.realServers);
    const sorry =
      service.sorryServer !== undefined &&
      former.sorryServer !== undefined &&
      !this.#isSame(service.sorryServer, former.sorryServer);
    if (sorry) {
      writer.put(mark.sorryServer);
      this.#changedServer(service.sorryServer, former.sorryServer, 0);
    }
    // Nothing but places in the file is different.
    if (count === 0 && !servers && !sorry) return this.#keep(number);
    this.#nextThere = number + 1;
    this.#end(service);
  }

  #new(service: VirtualServerConfiguration): void {
    const writer = this.#writer;
    const last = this.#lastService;
    writer.begin();
    const count = last === undefined ? otherKeys : difference(service, last, this.#keys);
    if (last === undefined || count === otherKeys) this.#whole(service);
    else {
      writer.put(mark.last);
      this.#set(service, count);
      const inIdentity = difference(service.identity, last.identity, this.#keys);
      if (inIdentity === otherKeys) {
        writer.put('identity');
        writer.value(service.identity);
      } else if (inIdentity > 0) {
        writer.put(mark.identity);
        this.#set(service.identity, inIdentity);
      }
    }
    writer.put(mark.servers);
    writer.put(service.realServers.length);
    for (const server of service.realServers) this.#newServer(server);
    if (service.sorryServer !== undefined) {
      writer.put(mark.sorryServer);
      this.#wholeServer(service.sorryServer);
    }
    this.#end(service);
  }

  #end(service: VirtualServerConfiguration): void {
    const run = this.#writer.end();
    if (run !== undefined) {
      this.#parts.push(run);
      this.#kept = undefined;
    }
    this.#lastService = service;
    this.#servers += service.realServers.length + 1;
  }

  #whole(value: object): void {
    this.#writer.put(mark.whole);
    this.#writer.value(whole(value));
  }

  /** The first of the keys that were found different. */
  #set(value: object, count: number): void {
    for (let index = 0; index < count; index++) {
      const key = this.#keys[index] ?? '';
      this.#writer.put(key);
      this.#writer.value((value as Settings)[key]);
    }
  }

  /** False: all of them are the same, in the same order, and nothing need be said. */
  #changedServers(servers: readonly RealServerConfiguration[], formers: readonly RealServerConfiguration[]): boolean {
    if (servers.length === formers.length && servers.every((server, index) => server === formers[index])) return false;
    const writer = this.#writer;
    let isOther = servers.length !== formers.length;
    let kept = 0;
    let next = 0;
    writer.put(mark.servers);
    writer.put(servers.length);
    for (const [index, server] of servers.entries()) {
      const place = placeOfEndpoint(server, formers, index);
      // One that is new is said as its difference to the one that stood there.
      const number = place < 0 ? index : place;
      const former = formers[number];
      const isSame = former !== undefined && this.#isSame(server, former);
      if (kept > 0 && (!isSame || number !== next)) {
        this.#putKept(next - kept, kept);
        kept = 0;
      }
      if (isSame) {
        if (number !== index) isOther = true;
        kept++;
        next = number + 1;
        continue;
      }
      isOther = true;
      if (former === undefined) this.#newServer(server);
      else this.#changedServer(server, former, number);
      this.#lastServer = server;
    }
    if (kept > 0) this.#putKept(next - kept, kept);
    return isOther;
  }

  #putKept(first: number, count: number): void {
    this.#writer.put(mark.kept);
    this.#writer.put(first);
    this.#writer.put(count);
  }

  /** Nothing but places in the file is different. */
  #isSame(server: RealServerConfiguration, former: RealServerConfiguration): boolean {
    if (server === former) return true;
    this.#different = difference(server, former, this.#keys);
    return this.#different === 0 && sameSettings(server.checkers, former.checkers);
  }

  /** One that was just found not to be the same. */
  #changedServer(server: RealServerConfiguration, former: RealServerConfiguration, number: number): void {
    const count = this.#different;
    if (count === otherKeys) return this.#wholeServer(server);
    this.#writer.put(mark.from);
    this.#writer.put(number);
    this.#set(server, count);
    if (!sameSettings(server.checkers, former.checkers)) this.#checkers(server, former, true);
  }

  /** A server that the former snapshot has nothing like of. */
  #newServer(server: RealServerConfiguration): void {
    const last = this.#lastServer;
    this.#lastServer = server;
    const count = last === undefined ? otherKeys : difference(server, last, this.#keys);
    if (last === undefined || count === otherKeys) return this.#wholeServer(server);
    this.#writer.put(mark.last);
    this.#set(server, count);
    // Each has checkers of its own, equal or not.
    if (server.checkers.length + last.checkers.length > 0) this.#checkers(server, last, false);
  }

  #wholeServer(server: RealServerConfiguration): void {
    this.#whole(server);
    if (server.checkers.length > 0) this.#checkers(server, undefined, false);
  }

  /** @param keep those of the base that are the same are to be the very same */
  #checkers(server: RealServerConfiguration, base: RealServerConfiguration | undefined, keep: boolean): void {
    const writer = this.#writer;
    writer.put(mark.checkers);
    writer.put(server.checkers.length);
    for (const [index, checker] of server.checkers.entries()) {
      const known = base?.checkers[index];
      if (keep && sameSettings(checker, known)) {
        this.#putKept(index, 1);
        continue;
      }
      const count = known === undefined ? otherKeys : difference(checker, known, this.#keys);
      if (count === otherKeys) {
        this.#whole(checker);
        continue;
      }
      writer.put(mark.from);
      writer.put(index);
      this.#setOfChecker(checker, server, count);
    }
  }

  #setOfChecker(checker: CheckerConfiguration, server: RealServerConfiguration, count: number): void {
    for (let index = 0; index < count; index++) {
      const key = this.#keys[index] ?? '';
      const value = (checker as unknown as Settings)[key];
      // Most checks go to the address of their server.
      if (value === (server as unknown as Settings)[key]) this.#writer.put(mark.ofServer);
      this.#writer.put(key);
      if (value !== (server as unknown as Settings)[key]) this.#writer.value(value);
    }
  }

  /** The number of the former virtual server of the same identity, -1 if there is none. */
  #numberOf(service: VirtualServerConfiguration): number {
    const former = this.#former;
    const expected = former[this.#next];
    const { identity } = service;
    if (
      expected !== undefined &&
      this.#said[this.#next] === 0 &&
      (expected === service || sameSettings(expected.identity, identity))
    )
      return this.#next;
    if (former.length === 0) return -1;
    this.#numbers ??= new Map(former.map((known, index) => [JSON.stringify(known.identity), index]));
    const number = this.#numbers.get(JSON.stringify(identity));
    return number === undefined || this.#said[number] === 1 ? -1 : number;
  }
}
