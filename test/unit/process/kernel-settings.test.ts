// On a directory like /proc/sys/net.
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KernelSettings } from '../../../src/process/kernel-settings.ts';
import { settleReversePathFilter } from '../../../src/process/vmac-settings.ts';
import { MemoryLog } from '../notify/memory-log.ts';

describe('settings of the kernel', () => {
  let folder: string;
  let log: MemoryLog;
  let settings: KernelSettings;
  const put = (setting: string, value: string): void => {
    mkdirSync(path.dirname(path.join(folder, setting)), { recursive: true });
    writeFileSync(path.join(folder, setting), `${value}\n`);
  };
  const value = (setting: string): string => readFileSync(path.join(folder, setting), 'utf8').trim();

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'kts-net-'));
    log = new MemoryLog();
    settings = new KernelSettings(log, folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('that are borrowed go back to what they were before the first time', async () => {
    put('ipv4/conf/eth0/arp_ignore', '2');
    await settings.borrow('ipv4/conf/eth0/arp_ignore', '1');
    put('ipv4/conf/eth0/arp_ignore', '0');
    await settings.borrow('ipv4/conf/eth0/arp_ignore', '1');
    expect(value('ipv4/conf/eth0/arp_ignore')).toBe('1');
    await settings.restore();
    expect(value('ipv4/conf/eth0/arp_ignore')).toBe('2');
  });

  it('that somebody else changed meanwhile stay as they are', async () => {
    put('ipv4/conf/eth0/arp_ignore', '0');
    await settings.borrow('ipv4/conf/eth0/arp_ignore', '1');
    put('ipv4/conf/eth0/arp_ignore', '8');
    await settings.restore();
    expect(value('ipv4/conf/eth0/arp_ignore')).toBe('8');
  });

  it('of interfaces that were renamed go back to where they are now, also where two have changed names', async () => {
    const conf = path.join(folder, 'ipv4/conf');
    for (const [name, before] of [
      ['eth0', '2'],
      ['eth1', '3'],
      ['eth2', '4'],
    ] as const) {
      put(`ipv4/conf/${name}/arp_ignore`, before);
      await settings.borrow(`ipv4/conf/${name}/arp_ignore`, '1');
    }
    for (const [from, to] of [
      ['eth0', 'x'],
      ['eth1', 'eth0'],
      ['x', 'eth1'],
      ['eth2', 'lan'],
    ] as const)
      renameSync(path.join(conf, from), path.join(conf, to));
    settings.renamed(
      new Map([
        ['eth0', 'eth1'],
        ['eth1', 'eth0'],
        ['eth2', 'lan'],
      ]),
    );
    await settings.restore();
    expect(['eth0', 'eth1', 'lan'].map((name) => value(`ipv4/conf/${name}/arp_ignore`))).toEqual(['3', '2', '4']);
  });

  it('that the kernel takes and does not keep are told once, with their name', async () => {
    mkdirSync(path.join(folder, 'ipv4/conf/vrrp.51'), { recursive: true });
    put('fixed', '0');
    // A write that is swallowed.
    symlinkSync('/proc/self/comm', path.join(folder, 'ipv4/conf/vrrp.51/arp_ignore'));
    const comm = readFileSync('/proc/self/comm', 'utf8');
    await settings.set('ipv4/conf/vrrp.51/arp_ignore', 'a-name-longer-than-the-kernel-keeps');
    await settings.set('ipv4/conf/vrrp.51/arp_ignore', 'a-name-longer-than-the-kernel-keeps');
    writeFileSync('/proc/self/comm', comm.trim());
    expect(log.lines).toEqual([
      'warning net.ipv4.conf.vrrp/51.arp_ignore cannot be set to a-name-longer-than-the-kernel-keeps: it stays a-name-longer-t',
    ]);
  });

  it('of this kernel only: what does not exist is left out in silence', async () => {
    await settings.set('ipv6/conf/eth0/disable_ipv6', '1');
    expect(log.lines).toEqual([]);
  });

  it('what rp_filter of all did is done by each interface, and restored', async () => {
    const rp = (name: string): string => `ipv4/conf/${name}/rp_filter`;
    for (const [name, own] of [
      ['all', '1'],
      ['default', '0'],
      ['eth0', '0'],
      ['eth1', '2'],
    ] as const)
      put(rp(name), own);
    await settleReversePathFilter(settings, ['eth0', 'eth1']);
    expect(['all', 'default', 'eth0', 'eth1'].map((name) => value(rp(name)))).toEqual(['0', '1', '1', '2']);
    await settings.restore();
    expect(['all', 'default', 'eth0', 'eth1'].map((name) => value(rp(name)))).toEqual(['1', '0', '0', '2']);
  });
});
