/**
 * Statistics of IPVS as the last look at them showed: kept for the configured intervals, read again when somebody asks for
 * what is older. A reader takes what there is; what was missing is noted, and fetch() gets it, with what a walk will ask
 * for next.
 */
import type { Milliseconds, MonotonicMs } from '../../core/time.ts';

/** Numbers of a service: connections, packets in and out, octets in and out, and the five per second. */
export const trafficNumbers = 10;
/** Numbers of a real server: active, inactive and persistent connections before those of a service. */
export const serverTrafficNumbers = 3 + trafficNumbers;

/** What one virtual server carries, or its real servers. */
export interface TrafficNumbers {
  /** poolFingerprint() of the virtual server. */
  readonly pool: number;
  /** Of the virtual server; or of its real servers one after the other, the sorry server first if there is one. */
  readonly numbers: readonly number[];
}

export interface TrafficSources {
  /** Of all virtual servers, in the order of the configuration. Empty: nothing is known. */
  readonly services: () => Promise<readonly TrafficNumbers[]>;
  /** Of the servers of `count` virtual servers from number `first` on. */
  readonly servers: (first: number, count: number) => Promise<readonly TrafficNumbers[]>;
  readonly now: () => MonotonicMs;
}

/** Not read yet, and noted as missing: fetch() gets it. */
export const pending = Symbol('pending');

/** The servers of so many virtual servers are read at a time. */
const stride = 64;

export class TrafficCache {
  readonly #sources: TrafficSources;
  readonly #serviceAge: Milliseconds;
  readonly #serverAge: Milliseconds;
  #services: { readonly at: MonotonicMs; readonly all: readonly TrafficNumbers[] } | undefined;
  readonly #servers: ({ readonly at: MonotonicMs; readonly traffic: TrafficNumbers | undefined } | undefined)[] = [];
  #wantsServices = false;
  readonly #wantedServers = new Set<number>();

  /** @param serviceAge statistics of virtual servers serve for so long, those of real servers for `serverAge` */
  constructor(sources: TrafficSources, serviceAge: Milliseconds, serverAge: Milliseconds) {
    this.#sources = sources;
    this.#serviceAge = serviceAge;
    this.#serverAge = serverAge;
  }

  /** Of the virtual server with this number in the configuration; undefined: there is nothing to know. */
  ofService(at: number): TrafficNumbers | typeof pending | undefined {
    const known = this.#services;
    if (known === undefined || this.#isOld(known.at, this.#serviceAge)) this.#wantsServices = true;
    return known === undefined ? pending : known.all[at];
  }

  /** Of the real servers of the virtual server with this number. */
  ofServers(at: number): TrafficNumbers | typeof pending | undefined {
    const known = this.#servers[at];
    if (known === undefined || this.#isOld(known.at, this.#serverAge)) this.#wantedServers.add(at);
    return known === undefined ? pending : known.traffic;
  }

  #isOld(at: MonotonicMs, age: Milliseconds): boolean {
    return this.#sources.now() - at > age;
  }

  /**
   * Gets what was missing since the last call.
   * @returns false if nothing was
   */
  async fetch(): Promise<boolean> {
    if (!this.#wantsServices && this.#wantedServers.size === 0) return false;
    const wanted = [...this.#wantedServers].sort((a, b) => a - b);
    const wantsServices = this.#wantsServices;
    this.#wantsServices = false;
    this.#wantedServers.clear();
    if (wantsServices) {
      const all = await this.#sources.services();
      // Of a process that is being started again the last words count.
      this.#services = { at: this.#sources.now(), all: all.length > 0 ? all : (this.#services?.all ?? []) };
    }
    let next = 0;
    for (const first of wanted) {
      if (first < next) continue;
      const lists = await this.#sources.servers(first, stride);
      const at = this.#sources.now();
      // What there is none of is known too.
      for (let offset = 0; offset < Math.max(lists.length, 1); offset++)
        this.#servers[first + offset] = { at, traffic: lists[offset] ?? this.#servers[first + offset]?.traffic };
      next = first + Math.max(lists.length, 1);
    }
    return true;
  }
}
