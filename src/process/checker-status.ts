/** The checker process about itself, in parts: tens of thousands of servers must not hold up the checks. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CheckEngine } from '../check/engine.ts';
import { wantedServers } from '../check/names.ts';
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
import { kernelTraffic, readDestinations, readServices } from './kernel-traffic.ts';

/** Longest time without a look at anything else. */
const slice: Milliseconds = 2;
/** Services whose servers are read from the kernel together. */
const readTogether = 64;

export interface CheckerStatusSources {
  readonly engine: CheckEngine;
  /** Absent: there is none to ask. */
  readonly table: IpvsTable | undefined;
  readonly limits: readonly LimitSummary[] | undefined;
}

export async function* checkerStatus(
  { engine, limits, table }: CheckerStatusSources,
  query: StatusQuery,
): AsyncGenerator<Partial<CheckerReport>> {
  const { virtualServers } = engine;
  const counter = new TotalsCounter();
  let until = now() + slice;
  for (const virtualServer of virtualServers) {
    counter.add(virtualServer);
    if (now() < until) continue;
    await nextTurn();
    until = now() + slice;
  }
  const { at, time } = clockTimes();
  yield {
    now: at,
    time: time(at),
    ...engine.reportHead(counter),
    ...(limits !== undefined && { connectionLimits: limits }),
  };
  const { detail, most = Infinity } = query;
  // Totals of some services would mean nothing, and all of them take the kernel a while.
  const some = detail === 'summary' && most < virtualServers.length;
  const traffic = query.traffic && table !== undefined && !some ? await read(table) : {};
  if (traffic.trouble !== undefined) yield { trafficTrouble: traffic.trouble };
  if (query.detail === 'summary') yield* summaries(virtualServers, query, traffic.services);
  else yield* reports(virtualServers, query, table, traffic.services);
}

interface Read {
  readonly services?: ReadonlyMap<string, Traffic>;
  readonly trouble?: string;
}

async function read(table: IpvsTable): Promise<Read> {
  try {
    return { services: await readServices(table) };
  } catch (error) {
    return { trouble: (error as Error).message };
  }
}

/** Those in trouble first where not all are wanted. */
async function* summaries(
  all: readonly VirtualServerState[],
  { most = Infinity, names }: StatusQuery,
  services: ReadonlyMap<string, Traffic> | undefined,
): AsyncGenerator<Partial<CheckerReport>> {
  const named = names && new Set(names);
  const surroundings = { timeOf: clockTimes().time, traffic: kernelTraffic(services) };
  const well: VirtualServerState[] = [];
  let count = 0;
  let part: VirtualServerSummary[] = [];
  let until = now() + slice;
  const add = async function* (virtualServer: VirtualServerState): AsyncGenerator<Partial<CheckerReport>> {
    part.push(virtualServerSummary(virtualServer, surroundings));
    count++;
    if (now() < until) return;
    yield { services: part };
    await nextTurn();
    part = [];
    until = now() + slice;
  };
  const first = most < all.length;
  for (const virtualServer of all) {
    if (count >= most) break;
    if (wantedServers(virtualServer, named) === undefined) continue;
    if (!first || isInTrouble(virtualServer)) yield* add(virtualServer);
    else if (well.length < most) well.push(virtualServer);
  }
  for (const virtualServer of well) if (count < most) yield* add(virtualServer);
  yield { services: part };
}

async function* reports(
  all: readonly VirtualServerState[],
  { names }: StatusQuery,
  table: IpvsTable | undefined,
  services: ReadonlyMap<string, Traffic> | undefined,
): AsyncGenerator<Partial<CheckerReport>> {
  const named = names && new Set(names);
  const timeOf = clockTimes().time;
  yield { virtualServers: [] };
  for (let start = 0; start < all.length; start += readTogether) {
    const wanted = all.slice(start, start + readTogether).flatMap((virtualServer) => {
      const servers = wantedServers(virtualServer, named);
      return servers === undefined ? [] : { virtualServer, servers };
    });
    const keys = wanted.flatMap(({ virtualServer }) => kernelKeysOf(virtualServer));
    const asked = services !== undefined && table !== undefined;
    const destinations = asked ? await readDestinations(table, keys).catch(() => undefined) : undefined;
    const surroundings = { timeOf, traffic: kernelTraffic(services, destinations) };
    let part: VirtualServerReport[] = [];
    let until = now() + slice;
    for (const { servers, virtualServer } of wanted) {
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
