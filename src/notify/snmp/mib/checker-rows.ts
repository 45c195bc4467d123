/** What the tables of group check are made of: rows once for each configuration, states and statistics as they come. */
import type { Configuration, RealServerConfiguration, VirtualServerConfiguration } from '../../../config/model.ts';
import { poolFingerprint, serverStateOf, type PoolReport, type ServerState } from '../pool-report.ts';
import { pending, serverTrafficNumbers, type TrafficCache, type TrafficNumbers } from '../traffic-cache.ts';
import type { TableRow } from '../view.ts';

export interface PoolRow {
  readonly configuration: VirtualServerConfiguration;
  /** Number in the configuration, from 0. */
  readonly at: number;
}

export interface ServerRow {
  readonly pool: PoolRow;
  readonly configuration: RealServerConfiguration;
  /** Number among the real servers; undefined: it is the sorry server. */
  readonly at: number | undefined;
}

/** Stands where numbers are pending; it never leaves this process. */
const unread: readonly number[] = new Array<number>(serverTrafficNumbers).fill(0);

/** The rows of a configuration. */
export class CheckerRows {
  readonly pools: readonly TableRow<PoolRow>[];
  readonly servers: readonly TableRow<ServerRow>[];

  constructor({ check }: Configuration) {
    this.pools = check.virtualServers.map((configuration, at) => ({ index: [at + 1], row: { configuration, at } }));
    this.servers = this.pools.flatMap(({ index: [number = 0], row: pool }) => {
      const { realServers, sorryServer } = pool.configuration;
      const rows: Omit<ServerRow, 'pool'>[] = [
        ...(sorryServer === undefined ? [] : [{ configuration: sorryServer, at: undefined }]),
        ...realServers.map((configuration, at) => ({ configuration, at })),
      ];
      return rows.map((row, at) => ({ index: [number, at + 1], row: { ...row, pool } }));
    });
  }
}

/** What is known of them now. */
export class CheckerState {
  readonly #rows: CheckerRows;
  readonly #traffic: TrafficCache;
  #report: readonly PoolReport[] = [];
  readonly #fingerprints: number[] = [];

  constructor(rows: CheckerRows, traffic: TrafficCache) {
    this.#rows = rows;
    this.#traffic = traffic;
  }

  take(report: readonly PoolReport[]): void {
    this.#report = report;
  }

  #fingerprint({ at, configuration }: PoolRow): number {
    return (this.#fingerprints[at] ??= poolFingerprint(configuration));
  }

  /** Undefined: not known, the process runs another configuration for a moment. */
  #pool(row: PoolRow): PoolReport | undefined {
    const report = this.#report[row.at];
    return report?.pool === this.#fingerprint(row) ? report : undefined;
  }

  quorumOf(row: PoolRow): boolean | undefined {
    return this.#pool(row)?.quorum;
  }

  /** Real servers that are up. */
  upOf(row: PoolRow): number | undefined {
    const report = this.#pool(row);
    if (report === undefined) return undefined;
    return row.configuration.realServers.reduce((sum, _server, at) => sum + Number(serverStateOf(report, at).up), 0);
  }

  /** Undefined also of a sorry server, which nobody checks. */
  serverOf({ at, pool }: ServerRow): ServerState | undefined {
    const report = this.#pool(pool);
    return report === undefined || at === undefined ? undefined : serverStateOf(report, at);
  }

  /** Numbers: see trafficNumbers. */
  trafficOf(row: PoolRow): readonly number[] | undefined {
    return this.#own(this.#traffic.ofService(row.at), row);
  }

  /** Numbers: see serverTrafficNumbers. */
  serverTrafficOf({ at, pool }: ServerRow): readonly number[] | undefined {
    const numbers = this.#own(this.#traffic.ofServers(pool.at), pool);
    const sorry = pool.configuration.sorryServer === undefined ? 0 : 1;
    if (numbers === unread) return unread;
    const position = at === undefined ? 0 : at + sorry;
    return numbers?.slice(position * serverTrafficNumbers, (position + 1) * serverTrafficNumbers);
  }

  /** Anything will do for what is pending: it is read again. */
  #own(traffic: TrafficNumbers | typeof pending | undefined, row: PoolRow): readonly number[] | undefined {
    if (traffic === pending) return unread;
    return traffic?.pool === this.#fingerprint(row) ? traffic.numbers : undefined;
  }

  /** Gets statistics that were asked for and are missing or too old. @returns false if there were none */
  complete(): Promise<boolean> {
    return this.#traffic.fetch();
  }

  get rows(): CheckerRows {
    return this.#rows;
  }
}
