// Polled links, with drivers that answer what the test wants.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VrrpConfiguration } from '../../../src/config/model.ts';
import { LinkPolls, polledInterfaces } from '../../../src/process/link-polls.ts';
import type { LinkAsker } from '../../../src/process/link-polls.ts';
import { at, globalModel, instanceModel } from '../../support/models.ts';
import { MemoryLog } from '../notify/memory-log.ts';
import { link, vrrpConfiguration } from '../vrrp/configuration.ts';

/** asm-generic/errno.h */
const EOPNOTSUPP = 95;
const every = 1000;

/** Answers by "interface method"; what is not there is not supported. */
class Drivers implements LinkAsker {
  readonly answers = new Map<string, number>();
  readonly asked: string[] = [];

  ask(name: string, method: string): number {
    this.asked.push(`${name} ${method}`);
    return this.answers.get(`${name} ${method}`) ?? -EOPNOTSUPP;
  }

  close(): void {
    this.asked.push('close');
  }
}

const polling = (...lines: readonly VrrpConfiguration['linkbeatInterfaces'][number][]): VrrpConfiguration =>
  vrrpConfiguration({ linkbeatInterfaces: lines });

describe('interfaces that are polled', () => {
  const instances = [
    instanceModel({ name: 'A', interface: 'eth0' }),
    instanceModel({ name: 'B', interface: 'eth1', linkbeatUsePolling: true }),
    instanceModel({ name: 'C', interface: '' }),
  ];

  it('are those of linkbeat_interfaces and of instances with the old keyword', () => {
    const vrrp = vrrpConfiguration({ instances, linkbeatInterfaces: [{ interface: 'eth2', method: 'ETHTOOL', at }] });
    expect([...polledInterfaces(vrrp, globalModel())]).toEqual([
      ['eth1', ['MII', 'ETHTOOL', 'IOCTL']],
      ['eth2', ['ETHTOOL']],
    ]);
  });

  it('are those of all instances with linkbeat_use_polling, by the method that a line names', () => {
    const vrrp = vrrpConfiguration({ instances, linkbeatInterfaces: [{ interface: 'eth0', method: 'MII', at }] });
    expect([...polledInterfaces(vrrp, globalModel({ pollLinks: true }))]).toEqual([
      ['eth0', ['MII']],
      ['eth1', ['MII', 'ETHTOOL', 'IOCTL']],
    ]);
  });
});

describe('a polled link', () => {
  let drivers: Drivers;
  let log: MemoryLog;
  let changes: number;
  let polls: LinkPolls;
  beforeEach(() => {
    vi.useFakeTimers();
    drivers = new Drivers();
    log = new MemoryLog();
    changes = 0;
    polls = new LinkPolls(
      log,
      () => changes++,
      () => drivers,
    );
  });
  afterEach(() => {
    polls.close();
    vi.useRealTimers();
  });

  const counts = (up = true): boolean | undefined => polls.apply([link('eth0', up)])[0]?.up;

  it('is what the driver says every second, whatever the kernel tells', () => {
    drivers.answers.set('eth0 MII', 1);
    polls.follow(polling({ interface: 'eth0', at }), globalModel());
    expect(counts()).toBe(true);
    drivers.answers.set('eth0 MII', 0);
    vi.advanceTimersByTime(every);
    expect(changes).toBe(1);
    expect(counts()).toBe(false);
    vi.advanceTimersByTime(5 * every);
    expect(changes).toBe(1);
    drivers.answers.set('eth0 MII', 1);
    vi.advanceTimersByTime(every);
    expect(changes).toBe(2);
    expect(counts()).toBe(true);
    expect(log.lines).toEqual([
      'info the link of eth0 is polled (MII), it is up',
      'info eth0 has no link (polled, MII)',
      'info eth0 has a link (polled, MII)',
    ]);
  });

  it('is down while the interface is set down', () => {
    drivers.answers.set('eth0 MII', 1);
    polls.follow(polling({ interface: 'eth0', at }), globalModel());
    const down = { ...link('eth0', false), flags: 0 };
    expect(polls.apply([down])[0]?.up).toBe(false);
  });

  it('is asked for by the first method that the driver knows', () => {
    drivers.answers.set('eth0 ETHTOOL', 0).set('eth0 IOCTL', 1);
    polls.follow(polling({ interface: 'eth0', at }), globalModel());
    expect(counts()).toBe(false);
    expect(drivers.asked).toEqual(['eth0 MII', 'eth0 ETHTOOL']);
    vi.advanceTimersByTime(every);
    expect(drivers.asked.at(-1)).toBe('eth0 ETHTOOL');
  });

  it('that cannot be asked for is as the kernel says, with one warning', () => {
    drivers.answers.set('eth0 ETHTOOL', 0);
    polls.follow(polling({ interface: 'eth0', method: 'MII', at }), globalModel());
    expect([counts(true), counts(false)]).toEqual([true, false]);
    vi.advanceTimersByTime(5 * every);
    expect(log.lines).toEqual([
      'warning the link of eth0 cannot be polled (MII: operation not supported on socket): what the kernel tells of it counts',
    ]);
  });

  it('is looked at anew when the interface is another one', () => {
    drivers.answers.set('eth0 MII', 0);
    polls.follow(polling({ interface: 'eth0', at }), globalModel());
    expect(counts()).toBe(false);
    drivers.answers.clear();
    drivers.answers.set('eth0 ETHTOOL', 1);
    const again = { ...link('eth0'), index: 77 };
    expect(polls.apply([again])[0]?.up).toBe(true);
    expect(log.lines.at(-1)).toBe('info the link of eth0 is polled (ETHTOOL), it is up');
  });

  it('is polled no more after a reload without it, and goes on over one with it', () => {
    drivers.answers.set('eth0 MII', 0);
    expect(polls.follow(polling({ interface: 'eth0', at }), globalModel())).toBe(true);
    expect(counts()).toBe(false);
    expect(polls.follow(polling({ interface: 'eth0', at }), globalModel())).toBe(false);
    expect(counts()).toBe(false);
    expect(polls.follow(polling(), globalModel())).toBe(true);
    expect(counts()).toBe(true);
    expect(drivers.asked.at(-1)).toBe('close');
    const { length } = drivers.asked;
    vi.advanceTimersByTime(5 * every);
    expect(drivers.asked).toHaveLength(length);
  });
});
