/** One connection_limit at work: its engine, its counts and its file. Shared sets and the reading of the table are others'. */
import type { ConnectionLimit } from '../../config/model.ts';
import type { BanEvent } from '../../core/events.ts';
import type { MonotonicMs } from '../../core/time.ts';
import { now } from '../../kernel/clock.ts';
import { blacklistLine } from '../../limit/blacklist.ts';
import { ClientCounts } from '../../limit/client-counts.ts';
import type { TableSummary, Tally } from '../../limit/connection-table.ts';
import { LimitEngine } from '../../limit/engine.ts';
import type { Ban, Elements, FoundElement, LimitIntent, Protected } from '../../limit/engine.ts';
import { allowed } from '../../limit/never-banned.ts';
import { prefixText } from '../../limit/prefix-table.ts';
import { ServiceFilter } from '../../limit/service-filter.ts';
import type { LogLine } from './ban-sets.ts';
import { BlacklistFile } from './blacklist-file.ts';
import type { LimitFigures } from './messages.ts';

export interface LimitKeeperPorts {
  /** The elements are others now. */
  readonly changed: () => void;
  readonly tell: (event: BanEvent) => void;
  readonly log: LogLine;
}

interface Reading {
  readonly at: MonotonicMs;
  readonly duration: number;
  readonly lines: number;
  readonly established: number;
  readonly clients: number;
  readonly most: number;
}

export class LimitKeeper {
  limit: ConnectionLimit;
  /** When the table is to be read next; not before it is known who is banned already. */
  nextReading: MonotonicMs = Infinity;
  readonly engine: LimitEngine;
  readonly #ports: LimitKeeperPorts;
  #file: BlacklistFile | undefined;
  #counts: ClientCounts;
  #tally: Tally;
  #reading: Reading | undefined;
  /** The reading takes so long that it cannot keep its interval. */
  #slow = false;

  constructor(limit: ConnectionLimit, seed: number, ports: LimitKeeperPorts) {
    this.limit = limit;
    this.#ports = ports;
    this.engine = new LimitEngine(limit);
    [this.#counts, this.#tally] = this.#newTally(seed);
  }

  /** Takes a limit of a new configuration. */
  configure(limit: ConnectionLimit, seed: number): void {
    const before = this.limit;
    this.limit = limit;
    this.#act(this.engine.reconfigure(limit, now()));
    [this.#counts, this.#tally] = this.#newTally(seed);
    this.nextReading = Math.min(this.nextReading, now() + limit.interval);
    if (before.blacklistFile !== limit.blacklistFile) void this.follow();
  }

  /** Follows the file anew. */
  async follow(): Promise<void> {
    const { blacklistFile } = this.limit;
    this.#file?.close();
    this.#file = undefined;
    if (blacklistFile === undefined) {
      this.#act(this.engine.blacklist({ entries: [], problems: [], problemCount: 0 }));
      return;
    }
    const file = new BlacklistFile(blacklistFile, this.#ports.log, (list) => {
      if (this.#file === file) this.#act(this.engine.blacklist(list));
    });
    this.#file = file;
    await file.open();
  }

  protect(never: readonly Protected[]): void {
    this.#act(this.engine.protect([...never, ...allowed(this.limit)], now()));
  }

  found(elements: ReadonlyMap<string, FoundElement>): void {
    this.#act(this.engine.found(elements, now()));
  }

  wanted(): Elements {
    return this.engine.wanted();
  }

  /** Where connections are counted; begins at nothing. */
  tally(): Tally {
    this.#counts.clear();
    return this.#tally;
  }

  /** A reading of the whole table is over. */
  counted(began: MonotonicMs, { lines }: TableSummary): void {
    const at = now();
    const clients = [...this.#counts.result()];
    const most = clients.reduce((greatest, { connections }) => Math.max(greatest, connections), 0);
    const { clients: different, connections: established } = this.#counts;
    this.#reading = { at, duration: at - began, lines, established, clients: different, most };
    this.#act(this.engine.counted(clients, at, (bytes) => this.#counts.of(bytes)));
    void this.#file?.look();
    // The kernel walks its table from the beginning for each page that is read: it gets as long a rest as that took.
    this.nextReading = Math.max(began + this.limit.interval, at + (at - began));
    const slow = at - began > this.limit.interval / 2;
    if (slow && !this.#slow)
      this.#ports.log(
        'warning',
        `connection_limit ${this.limit.name}: reading ${lines} connections took ${((at - began) / 1000).toFixed(1)} s: they are counted less often than every ${this.limit.interval / 1000} s`,
      );
    this.#slow = slow;
  }

  timeout(): void {
    this.#act(this.engine.timeout(now()));
  }

  figures(): LimitFigures {
    if (this.#reading === undefined) return {};
    const { at, ...rest } = this.#reading;
    return { table: { age: now() - at, ...rest } };
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** Carries out what the engine wants. */
  act(intents: readonly LimitIntent[]): void {
    this.#act(intents);
  }

  #newTally(seed: number): [ClientCounts, Tally] {
    const { clientPrefix, maxEstablished, releaseBelow, services } = this.limit;
    const keepFrom = Math.min(maxEstablished + 1, releaseBelow ?? maxEstablished + 1);
    const counts = new ClientCounts({ clientPrefix, keepFrom, seed });
    return [counts, { counts, ...(services && { services: new ServiceFilter(services) }) }];
  }

  #act(intents: readonly LimitIntent[]): void {
    for (const intent of intents) {
      switch (intent.type) {
        case 'write':
          this.#ports.changed();
          break;
        case 'event':
          this.#ports.tell(intent.event);
          break;
        case 'append':
          void this.#append(intent.bans);
          break;
        case 'log':
          this.#ports.log(intent.line.level, intent.line.message);
          break;
      }
    }
  }

  async #append(bans: readonly Ban[]): Promise<void> {
    const time = Date.now();
    const lines = bans.map(({ connections = 0, prefix, since, until }) =>
      blacklistLine({
        limit: this.limit.name,
        address: prefixText(prefix),
        connections,
        at: new Date(time).toISOString(),
        ...(until !== undefined && { until: new Date(time + until - since).toISOString() }),
      }),
    );
    await this.#file?.append(lines.join(''));
  }
}
