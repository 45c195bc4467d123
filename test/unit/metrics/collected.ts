/** Figures of a daemon that has a bit of everything. */
import { CheckerMirror } from '../../../src/metrics/checker-mirror.ts';
import { serverNumbers, serviceNumbers, servicesInPiece } from '../../../src/metrics/figures.ts';
import type { CheckerFigures, InstanceFigures, ParentFigures, VrrpFigures } from '../../../src/metrics/figures.ts';
import { Histogram, durationBounds, latenessBounds } from '../../../src/metrics/histogram.ts';
import type { Collected } from '../../../src/metrics/render.ts';
import { emptyStatistics } from '../../../src/vrrp/statistics.ts';

/** Three values: the smallest bound, above the second, above all. */
export function someLateness(): Histogram {
  const histogram = new Histogram(latenessBounds);
  for (const value of [0.0001, 0.0006, 7]) histogram.observe(value);
  return histogram;
}

export function instanceFigures(changes: Partial<InstanceFigures> = {}): InstanceFigures {
  return {
    name: 'VI_1',
    interface: 'eth0',
    virtualRouterId: 51,
    state: 'MASTER',
    wanted: 'MASTER',
    stateAge: 1500,
    basePriority: 100,
    effectivePriority: 90,
    masterPriority: 90,
    gratuitousDelay: 5000,
    advertisementInterval: 1000,
    peersHeard: 1,
    addresses: [
      ['10.0.0.1/24', 'eth0'],
      ['10.0.0.2/24', 'eth1'],
    ],
    excludedAddresses: [['10.0.0.3/24', 'eth0']],
    statistics: { ...emptyStatistics(), advertisementsSent: 8869, becameMaster: 2 },
    refusals: [['ttl', 3]],
    ...changes,
  };
}

const durations = new Histogram(durationBounds);
durations.observe(0.02);

/** @param services each with its servers; numbers count upwards from 1, so that none is like another */
export function checkerFigures(services: readonly (readonly string[])[], from = 0): CheckerFigures {
  const count = services.reduce((sum, names) => sum + serviceNumbers + serverNumbers * (names.length - 1), 0);
  return {
    generation: 1,
    services: from + services.length,
    names: services,
    numbers: Array.from({ length: count }, (_, index) => index + 1).join(),
    common: {
      checks: 3,
      probesInFlight: 1,
      probesWaiting: 0,
      draining: 0,
      durations: { TCP_CHECK: durations.figures },
      failures: { TCP_CHECK: 4 },
      lateness: someLateness().figures,
      limits: [
        {
          name: 'web',
          banned: 2,
          listed: 1,
          totals: { banned: 5, released: 3 },
          table: { duration: 12, established: 1000, clients: 10, most: 600 },
        },
        { name: 'new', banned: 0, listed: 0, totals: { banned: 0, released: 0 } },
      ],
      trafficAge: 0.25,
    },
  };
}

const parent: ParentFigures = {
  level: '2.4.3',
  version: '0.1.0',
  runtime: 'v24.0.0',
  processes: [
    { name: 'parent', up: true, deaths: 0, processorTime: 1.5, residentMemory: 4096, startTime: 1_700_000_000 },
    { name: 'vrrp', up: true, deaths: 1, processorTime: 2.25, residentMemory: 8192, startTime: 1_700_000_001 },
    { name: 'checker', up: false, deaths: 2 },
  ],
  reloads: { applied: 2, refused: 1 },
  lastReload: { successful: false, at: 1_700_000_100, took: 0.125 },
  scriptDurations: { tracked: durations.figures },
  scriptFailures: { tracked: 1, notify: 0 },
  lateness: someLateness().figures,
};

const common: VrrpFigures['common'] = {
  groups: [{ name: 'G1', state: 'MASTER' }],
  scripts: [{ name: 'chk_nginx', good: true, state: 0 }],
  frames: { eth0: [10, 1] },
  lateness: someLateness().figures,
};

export function collected({
  instances = [instanceFigures()],
  services = [['[10.0.0.1]:tcp:80', '[192.0.2.1]:tcp:80', '[192.0.2.2]:tcp:80']],
}: {
  readonly instances?: readonly InstanceFigures[];
  readonly services?: readonly (readonly string[])[];
} = {}): Collected {
  const mirror = new CheckerMirror();
  for (let from = 0; from < services.length; from += servicesInPiece) {
    const piece = checkerFigures(services.slice(from, from + servicesInPiece), from);
    mirror.take(from, { ...piece, services: services.length });
  }
  return {
    parent,
    silent: [],
    vrrp: { instances, common },
    checker: { common: checkerFigures([]).common, pieces: mirror.pieces() },
    bfd: {
      sessions: [
        {
          name: 'b1',
          neighbor: '10.1.1.2',
          state: 'Up',
          packetsSent: 7,
          packetsReceived: 6,
          refusals: [['ttl', 2]],
        },
      ],
      lateness: someLateness().figures,
    },
    lateness: someLateness().figures,
  };
}
