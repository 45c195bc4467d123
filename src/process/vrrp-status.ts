/** The VRRP process about itself, in parts: an advertisement waits for none of them longer than a slice. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Milliseconds } from '../core/time.ts';
import { now } from '../kernel/clock.ts';
import type { VrrpEngine } from '../vrrp/engine.ts';
import type { VrrpInstanceReport } from '../vrrp/report-types.ts';
import { clockTimes } from './clock-times.ts';
import { waitingInstances } from './readiness.ts';
import type { StatusQuery, VrrpReport } from './status-types.ts';

/** Making a part and sending it is about twice that. */
const slice: Milliseconds = 0.4;

export async function* vrrpStatus(
  engine: VrrpEngine,
  { names }: StatusQuery,
  hardwareAddresses: Readonly<Record<string, string>>,
): AsyncGenerator<Partial<VrrpReport>> {
  const { at, time } = clockTimes();
  const wanted = names && new Set(names);
  const isWanted = ({ group, name }: VrrpInstanceReport): boolean =>
    wanted === undefined || wanted.has(name) || (group !== undefined && wanted.has(group));
  yield {
    now: at,
    time: time(at),
    files: Object.fromEntries(engine.trackFileValues()),
    hardwareAddresses,
    bfd: Object.fromEntries(engine.bfdStates()),
    instances: [],
  };
  const all: VrrpInstanceReport[] = [];
  let told = 0;
  let until = now() + slice;
  for (const report of engine.instanceReports(at, time)) {
    all.push(report);
    if (now() < until) continue;
    yield { instances: all.slice(told).filter(isWanted) };
    told = all.length;
    await nextTurn();
    until = now() + slice;
  }
  yield { instances: all.slice(told).filter(isWanted) };
  await nextTurn();
  const { groups, processes, scripts } = engine.commonReport(all, time);
  const shown = all.filter(isWanted);
  const members = new Set(shown.map(({ name }) => name));
  const tracks = (kind: 'script' | 'process', name: string): boolean =>
    wanted === undefined ||
    wanted.has(name) ||
    shown.some(({ trackers }) => trackers.some((tracker) => tracker.kind === kind && tracker.name === name));
  yield {
    groups: groups.filter((group) => group.members.some((member) => members.has(member))),
    processes: processes.filter(({ name }) => tracks('process', name)),
    scripts: scripts.filter(({ name }) => tracks('script', name)),
    waitingFor: waitingInstances(all, at),
  };
}
