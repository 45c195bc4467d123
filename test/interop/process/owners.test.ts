// Two routers that both say they own the address (priority 255), one of them Debian's keepalived.
import { expect } from 'vitest';
import { sleep, until } from '../../../lab/lib/clock.ts';
import { scenesAtOnce, type Play } from '../vrrp/fair-play.ts';
import { Daemon, Machine, configurationFile, instance, patience, quick } from './machine.ts';

const vip = '10.88.0.100/24';
const interval = 0.2;
const configuration = quick + instance({ state: 'MASTER', priority: 255, interval });
/** In the words of both. */
const complaint = 'local instance and a remote instance are both configured as address owner, please fix';

async function startDebian(machine: Machine): Promise<Daemon> {
  machine.write(configurationFile, configuration);
  const command = ['/usr/sbin/keepalived', '-n', '-l', '-D', '-f', configurationFile];
  const debian = new Daemon(machine, machine.start('Debian', command));
  await debian.untilLog('Startup complete');
  return debian;
}

/**
 * The one that runs already hears the newcomer and complains. Whoever gives way says nothing more, so that the newcomer
 * hears of it only if it is answered: by this daemon with the higher address.
 * @param position 0: this daemon has the lower address
 */
function conflict(first: 'ours' | 'debian', position: 0 | 1): Play {
  return async (cleanUp) => {
    const pair = await Machine.pair(cleanUp);
    await Promise.all(
      pair.map((machine) =>
        until('a cable that works', { within: patience, every: 20 }, async () => {
          const { stdout } = await machine.run(['ip', '-br', 'link', 'show', 'dev', 'eth0']);
          return / UP /.test(stdout);
        }),
      ),
    );
    const [mine, other] = position === 0 ? pair : [pair[1], pair[0]];
    const started = new Map<string, Daemon>();
    for (const kind of first === 'ours' ? ['ours', 'debian'] : ['debian', 'ours']) {
      started.set(kind, kind === 'ours' ? await mine.daemon(configuration) : await startDebian(other));
      if (kind === first) await (kind === 'ours' ? mine : other).untilAddress(vip);
    }
    const [ours, debian] = [started.get('ours'), started.get('debian')];
    if (ours === undefined || debian === undefined) throw new Error('two daemons');
    const masters = async (): Promise<number> => {
      const addresses = await Promise.all(pair.map((machine) => machine.addresses()));
      return addresses.filter((held) => held.includes(vip)).length;
    };
    // One master, for longer than an election takes.
    await until('one master that stays', { within: patience }, async () => {
      if ((await masters()) !== 1) return false;
      await sleep(10 * interval * 1000);
      return (await masters()) === 1;
    });
    if (first === 'debian') {
      expect(ours.said('Entering MASTER STATE: we own the addresses')).toBe(1);
      await debian.untilLog(complaint);
    } else if (debian.said('Entering MASTER STATE') > 0) {
      // Debian's that hears us before it has spoken for the first time stays backup, without a word.
      await ours.untilLog(complaint);
      if (position === 1) await debian.untilLog(complaint);
    }
    await debian.stop();
    await mine.untilAddress(vip);
    await ours.stop();
  };
}

scenesAtOnce({
  'there is one master, the first one complains: ours, of lower address': conflict('ours', 0),
  'there is one master, the first one complains: ours, of higher address': conflict('ours', 1),
  "there is one master, the first one complains: Debian's, of higher address": conflict('debian', 0),
  "there is one master, the first one complains: Debian's, of lower address": conflict('debian', 1),
});
