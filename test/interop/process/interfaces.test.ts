// What becomes of a master's addresses when somebody works on its interface: another name, another hardware address, made
// again; and when a reload changes what stands beside an address. The end states are those of Debian's keepalived 2.2.7
// where docs/differences.md does not say otherwise.
import { expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { instance, patience, provideMachine, quick } from './machine.ts';
import type { Machine } from './machine.ts';

let machine: Machine;
provideMachine('interfaces', 'all tests', (made) => (machine = made));

const vip = '10.88.0.100/24';
const global = quick.replace('}', '    dynamic_interfaces\n}');
const configuration = (more = '', ...addresses: string[]): string =>
  global + instance({ interval: 0.2, more, addresses: addresses.length > 0 ? addresses : [vip] });

it('an interface that gets another name loses them, and has them again under its own', async () => {
  const daemon = await machine.daemon(configuration());
  await machine.untilAddress(vip);
  // A kernel before 6.2 renames only what is down.
  const { code } = await machine.run(['ip', 'link', 'set', 'eth0', 'name', 'other'], { accept: 'any' });
  if (code !== 0) await machine.ip('link set eth0 down', 'link set eth0 name other', 'link set other up');
  await machine.untilNoAddress(vip, 'other');
  await daemon.untilLog('Entering FAULT STATE');
  expect(await machine.addresses('other')).toEqual(['10.88.0.1/24']);
  if (code === 0) await daemon.untilLog('Interface eth0 is called other now: removing 10.88.0.100 from it');
  await machine.ip('link set other down', 'link set other name eth0', 'link set eth0 up');
  await machine.untilAddress(vip);
  await daemon.stop();
  expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
});

it('one that is deleted and made again has them again with dont_track_primary', async () => {
  const daemon = await machine.daemon(configuration('dont_track_primary\n    mcast_src_ip 10.88.0.1'));
  await machine.untilAddress(vip);
  await machine.ip('link del eth0');
  await machine.ethernet('10.88.0.1/24');
  await machine.untilAddress(vip);
  await daemon.stop();
  expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
});

it('an address of the machine that came after ours stays when ours goes', async () => {
  const daemon = await machine.daemon(configuration('mcast_src_ip 10.88.0.1'));
  await machine.untilAddress(vip);
  await machine.ip('addr del 10.88.0.1/24 dev eth0');
  // The kernel took ours along, which was a secondary; it comes back as the first one.
  await machine.untilAddress(vip);
  await until('ours is the first', { within: patience, every: 20 }, async () => {
    const { stdout } = await machine.run(['ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0', 'primary']);
    return stdout.includes('10.88.0.100');
  });
  await machine.ip('addr add 10.88.0.1/24 dev eth0');
  expect(await machine.addresses()).toEqual([vip, '10.88.0.1/24']);
  await daemon.stop();
  expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
  const { stdout } = await machine.run(['cat', '/proc/sys/net/ipv4/conf/eth0/promote_secondaries']);
  expect(stdout.trim()).toBe('0');
});

it('another hardware address is announced to the neighbours', async () => {
  const daemon = await machine.daemon(configuration());
  await machine.untilAddress(vip);
  const wire = machine.start('tcpdump', ['tcpdump', '-l', '-e', '-n', '-i', 'eth0w', 'arp']);
  await until('tcpdump listens', { within: patience, every: 10 }, () =>
    wire.lines.some(({ text }) => text.includes('listening on')),
  );
  await machine.ip('link set eth0 address 02:00:00:00:00:77');
  await until('an announcement', { within: patience, every: 10 }, () =>
    wire.lines.some(({ text }) => /02:00:00:00:00:77 > ff:ff.*10\.88\.0\.100/.test(text)),
  );
  await wire.stop();
  await daemon.stop();
});

it('a reload with another label or peer writes them anew and leaves nothing behind', async () => {
  const peer = (last: number): string => `10.88.0.101/32 peer 10.99.0.${last}`;
  const shown = async (): Promise<string[]> => {
    const { stdout } = await machine.run(['ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0']);
    const lines = stdout.split('\n').filter((line) => line.includes('10.88.0.10'));
    return lines.map((line) => line.replace(/^.*inet (.*?)\\.*$/, '$1').trim()).sort();
  };
  const untilShown = (last: number): Promise<unknown> =>
    until('both are as configured', { within: patience, every: 20 }, async () => {
      const wanted = [
        `10.88.0.100/24 scope global secondary eth0:${last}`,
        `10.88.0.101 peer 10.99.0.${last}/32 scope global eth0`,
      ];
      return (await shown()).join() === wanted.join();
    });
  const daemon = await machine.daemon(configuration('', `${vip} label eth0:1`, peer(1)));
  await untilShown(1);
  await daemon.reload(configuration('', `${vip} label eth0:2`, peer(2)));
  await untilShown(2);
  expect(daemon.said(/removed from|Entering BACKUP STATE: /)).toBe(0);
  await daemon.stop();
  expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
});

it('a VMAC that somebody renames is made anew, and none is left behind', async () => {
  const daemon = await machine.daemon(configuration('use_vmac'));
  await machine.untilAddress(vip, 'vrrp.51');
  const { code } = await machine.run(['ip', 'link', 'set', 'vrrp.51', 'name', 'mine'], { accept: 'any' });
  if (code !== 0) await machine.ip('link set vrrp.51 down', 'link set vrrp.51 name mine');
  await daemon.untilLog('(VI_1) vrrp.51 was renamed to mine by somebody: it is removed and made anew');
  await machine.untilAddress(vip, 'vrrp.51');
  const names = async (): Promise<string[]> => {
    const { stdout } = await machine.run(['ip', '-j', 'link']);
    return (JSON.parse(stdout) as { ifname: string }[]).map(({ ifname }) => ifname).sort();
  };
  expect(await names()).toEqual(['eth0', 'eth0w', 'lo', 'vrrp.51']);
  expect(daemon.said('cannot be')).toBe(0);
  await daemon.stop();
  expect(await names()).toEqual(['eth0', 'eth0w', 'lo']);
});
