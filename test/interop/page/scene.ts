/** A day in the life of two balancers, for what is looked at in a browser. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { RealServerReport, VirtualServerReport } from '../../../src/check/report-types.ts';
import type { TimedEvent } from '../../../src/page/timeline.ts';
import type { PageSettings } from '../../../src/web/status-page/settings.ts';
import type { VrrpInstanceReport } from '../../../src/vrrp/report-types.ts';
import { noTraffic } from '../../../src/ipvs/traffic.ts';
import { emptyStatistics } from '../../../src/vrrp/statistics.ts';
import {
  instanceReport,
  now,
  pageStatus,
  serverReport,
  serviceReport,
  serviceSummary,
} from '../../support/page-status.ts';
import type { StatusForPage } from '../../../src/page/model.ts';

const folder = path.join(process.env['KEEPALIVED_DIST'] ?? path.join(import.meta.dirname, '../../../dist'), 'page');

/** What the build has made of the style sheet and the script. */
export function builtPage(): Pick<PageSettings, 'style' | 'script' | 'maximumViewers' | 'host'> {
  return {
    style: readFileSync(path.join(folder, 'page.css'), 'utf8'),
    script: readFileSync(path.join(folder, 'page.js'), 'utf8'),
    maximumViewers: 32,
    host: 'lb1',
  };
}

export const serviceLabel = (index: number): string => `[10.20.${index >> 8}.${index & 255}]:tcp:443`;
const serverAddress = (index: number, server: number): string => `192.168.${index & 255}.${server + 1}`;

/** Servers of a service that are down: all of one service, one of two others. */
function downOf(index: number): number {
  if (index === 3) return 3;
  return index === 5 || index === 4711 ? 1 : 0;
}

/** Names of the servers, as the search knows them. */
export function serverNamesOf(count: number): ReadonlyMap<string, string> {
  return new Map(
    Array.from({ length: count }, (_, index) => [
      serviceLabel(index),
      [0, 1, 2].map((server) => `${serverAddress(index, server)}:8080`).join(' '),
    ]),
  );
}

export function detailOf(label: string): VirtualServerReport {
  const [, third = '0', fourth = '0'] = /^\[10\.20\.(\d+)\.(\d+)\]/.exec(label) ?? [];
  const index = Number(third) * 256 + Number(fourth);
  const servers = [0, 1, 2].map((server) => serverOf(index, server));
  const isDown = downOf(index) === 3;
  return serviceReport(label, servers, {
    ...(isDown && { sorryServer: { label: '[10.20.255.1]:tcp:8443', active: true } }),
    connections: { active: isDown ? 0 : 140 + (index % 7) * 31, inactive: 612, persistent: 0 },
  });
}

function serverOf(index: number, server: number): RealServerReport {
  const up = server >= downOf(index);
  const address = serverAddress(index, server);
  const explanation = up ? 'UP: HTTP_GET status 200' : 'DOWN: HTTP_GET connection refused, 3 of 5,412 probes failed';
  return serverReport({
    label: `[${address}]:tcp:8080`,
    address,
    state: up ? 'UP' : 'DOWN',
    since: now - (up ? 864_000_000 : 31_000),
    explanation,
    weight: 10,
    effectiveWeight: up ? 10 : 0,
    connections: { active: up ? 46 + server * 3 : 0, inactive: up ? 204 : 0, persistent: 0 },
    checkers: [
      {
        type: 'HTTP_GET',
        state: up ? 'UP' : 'DOWN',
        since: now - 31_000,
        sinceTime: '',
        reason: up ? 'status 200' : 'connection refused',
        hasRun: true,
        runs: 5412,
        failures: up ? 0 : 3,
        retriesUsed: 0,
        retry: 3,
        retriesLeft: 3,
        inFlight: false,
        sharedBy: 1,
        phases: up
          ? [
              { phase: 'connect', took: 0.4 },
              { phase: 'first octet', took: 2.9 },
              { phase: 'rest', took: 0.1 },
            ]
          : [{ phase: 'connect', took: 0.3, failed: true }],
        alpha: false,
        weightChange: 0,
        suspended: false,
      },
    ],
  });
}

const statistics = { ...emptyStatistics(), advertisementsSent: 272_114, advertisementsReceived: 44, becameMaster: 2 };
const script = {
  kind: 'script',
  of: 'instance',
  reverse: false,
  awaited: false,
  fault: false,
  contribution: 0,
  state: 'good',
  weight: -60,
  name: 'chk_nginx',
  words: 'succeeded 812x',
} as const;
const address = (text: string, name: string, here: boolean) =>
  ({
    address: text,
    prefixLength: 24,
    interface: name,
    excluded: false,
    wanted: here,
    kernel: here ? 'present' : 'absent',
  }) as const;

