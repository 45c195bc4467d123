/** What the engine says ahead of its intents, for a process that has to be on time. */
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { address, instance, vrrpConfiguration } from './configuration.ts';

const backup = instance({ name: 'VI_1', virtualAddresses: [address('192.0.2.100', 'eth0')] });

describe('an advertisement', () => {
  it('is told of before what comes behind it is worked out, and is among the intents too', () => {
    const second = { ...backup, name: 'VI_2', virtualRouterId: 52 };
    const bench = new Bench(vrrpConfiguration({ instances: [backup, second] }));
    const told: string[] = [];
    const logged: string[] = [];
    // The digests are not asked for; the moment of telling shows in the state of the second instance.
    bench.engine.tellAdvertisements((intent) => {
      told.push(intent.instance);
      logged.push(bench.status(intent.instance === 'VI_1' ? 'VI_2' : 'VI_1').state);
    });
    bench.start();
    const intents = bench.pass(3700);
    expect(told).toEqual(['VI_1', 'VI_2']);
    // RFC 3768: both timers expire at once; the first has spoken while the second is still backup.
    expect(logged).toEqual(['BACKUP', 'MASTER']);
    expect(intents.filter(({ type }) => type === 'send-advertisement')).toHaveLength(2);
  });
});

describe('a timer is urgent', () => {
  it('while a backup waits for its master, and not when a master advertises', () => {
    const bench = new Bench(backup);
    expect(bench.engine.takeoverIsNext()).toBe(false);
    bench.start();
    expect(bench.engine.takeoverIsNext()).toBe(true);
    bench.untilMaster();
    expect(bench.engine.takeoverIsNext()).toBe(false);
  });
});
