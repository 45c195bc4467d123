// What a master does when somebody removes its address: this daemon as it comes, with the original's way, and the original.
import { describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { Daemon, configurationFile, instance, patience, provideMachine, quick } from './machine.ts';
import type { Machine } from './machine.ts';

let machine: Machine;
provideMachine('removed', 'each test', (made) => (machine = made));

const vip = '10.88.0.100/24';
const configuration = (more: string): string => quick + instance({ state: 'BACKUP', interval: 0.2, more });

/** Removes the address from a master and waits until it is back. @returns priorities on the wire from then on */
async function remove(daemon: Daemon): Promise<number[]> {
  const wire = machine.start('tcpdump', ['tcpdump', '-l', '-n', '-i', 'eth0w', 'ip proto 112']);
  const priorities = (): number[] =>
    wire.lines.flatMap(({ text }) => {
      const found = /prio (\d+),/.exec(text);
      return found ? [Number(found[1])] : [];
    });
  await until('an advertisement is heard', { within: patience, every: 10 }, () => priorities().length > 0);
  const before = priorities().length;
  await machine.ip(`addr del ${vip} dev eth0`);
  await machine.untilAddress(vip);
  await until('advertisements again', { within: patience, every: 10 }, () => priorities().length > before + 4);
  await daemon.stop();
  return priorities().slice(before, before + 4);
}

function original(): Daemon {
  machine.write(configurationFile, configuration(''));
  return new Daemon(
    machine,
    machine.start('Debian', ['/usr/sbin/keepalived', '-n', '-l', '-D', '-f', configurationFile]),
  );
}

/** States after the start, in their order. */
const states = (daemon: Daemon): string[] =>
  daemon.log.flatMap((line) => /Entering (MASTER|BACKUP|FAULT) STATE/.exec(line)?.[1] ?? []);

describe('an address that somebody removes from a master', () => {
  it('is back while the master stays master', async () => {
    const daemon = await machine.daemon(configuration(''));
    await machine.untilAddress(vip);
    expect(await remove(daemon)).toEqual([150, 150, 150, 150]);
    expect(states(daemon)).toEqual(['BACKUP', 'MASTER']);
  });

  it('is back after a resignation with step_down_on_removal, as with the original', async () => {
    const theirs = original();
    await machine.untilAddress(vip);
    const expected = await remove(theirs);
    expect(expected).toContain(0);
    const daemon = await machine.daemon(configuration('step_down_on_removal'));
    await machine.untilAddress(vip);
    expect((await remove(daemon)).filter((priority) => priority === 0)).toEqual([0]);
    expect(states(daemon)).toEqual(['BACKUP', 'MASTER', 'BACKUP', 'MASTER']);
    expect(states(daemon)).toEqual(states(theirs));
  });

  it('is not imagined by a master that sets more addresses than the kernel tells of in one go', async () => {
    const addresses = Array.from({ length: 200 }, (_, index) => `10.99.0.${index + 1}/32`);
    const daemon = await machine.daemon(quick + instance({ interval: 0.2, addresses }));
    await machine.untilAddress(addresses.at(-1)!);
    expect(await daemon.stop()).toBe(0);
    expect(daemon.said('removed from')).toBe(0);
    expect(daemon.said('puts it back')).toBe(0);
  });
});
