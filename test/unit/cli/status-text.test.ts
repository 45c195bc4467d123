/** The status for people, made from engines in the situations that it has to explain. */
import { describe, expect, it } from 'vitest';
import { TotalsCounter, trafficUnknown, virtualServerReport, virtualServerSummary } from '../../../src/check/report.ts';
import type { KernelTraffic } from '../../../src/check/report.ts';
import { formatAge } from '../../../src/cli/age.ts';
import { folded, printable } from '../../../src/cli/status/layout.ts';
import { count, duration, left, overrideText, rate } from '../../../src/cli/status/numbers.ts';
import { parseSpan } from '../../../src/cli/status/options.ts';
import { formatDetails, formatOverview, hasAnything } from '../../../src/cli/status/text.ts';
import { noTraffic } from '../../../src/ipvs/traffic.ts';
import type { DaemonStatus } from '../../../src/process/status-types.ts';
import { checkerModel, statusModel, timeOf, vrrpModel } from '../../support/status-models.ts';
import { realServerModel, virtualServerModel } from '../../support/models.ts';
import { configuration, httpCheck, tcpCheck } from '../check/builders.ts';
import { Simulation, passes, refuses } from '../check/simulation.ts';
import { Bench } from '../vrrp/bench.ts';
import { address, instance, script, vrrpConfiguration } from '../vrrp/configuration.ts';

const paper = { width: Infinity, colour: false };
const overview = (status: DaemonStatus): string[] => formatOverview(status, paper).trimEnd().split('\n').slice(1);
const details = (status: DaemonStatus): string[] => formatDetails(status, paper, true).trimEnd().split('\n');

/** A backup that has lost priority by a script. */
function demoted(): Bench {
  const bench = new Bench(
    vrrpConfiguration({
      instances: [
        instance({ priority: 150, trackScripts: [{ script: 'chk_nginx', weight: -60, reverse: false }] }),
        instance({ name: 'VI_longer', virtualRouterId: 52, accept: false, virtualAddresses: [address('192.0.2.52')] }),
      ],
      scripts: [script('chk_nginx', { weight: -60 })],
    }),
  );
  bench.start();
  for (let run = 0; run < 3; run++) {
    bench.script('chk_nginx', { kind: 'exited', code: 1, message: 'connection refused' });
    bench.pass(1200);
    bench.hear({ priority: 150, source: '10.9.0.1' });
  }
  bench.pass(300);
  return bench;
}

/** Two servers, one of which refuses. */
function halfDown(): Simulation {
  const bad = '172.16.1.3';
  const service = virtualServerModel({
    quorum: 1,
    realServers: [
      realServerModel({ address: '172.16.1.2', checkers: [httpCheck({ address: '172.16.1.2' })] }),
      realServerModel({ address: bad, checkers: [tcpCheck({ address: bad, retry: 2 })] }),
    ],
  });
  const steps = [
    { reached: 'connected', at: 0.4 },
    { reached: 'first octet', at: 2.5 },
  ];
  const page = { ok: true, detail: 'status 200', duration: 3.4, steps } as const;
  const simulation = new Simulation(configuration(service), ({ checker }) =>
    'address' in checker && checker.address === bad ? refuses : { after: 3, result: page },
  );
  simulation.run(15_000);
  return simulation;
}

describe('spans and numbers for people', () => {
  it.each([
    [0, '0 s'],
    [119_999, '119 s'],
    [120_000, '2 min'],
    [7_199_999, '119 min'],
    [7_200_000, '2 h 0 min'],
    [172_800_000, '2 d 0 h'],
    // Clocks of two processes differ by a little.
    [-1, '0 s'],
  ])('gives an age of %i ms as %s', (age, text) => {
    expect(formatAge(age)).toBe(text);
  });

  it.each([
    [count(0), '0'],
    [count(1_234_567), '1,234,567'],
    [duration(0.42), '0.42 ms'],
    [duration(12.6), '13 ms'],
    [duration(2500), '2.5 s'],
    [left(400), '0.4 s'],
    [left(-5), '0 s'],
    [left(600_000), '10 min'],
    [rate(0, 'B'), '0 B/s'],
    [rate(999, 'B'), '999 B/s'],
    [rate(4_100_000, 'B'), '4.1 MB/s'],
    [rate(2e16, 'B'), '20000 TB/s'],
  ])('%s is %s', (made, text) => {
    expect(made).toBe(text);
  });

  it.each([
    ['30s', 30_000],
    ['30', 30_000],
    ['1.5m', 90_000],
    ['500ms', 500],
    ['', undefined],
    ['-1s', undefined],
    ['soon', undefined],
  ])('takes the time %s as %s ms', (text, span) => {
    expect(parseSpan(text)).toBe(span);
  });
});

