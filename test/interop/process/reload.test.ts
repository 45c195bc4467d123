import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { sleep, until } from '../../../lab/lib/clock.ts';
import type { Running } from '../../../lab/lib/run.ts';
import {
  configurationFile,
  descriptorsOf,
  instance,
  keepalivectl,
  patience,
  provideMachine,
  quick,
} from './machine.ts';
import type { Machine } from './machine.ts';

let machine: Machine;
provideMachine('reload', 'all tests', (made) => (machine = made));

const vip = '10.88.0.100/24';
const interval = 0.2;

/** Watches what leaves eth0; one line a packet with the time in seconds. */
async function watchWire(filter: string): Promise<Running> {
  const running = machine.start('tcpdump', ['tcpdump', '-l', '-n', '-tt', '-v', '-i', 'eth0w', filter]);
  await until('tcpdump listens', { within: patience, every: 10 }, () =>
    running.lines.some(({ text }) => text.includes('listening on')),
  );
  return running;
}

/** Times of the advertisements of a virtual router, in milliseconds. */
function advertisementTimes(wire: Running, id: number): number[] {
  const lines = wire.lines.map(({ text }) => text);
  return lines.flatMap((text, index) => {
    const time = /^(\d+\.\d+) /.exec(text)?.[1];
    return time !== undefined && `${text}${lines[index + 1] ?? ''}`.includes(`vrid ${id},`)
      ? [Number(time) * 1000]
      : [];
  });
}

function longestPause(times: readonly number[]): number {
  return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
}

