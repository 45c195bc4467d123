/**
 * Who is banned by one connection_limit: a state machine without I/O. It is told what was counted, what stands in the
 * blacklist, and what an operator wants; it says which elements the kernel's set should have, and what is to be told.
 */
import type { AddressPrefix, ConnectionLimit } from '../config/model.ts';
import type { BanEvent, LogLine } from '../core/events.ts';
import { formatIpAddress, parseIpAddress } from '../core/ip-address.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { emptyBlacklist } from './blacklist.ts';
import type { Blacklist } from './blacklist.ts';
import type { ClientCount } from './client-counts.ts';
import { parsePrefixText, prefixText, PrefixTable, withoutCovered } from './prefix-table.ts';

/** Who may never be banned, and who that is ("address of this machine"). */
export interface Protected {
  readonly prefix: AddressPrefix;
  readonly what: string;
}

/** Why a client is banned. */
export type BanOrigin = 'count' | 'operator';

export interface Ban {
  readonly prefix: AddressPrefix;
  readonly origin: BanOrigin;
  readonly reason: string;
  readonly since: MonotonicMs;
  /** Absent: until somebody removes it. */
  readonly until?: MonotonicMs;
  /** At the last count; absent: not counted. */
  connections?: number;
}

export type LimitIntent =
  /** wanted() has changed. */
  | { readonly type: 'write' }
  | { readonly type: 'event'; readonly event: BanEvent }
  /** Clients that were banned for their connections, for the blacklist file. */
  | { readonly type: 'append'; readonly bans: readonly Ban[] }
  | { readonly type: 'log'; readonly line: LogLine };

/** An element of the kernel's set. */
export interface Element {
  /** When the kernel is to forget it; absent: never. */
  readonly until?: MonotonicMs;
  /** Kept beside it, so that a later run knows what it is; absent: an entry of the blacklist. */
  readonly origin?: BanOrigin;
}

/** Elements by their text. */
export type Elements = ReadonlyMap<string, Element>;

/** An element as the kernel has it. */
export interface FoundElement {
  readonly remaining?: Milliseconds;
  readonly origin?: BanOrigin;
}

export interface LimitStatus {
  readonly name: string;
  readonly bans: readonly {
    readonly client: string;
    readonly origin: BanOrigin;
    readonly reason: string;
    readonly for: Milliseconds;
    readonly remaining?: Milliseconds;
    readonly connections?: number;
  }[];
  /** Entries of the blacklist that are in force. */
  readonly listed: number;
  readonly totals: { readonly banned: number; readonly released: number };
}

/** Of one count, so many bans or releases are told one by one everywhere. */
const mostTold = 20;

export class LimitEngine {
  #limit: ConnectionLimit;
  #protected = new PrefixTable<string>();
  readonly #bans = new Map<string, Ban>();
  #blacklist: Blacklist = emptyBlacklist;
  /** What of the blacklist is in force, by its text. */
  #listed = new Map<string, AddressPrefix>();
  #listedTable = new PrefixTable<true>();
  readonly #totals = { banned: 0, released: 0 };

  constructor(limit: ConnectionLimit) {
    this.#limit = limit;
  }

