/** interface_up_down_delays: reference, behaviour A6. */
import { describe, expect, it } from 'vitest';
import type { VrrpConfiguration } from '../../../src/config/model.ts';
import { at } from '../../support/models.ts';
import { Bench } from './bench.ts';
import { instance, link, vrrpConfiguration } from './configuration.ts';

function configuration(down: number, up: number, changes: Parameters<typeof instance>[0] = {}): VrrpConfiguration {
  return vrrpConfiguration({
    instances: [instance(changes)],
    interfaceDelays: [{ interface: 'eth0', down, up, at }],
  });
}

function running(down: number, up: number, changes: Parameters<typeof instance>[0] = {}): Bench {
  const bench = new Bench(configuration(down, up, changes));
  bench.start();
  return bench;
}

const cable = (bench: Bench, up: boolean) => bench.links([link('eth0', up), link('eth1')]);

describe('a link that goes down', () => {
  it('counts after the delay', () => {
    const bench = running(500, 0);
    cable(bench, false);
    bench.pass(499);
    expect(bench.status().state).toBe('BACKUP');
    bench.pass(1);
    expect(bench.status()).toMatchObject({ state: 'FAULT', reason: 'interface eth0 is down' });
  });

  it('and comes back in time was never down', () => {
    const bench = running(500, 10_000);
    cable(bench, false);
    bench.pass(400);
    cable(bench, true);
    bench.pass(2000);
    expect(bench.status().state).toBe('BACKUP');
    // The next time begins anew.
    cable(bench, false);
    bench.pass(499);
    expect(bench.status().state).toBe('BACKUP');
  });

  it('further news of it do not begin the delay anew', () => {
    const bench = running(500, 0);
    cable(bench, false);
    bench.pass(300);
    cable(bench, false);
    bench.pass(200);
    expect(bench.status().state).toBe('FAULT');
  });

  it('counts before the others have noticed the silence, however long the delay', () => {
    const bench = running(60_000, 0, { downTimerAdvertisements: 3, advertisementInterval: 1000 });
    cable(bench, false);
    bench.pass(2000);
    expect(bench.status().state).toBe('FAULT');
  });

  it('counts at once where a single missed advertisement makes a new master', () => {
    const bench = running(60_000, 0, { downTimerAdvertisements: 1 });
    cable(bench, false);
    expect(bench.status().state).toBe('FAULT');
  });
});

describe('a link that comes up', () => {
  it('counts after its own delay, which has no limit', () => {
    const bench = running(0, 30_000);
    cable(bench, false);
    expect(bench.status().state).toBe('FAULT');
    cable(bench, true);
    bench.pass(29_999);
    expect(bench.status().state).toBe('FAULT');
    bench.pass(1);
    expect(bench.status().state).toBe('BACKUP');
  });

  it('is as it is at the start and when the interface is made anew', () => {
    const bench = running(500, 30_000);
    expect(bench.status().state).toBe('BACKUP');
    bench.links([link('eth1')]);
    expect(bench.status()).toMatchObject({ state: 'FAULT', reason: 'interface eth0 is missing' });
    cable(bench, true);
    expect(bench.status().state).toBe('BACKUP');
  });
});

describe('other interfaces and reloads', () => {
  it('an interface without delay counts at once', () => {
    const tracked = [{ interface: 'eth1', weight: 0, reverse: false }];
    const bench = running(500, 500, { trackInterfaces: tracked });
    bench.links([link('eth0'), link('eth1', false)]);
    expect(bench.status().state).toBe('FAULT');
  });

  it('a reload without delays lets the state of the link count', () => {
    const bench = running(500, 0);
    cable(bench, false);
    bench.reload(instance());
    expect(bench.status().state).toBe('FAULT');
  });

  it('a reload with them goes on waiting', () => {
    const bench = running(500, 0);
    cable(bench, false);
    bench.pass(300);
    bench.reload(configuration(500, 0));
    bench.pass(199);
    expect(bench.status().state).toBe('BACKUP');
    bench.pass(1);
    expect(bench.status().state).toBe('FAULT');
  });
});
