/** What the daemon says of itself, as the status page gets it: only what a test is about has to be said. */
import type { RealServerReport, VirtualServerReport, VirtualServerSummary } from '../../src/check/report-types.ts';
import type { StatusForPage } from '../../src/page/model.ts';
import type { VrrpInstanceReport } from '../../src/vrrp/report-types.ts';
import { emptyStatistics } from '../../src/vrrp/statistics.ts';

/** The moment of the status on its own clock, and when that was. */
export const now = 5_000_000;
export const at = Date.UTC(2026, 0, 2, 3, 4, 5);

export function instanceReport(changes: Partial<VrrpInstanceReport> = {}): VrrpInstanceReport {
  const { state = 'MASTER' } = changes;
  return {
    name: 'VI_1',
    state,
    wantedState: state,
    since: now - 60_000,
    sinceTime: '2026-01-02T03:03:05.000Z',
    reason: 'no advertisement for 3.609 s',
    explanation: `${state}: no advertisement for 3.609 s`,
    basePriority: 150,
    effectivePriority: 150,
    priorityExplanation: '150',
    masterPriority: 0,
    masterAdvertisementInterval: 1000,
    addressesSet: state === 'MASTER',
    statistics: emptyStatistics(),
    heardPeer: true,
    refusals: [],
    version: 3,
    family: 'inet',
    virtualRouterId: 51,
    advertisementInterval: 1000,
    initialState: 'BACKUP',
    nopreempt: false,
    interfaces: [{ name: 'eth0', state: 'up' }],
    unicastPeers: [],
    trackers: [],
    faults: [],
    notFault: [],
    peers: [],
    ranking: [],
    addresses: [],
    acceptsLocalTraffic: true,
    ...changes,
  };
}

/** `[10.0.0.1]:tcp:80` with three servers, all of them up unless it says otherwise. */
export function serviceSummary(changes: Partial<VirtualServerSummary> = {}): VirtualServerSummary {
  const { servers = { up: 3, total: 3 }, state = 'UP' } = changes;
  return {
    label: '[10.0.0.1]:tcp:80',
    identity: { kind: 'address', family: 'inet', protocol: 'tcp', address: '10.0.0.1', port: 80 },
    state,
    since: now - 120_000,
    sinceTime: '2026-01-02T03:02:05.000Z',
    explanation: `${state}: ${servers.up} of ${servers.total} servers, weight ${servers.up}, quorum 1`,
    servers,
    weight: servers.up,
    quorum: 1,
    sorryActive: false,
    suspended: false,
    trouble: state === 'DOWN' || servers.up < servers.total,
    ...changes,
  };
}

export function serverReport(changes: Partial<RealServerReport> = {}): RealServerReport {
  const { state = 'UP' } = changes;
  return {
    label: '[192.168.0.1]:tcp:8080',
    address: '192.168.0.1',
    port: 8080,
    state,
    since: now - 30_000,
    sinceTime: '2026-01-02T03:03:35.000Z',
    reason: 'HTTP_GET passed',
    explanation: `${state}: HTTP_GET passed`,
    weight: 1,
    effectiveWeight: state === 'UP' ? 1 : 0,
    weightExplanation: '1',
    inPool: state === 'UP',
    forwarding: 'DR',
    inhibitOnFailure: false,
    checkers: [],
    ...changes,
  };
}

export function serviceReport(
  label: string,
  servers: readonly RealServerReport[],
  changes: Partial<VirtualServerReport> = {},
): VirtualServerReport {
  return {
    label,
    identity: { kind: 'address', family: 'inet', protocol: 'tcp', address: '10.0.0.1', port: 80 },
    quorum: { state: 'UP', since: now - 120_000, reason: 'quorum reached', weight: 3, quorum: 1, hysteresis: 0 },
    explanation: 'UP: 3 of 3 servers, weight 3, quorum 1',
    sinceTime: '2026-01-02T03:02:05.000Z',
    scheduler: 'wlc',
    kernelServices: 1,
    servers,
    ...changes,
  };
}

type Vrrp = NonNullable<StatusForPage['vrrp']>;
type Checker = NonNullable<StatusForPage['checker']>;

export interface StatusParts extends Partial<Omit<StatusForPage, 'vrrp' | 'checker'>> {
  readonly instances?: readonly VrrpInstanceReport[];
  readonly groups?: Vrrp['groups'];
  readonly services?: readonly VirtualServerSummary[];
  readonly connectionLimits?: Checker['connectionLimits'];
  readonly draining?: Checker['draining'];
}

export function pageStatus(parts: StatusParts = {}): StatusForPage {
  const { connectionLimits, draining, groups = [], instances = [], services = [], ...rest } = parts;
  const up = services.reduce((sum, { servers }) => sum + servers.up, 0);
  const total = services.reduce((sum, { servers }) => sum + servers.total, 0);
  const counts = { total: services.length, up: services.length, down: 0, sorry: 0, suspended: 0, trouble: 0 };
  return {
    pid: 4711,
    release: '0.1.0',
    files: ['/etc/keepalived/keepalived.conf'],
    processes: [],
    readiness: { ready: true, waitingFor: [] },
    vrrp: { now, instances, groups },
    checker: {
      now,
      services,
      totals: {
        services: counts,
        servers: { total, up, down: total - up },
        checks: { total, up, down: total - up, pending: 0 },
      },
      ...(connectionLimits && { connectionLimits }),
      ...(draining && { draining }),
    },
    ...rest,
  };
}
