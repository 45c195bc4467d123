/** The script for a real server of direct routing, run on one: it takes the service's packets and announces nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import { keepalivectl, Machine, patience } from '../process/machine.ts';

const virtualAddress = '10.88.0.100';
const script = '/run/lvs-realserver';

describe('a real server of direct routing', () => {
  const cleanUp = new CleanUp();
  /** The balancer's place, and the real server. */
  let left: Machine;
  let right: Machine;

  /** Whether somebody answers an ARP probe (RFC 5227) for the virtual address. */
  async function answersArp(): Promise<boolean> {
    const { code } = await left.run(['arping', '-D', '-c', '2', '-w', '5', '-I', 'eth0', virtualAddress], {
      accept: 'any',
    });
    // Duplicate address detection of arping(8): 1 means that somebody answered.
    return code === 1;
  }

  beforeAll(async () => {
    [left, right] = await Machine.pair(cleanUp);
    const { stdout } = await left.run([keepalivectl, 'realserver', virtualAddress, '2001:db8::100', '--method', 'dr']);
    right.write(script, stdout);
  });

  afterAll(async () => {
    expect(await cleanUp.run()).toEqual([]);
  });

  it('answers ARP while the address is on its interface: that is the mistake', async () => {
    await right.ip(`addr add ${virtualAddress}/32 dev eth0`);
    await until('the address answers', { within: patience }, answersArp);
    await right.ip(`addr del ${virtualAddress}/32 dev eth0`);
  });

  it('does not once the script has put it where it belongs, and takes packets for it all the same', async () => {
    await right.run(['sysctl', '-q', '-w', 'net.ipv6.conf.lo.disable_ipv6=0']);
    await right.run(['sh', script]);
    // Again is no mistake.
    await right.run(['sh', script, 'start']);
    expect(await right.addresses('lo')).toContain(`${virtualAddress}/32`);
    const { stdout: six } = await right.run(['ip', '-6', 'addr', 'show', 'dev', 'lo']);
    expect(six).toContain('2001:db8::100/128');
    expect(await answersArp()).toBe(false);
    // As a balancer sends it: the virtual address, to the hardware address of the real server.
    const { stdout: links } = await right.run(['ip', '-j', 'link', 'show', 'dev', 'eth0']);
    const [{ address }] = JSON.parse(links) as [{ address: string }];
    await left.ip(`neigh replace ${virtualAddress} lladdr ${address} dev eth0 nud permanent`);
    await until('the real server answers for the virtual address', { within: patience }, async () => {
      const { code } = await left.run(['ping', '-c', '1', '-W', '2', virtualAddress], { accept: 'any' });
      return code === 0;
    });
  });

  it('asks nobody in the name of the virtual address', async () => {
    await right.ip('neigh flush dev eth0');
    // A gateway that is not there: the kernel asks for it, and would ask from the address of the packet.
    const watching = left.start('tcpdump', [
      'tcpdump',
      '-ni',
      'eth0',
      '--immediate-mode',
      '-l',
      'arp and arp[6:2] = 1',
    ]);
    await until('tcpdump listens', { within: patience }, () =>
      watching.lines.some(({ text }) => text.includes('listening on')),
    );
    await right.run(['ping', '-c', '1', '-W', '1', '-I', virtualAddress, '10.88.0.77'], { accept: 'any' });
    const asked = await until('the question was seen', { within: patience }, () =>
      watching.lines.find(({ text }) => text.includes('who-has 10.88.0.77')),
    );
    expect(asked.text).toContain('tell 10.88.0.2,');
    await watching.stop('SIGINT', patience);
  });

  it('is without it after stop', async () => {
    await right.run(['sh', script, 'stop']);
    expect(await right.addresses('lo')).not.toContain(`${virtualAddress}/32`);
  });
});
