// What an operator sets beside the file, with Debian's keepalived as the other router.
import { expect } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { scenesAtOnce } from '../vrrp/fair-play.ts';
import { Daemon, Machine, configurationFile, instance, keepalivectl, patience, quick } from './machine.ts';

const vip = '10.88.0.100/24';
/** A busy machine must be silent for three of them before somebody takes over. Seconds. */
const interval = 0.5;
const configuration = (priority: number) => quick + instance({ priority, interval });

async function startDebian(machine: Machine): Promise<Daemon> {
  machine.write(configurationFile, configuration(100));
  const command = ['/usr/sbin/keepalived', '-n', '-l', '-D', '-f', configurationFile];
  const debian = new Daemon(machine, machine.start('Debian', command));
  await debian.untilLog('Startup complete');
  return debian;
}

async function operate(machine: Machine, ...words: string[]): Promise<string> {
  return (await machine.run([keepalivectl, 'vrrp', ...words])).stdout;
}

scenesAtOnce({
  'a released instance gives way to the other router over reload and death, until auto; a priority ends by itself':
    async (cleanUp) => {
      const [mine, other] = await Machine.pair(cleanUp);
      const ours = await mine.daemon(configuration(150));
      const debian = await startDebian(other);
      await mine.untilAddress(vip);
      // Its cable takes a moment, too; before that it hears nothing.
      await debian.untilLog('(VI_1) Entering BACKUP STATE');

      expect(await operate(mine, 'VI_1', 'release')).toMatch(/^instance VI_1: released by the operator\n/);
      await other.untilAddress(vip);
      await mine.untilNoAddress(vip);
      // In its words: it did not have to wait for silence.
      await debian.untilLog(/received priority 0/i);
      await ours.untilLog('(VI_1) Entering BACKUP STATE: released by the operator');
      const became = ours.said('Entering MASTER STATE');

      process.kill(ours.pid, 'SIGHUP');
      await ours.untilLog('Reload complete');
      const before = ours.vrrpPid;
      // The first process may have begun in FAULT: a cable takes a moment.
      const begun = ours.said('Entering BACKUP STATE (init)');
      process.kill(before, 'SIGKILL');
      await until('another VRRP process', { within: patience, every: 50 }, () => {
        try {
          return ![0, before].includes(ours.vrrpPid);
        } catch {
          return false;
        }
      });
      await ours.untilLog('(VI_1) Entering BACKUP STATE (init)', begun + 1);
      // The new process says so itself.
      await until('words of the new process', { within: patience, every: 200 }, async () =>
        /"words":\s*"release"/.test((await mine.run([keepalivectl, 'status', '--json'], { accept: 'any' })).stdout),
      );
      expect(await operate(mine, 'list')).toMatch(/^instance VI_1: release \(for /);
      expect(await other.addresses()).toContain(vip);
      expect(ours.said('Entering MASTER STATE')).toBe(became);

      expect(await operate(mine, 'VI_1', 'auto')).toBe('instance VI_1: release taken back, the file counts again\n');
      await mine.untilAddress(vip);
      await other.untilNoAddress(vip);

      await operate(mine, 'VI_1', 'priority', '50', '--for', '8s');
      await other.untilAddress(vip);
      await mine.untilNoAddress(vip);
      await ours.untilLog('instance VI_1: the 8s of priority 50 are over, the file counts again');
      await mine.untilAddress(vip);
      await other.untilNoAddress(vip);
      await debian.stop();
      await ours.stop();
    },
});