/** The instances of the scene; `fault` of the last one is what changes live. */
export function instances(fault: boolean): readonly VrrpInstanceReport[] {
  const failed = "chk_nginx failed 3x, exit 1 'connection refused'";
  return [
    instanceReport({
      name: 'VI_EXT',
      since: now - 268_000_000,
      group: 'VG_SHOP',
      statistics,
      explanation: 'MASTER: no advertisement for 3.414 s',
      trackers: [script],
      ranking: [
        { address: '198.51.100.2', priority: 150, self: true },
        { address: '198.51.100.3', priority: 100, self: false },
      ],
      peers: [
        {
          address: '198.51.100.3',
          priority: 100,
          firstHeard: now - 270_000_000,
          lastHeard: now - 268_003_000,
          lastHeardTime: '',
          accepted: 44,
          refused: 0,
          advertising: false,
        },
      ],
      addresses: [address('198.51.100.10', 'eth0', true), address('198.51.100.11', 'eth0', true)],
    }),
    instanceReport({
      name: 'VI_INT',
      since: now - 268_000_000,
      group: 'VG_SHOP',
      virtualRouterId: 52,
      statistics,
      interfaces: [{ name: 'eth1', state: 'up' }],
      explanation: 'MASTER: its sync group VG_SHOP is master',
    }),
    instanceReport({
      name: 'VI_DMZ',
      state: 'BACKUP',
      since: now - 5_040_000,
      virtualRouterId: 53,
      effectivePriority: 90,
      masterAddress: '10.9.0.1',
      masterPriority: 150,
      interfaces: [{ name: 'eth2', state: 'up' }],
      explanation: `BACKUP: 10.9.0.1 advertises 150 > 90; own 150 - 60 ${failed}`,
      trackers: [{ ...script, state: 'bad', contribution: -60, words: "failed 3x, exit 1 'connection refused'" }],
    }),
    instanceReport({
      name: 'VI_V6',
      state: fault ? 'FAULT' : 'BACKUP',
      since: now - 42_000,
      virtualRouterId: 54,
      family: 'inet6',
      masterAddress: 'fe80::9',
      masterPriority: 200,
      interfaces: [{ name: 'eth3', state: fault ? 'down' : 'up' }],
      explanation: fault ? 'FAULT: interface eth3 has no carrier' : 'BACKUP: fe80::9 advertises 200 > 150',
    }),
  ];
}

/** @param tick makes the rates move */
export function sceneStatus(count: number, { fault = true, tick = 0 } = {}): StatusForPage {
  const services = Array.from({ length: count }, (_, index) => {
    const down = downOf(index);
    const wave = 1 + 0.5 * Math.sin((tick + index * 5) / 4) + 0.2 * Math.sin((tick * 2.7 + index) / 1.3);
    return serviceSummary({
      label: serviceLabel(index),
      state: down === 3 ? 'DOWN' : 'UP',
      since: now - (down === 3 ? 31_000 : 864_000_000),
      servers: { up: 3 - down, total: 3 },
      weight: 10 * (3 - down),
      explanation:
        down === 3
          ? 'DOWN: 0 of 3 servers, weight 0 of quorum 1; sorry server [10.20.255.1]:tcp:8443 answers'
          : `UP: ${3 - down} of 3 servers, weight ${10 * (3 - down)}, quorum 1`,
      traffic: { ...noTraffic, connectionsPerSecond: down === 3 ? 0 : Math.round(wave * (20 + (index % 7) * 18)) },
    });
  });
  return pageStatus({
    instances: instances(fault),
    services,
    groups: [
      {
        name: 'VG_SHOP',
        state: 'MASTER',
        since: now - 268_000_000,
        sinceTime: '',
        reason: '',
        explanation: 'MASTER: both members may be master',
        members: ['VI_EXT', 'VI_INT'],
        memberStates: [],
      },
    ],
  });
}

/** What happened, the oldest first. */
export function sceneEvents(wallClock: number): TimedEvent[] {
  const ago = (milliseconds: number, event: TimedEvent['event'], sequence: number): TimedEvent => ({
    sequence,
    time: wallClock - milliseconds,
    event,
  });
  const at = 0;
  const service = serviceLabel(3);
  return [
    ago(9_400_000, { kind: 'daemon', to: 'RUNNING', at, reason: 'started' }, 1),
    ago(
      5_041_000,
      {
        kind: 'vrrp-priority',
        instance: 'VI_DMZ',
        state: 'MASTER',
        from: 150,
        to: 90,
        at,
        reason: "150 - 60 chk_nginx failed 3x, exit 1 'connection refused'",
      },
      2,
    ),
    ago(
      5_040_000,
      {
        kind: 'vrrp-instance',
        instance: 'VI_DMZ',
        from: 'MASTER',
        to: 'BACKUP',
        priority: 90,
        at,
        reason: '10.9.0.1 advertises 150, more than 90',
      },
      3,
    ),
    ago(
      1_900_000,
      { kind: 'reload', outcome: 'applied', errors: [], summary: '2 services added', at, reason: 'SIGHUP' },
      4,
    ),
    ago(
      42_000,
      {
        kind: 'vrrp-instance',
        instance: 'VI_V6',
        from: 'BACKUP',
        to: 'FAULT',
        priority: 0,
        at,
        reason: 'interface eth3 has no carrier',
      },
      5,
    ),
    ago(
      32_000,
      {
        kind: 'real-server',
        service,
        server: '[192.168.3.1]:tcp:8080',
        from: 'UP',
        to: 'DOWN',
        phase: 'running',
        at,
        reason: 'HTTP_GET: connection refused',
      },
      6,
    ),
    ago(
      31_000,
      {
        kind: 'virtual-server',
        service,
        from: 'UP',
        to: 'DOWN',
        phase: 'running',
        weight: 0,
        quorum: 1,
        hysteresis: 0,
        at,
        reason: 'weight 0 is below the quorum of 1',
      },
      7,
    ),
  ];
}
