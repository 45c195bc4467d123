// On a directory like /proc/sys/net/ipv4/conf. keepalived 2.2.7 sets the value to 1 at the start and restores 0 at the stop.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VrrpInstanceConfiguration } from '../../../src/config/model.ts';
import { PromotedSecondaries } from '../../../src/process/promoted-secondaries.ts';
import { instanceModel } from '../../support/models.ts';
import { MemoryLog } from '../notify/memory-log.ts';

describe('promote_secondaries', () => {
  let folder: string;
  let log: MemoryLog;
  let settings: PromotedSecondaries;

  const put = (name: string, value: string): void => {
    mkdirSync(path.join(folder, name), { recursive: true });
    writeFileSync(path.join(folder, name, 'promote_secondaries'), `${value}\n`);
  };
  const value = (name: string): string => readFileSync(path.join(folder, name, 'promote_secondaries'), 'utf8').trim();
  const on = (name: string, changes: Partial<VrrpInstanceConfiguration> = {}): VrrpInstanceConfiguration =>
    instanceModel({ name: 'VI', interface: name, promoteSecondaries: true, ...changes });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'kts-conf-'));
    log = new MemoryLog();
    settings = new PromotedSecondaries(log, folder);
    put('eth0', '0');
    put('eth1', '0');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is set for the interfaces that want it, and restored at the stop', async () => {
    await settings.follow({ instances: [on('eth0'), instanceModel({ name: 'B', interface: 'eth1' })] });
    expect([value('eth0'), value('eth1')]).toEqual(['1', '0']);
    await settings.release();
    expect(value('eth0')).toBe('0');
  });

  it('stays 1 where it was 1', async () => {
    put('eth0', '1');
    await settings.follow({ instances: [on('eth0')] });
    await settings.release();
    expect(value('eth0')).toBe('1');
  });

  it('follows a reload', async () => {
    await settings.follow({ instances: [on('eth0')] });
    await settings.follow({ instances: [on('eth1')] });
    expect([value('eth0'), value('eth1')]).toEqual(['0', '1']);
  });

  it('is no matter of a VMAC, which has settings of its own', async () => {
    const virtualInterface = { kind: 'vmac', transmitOnBase: false, netlinkNotify: false } as const;
    await settings.follow({ instances: [on('eth0', { virtualInterface })] });
    expect(value('eth0')).toBe('0');
  });

  it('is set again on an interface that was made anew', async () => {
    await settings.follow({ instances: [on('eth0'), on('eth9')] });
    rmSync(path.join(folder, 'eth0'), { recursive: true });
    put('eth0', '0');
    put('eth9', '0');
    settings.interfacesChanged();
    await settings.follow({ instances: [on('eth0'), on('eth9')] });
    expect([value('eth0'), value('eth9')]).toEqual(['1', '1']);
    await settings.release();
    expect([value('eth0'), value('eth9')]).toEqual(['0', '0']);
    expect(log.lines).toEqual([]);
  });

  it('never leaves its directory', async () => {
    put('outside', '0');
    const inner = new PromotedSecondaries(log, path.join(folder, 'eth0'));
    await inner.follow({ instances: [on('../outside')] });
    expect(value('outside')).toBe('0');
  });
});