describe('the first view', () => {
  it('of a daemon that is well is one line, with what is missing for readiness', () => {
    expect(formatOverview(statusModel(), paper)).toBe(
      'keepalived, pid 4711, up 4 min, configuration /etc/keepalived/keepalived.conf, ready\n',
    );
    const readiness = { ready: false, waitingFor: ['2 of 3 checks have not come to a conclusion yet'] };
    expect(formatOverview(statusModel({ readiness }), paper)).toContain(
      ', not ready\n  waits for: 2 of 3 checks have not come to a conclusion yet\n',
    );
  });

  it('names processes in trouble and a reload that was refused', () => {
    const status = statusModel({
      processes: [
        { kind: 'vrrp', pid: 4712, state: 'silent', deaths: 0 },
        { kind: 'checker', state: 'waiting', deaths: 2 },
        { kind: 'bfd', pid: 4713, state: 'running', deaths: 0 },
      ],
      lastReload: { at: '2026-01-02T03:04:05.000Z', outcome: 'refused', errors: ['a.conf:1:1: error: no'] },
    });
    expect(overview(status)).toEqual([
      'last reload refused at 2026-01-02T03:04:05.000Z: the configuration before it is running',
      '  a.conf:1:1: error: no',
      'process vrrp, pid 4712: does not answer',
      'process checker: has died and is started again soon, died 2 times since the start',
    ]);
  });

  it('has a line an instance, with the reason, and below it what needs attention', () => {
    expect(overview(statusModel({ vrrp: vrrpModel(demoted()) }))).toEqual([
      'VRRP',
      "  VI_1       BACKUP  3 s  10.9.0.1 advertises 150 > 90; own 150 - 60 chk_nginx failed 3x, exit 1 'connection refused'",
      '  VI_longer  MASTER  0 s  nobody advertised for 3.609 s',
      '      not on the interface: 192.0.2.52',
      '      the addresses do not accept local traffic, ping included (vrrp_strict or no_accept; "accept" changes that)',
    ]);
  });

  it('names what is set beside the file for something that is not there', () => {
    const waiting = {
      subject: 'instance VI_9',
      what: 'release',
      reason: 'released by the operator',
      age: 3,
      waiting: true,
    } as const;
    expect(overview(statusModel({ waitingChanges: [waiting] }))).toEqual([
      'beside the file: instance VI_9: release (for 3 s, waits: it is not in the configuration)',
    ]);
  });

  it('tells of servers that a reload took away, also where nothing is left but them', () => {
    const label = '[192.168.1.54]:tcp:80';
    const draining = [
      { virtualServer: label, server: '[172.16.1.9]:tcp:80', since: 5_000, until: 75_000, connections: 3 },
    ];
    const told = 'for 10 s: 3 connections left, goes in 60 s at the latest';
    const checker = { ...checkerModel(halfDown()), draining, now: 15_000 };
    expect(overview(statusModel({ checker })).at(-1)).toBe(`  draining [172.16.1.9]:tcp:80 of ${label} ${told}`);
    expect(details(statusModel({ checker })).at(-1)).toBe(
      `  server [172.16.1.9]:tcp:80: draining ${told} (taken away by a reload)`,
    );
    const none = { total: 0, up: 0, down: 0 };
    const totals = {
      services: { ...none, sorry: 0, suspended: 0, trouble: 0 },
      servers: none,
      checks: { ...none, pending: 0 },
    };
    const rest = { ...checker, totals, services: [], virtualServers: [] };
    expect(overview(statusModel({ checker: rest })).at(-1)).toBe(`  draining [172.16.1.9]:tcp:80 of ${label} ${told}`);
  });

  it('tells what an operator has changed, what is left of it and for how long', () => {
    const simulation = halfDown();
    const service = { kind: 'address', protocol: 'tcp', address: '192.168.1.54', port: 80 } as const;
    const { now } = simulation;
    simulation.override({
      target: { service, address: '172.16.1.2', port: 80 },
      setting: { kind: 'drain' },
      since: now,
      until: now + 600_000,
    });
    const lines = overview(statusModel({ checker: checkerModel(simulation) }));
    expect(lines.at(-1)).toBe('      server [172.16.1.2]:tcp:80 changed by keepalivectl: drain, ends in 10 min');
    const bench = demoted();
    bench.override({
      target: { kind: 'instance', name: 'VI_1' },
      setting: { kind: 'release' },
      since: bench.now,
      until: bench.now + 20_000,
    });
    expect(overview(statusModel({ vrrp: vrrpModel(bench) }))[2]).toBe(
      '      changed by keepalivectl: release, ends in 20 s',
    );
    expect(overrideText({ words: 'drain', since: 0, until: 1000, connections: 1 }, 0)).toBe(
      'drain, 1 connection left, ends in 1 s',
    );
  });

  it('has a line a service, and folds those that are well', () => {
    const status = (most?: number): DaemonStatus => statusModel({ checker: checkerModel(halfDown(), most) });
    expect(overview(status())).toEqual([
      'Services',
      '  1 service, 2 servers (1 down)',
      '  [192.168.1.54]:tcp:80  UP  15 s  1 of 2 servers, weight 1, quorum 1',
    ]);
    expect(overview(status(0)).at(-1)).toBe('  and 1 more, 1 of them in trouble (name one, or --verbose for all)');
  });

  it('folds what is longer than the terminal is wide below itself', () => {
    const lines = formatOverview(statusModel({ vrrp: vrrpModel(demoted()) }), { width: 60, colour: false }).split('\n');
    expect(lines.slice(0, 6)).toEqual([
      'keepalived, pid 4711, up 4 min, configuration',
      '/etc/keepalived/keepalived.conf, ready',
      'VRRP',
      '  VI_1       BACKUP  3 s  10.9.0.1 advertises 150 > 90; own',
      '                          150 - 60 chk_nginx failed 3x, exit',
      "                          1 'connection refused'",
    ]);
  });

  it('has colours only where they are wanted, and the same words', () => {
    const status = statusModel({ vrrp: vrrpModel(demoted()), checker: checkerModel(halfDown()) });
    const coloured = formatOverview(status, { width: Infinity, colour: true });
    expect(coloured).toContain('\u001b[32mMASTER\u001b[0m');
    expect(coloured.replace(/\u001b\[\d*m/g, '')).toBe(formatOverview(status, paper));
  });

  it('does not hand on what others wrote as commands to the terminal', () => {
    expect(printable('a\u001b[2Jb\u009bc\r\nd')).toBe('a [2Jb c  d');
    const bench = demoted();
    bench.script('chk_nginx', { kind: 'exited', code: 1, message: '\u001b]0;owned\u0007' });
    const status = statusModel({ vrrp: vrrpModel(bench) });
    for (const text of [formatOverview(status, paper), formatDetails(status, paper, false)])
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it.each([
    ['a b c', 3, ['a b c']],
    ['one two three four five', 16, ['one two three', 'four five']],
    ['averyveryverylongwordindeed x', 16, ['averyveryverylongwordindeed', 'x']],
    ['', 20, ['']],
  ])('folds "%s" to %i columns', (text, width, lines) => {
    expect(folded(text, width)).toEqual(lines);
  });
});

describe('the details', () => {
  it('of an instance', () => {
    const { vrrp } = { vrrp: vrrpModel(demoted()) };
    const only = { ...vrrp, instances: vrrp.instances.slice(0, 1) };
    const words = "chk_nginx failed 3x, exit 1 'connection refused'";
    expect(details(statusModel({ vrrp: only }))).toEqual([
      expect.stringMatching(/^instance VI_1: BACKUP since \d{4}-\d\d-\d\d [\d:]{8} \(3 s\)$/),
      `  why       10.9.0.1 advertises 150 > 90; own 150 - 60 ${words}`,
      `  no FAULT  ${words}: priority 150 - 60 = 90, not FAULT because weight is set`,
      '  router    VRRPv2 id 51 on eth0 (up), from 192.0.2.5, every 1 s',
      '  priority  90: 150 - 60 (chk_nginx failed 3 times (exited with status 1)) = 90',
      '  timers    master, unless somebody is, in 3.3 s',
      '  counted   0 advertisements sent (0 goodbyes), 3 received (0 goodbyes), 0 times master',
      '  trackers',
      "    script chk_nginx  bad  weight -60  -60  failed 3x, exit 1 'connection refused' for 3 s",
      '  peers',
      '    10.9.0.1  priority 150 every 1 s  heard 0.3 s ago, 3 taken',
      '  ranking  10.9.0.1 150 > this router 90',
      '  addresses',
      '    192.0.2.51/32  eth0  absent  not wanted',
      expect.stringMatching(/^script chk_nginx: {2}bad for 3 s {2}failed 3x, exit 1 'connection refused', last run/),
    ]);
  });

  it('of a service, with the phases of its checks and what the kernel counts', () => {
    const key = 'tcp 192.168.1.54:80';
    const busy = { ...noTraffic, connections: 12_345, connectionsPerSecond: 120, outgoingBytesPerSecond: 4_100_000 };
    const server = { family: 'inet', address: '172.16.1.2', port: 80, traffic: busy } as const;
    const kernel: KernelTraffic = {
      service: (text) => (text === key ? busy : undefined),
      destinations: (text) =>
        text === key
          ? [{ ...server, activeConnections: 7, inactiveConnections: 2, persistentConnections: 1 }]
          : undefined,
    };
    const flow = '120 conn/s, in 0 B/s, out 4.1 MB/s, 0 packets/s in, 0 packets/s out; 12,345 connections so far';
    expect(details(statusModel({ checker: checkerModel(halfDown(), undefined, kernel) }))).toEqual([
      expect.stringMatching(/^service \[192\.168\.1\.54\]:tcp:80: UP since /),
      '  why      1 of 2 servers, weight 1, quorum 1',
      '  service  scheduler rr, quorum 1',
      `  traffic  7 active, 2 inactive, 1 persistent; ${flow}`,
      expect.stringMatching(/^ {2}server \[172\.16\.1\.2\]:tcp:80: UP since /),
      '    why      HTTP_GET status 200 (3.4 ms)',
      '    weight   1, NAT',
      `    traffic  7 active, 2 inactive, 1 persistent; ${flow}`,
      expect.stringMatching(
        /^ {4}HTTP_GET 172\.16\.1\.2:80 {2}UP {2}status 200 in 3\.4 ms \(connect 0\.4 ms, first octet 2\.1 ms, rest 0\.9 ms\), [\d.]+ s ago, 0 of 3 probes failed, 1 retry left, next in [\d.]+ s$/,
      ),
      expect.stringMatching(/^ {2}server \[172\.16\.1\.3\]:tcp:80: DOWN since /),
      expect.stringMatching(/^ {4}why {5}TCP_CHECK connect: connection refused \(1\.0 ms\), \d+ of \d+ probes failed$/),
      '    weight  1, not in the kernel, NAT',
      expect.stringMatching(/^ {4}TCP_CHECK 172\.16\.1\.3:80 {2}DOWN {2}connect: connection refused in 1 ms, /),
    ]);
  });

  it('say that there is nothing of a name', () => {
    expect(hasAnything(statusModel())).toBe(false);
    expect(hasAnything(statusModel({ vrrp: vrrpModel(demoted()) }))).toBe(true);
  });
});

describe('a summary', () => {
  it('counts what it does not list', () => {
    const { engine } = halfDown();
    const counter = new TotalsCounter();
    for (const virtualServer of engine.virtualServers) counter.add(virtualServer);
    expect(engine.reportHead(counter).totals).toEqual({
      services: { total: 1, up: 1, down: 0, sorry: 0, suspended: 0, trouble: 1 },
      servers: { total: 2, up: 1, down: 1 },
      checks: { total: 2, up: 1, down: 1, pending: 0 },
    });
    const [service] = engine.virtualServers;
    const surroundings = { timeOf, traffic: trafficUnknown };
    expect(virtualServerSummary(service!, surroundings)).toMatchObject({ trouble: true, servers: { up: 1, total: 2 } });
    expect(virtualServerReport(service!, surroundings)).not.toHaveProperty('traffic');
  });

  it('knows what has not been checked yet', () => {
    const simulation = new Simulation(
      configuration(virtualServerModel({ realServers: [realServerModel({ checkers: [tcpCheck()] })] })),
      () => passes,
    );
    const pending = (): number => simulation.engine.reportHead(new TotalsCounter()).totals.checks.pending;
    expect(pending()).toBe(1);
    simulation.run(10_000);
    expect(pending()).toBe(0);
  });
});
