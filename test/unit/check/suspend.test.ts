/** ha_suspend: checks wait while the virtual address is on another machine (behaviour B8). */
import { describe, expect, it } from 'vitest';
import type { CheckConfiguration } from '../../../src/config/model.ts';
import { at, virtualServerModel } from '../../support/models.ts';
import { checkedServer, configuration } from './builders.ts';
import { passes, refuses, Simulation } from './simulation.ts';

const VIP = '192.168.1.54';
const check = { delayLoop: 6000, warmup: 0, retry: 0 };
const waiting = (changes: Parameters<typeof virtualServerModel>[0] = {}): CheckConfiguration =>
  configuration(virtualServerModel({ haSuspend: true, realServers: [checkedServer(2, {}, check)], ...changes }));

const starts = (simulation: Simulation): number[] => simulation.started.map(({ at: time }) => time);

describe('ha_suspend', () => {
  it('checks nobody while the address is elsewhere, and looks again after each delay_loop', () => {
    const simulation = new Simulation(waiting(), () => passes, { addresses: ['192.168.1.1'] });
    simulation.run(20_500);
    expect(simulation.started).toEqual([]);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
    simulation.addresses('192.168.1.1', VIP);
    simulation.run(30_000);
    // First due after 1 s, then every 6 s: 1, 7, 13, 19 | 25.
    expect(starts(simulation)).toEqual([25_000]);
    expect(simulation.logs.map(({ message }) => message)).toEqual([
      'Suspending checks of VS [192.168.1.54]:tcp:80: its address is not on this machine',
      'Resuming checks of VS [192.168.1.54]:tcp:80',
    ]);
  });

  it('leaves states as they are when the address goes', () => {
    const simulation = new Simulation(waiting(), () => refuses, { addresses: [VIP] });
    simulation.run(2000);
    expect(simulation.pool()).toEqual([]);
    simulation.addresses();
    simulation.answerWith(() => passes);
    simulation.run(100_000);
    expect(simulation.pool()).toEqual([]);
    expect(simulation.started).toHaveLength(1);
    simulation.addresses(VIP);
    simulation.run(110_000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
  });

  it('goes on for whom it is not written, also with a check that both share', () => {
    const servers = [checkedServer(2, {}, check)];
    const other = { kind: 'address', family: 'inet', protocol: 'tcp', address: '192.168.1.55', port: 80 } as const;
    const simulation = new Simulation(
      configuration(
        virtualServerModel({ haSuspend: true, realServers: servers }),
        virtualServerModel({ identity: other, realServers: servers }),
      ),
      () => passes,
      { addresses: [] },
    );
    simulation.run(10_000);
    expect(starts(simulation)).toEqual([1000, 7001]);
  });

  it('is ended and begun by a reload', () => {
    const simulation = new Simulation(waiting(), () => passes, { addresses: [] });
    simulation.run(500);
    simulation.reload(waiting({ haSuspend: false }));
    simulation.run(2000);
    expect(simulation.started).toHaveLength(1);
    simulation.reload(waiting());
    simulation.run(50_000);
    expect(simulation.started).toHaveLength(1);
    // A reload that changes nothing has nothing to tell.
    simulation.reload(waiting());
    expect(simulation.logs).toHaveLength(3);
    expect(simulation.engine.status().virtualServers[0]?.suspended).toBe(true);
  });

  it('of a group waits for one of its addresses', () => {
    const group = {
      name: 'G',
      entries: [{ kind: 'address', family: 'inet', address: '10.0.0.250', count: 10, port: 80 }] as const,
      at,
    };
    const grouped = {
      ...waiting({ identity: { kind: 'group', name: 'G', protocol: 'tcp' } }),
      groups: [group],
    };
    const simulation = new Simulation(grouped, () => passes, { addresses: ['10.0.1.4'] });
    simulation.run(10_000);
    expect(simulation.started).toEqual([]);
    simulation.addresses('10.0.1.3');
    simulation.run(20_000);
    expect(simulation.started.length).toBeGreaterThan(0);
  });
});
