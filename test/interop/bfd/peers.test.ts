/** BFD sessions with Debian's keepalived and with FRR's bfdd, and what follows from them. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import type { Running } from '../../../lab/lib/run.ts';
import type { BfdSessionStatus } from '../../../src/bfd/types.ts';
import { complaints } from '../../lab-support.ts';
import { Machine, configurationFile, instance, keepalivectl, patience, quick } from '../process/machine.ts';
import type { Daemon } from '../process/machine.ts';
import { daemon as frrDaemon, startZebra } from '../vrrp/frr.ts';

const cleanUp = new CleanUp();
let left: Machine;
let right: Machine;
let capture: Running;
const captureFile = '/tmp/bfd.pcap';

beforeEach(async () => {
  [left, right] = await Machine.pair(cleanUp);
  for (const [index, machine] of [left, right].entries()) {
    await machine.run(['sysctl', '-q', '-w', 'net.ipv6.conf.eth0.disable_ipv6=0']);
    await machine.ip(`addr add 2001:db8::${index + 1}/64 dev eth0 nodad`);
  }
  const words = ['dumpcap', '-q', '-P', '-i', 'eth0', '-f', 'udp port 3784 or udp port 4784', '-w', captureFile];
  capture = left.start('capture', words);
  await until('the capture listens', { within: patience, every: 20 }, () =>
    capture.lines.some(({ text }) => text.startsWith('File: ')),
  );
});
afterEach(() => {
  for (const machine of [left, right]) machine.killAll();
});
afterAll(async () => {
  expect(await cleanUp.run()).toEqual([]);
});

/** tshark finds nothing wrong with what went over the wire. */
async function expectFlawless(): Promise<void> {
  await capture.stop('SIGINT', patience);
  expect(readFileSync(left.path(captureFile)).length).toBeGreaterThan(1000);
  expect(await complaints(left.path(captureFile))).toEqual([]);
}

interface Session {
  readonly name: string;
  readonly neighbor: string;
  readonly source: string;
  readonly interval: number;
  readonly multiplier: number;
  readonly more?: string;
}

function bfd({ interval, more = '', multiplier, name, neighbor, source }: Session): string {
  return `bfd_instance ${name} {
    neighbor_ip ${neighbor}
    source_ip ${source}
    min_rx ${interval}
    min_tx ${interval}
    multiplier ${multiplier}
    ${more}
}
`;
}

/** Sessions of this daemon by their names. */
async function sessions(): Promise<Readonly<Record<string, BfdSessionStatus>>> {
  const { stdout } = await left.run([keepalivectl, 'status', '--json'], { accept: 'any' });
  if (!stdout.startsWith('{')) return {};
  const { bfd: status } = JSON.parse(stdout) as { bfd?: { sessions: BfdSessionStatus[] } | null };
  return Object.fromEntries((status?.sessions ?? []).map((session) => [session.name, session]));
}

