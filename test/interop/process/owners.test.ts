// Two routers that both say they own the address (priority 255), one of them Debian's keepalived.
import { afterAll, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { sleep, until } from '../../../lab/lib/clock.ts';
import { Daemon, Machine, configurationFile, instance, patience, quick } from './machine.ts';

const vip = '10.88.0.100/24';
const interval = 0.2;
const configuration = quick + instance({ state: 'MASTER', priority: 255, interval });

const cleanUp = new CleanUp();
afterAll(async () => expect(await cleanUp.run()).toEqual([]));

it.each([
  { ours: 'the lower', position: 0 },
  { ours: 'the higher', position: 1 },
] as const)('agree on one master if we have $ours address', async ({ position }) => {
  const pair = await Machine.pair(cleanUp);
  const [mine, other] = position === 0 ? pair : [pair[1], pair[0]];
  other.write(configurationFile, configuration);
  const debian = new Daemon(
    other,
    other.start('Debian', ['/usr/sbin/keepalived', '-n', '-l', '-D', '-f', configurationFile]),
  );
  await debian.untilLog('Entering MASTER STATE');
  // The cable works on both ends.
  await sleep(500);
  const ours = await mine.daemon(configuration);
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
  await debian.stop();
  await mine.untilAddress(vip);
  await ours.stop();
});
