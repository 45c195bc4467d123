// A VRRP process that is stopped for longer than the others wait, beside Debian's keepalived, which takes over meanwhile.
import { afterAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { sleep, until } from '../../../lab/lib/clock.ts';
import { Daemon, Machine, configurationFile, instance, patience, quick } from './machine.ts';

const interval = 0.2;
/** Longer than the master-down interval of the other router, which is below 0.8 s. */
const stopped = 2000;

const cleanUp = new CleanUp();
afterAll(async () => expect(await cleanUp.run()).toEqual([]));

interface Scene {
  readonly ours: Daemon;
  readonly debian: Daemon;
  /** Times (milliseconds since 1970) and priorities of what our router sent. */
  readonly sent: () => { time: number; priority: number }[];
  /** Stops our VRRP process until the other router is master, and longer. @returns when it was let go on */
  readonly pause: () => Promise<number>;
}

async function scene(more: string): Promise<Scene> {
  const [left, right] = await Machine.pair(cleanUp);
  const wire = right.start('tcpdump', [
    'tcpdump',
    '-tt',
    '-l',
    '-n',
    '-i',
    'eth0',
    'src host 10.88.0.1 and ip proto 112',
  ]);
  await until('tcpdump listens', { within: patience }, () =>
    wire.lines.some(({ text }) => text.includes('listening on')),
  );
  const ours = await left.daemon(quick + instance({ state: 'BACKUP', interval, priority: 150, more }));
  await left.untilAddress('10.88.0.100/24');
  right.write(configurationFile, quick + instance({ state: 'BACKUP', interval, priority: 100, more }));
  const running = right.start('Debian', ['/usr/sbin/keepalived', '-n', '-l', '-D', '-f', configurationFile]);
  const debian = new Daemon(right, running);
  await debian.untilLog('Entering BACKUP STATE');
  return {
    ours,
    debian,
    sent: () =>
      wire.lines.flatMap(({ text }) => {
        const found = /^(\d+\.\d+) .*prio (\d+),/.exec(text);
        return found ? [{ time: Number(found[1]) * 1000, priority: Number(found[2]) }] : [];
      }),
    pause: async () => {
      const { vrrpPid } = ours;
      process.kill(vrrpPid, 'SIGSTOP');
      try {
        await debian.untilLog('Entering MASTER STATE');
        await sleep(stopped);
      } finally {
        process.kill(vrrpPid, 'SIGCONT');
      }
      return Date.now();
    },
  };
}

describe('a VRRP process that was stopped while another router took over', () => {
  it('says so, does not answer what is long past, and is master again after the first fresh advertisement', async () => {
    const { debian, ours, pause, sent } = await scene('');
    const goesOn = await pause();
    await debian.untilLog('Entering BACKUP STATE', 2);
    await ours.untilLog(/was not run for [\d.]+ s after its timer: listening for/);
    expect(ours.said('Entering BACKUP STATE')).toBe(1);
    // Ten or more advertisements of the other router were waiting: each of them an answer would be as many at once.
    const early = sent().filter(({ time }) => time >= goesOn - 100 && time < goesOn + 100);
    expect(early.length).toBeLessThanOrEqual(2);
    await Promise.all([ours.stop(), debian.stop()]);
  });

  it('with nopreempt leaves it the mastership without a word', async () => {
    const { debian, ours, pause, sent } = await scene('nopreempt');
    const goesOn = await pause();
    await ours.untilLog('Entering BACKUP STATE', 2);
    await ours.machine.untilNoAddress('10.88.0.100/24');
    await sleep(1000);
    expect(sent().filter(({ time }) => time >= goesOn - 100)).toEqual([]);
    expect(debian.said('Entering BACKUP STATE')).toBe(1);
    expect(ours.log.find((line) => line.includes('Entering BACKUP STATE: not run for too long'))).toBeDefined();
    await Promise.all([ours.stop(), debian.stop()]);
  });
});
