/** The checker process about itself, in parts: tens of thousands of servers must not hold up the checks. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CheckEngine } from '../check/engine.ts';
import { WantedNames, wantedServers } from '../check/names.ts';
import type { RealServerState } from '../check/real-server.ts';
import {
  TotalsCounter,
  isInTrouble,
  kernelKeysOf,
  virtualServerReport,
  virtualServerSummary,
} from '../check/report.ts';
import type { VirtualServerReport, VirtualServerSummary } from '../check/report-types.ts';
import type { VirtualServerState } from '../check/virtual-server.ts';
import type { Milliseconds } from '../core/time.ts';
import type { Traffic } from '../ipvs/types.ts';
import { now } from '../kernel/clock.ts';
import type { IpvsTable } from '../kernel/ipvs-table.ts';
import type { LimitSummary } from './limits/messages.ts';
import type { CheckerReport, StatusQuery } from './status-types.ts';
import { clockTimes } from './clock-times.ts';
import { kernelTraffic, readDestinations, readServices, readServicesOf } from './kernel-traffic.ts';

/** Longest time without a look at anything else. */
const slice: Milliseconds = 2;
/** Services whose servers are read from the kernel together. */
const readTogether = 64;
/** So many kernel services are asked for one by one; the list of all is cheaper than more of them. */
const mostAskedFor = 256;

export interface CheckerStatusSources {
  readonly engine: CheckEngine;
  /** Absent: there is none to ask. */
  readonly table: IpvsTable | undefined;
  readonly limits: readonly LimitSummary[] | undefined;
}

/** What is told of a virtual server. */
interface Chosen {
  readonly virtualServer: VirtualServerState;
  readonly servers: readonly RealServerState[];
}

export async function* checkerStatus(
  { engine, limits, table }: CheckerStatusSources,
  query: StatusQuery,
): AsyncGenerator<Partial<CheckerReport>> {
  const counter = new TotalsCounter();
  const chosen = await choose(engine.virtualServers, query, counter);
  const { at, time } = clockTimes();
  yield {
    now: at,
    time: time(at),
    ...engine.reportHead(counter),
    ...(limits !== undefined && { connectionLimits: limits }),
  };
  const asked = query.traffic ? table : undefined;
  const traffic = asked === undefined ? {} : await read(asked, chosen);
  if (traffic.trouble !== undefined) yield { trafficTrouble: traffic.trouble };
  if (query.detail === 'summary') yield* summaries(chosen, traffic.services);
  else yield* reports(chosen, asked, traffic.services);
}

/** Counts all of them, and finds those that are asked for: those in trouble first where not all are wanted. */
async function choose(
  all: readonly VirtualServerState[],
  { detail, most = Infinity, names }: StatusQuery,
  counter: TotalsCounter,
): Promise<readonly Chosen[]> {
  const wanted = names && new WantedNames(names);
  const limit = detail === 'summary' ? most : Infinity;
  const first: Chosen[] = [];
  const well: Chosen[] = [];
  let until = now() + slice;
  for (const virtualServer of all) {
    counter.add(virtualServer);
    const isFirst = limit >= all.length || isInTrouble(virtualServer);
    if ((isFirst ? first : well).length < limit) {
      const servers = wantedServers(virtualServer, wanted);
      if (servers !== undefined) (isFirst ? first : well).push({ virtualServer, servers });
    }
    if (now() < until) continue;
    await nextTurn();
    until = now() + slice;
  }
  return well.length === 0 ? first : [...first, ...well.slice(0, limit - first.length)];
}

interface Read {
  readonly services?: ReadonlyMap<string, Traffic>;
  readonly trouble?: string;
}

async function read(table: IpvsTable, chosen: readonly Chosen[]): Promise<Read> {
  try {
    if (chosen.length > mostAskedFor) return { services: await readServices(table) };
    const keys = chosen.flatMap(({ virtualServer }) => kernelKeysOf(virtualServer));
    return { services: await (keys.length > mostAskedFor ? readServices(table) : readServicesOf(table, keys)) };
  } catch (error) {
    return { trouble: (error as Error).message };
  }
}

async function* summaries(
  chosen: readonly Chosen[],
  services: ReadonlyMap<string, Traffic> | undefined,
): AsyncGenerator<Partial<CheckerReport>> {
  const surroundings = { timeOf: clockTimes().time, traffic: kernelTraffic(services) };
  let part: VirtualServerSummary[] = [];
  let until = now() + slice;
  for (const { virtualServer } of chosen) {
    part.push(virtualServerSummary(virtualServer, surroundings));
    if (now() < until) continue;
    yield { services: part };
    await nextTurn();
    part = [];
    until = now() + slice;
  }
  yield { services: part };
}

async function* reports(
  chosen: readonly Chosen[],
  table: IpvsTable | undefined,
  services: ReadonlyMap<string, Traffic> | undefined,
): AsyncGenerator<Partial<CheckerReport>> {
  const timeOf = clockTimes().time;
  yield { virtualServers: [] };
  for (let start = 0; start < chosen.length; start += readTogether) {
    const together = chosen.slice(start, start + readTogether);
    const keys = together.flatMap(({ virtualServer }) => kernelKeysOf(virtualServer));
    const asked = services !== undefined && table !== undefined;
    const destinations = asked ? await readDestinations(table, keys).catch(() => undefined) : undefined;
    const surroundings = { timeOf, traffic: kernelTraffic(services, destinations) };
    let part: VirtualServerReport[] = [];
    let until = now() + slice;
    for (const { servers, virtualServer } of together) {
      part.push(virtualServerReport(virtualServer, surroundings, servers));
      if (now() < until) continue;
      yield { virtualServers: part };
      await nextTurn();
      part = [];
      until = now() + slice;
    }
    yield { virtualServers: part };
    await nextTurn();
  }
}