describe('reload', () => {
  it('adds, changes and removes addresses of a master without a missed advertisement', async () => {
    const of = (...addresses: string[]): string => quick + instance({ interval, addresses });
    const daemon = await machine.daemon(of(vip));
    await machine.untilAddress(vip);
    const wire = await watchWire('ip proto 112');
    await daemon.reload(of(vip, '10.88.0.101/24', '10.88.0.102/24'));
    await machine.untilAddress('10.88.0.102/24');
    await daemon.reload(of(vip, '10.88.0.102/24', '10.88.0.103/24'));
    await machine.untilAddress('10.88.0.103/24');
    expect(await machine.addresses()).toEqual(['10.88.0.1/24', vip, '10.88.0.102/24', '10.88.0.103/24']);
    await daemon.reload(of(vip));
    await machine.untilNoAddress('10.88.0.103/24');
    expect(await machine.addresses()).toEqual(['10.88.0.1/24', vip]);
    await until('a few advertisements more', { within: patience }, () => advertisementTimes(wire, 51).length > 6);
    await wire.stop();
    // The master-down interval is 3 of them and the skew: a pause of 2 is none that a backup would act on.
    expect(longestPause(advertisementTimes(wire, 51))).toBeLessThan(2.5 * interval * 1000);
    expect(daemon.said('Entering MASTER STATE')).toBe(1);
    await daemon.stop();
  });

  it('adds and removes instances, and leaves the others alone', async () => {
    const first = instance({ interval });
    const second = instance({ interval, name: 'VI_2', id: 52, addresses: ['10.88.0.200/24'] });
    const daemon = await machine.daemon(quick + first);
    await machine.untilAddress(vip);
    await daemon.reload(quick + first + second);
    await machine.untilAddress('10.88.0.200/24');
    expect(await machine.addresses()).toContain(vip);
    await daemon.reload(quick + first);
    await machine.untilNoAddress('10.88.0.200/24');
    expect(await machine.addresses()).toEqual(['10.88.0.1/24', vip]);
    await daemon.reload(quick + second);
    await machine.untilAddress('10.88.0.200/24');
    await machine.untilNoAddress(vip);
    await daemon.stop();
    expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
  });

  it('of an unchanged configuration changes nothing, 50 times, and holds no more than before', async () => {
    const configuration = quick + instance({ interval, more: 'notify /bin/true root' });
    const daemon = await machine.daemon(configuration);
    await machine.untilAddress(vip);
    await daemon.reload(configuration);
    const monitor = machine.start('ip monitor', ['ip', 'monitor', 'address', 'route']);
    const wire = await watchWire('arp or ip proto 112');
    const held = (): number[] => [daemon.pid, daemon.vrrpPid].map((pid) => descriptorsOf(pid).length);
    const memory = (): number =>
      Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${daemon.vrrpPid}/status`, 'utf8'))?.[1]) / 1024;
    for (let count = 0; count < 5; count++) await daemon.reload(configuration);
    const before = { held: held(), memory: memory() };
    const started = performance.now();
    for (let count = 0; count < 50; count++) await daemon.reload(configuration);
    const lasted = performance.now() - started;
    const after = { held: held(), memory: memory() };
    expect(after.held).toEqual(before.held);
    // A young heap breathes; what a leak of 50 configurations would be is far more.
    expect(after.memory - before.memory).toBeLessThan(24);
    expect(monitor.lines).toEqual([]);
    await wire.stop();
    const advertisements = advertisementTimes(wire, 51);
    expect(wire.lines.filter(({ text }) => text.includes('ARP'))).toEqual([]);
    // One at each reload, as the original sends it, and those of the interval.
    expect(advertisements.length).toBeLessThan(56 + lasted / (interval * 1000) + 10);
    expect(longestPause(advertisements)).toBeLessThan(2.5 * interval * 1000);
    expect(daemon.said('Entering')).toBe(2);
    await daemon.stop();
  });

  it('refuses a new error whole, says where and why, and lives with one that was there before', async () => {
    const good = quick + instance({ interval });
    const daemon = await machine.daemon(good);
    await machine.untilAddress(vip);
    const bad = quick + instance({ interval, addresses: ['10.88.0.111/24'], more: 'prioritty 3' });
    await daemon.reload(bad);
    expect(daemon.log.findLast((line) => line.includes('Reload refused'))).toMatch(
      /running configuration stays: \/etc\/keepalived\/keepalived\.conf:14:5: error: .*"prioritty".*priority/,
    );
    const refused = await machine.run([keepalivectl, 'reload'], { accept: 'any' });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /^keepalivectl: reload refused, the running configuration stays:\n {2}\/etc.*:14:5: error/,
    );
    expect(await machine.addresses()).toEqual(['10.88.0.1/24', vip]);
    machine.write(configurationFile, good);
    expect(await machine.run([keepalivectl, 'reload'])).toEqual({
      code: 0,
      stdout: 'reloaded: nothing changed\n',
      stderr: '',
    });
    await daemon.stop();

    const lenient = await machine.daemon(bad);
    await machine.untilAddress('10.88.0.111/24');
    await lenient.reload(quick + instance({ interval, addresses: ['10.88.0.112/24'], more: 'prioritty 3' }));
    await machine.untilAddress('10.88.0.112/24');
    await lenient.stop();

    const original = await machine.daemon(good, { options: ['--reload-despite-errors'] });
    await original.reload(bad);
    await machine.untilAddress('10.88.0.111/24');
    await original.stop();
  });

  it('refuses a file that is gone, an interface that is not there and what needs a new start', async () => {
    const good = quick + instance({ interval });
    const daemon = await machine.daemon(good);
    await machine.untilAddress(vip);
    await machine.run(['mv', configurationFile, '/tmp/away']);
    daemon.signal('SIGHUP');
    await daemon.untilLog('Reload refused', 1);
    await daemon.reload(good.replace('eth0', 'eth7'));
    expect(daemon.log.findLast((line) => line.includes('Reload refused'))).toContain('there is no interface eth7');
    await daemon.reload(`instance other\n${good}`);
    expect(daemon.log.findLast((line) => line.includes('Reload refused'))).toMatch(
      /instance was not set and is "other"/,
    );
    expect(daemon.said('Reload refused')).toBe(3);
    expect(await machine.addresses()).toContain(vip);
    await daemon.reload(good);
    expect(daemon.said('Reload complete')).toBe(1);
    await daemon.stop();
  });

  it('carries out one more, not twenty, for twenty signals during one', async () => {
    const daemon = await machine.daemon(quick + instance({ interval }));
    for (let count = 0; count < 20; count++) daemon.signal('SIGHUP');
    await sleep(0);
    daemon.signal('SIGHUP');
    machine.write(configurationFile, quick + instance({ interval, addresses: ['10.88.0.113/24'] }));
    daemon.signal('SIGHUP');
    await machine.untilAddress('10.88.0.113/24');
    expect(daemon.said('Reloading')).toBeLessThan(10);
    await daemon.stop();
  });

  it('reads the files of include', async () => {
    machine.write('/etc/keepalived/services/one.conf', instance({ interval }));
    const daemon = await machine.daemon(`${quick}include services/*.conf\n`);
    await machine.untilAddress(vip);
    machine.write(
      '/etc/keepalived/services/two.conf',
      instance({ interval, name: 'VI_2', id: 52, addresses: ['10.88.0.200/24'] }),
    );
    daemon.signal('SIGHUP');
    await machine.untilAddress('10.88.0.200/24');
    await machine.run(['rm', '/etc/keepalived/services/one.conf']);
    daemon.signal('SIGHUP');
    await machine.untilNoAddress(vip);
    machine.write('/etc/keepalived/services/two.conf', 'vrrp_instance broken {');
    const before = daemon.said('Reload refused');
    daemon.signal('SIGHUP');
    await daemon.untilLog('Reload refused', before + 1);
    expect(daemon.log.findLast((line) => line.includes('Reload refused'))).toContain('services/two.conf:1:');
    await daemon.stop();
    await machine.run(['rm', '-r', '/etc/keepalived/services']);
  });

  it('starts a process whose configuration appears and stops one whose configuration is gone', async () => {
    const daemon = await machine.daemon(quick);
    expect(daemon.children).toEqual([]);
    await daemon.reload(quick + instance({ interval }));
    await machine.untilAddress(vip);
    expect(daemon.children).toHaveLength(1);
    await daemon.reload(quick);
    expect(daemon.children).toEqual([]);
    expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
    await daemon.reload(quick + instance({ interval }));
    await machine.untilAddress(vip);
    expect(await daemon.stop()).toBe(0);
    expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
  });
});
