// On a directory like /proc/sys/net/ipv4/conf.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptSecondaries } from '../../../src/process/kept-secondaries.ts';
import { MemoryLog } from '../notify/memory-log.ts';

describe('addresses that stand behind one that is removed', () => {
  let folder: string;
  let log: MemoryLog;
  let kept: KeptSecondaries;

  const put = (name: string, value: string): void => {
    mkdirSync(path.join(folder, name), { recursive: true });
    writeFileSync(path.join(folder, name, 'promote_secondaries'), `${value}\n`);
  };
  const value = (name: string): string => readFileSync(path.join(folder, name, 'promote_secondaries'), 'utf8').trim();

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'kts-conf-'));
    log = new MemoryLog();
    kept = new KeptSecondaries(log, folder);
    put('eth0', '0');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are kept while it is removed, and the setting is as it was afterwards', async () => {
    let during = '';
    const answer = await kept.during(['eth0'], () => {
      during = value('eth0');
      return Promise.resolve('removed');
    });
    expect([during, answer, value('eth0')]).toEqual(['1', 'removed', '0']);
  });

  it('are kept for the longest of several removals', async () => {
    const ends: (() => void)[] = [];
    const removal = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
    const first = kept.during(['eth0'], removal);
    const second = kept.during(['eth0'], removal);
    ends[0]?.();
    await first;
    expect(value('eth0')).toBe('1');
    ends[1]?.();
    await second;
    expect(value('eth0')).toBe('0');
  });

  it('leaves a setting alone that was 1 before', async () => {
    put('eth0', '1');
    await kept.during(['eth0'], () => Promise.resolve());
    expect(value('eth0')).toBe('1');
  });

  it('restores it when the removal fails', async () => {
    await expect(kept.during(['eth0'], () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(value('eth0')).toBe('0');
  });

  it('goes on without an interface that has gone', async () => {
    expect(await kept.during(['eth9'], () => Promise.resolve('removed'))).toBe('removed');
    expect(log.lines).toEqual([]);
  });
});