  /** A reload: bans stay, unless they are of clients that are allowed now, or told apart in another way. */
  reconfigure(limit: ConnectionLimit, now: MonotonicMs): LimitIntent[] {
    const before = this.#limit;
    this.#limit = limit;
    const { inet, inet6 } = limit.clientPrefix;
    if (inet === before.clientPrefix.inet && inet6 === before.clientPrefix.inet6) return [];
    const counted = [...this.#bans.values()].filter(({ origin }) => origin === 'count');
    return this.#release(counted, () => 'client_prefix has changed', now);
  }

  /** Everything that is never banned; bans of what has come to it end. */
  protect(never: Iterable<Protected>, now: MonotonicMs): LimitIntent[] {
    this.#protected = new PrefixTable();
    for (const { prefix, what } of never) this.#protected.set(prefix, what);
    const reasonOf = ({ prefix }: Ban): string | undefined => this.#protected.overlapping(prefix);
    const wrong = [...this.#bans.values()].filter((ban) => reasonOf(ban) !== undefined);
    const intents = this.#release(wrong, (ban) => `it is ${reasonOf(ban) ?? 'protected'}`, now);
    return [...intents, ...this.#applyBlacklist(false)];
  }

  /** What the kernel's set had when we came: bans of a former run go on. */
  found(elements: ReadonlyMap<string, FoundElement>, now: MonotonicMs): LimitIntent[] {
    let restored = 0;
    for (const [text, { origin, remaining }] of elements) {
      const prefix = parsePrefixText(text);
      if (prefix === undefined || origin === undefined || this.#bans.has(text)) continue;
      if (this.#protected.overlapping(prefix) !== undefined || this.#listedTable.covering(prefix)) continue;
      const until = remaining === undefined ? {} : { until: now + remaining };
      this.#bans.set(text, { prefix, origin, reason: 'banned before the daemon was started', since: now, ...until });
      restored++;
    }
    if (restored === 0) return [{ type: 'write' }];
    const message = `connection_limit ${this.#limit.name}: ${restored} bans from before the start go on`;
    return [{ type: 'write' }, { type: 'log', line: { level: 'info', message } }];
  }

  /**
   * What a reading of the connection table has found: every client with enough connections to matter.
   * @param countOf how many one of the others has, by the octets of its address
   */
  counted(
    clients: Iterable<ClientCount>,
    now: MonotonicMs,
    countOf: (bytes: Uint8Array) => number = () => 0,
  ): LimitIntent[] {
    const { banTime, maxEstablished, name, releaseBelow } = this.#limit;
    const counts = new Map<string, number>();
    const banned: Ban[] = [];
    for (const { bytes, connections } of clients) {
      const prefix = this.#clientPrefix(bytes);
      const text = prefixText(prefix);
      counts.set(text, connections);
      if (connections <= maxEstablished || this.#bans.has(text)) continue;
      if (this.#protected.overlapping(prefix) !== undefined || this.#isBanned(prefix)) continue;
      const reason = `${connections} established connections, more than ${maxEstablished}`;
      const until = banTime === 0 ? {} : { until: now + banTime };
      banned.push({ prefix, origin: 'count', reason, since: now, connections, ...until });
    }
    for (const ban of banned) this.#bans.set(prefixText(ban.prefix), ban);
    this.#totals.banned += banned.length;
    const quiet: Ban[] = [];
    for (const [text, ban] of this.#bans) {
      ban.connections = counts.get(text) ?? this.#countOf(ban, countOf);
      if (releaseBelow !== undefined && ban.origin !== 'operator' && ban.connections < releaseBelow) quiet.push(ban);
    }
    const told = this.#tell(banned, 'BANNED', (ban) => this.#withEnd(ban), now);
    const released = this.#release(
      quiet,
      ({ connections = 0 }) => `${connections} established connections, fewer than ${releaseBelow ?? 0}`,
      now,
    );
    return [
      ...(banned.length > 0 && released.length === 0 ? [{ type: 'write' } as const] : []),
      ...told,
      ...(banned.length > 0 && this.#limit.append ? [{ type: 'append', bans: banned } as const] : []),
      ...released,
      ...(banned.length > mostTold ? [this.#sum(`connection_limit ${name}: ${banned.length} clients are banned`)] : []),
    ];
  }

  /** The blacklist as it is now. */
  blacklist(list: Blacklist): LimitIntent[] {
    this.#blacklist = list;
    return this.#applyBlacklist(true);
  }

  /**
   * An operator bans a client.
   * @param time 0: until it is removed; absent: that of the limit
   * @returns why not, or what is to be done
   */
  add(prefix: AddressPrefix, time: Milliseconds | undefined, now: MonotonicMs): string | LimitIntent[] {
    const text = prefixText(prefix);
    const never = this.#protected.overlapping(prefix);
    if (never !== undefined) return `${text} is never banned: ${never}`;
    const inside = [...this.#bans.values()].filter((ban) => covers(prefix, ban.prefix));
    for (const ban of inside) this.#bans.delete(prefixText(ban.prefix));
    const around = [...this.#bans.values()].find((ban) => covers(ban.prefix, prefix));
    if (around) return `${text} is banned already, with ${prefixText(around.prefix)}`;
    const lasts = time ?? this.#limit.banTime;
    const until = lasts === 0 ? {} : { until: now + lasts };
    const ban: Ban = { prefix, origin: 'operator', reason: 'banned by an operator', since: now, ...until };
    this.#bans.set(text, ban);
    this.#totals.banned++;
    return [{ type: 'write' }, ...this.#tell([ban], 'BANNED', (one) => this.#withEnd(one), now)];
  }

  /** An operator releases a client, whatever it was banned for. @returns why not, or what is to be done */
  remove(prefix: AddressPrefix, now: MonotonicMs): string | LimitIntent[] {
    const text = prefixText(prefix);
    const ban = this.#bans.get(text);
    if (ban) return this.#release([ban], () => 'released by an operator', now);
    if (this.#listed.has(text))
      return `${text} stands in ${this.#limit.blacklistFile ?? 'a file'}: remove its line there`;
    if (this.#listedTable.covering(prefix)) return `${text} is in a prefix of ${this.#limit.blacklistFile ?? 'a file'}`;
    return `${text} is not banned`;
  }

  /** Ends the bans whose time has come. */
  timeout(now: MonotonicMs): LimitIntent[] {
    const over = [...this.#bans.values()].filter(({ until }) => until !== undefined && until <= now);
    return this.#release(over, () => 'its time is over', now);
  }

  nextTimeout(): MonotonicMs | undefined {
    let next: MonotonicMs | undefined;
    for (const { until } of this.#bans.values())
      if (until !== undefined && (next === undefined || until < next)) next = until;
    return next;
  }

  /** The elements that the kernel's set should have; no two of them overlap. */
  wanted(): Elements {
    const elements = new Map<string, Element>();
    const wide = new PrefixTable<true>();
    for (const { prefix } of this.#bans.values()) if (!this.#isWhole(prefix)) wide.set(prefix, true);
    for (const [text, prefix] of this.#listed) if (wide.covering(prefix) !== true) elements.set(text, {});
    for (const [text, { origin, prefix, until }] of this.#bans) {
      if (this.#listedTable.covering(prefix) === true) continue;
      elements.set(text, { origin, ...(until !== undefined && { until }) });
    }
    return elements;
  }

  status(now: MonotonicMs): LimitStatus {
    return {
      name: this.#limit.name,
      bans: [...this.#bans].map(([client, { connections, origin, reason, since, until }]) => ({
        client,
        origin,
        reason,
        for: now - since,
        ...(until !== undefined && { remaining: Math.max(0, until - now) }),
        ...(connections !== undefined && { connections }),
      })),
      listed: this.#listed.size,
      totals: { ...this.#totals },
    };
  }

  /** Of a prefix that is no client nobody has counted. */
  #countOf({ prefix: { address, family, length } }: Ban, countOf: (bytes: Uint8Array) => number): number {
    const bytes = parseIpAddress(address)?.bytes;
    return bytes === undefined || length !== this.#limit.clientPrefix[family] ? 0 : countOf(bytes);
  }

  #isWhole({ family, length }: AddressPrefix): boolean {
    return length === (family === 'inet' ? 32 : 128);
  }

  #clientPrefix(bytes: Uint8Array): AddressPrefix {
    const family = bytes.length === 4 ? 'inet' : 'inet6';
    return { family, address: formatIpAddress(bytes), length: this.#limit.clientPrefix[family] };
  }

  /** By something wider, or by the file. */
  #isBanned(prefix: AddressPrefix): boolean {
    if (this.#listedTable.covering(prefix)) return true;
    for (const ban of this.#bans.values()) if (ban.origin === 'operator' && covers(ban.prefix, prefix)) return true;
    return false;
  }

  #applyBlacklist(aloud: boolean): LimitIntent[] {
    const { blacklistFile: file = '', name } = this.#limit;
    const { entries, problemCount, problems } = this.#blacklist;
    const refused: LogLine[] = [];
    const usable = entries.filter(({ line, prefix }) => {
      const what = this.#protected.overlapping(prefix);
      if (what === undefined) return true;
      refused.push({ level: 'warning', message: `${file}:${line}: ${prefixText(prefix)} is never banned: ${what}` });
      return false;
    });
    const listed = withoutCovered(usable.map(({ prefix }) => prefix));
    this.#listed = new Map(listed.map((prefix) => [prefixText(prefix), prefix]));
    this.#listedTable = new PrefixTable();
    for (const prefix of listed) this.#listedTable.set(prefix, true);
    // A ban inside a prefix of the file would be a second element for the same address.
    const covered = [...this.#bans.values()].filter(({ prefix }) => this.#listedTable.covering(prefix));
    for (const { prefix } of covered) this.#bans.delete(prefixText(prefix));
    if (!aloud) return [{ type: 'write' }];
    const lines: LogLine[] = [
      { level: 'info', message: `connection_limit ${name}: ${file} bans ${this.#listed.size} addresses and prefixes` },
      ...problems.map(({ line, reason }) => ({
        level: 'warning' as const,
        message: `${file}:${line}: ${reason}; the line is skipped`,
      })),
      ...refused.slice(0, mostTold),
    ];
    const more = problemCount - problems.length + Math.max(0, refused.length - mostTold);
    if (more > 0) lines.push({ level: 'warning', message: `${file}: ${more} more lines are skipped` });
    return [{ type: 'write' }, ...lines.map((line) => ({ type: 'log' as const, line }))];
  }

  #withEnd({ prefix: _prefix, reason, since, until }: Ban): string {
    return until === undefined ? reason : `${reason}; for ${Math.round((until - since) / 1000)} s`;
  }

  #release(bans: readonly Ban[], reasonOf: (ban: Ban) => string, now: MonotonicMs): LimitIntent[] {
    if (bans.length === 0) return [];
    for (const { prefix } of bans) this.#bans.delete(prefixText(prefix));
    this.#totals.released += bans.length;
    return [
      { type: 'write' },
      ...this.#tell(bans, 'FREE', reasonOf, now),
      ...(bans.length > mostTold
        ? [this.#sum(`connection_limit ${this.#limit.name}: ${bans.length} clients are released`)]
        : []),
    ];
  }

  #tell(bans: readonly Ban[], to: BanEvent['to'], reasonOf: (ban: Ban) => string, now: MonotonicMs): LimitIntent[] {
    return bans.map((ban, index) => ({
      type: 'event',
      event: {
        kind: 'ban',
        at: now,
        limit: this.#limit.name,
        client: prefixText(ban.prefix),
        from: to === 'BANNED' ? 'FREE' : 'BANNED',
        to,
        reason: reasonOf(ban),
        ...(ban.connections !== undefined && { connections: ban.connections }),
        ...(index >= mostTold && { muted: true }),
      },
    }));
  }

  #sum(message: string): LimitIntent {
    return { type: 'log', line: { level: 'warning', message } };
  }
}

/** Whether every address of `inner` is one of `outer`. */
function covers(outer: AddressPrefix, inner: AddressPrefix): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  const table = new PrefixTable<true>();
  table.set(outer, true);
  return table.covering(inner) === true;
}
