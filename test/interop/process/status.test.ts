// What the status says of what happens to a router beside Debian's keepalived: lost priority, a deleted address, a group's fault.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import type { DaemonStatus } from '../../../src/process/status-types.ts';
import type { VrrpGroupReport, VrrpInstanceReport } from '../../../src/vrrp/report-types.ts';
import { Machine, configurationFile, instance, keepalivectl, patience, quick } from './machine.ts';

const cleanUp = new CleanUp();
let left: Machine;
let right: Machine;

beforeAll(async () => {
  [left, right] = await Machine.pair(cleanUp);
  await left.ethernet('10.89.0.1/24', 'eth1');
});
afterEach(() => {
  for (const machine of [left, right]) machine.killAll();
});
afterAll(async () => {
  expect(await cleanUp.run()).toEqual([]);
});

const interval = 0.2;
const addresses = ['10.88.0.100/24', '10.88.0.101/24'];
const ours = `${quick.replace('router_id', 'script_user root\n    router_id')}
vrrp_script chk_nginx {
    script /tmp/chk_nginx
    interval 1
    weight -60
}
vrrp_sync_group G {
    group {
        VI_1
        VI_2
    }
    track_script {
        chk_nginx
    }
}
${instance({ state: 'BACKUP', interval, addresses: [addresses[0] ?? '', `${addresses[1]} no_track`] })}
${instance({ name: 'VI_2', state: 'BACKUP', id: 52, interval, addresses: ['10.89.0.100/24'] }).replace('eth0', 'eth1')}`;
const theirs = quick + instance({ state: 'BACKUP', priority: 120, interval, addresses });

/** Fails while there is a file /tmp/down. */
const check = '#!/bin/sh\ntest ! -e /tmp/down || { echo "connection refused" >&2; exit 1; }\n';

async function status(): Promise<DaemonStatus> {
  const { stdout } = await left.run([keepalivectl, 'status', '--json'], { accept: 'any' });
  return (stdout.startsWith('{') ? JSON.parse(stdout) : {}) as DaemonStatus;
}

interface Seen {
  readonly first: VrrpInstanceReport;
  readonly second: VrrpInstanceReport;
  readonly group: VrrpGroupReport;
}

/** Asks until the answer is the expected one; what it was instead, if it never is. */
async function untilSeen(what: string, isSo: (seen: Seen) => boolean | Promise<boolean>): Promise<Seen> {
  let last: unknown;
  try {
    return await until(what, { within: patience, every: 100 }, async () => {
      const { vrrp } = await status();
      const [first, second] = vrrp?.instances ?? [];
      const [group] = vrrp?.groups ?? [];
      last = [group?.explanation, first?.explanation, second?.explanation, first?.addresses];
      if (first === undefined || second === undefined || group === undefined) return undefined;
      const seen = { first, second, group };
      return (await isSo(seen)) ? seen : undefined;
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}: ${JSON.stringify(last)}`, { cause: error });
  }
}

/** @param meanwhile what is done between two looks */
async function untilText(wanted: RegExp, meanwhile?: () => Promise<unknown>): Promise<void> {
  let last = '';
  try {
    await until(`the text says ${String(wanted)}`, { within: patience, every: 100 }, async () => {
      last = (await left.run([keepalivectl, 'status'], { accept: 'any' })).stdout;
      if (!wanted.test(last)) await meanwhile?.();
      return wanted.test(last);
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${last}`, { cause: error });
  }
}

it('says what happened to a router, and why', async () => {
  left.write('/tmp/chk_nginx', check, 0o755);
  const daemon = await left.daemon(ours);
  const ready = await left.run([keepalivectl, 'status', '--ready', '--wait', '20s'], { accept: 'any' });
  expect([ready.code, ready.stdout]).toEqual([0, 'ready\n']);
  await left.untilAddress(addresses[0] ?? '');
  right.write(configurationFile, theirs);
  right.start('Debian', ['/usr/sbin/keepalived', '-n', '-l', '-D', '-f', configurationFile]);

  // Their higher priority takes over, and the status says how ours was lost. A group's members change together.
  left.write('/tmp/down', '');
  const lost =
    /^BACKUP: 10\.88\.0\.2 advertises 120 > 90; own 150 - 60 chk_nginx failed \d+x, exit 1 'connection refused'$/;
  const backup = await untilSeen(
    'backup',
    ({ first, group }) => lost.test(first.explanation) && group.state === 'BACKUP',
  );
  expect(backup.first.notFault).toEqual([
    expect.stringMatching(/: priority 150 - 60 = 90, not FAULT because weight is set$/),
  ]);
  expect(backup.first.trackers).toMatchObject([{ name: 'chk_nginx', of: 'group', state: 'bad', contribution: -60 }]);
  expect(backup.first.peers).toMatchObject([{ address: '10.88.0.2', priority: 120, advertisementInterval: 200 }]);
  expect(backup.first.ranking.map(({ priority, self }) => [priority, self])).toEqual([
    [120, false],
    [90, true],
  ]);
  expect(backup.first.addresses.map(({ wanted }) => wanted)).toEqual([false, false]);
  expect(backup.group).toMatchObject({
    state: 'BACKUP',
    explanation: expect.stringContaining('VI_1 holds it there: 10.88.0.2') as string,
  });
  await right.untilAddress(addresses[0] ?? '');
  await untilText(/^ {2}VI_1 {2}BACKUP {2}\d+ s {2}10\.88\.0\.2 advertises 120 > 90; own 150 - 60 chk_nginx failed/m);

  // Back again; an address that is nobody's business is missed by the status alone.
  await left.run(['rm', '/tmp/down']);
  await untilSeen(
    'master',
    ({ first: { addresses: has, state } }) => state === 'MASTER' && has.every(({ kernel }) => kernel === 'present'),
  );
  // On a machine that stands still for a while it may become master anew, and then puts it there again.
  const remove = (): Promise<unknown> =>
    left.run(['ip', 'addr', 'del', addresses[1] ?? '', 'dev', 'eth0'], { accept: 'any' });
  const missed = await untilSeen('missed', async ({ first: { addresses: has, state } }) => {
    if (state === 'MASTER' && has[0]?.kernel === 'present' && has[1]?.kernel === 'absent') return true;
    await remove();
    return false;
  });
  expect(missed.first.addresses).toMatchObject([{ wanted: true }, { address: '10.88.0.101', wanted: true }]);
  await remove();
  await untilText(/not on the interface: 10\.88\.0\.101$/m, remove);

  // One member's interface takes all with it.
  await left.ip('link set eth1 down');
  const fault = await untilSeen('fault', ({ group }) => group.state === 'FAULT');
  expect(fault.first.explanation).toBe('FAULT: member VI_2: interface eth1 is down (sync group G)');
  expect(fault.second.explanation).toBe('FAULT: interface eth1 is down');
  expect(fault.group.explanation).toBe('FAULT: VI_2 holds it there: interface eth1 is down');
  expect((await left.run([keepalivectl, 'status', 'VI_2'])).stdout).toMatch(/^ {2}why +interface eth1 is down$/m);
  expect(await daemon.stop()).toBe(0);
});
