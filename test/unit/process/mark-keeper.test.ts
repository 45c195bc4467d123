import { afterEach, describe, expect, it, vi } from 'vitest';
import type { GroupMark } from '../../../src/network/mark-script.ts';
import { MarkKeeper } from '../../../src/process/mark-keeper.ts';
import { MemoryLog } from '../notify/memory-log.ts';

const settings = { table: 'one', priority: -1, counters: false };
const mark = (port: number): GroupMark => ({
  mark: 1000,
  protocol: 'tcp',
  ranges: [{ address: '192.0.2.1', count: 1, port }],
});

function keeper(trouble: () => string | undefined = () => undefined) {
  const scripts: string[] = [];
  const log = new MemoryLog();
  const run = (script: string): Promise<void> => {
    scripts.push(script);
    const words = trouble();
    return words === undefined ? Promise.resolve() : Promise.reject(new Error(words));
  };
  return { scripts, log, marks: new MarkKeeper(log, run, run) };
}

afterEach(() => vi.useRealTimers());

describe('the rules that mark', () => {
  it('are written when something differs, and taken away at the end', async () => {
    const { marks, scripts } = keeper();
    await marks.follow([mark(80)], settings);
    await marks.follow([mark(80)], settings);
    expect(scripts).toHaveLength(1);
    await marks.follow([mark(81)], settings);
    expect(scripts).toHaveLength(2);
    expect(scripts[1]).toContain('192.0.2.1 . 81 : 1000');
    await marks.release();
    expect(scripts[2]).toMatch(/delete table ip one\n.*\ndelete table ip6 one\n$/);
    await marks.release();
    expect(scripts).toHaveLength(3);
  });

  it('are written again when the kernel says that a table of theirs is gone', async () => {
    const { log, marks, scripts } = keeper();
    await marks.follow([mark(80)], settings);
    // There are no marks for IPv6: its table is none that anybody misses.
    await marks.tableRemoved('ip6', 'one');
    await marks.tableRemoved('ip', 'on');
    expect(scripts).toHaveLength(1);
    await marks.tableRemoved('ip', 'one');
    expect(scripts).toEqual([scripts[0], scripts[0]]);
    expect(log.lines).toEqual([expect.stringContaining('table one (ip) was removed by somebody else')]);
    await marks.release();
    await marks.tableRemoved('ip', 'one');
    expect(scripts).toHaveLength(3);
  });

  it('move to a table of another name, and go when they are no longer asked for', async () => {
    const { marks, scripts } = keeper();
    await marks.follow([mark(80)], settings);
    await marks.follow([mark(80)], { ...settings, table: 'two' });
    expect(scripts[1]).toContain('delete table ip one\n');
    expect(scripts[2]).toContain('table ip two {');
    await marks.follow([], undefined);
    expect(scripts[3]).toContain('delete table ip two\n');
    expect(scripts).toHaveLength(4);
  });

  it('that nft refuses are one error with its words, and the next reload tries again', async () => {
    let words: string | undefined = 'Operation not supported';
    const { log, marks, scripts } = keeper(() => words);
    await marks.follow([mark(80)], settings);
    expect(log.lines).toEqual([
      expect.stringMatching(/^error nftables: table one cannot be made: Operation not supported/),
    ]);
    words = undefined;
    await marks.follow([mark(80)], settings);
    expect(scripts).toHaveLength(2);
    expect(log.lines).toHaveLength(1);
    await marks.release();
  });

  it('that nft refuses are tried again, less and less often, each trouble told once, and the end of it', async () => {
    vi.useFakeTimers();
    let words: string | undefined = 'there is no program nft';
    const { log, marks, scripts } = keeper(() => words);
    await marks.follow([mark(80)], settings);
    const tries: number[] = [];
    for (let second = 1; second <= 200; second++) {
      const before = scripts.length;
      await vi.advanceTimersByTimeAsync(1000);
      if (scripts.length > before) tries.push(second);
    }
    expect(tries).toEqual([5, 15, 35, 75, 135, 195]);
    expect(log.lines).toHaveLength(1);
    words = 'Operation not supported';
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log.lines.slice(1)).toEqual([expect.stringContaining('Operation not supported')]);
    words = undefined;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log.lines.slice(2)).toEqual([expect.stringMatching(/^notice nftables: table one is made now/)]);
    const made = scripts.length;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(scripts).toHaveLength(made);
    await marks.release();
    expect(scripts.at(-1)).toContain('delete table ip one\n');
  });

  it('that are not wanted any more are not tried again', async () => {
    vi.useFakeTimers();
    const { marks, scripts } = keeper(() => 'no');
    await marks.follow([mark(80)], settings);
    await marks.follow([], undefined);
    await marks.follow([mark(80)], settings);
    await marks.release();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(scripts).toHaveLength(2);
  });
});
