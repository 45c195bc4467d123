import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FirewallFamily } from '../../../src/network/firewall-script.ts';
import { FirewallKeeper } from '../../../src/process/firewall-keeper.ts';
import { MemoryLog } from '../notify/memory-log.ts';

const settings = { table: 'keepalived', priority: -1, counters: false, interfacesByName: false };
const empty: FirewallFamily = { vmacs: [], drops: false, addresses: [], linkLocals: [] };
const drops = (...addresses: string[]) => ({ ip: { ...empty, drops: true, addresses }, ip6: empty });

function keeper(answer: (script: string, run: number) => void = () => undefined) {
  const scripts: string[] = [];
  const log = new MemoryLog();
  const run = async (script: string): Promise<void> => {
    scripts.push(script);
    await new Promise((resolve) => setImmediate(resolve));
    answer(script, scripts.length);
  };
  return { scripts, log, firewall: new FirewallKeeper(log, run, run) };
}

describe('the rules of nftables', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('begin by taking away what an earlier life left, and change their sets in place', async () => {
    const { firewall, scripts } = keeper();
    await firewall.configure(settings);
    firewall.follow(drops('10.0.0.1'));
    await firewall.settled();
    expect(scripts[0]).toMatch(/^add table ip keepalived\ndelete table ip keepalived\ntable ip keepalived \{/);
    expect(scripts[0]).toMatch(/add table ip6 keepalived\ndelete table ip6 keepalived\n$/);
    firewall.follow(drops('10.0.0.1', '10.0.0.2'));
    await firewall.settled();
    firewall.follow(drops());
    await firewall.settled();
    expect(scripts.slice(1)).toEqual([
      'flush set ip keepalived vips\nadd element ip keepalived vips { 10.0.0.1, 10.0.0.2 }\n',
      'flush set ip keepalived vips\n',
    ]);
    await firewall.release();
    expect(scripts.at(-1)).toBe('add table ip keepalived\ndelete table ip keepalived\n');
  });

  it('nothing runs where nothing differs, and what is wanted in the same moment is not lost', async () => {
    const { firewall, scripts } = keeper();
    await firewall.configure(settings);
    firewall.follow(drops('10.0.0.1'));
    await firewall.settled();
    firewall.follow(drops('10.0.0.1'));
    firewall.follow(drops());
    await firewall.settled();
    expect(scripts).toHaveLength(2);
  });

  it('changes during a run are one run after it', async () => {
    const { firewall, scripts } = keeper();
    await firewall.configure(settings);
    firewall.follow(drops('10.0.0.1'));
    for (const last of ['2', '3', '4']) firewall.follow(drops(`10.0.0.${last}`));
    await firewall.settled();
    expect(scripts).toHaveLength(2);
    expect(scripts[1]).toContain('10.0.0.4');
  });

  it('a table that the kernel says is gone is made anew at once, and one that nothing needs is not', async () => {
    const { firewall, scripts, log } = keeper();
    await firewall.configure(settings);
    firewall.follow(drops('10.0.0.1'));
    await firewall.settled();
    for (const [family, table] of [
      ['ip6', 'keepalived'],
      ['ip', 'other'],
    ] as const)
      firewall.tableRemoved(family, table);
    await firewall.settled();
    expect(scripts).toHaveLength(1);
    firewall.tableRemoved('ip', 'keepalived');
    await firewall.settled();
    expect(scripts).toEqual([scripts[0], scripts[0]]);
    expect(log.lines.filter((line) => line.includes('removed by somebody else'))).toHaveLength(1);
  });

  it('a table that goes while nft is run is made behind it, but for those that this run takes away', async () => {
    const { firewall, scripts } = keeper();
    await firewall.configure(settings);
    firewall.follow(drops('10.0.0.1'));
    firewall.tableRemoved('ip', 'keepalived');
    await firewall.settled();
    expect(scripts).toHaveLength(2);
    firewall.follow({ ip: empty, ip6: empty });
    firewall.tableRemoved('ip', 'keepalived');
    await firewall.settled();
    firewall.tableRemoved('ip', 'keepalived');
    await firewall.settled();
    expect(scripts).toHaveLength(3);
    await firewall.release();
    firewall.tableRemoved('ip', 'keepalived');
    await firewall.settled();
    expect(scripts).toHaveLength(3);
  });

  it('a table that somebody removed is made anew', async () => {
    const { firewall, scripts, log } = keeper((script) => {
      if (script.startsWith('flush') && scripts.length === 2) throw new Error('No such file or directory');
    });
    await firewall.configure(settings);
    firewall.follow(drops('10.0.0.1'));
    await firewall.settled();
    firewall.follow(drops('10.0.0.2'));
    await firewall.settled();
    expect(scripts[2]).toMatch(/table ip keepalived \{/);
    expect(log.lines).toEqual([]);
  });

  it('where nft is missing there is one message, and a try ever more seldom', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { firewall, scripts, log } = keeper(() => {
      throw new Error('there is no program nft');
    });
    await firewall.configure(settings);
    for (const last of ['1', '2', '3']) {
      firewall.follow(drops(`10.0.0.${last}`));
      await firewall.settled();
    }
    expect(scripts).toHaveLength(1);
    const tries: number[] = [];
    for (let second = 1; second <= 150; second++) {
      const before = scripts.length;
      vi.advanceTimersByTime(1000);
      await firewall.settled();
      if (scripts.length > before) tries.push(second);
    }
    expect(tries).toEqual([1, 3, 7, 15, 31, 63, 123]);
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toMatch(/^error nftables: table keepalived cannot be made: there is no program nft\./);
    // A reload does not wait.
    await firewall.configure(settings);
    firewall.follow(drops('10.0.0.1'));
    await firewall.settled();
    expect(scripts).toHaveLength(tries.length + 2);
    await firewall.release();
    vi.advanceTimersByTime(200_000);
    expect(scripts).toHaveLength(tries.length + 2);
  });

  it('that name an interface which is away for a moment are made when it is back, as they are wanted then', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let away = true;
    const { firewall, scripts, log } = keeper(() => {
      if (away) throw new Error('Interface does not exist');
    });
    await firewall.configure(settings);
    firewall.follow(drops('10.0.0.1'));
    await firewall.settled();
    firewall.follow(drops('10.0.0.2'));
    away = false;
    vi.advanceTimersByTime(1000);
    await firewall.settled();
    expect(scripts.at(-1)).toContain('10.0.0.2');
    expect(log.lines.map((line) => line.split(':')[0])).toEqual(['error nftables', 'notice nftables']);
    expect(log.lines[1]).toContain('table keepalived is made now');
  });
});