async function untilState(daemon: Daemon, names: readonly string[], state: BfdSessionStatus['state']): Promise<void> {
  try {
    await until(`${names.join(', ')} ${state}`, { within: patience, every: 100 }, async () => {
      const all = await sessions();
      return names.every((name) => all[name]?.state === state);
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${daemon.log.join('\n')}`, { cause: error });
  }
}

async function untilSaid(running: Running, pattern: RegExp): Promise<void> {
  try {
    await until(`${String(pattern)} is said`, { within: patience, every: 20 }, () =>
      running.lines.some(({ text }) => pattern.test(text)),
    );
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${running.lines.map(({ text }) => text).join('\n')}`, {
      cause: error,
    });
  }
}

/** The master's interval that a noisy machine keeps. */
const interval = 0.5;
const inner = { left: '10.88.0.100/24', right: '10.88.0.200/24' };

/** Each machine is to be master of one address for as long as the BFD session to the other is up. */
function configurationOf(own: 'left' | 'right', minTx: number): string {
  const [source, neighbor] = own === 'left' ? ['10.88.0.1', '10.88.0.2'] : ['10.88.0.2', '10.88.0.1'];
  const track = 'track_bfd {\n        steady\n    }';
  const [source6, neighbor6] = own === 'left' ? ['2001:db8::1', '2001:db8::2'] : ['2001:db8::2', '2001:db8::1'];
  return [
    quick,
    // Its detection time is two seconds: a machine that stands still for a moment decides nothing.
    bfd({ name: 'steady', source, neighbor, interval: 100, multiplier: 20 }).replace('min_tx 100', `min_tx ${minTx}`),
    bfd({ name: 'six', source: source6, neighbor: neighbor6, interval: 50, multiplier: 3, more: 'hoplimit 255' }),
    ...(['left', 'right'] as const).map((of) =>
      instance({
        name: `VI_${of}`,
        id: of === 'left' ? 51 : 52,
        state: 'BACKUP',
        interval,
        addresses: [inner[of]],
        priority: of === own ? 200 : 100,
        more: of === own ? track : '',
      }),
    ),
  ].join('');
}

describe("beside Debian's keepalived", () => {
  it('sessions come up, drive failovers on both sides, outlive reloads and dead processes', async () => {
    const ours = await left.daemon(configurationOf('left', 100));
    right.write(configurationFile, configurationOf('right', 100));
    const theirs = right.start('debian', ['/usr/sbin/keepalived', '-n', '-l', '-D']);
    await untilState(ours, ['steady', 'six'], 'Up');
    await untilSaid(theirs, /\(six\) Entering Up state/);
    await Promise.all([left.untilAddress(inner.left), right.untilAddress(inner.right)]);

    // Other timers are agreed on by a poll sequence; the session is the same afterwards.
    const before = await sessions();
    await ours.reload(configurationOf('left', 150));
    await untilSaid(theirs, /remote +150000 +100000 +150000/);
    const after = await sessions();
    expect(after['steady']?.localDiscriminator).toBe(before['steady']?.localDiscriminator);

    // Who is started anew learns from the other what it has to know.
    process.kill(ours.vrrpPid, 'SIGKILL');
    await ours.untilLog('VRRP child process', 2);
    await ours.untilLog('(VI_left) setting VIPs.', 2);
    await left.untilAddress(inner.left);
    expect(ours.said('(VI_left) Entering FAULT STATE')).toBe(ours.said('(VI_left) Entering FAULT STATE (init)'));
    process.kill(Number(left.read('/run/bfd.pid')), 'SIGKILL');
    await ours.untilLog('BFD child process', 3);
    await untilState(ours, ['steady'], 'Up');
    expect(ours.said('Tracked BFD instance steady is DOWN')).toBe(0);

    // Nothing of BFD comes from the right: there it is noticed here, and told to the other side.
    await Promise.all([left.untilAddress(inner.left), right.untilAddress(inner.right)]);
    const drop = 'add table inet t; add chain inet t out { type filter hook output priority 0; }; ';
    await right.run(['nft', `${drop} add rule inet t out udp dport 3784 drop`]);
    await ours.untilLog(/\(steady\) Entering Down state .*no packet from 10\.88\.0\.2/);
    await ours.untilLog('(VI_left) Entering FAULT STATE: BFD session steady is down');
    await untilSaid(theirs, /VRRP_Instance\(VI_right\) Tracked BFD instance steady is DOWN/);
    await Promise.all([right.untilAddress(inner.left), left.untilAddress(inner.right)]);
    await right.run(['nft', 'delete table inet t']);
    await Promise.all([left.untilAddress(inner.left), right.untilAddress(inner.right)]);

    const { stdout } = await left.run([keepalivectl, 'status']);
    expect(stdout).toMatch(/^ {2}steady {2}\w+ {2}\d+ s {2}with 10\.88\.0\.2: .+$/m);
    ours.signal('SIGUSR1');
    await until('the dump is there', { within: patience, every: 50 }, () => left.exists('/tmp/keepalived_bfd.data'));
    expect(left.read('/tmp/keepalived_bfd.data')).toMatch(/ BFD Instance = steady\n[^]*?local state = Up\n/);
    expect(await ours.stop()).toBe(0);
    await untilSaid(theirs, /\(six\) Entering Down state .*Detection Time Expired/);
    expect(left.exists('/run/bfd.pid')).toBe(false);
    await expectFlawless();
  });
});

/** What global_defs asks for the process, and what the kernel says of it. */
const scheduling = `global_defs {
    bfd_process_name sessions
    bfd_rt_priority 5
    bfd_no_swap
    bfd_cpu_affinity 0
    bfd_rlimit_rttime 500000
}
`;

function expectScheduled(pid: number): void {
  const read = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8');
  const stat = read('stat');
  // proc(5): field 40 is the real-time priority; the name before field 3 may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  expect([read('comm').trim(), fields[37]]).toEqual(['sessions', '5']);
  expect(read('status')).toMatch(/^Cpus_allowed_list:\s+0$/m);
  expect(read('status')).not.toMatch(/^VmLck:\s+0 kB$/m);
  expect(read('limits')).toMatch(/^Max realtime timeout\s+500000\s+500000/m);
}

const bfdPeers = {
  near: 'peer 10.88.0.1 local-address 10.88.0.2 interface eth0',
  six: 'peer 2001:db8::1 local-address 2001:db8::2 interface eth0',
  far: 'peer 10.88.0.11 multihop local-address 10.88.0.12',
} as const;

async function frrIs(peer: keyof typeof bfdPeers, status: 'up' | 'down'): Promise<void> {
  await until(`FRR has ${peer} ${status}`, { within: patience, every: 150 }, async () => {
    const { stdout } = await right.run(['vtysh', '-c', `show bfd ${bfdPeers[peer]}`], { accept: 'any' });
    return stdout.includes(`Status: ${status}`);
  });
}

describe("beside FRR's bfdd", () => {
  it('sessions of one hop, of several, and of IPv6 come up and end as its operator says', async () => {
    await left.ip('addr add 10.88.0.11/32 dev lo', 'route add 10.88.0.12/32 via 10.88.0.2');
    await right.ip('addr add 10.88.0.12/32 dev lo', 'route add 10.88.0.11/32 via 10.88.0.1');
    const timers = '  detect-multiplier 3\n  receive-interval 50\n  transmit-interval 50';
    right.write(
      '/tmp/frr/bfdd.conf',
      ['bfd', ...Object.values(bfdPeers).flatMap((peer) => [` ${peer}`, timers, ' !']), '!', ''].join('\n'),
    );
    await startZebra(right);
    const bfdd = right.start('bfdd', frrDaemon('bfdd'));
    const fast = { interval: 50, multiplier: 3 };
    const ours = await left.daemon(
      [
        scheduling,
        bfd({ name: 'near', source: '10.88.0.1', neighbor: '10.88.0.2', ...fast }),
        bfd({ name: 'six', source: '2001:db8::1', neighbor: '2001:db8::2', ...fast, more: 'hoplimit 255' }),
        bfd({ name: 'far', source: '10.88.0.11', neighbor: '10.88.0.12', ...fast, more: 'multihop\n    passive' }),
      ].join(''),
    );
    const all = ['near', 'six', 'far'] as const;
    await untilState(ours, all, 'Up');
    await Promise.all(all.map((peer) => frrIs(peer, 'up')));
    expectScheduled(Number(left.read('/run/bfd.pid')));

    const command = (...words: string[]): Promise<unknown> =>
      right.run(['vtysh', '-c', 'configure terminal', '-c', 'bfd', ...words.flatMap((word) => ['-c', word])]);
    await command(bfdPeers.near, 'shutdown');
    await ours.untilLog(/\(near\) Entering Down state .*administratively down/);
    await command(bfdPeers.near, 'no shutdown');
    await untilState(ours, ['near'], 'Up');
    await frrIs('near', 'up');

    bfdd.kill();
    for (const name of all) await ours.untilLog(new RegExp(`\\(${name}\\) Entering Down state .*no packet from`));
    right.start('bfdd again', frrDaemon('bfdd'));
    await untilState(ours, all, 'Up');
    expect(await ours.stop()).toBe(0);
    await Promise.all(all.map((peer) => frrIs(peer, 'down')));
    await expectFlawless();
  });
});
