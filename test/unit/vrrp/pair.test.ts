/** The pair example: each balancer is master for one service and backup for the other. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { VrrpConfiguration } from '../../../src/config/model.ts';
import { address, instance, vrrpConfiguration } from './configuration.ts';
import { SimulatedLan } from './simulated-lan.ts';
import type { SimulatedRouter } from './simulated-lan.ts';

const authentication = { type: 'PASS', password: 'pass' } as const;

function configuration(first: boolean): VrrpConfiguration {
  const trackInterfaces = ['eth0', 'eth1'].map((name) => ({ interface: name, weight: 0, reverse: false }));
  const common = { authentication, trackInterfaces };
  return vrrpConfiguration({
    instances: [
      instance({
        ...common,
        name: 'VI_1',
        virtualRouterId: 51,
        initialState: first ? 'MASTER' : 'BACKUP',
        priority: first ? 150 : 100,
        virtualAddresses: [address('198.51.100.141', 'eth1')],
      }),
      instance({
        ...common,
        name: 'VI_2',
        virtualRouterId: 52,
        initialState: first ? 'BACKUP' : 'MASTER',
        priority: first ? 100 : 150,
        virtualAddresses: [address('198.51.100.140', 'eth1')],
      }),
    ],
  });
}

/** Version 2, RFC 3768 section 6.1: skew = (256 - priority) / 256 s. */
const SKEW_100 = 609.375;

describe('a pair of balancers', () => {
  let lan: SimulatedLan;
  let first: SimulatedRouter;
  let second: SimulatedRouter;

  beforeEach(() => {
    lan = new SimulatedLan();
    first = lan.add(configuration(true));
    second = lan.add(configuration(false));
    first.start();
    second.start();
    lan.run(10_000);
  });

  it('settles with each on its own service, addresses on one machine only', () => {
    expect(lan.masters('VI_1')).toEqual(['R1']);
    expect(lan.masters('VI_2')).toEqual(['R2']);
    expect([...first.virtualAddresses]).toEqual(['eth1|198.51.100.141']);
    expect([...second.virtualAddresses]).toEqual(['eth1|198.51.100.140']);
  });

  it('`state MASTER` waits one interval and the minimal skew only', () => {
    // RFC 5798 has no such start; the original's is advert_int + 1/256 s.
    expect(first.events.find((event) => event.kind === 'vrrp-instance' && event.to === 'MASTER')?.at).toBe(
      1000 + 1003.90625,
    );
  });

  it('a crash is answered after exactly three intervals and the skew of the backup', () => {
    const last = first.sent.at(-1)?.at ?? 0;
    first.crash();
    lan.run(10_000);
    const takeover = second.events.find(
      (event) => event.kind === 'vrrp-instance' && event.instance === 'VI_1' && event.to === 'MASTER',
    );
    expect(takeover?.at).toBe(last + 3000 + SKEW_100);
    expect(takeover?.reason).toBe('no advertisement from 192.0.2.1 for 3.609 s');
    expect([...second.virtualAddresses].sort()).toEqual(['eth1|198.51.100.140', 'eth1|198.51.100.141']);
    expect(second.log.map((line) => line.message)).toContain(
      '(VI_1) Entering MASTER STATE: no advertisement from 192.0.2.1 for 3.609 s',
    );
  });

  it('the switch learns of a takeover: five gratuitous ARPs at once, five again after five seconds', () => {
    first.crash();
    lan.run(20_000);
    const takeover = second.events.find(
      (event) => event.kind === 'vrrp-instance' && event.instance === 'VI_1' && event.to === 'MASTER',
    );
    const times = second.frames
      .filter(({ frame }) => frame[12] === 8 && frame[13] === 6 && frame[31] === 141)
      .map(({ at }) => at - (takeover?.at ?? 0));
    expect(times).toEqual([0, 0, 0, 0, 0, 5000, 5000, 5000, 5000, 5000]);
  });

  it('the returning master takes its own address back and leaves the other', () => {
    first.crash();
    lan.run(10_000);
    first.virtualAddresses.clear();
    first.start();
    const returned = lan.now;
    lan.run(10_000);
    expect(lan.masters('VI_1')).toEqual(['R1']);
    expect(lan.masters('VI_2')).toEqual(['R2']);
    expect([...second.virtualAddresses]).toEqual(['eth1|198.51.100.140']);
    const back = first.events.filter((event) => event.kind === 'vrrp-instance' && event.to === 'MASTER').at(-1);
    expect((back?.at ?? 0) - returned).toBe(1003.90625);
  });

  it('what a crash left behind on the interface is removed at the next start, before anything is sent', () => {
    first.crash();
    lan.run(10_000);
    expect([...first.virtualAddresses]).toEqual(['eth1|198.51.100.141']);
    first.start();
    expect([...first.virtualAddresses]).toEqual([]);
  });

  it('a clean stop is answered within the skew', () => {
    const stopped = lan.now;
    first.stop();
    expect([...first.virtualAddresses]).toEqual([]);
    lan.run(5000);
    const takeover = second.events.find(
      (event) => event.kind === 'vrrp-instance' && event.instance === 'VI_1' && event.to === 'MASTER',
    );
    expect((takeover?.at ?? 0) - stopped).toBe(SKEW_100);
    expect(takeover?.reason).toContain('resigned (priority 0)');
  });

  it('stop: priority 0 before the address goes, events last', () => {
    const before = first.intents.length;
    first.stop();
    const types = first.intents.slice(before).filter((intent) => intent.type !== 'log');
    expect(types.map((intent) => intent.type)).toEqual(['send-advertisement', 'reconcile-addresses', 'event', 'event']);
    expect(first.sent.at(-1)?.priority).toBe(0);
  });

  it('an interface that goes down on one machine moves both services to the other, and one back', () => {
    first.setLink('eth1', false);
    lan.run(5000);
    expect(lan.masters('VI_1')).toEqual(['R2']);
    expect(first.engine.status()[0]).toMatchObject({ state: 'FAULT', reason: 'interface eth1 is down' });
    first.setLink('eth1', true);
    lan.run(5000);
    expect(lan.masters('VI_1')).toEqual(['R1']);
    expect(lan.masters('VI_2')).toEqual(['R2']);
  });

  it('advertises exactly once an interval', () => {
    const before = first.sent.length;
    lan.run(100_000);
    expect(first.sent.length - before).toBe(100);
  });

  it('an instance added by reload, first on the backup, then on the master', () => {
    const extended = (own: boolean): VrrpConfiguration => ({
      ...configuration(own),
      instances: [
        ...configuration(own).instances,
        instance({
          authentication,
          name: 'VI_3',
          virtualRouterId: 53,
          initialState: own ? 'MASTER' : 'BACKUP',
          priority: own ? 150 : 100,
          virtualAddresses: [address('198.51.100.142', 'eth1')],
        }),
      ],
    });
    second.reload(extended(false));
    lan.run(1000);
    first.reload(extended(true));
    lan.run(10_000);
    expect(lan.masters('VI_3')).toEqual(['R1']);
    expect(lan.masters('VI_1')).toEqual(['R1']);
    expect(first.events.filter((event) => event.kind === 'vrrp-instance' && event.instance === 'VI_1')).toHaveLength(2);
  });
});
