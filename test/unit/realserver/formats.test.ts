/** The files for a real server, against the grammars of those who read them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realServerFiles, realServerFormats } from '../../../src/realserver/formats.ts';
import { addressesOf, planRealServer } from '../../../src/realserver/plan.ts';
import type { RealServerAddress, RealServerPlan } from '../../../src/realserver/plan.ts';
import { model } from '../config/memory.ts';

const direct4: RealServerAddress = { address: '10.0.0.1', family: 'inet', reception: { method: 'dr' } };
const direct6: RealServerAddress = { address: '2001:db8::1', family: 'inet6', reception: { method: 'dr' } };
const tunnel4: RealServerAddress = {
  address: '10.0.0.2',
  family: 'inet',
  reception: { method: 'tun', tunnel: 'ipip' },
};
const gre4: RealServerAddress = { address: '10.0.0.3', family: 'inet', reception: { method: 'tun', tunnel: 'gre' } };
const gue6: RealServerAddress = {
  address: '2001:db8::2',
  family: 'inet6',
  reception: { method: 'tun', tunnel: 'gue', port: 6081 },
};
const all = planRealServer([direct4, direct6, tunnel4, gre4, gue6]);

const textOf = (plan: RealServerPlan, format: (typeof realServerFormats)[number]): string =>
  realServerFiles(plan, format)
    .map(({ text }) => text)
    .join('\n');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keepalived-realserver-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('what a configuration needs on its real servers', () => {
  it('is every address of DR and TUN, and none of NAT', () => {
    const text = ['DR', 'TUN type gre', 'NAT']
      .map(
        (method, index) =>
          `virtual_server 10.0.0.${index + 1} 80 {\nlvs_sched rr\nlvs_method ${method}\nprotocol TCP\nreal_server 10.1.0.2 80 {\n}\n}\n`,
      )
      .join('');
    expect(addressesOf(model(text)).addresses).toEqual([
      direct4,
      { address: '10.0.0.2', family: 'inet', reception: { method: 'tun', tunnel: 'gre' } },
    ]);
  });

  it('sets what the kernel documents for it, before any address', () => {
    // Documentation/networking/ip-sysctl: arp_ignore 1, arp_announce 2; rp_filter 2 is loose.
    expect(all.settings).toEqual([
      { path: 'net/ipv4/conf/all/arp_ignore', value: '1' },
      { path: 'net/ipv4/conf/all/arp_announce', value: '2' },
      { path: 'net/ipv4/conf/tunl0/rp_filter', value: '2' },
      { path: 'net/ipv4/conf/gre0/rp_filter', value: '2' },
    ]);
    expect(planRealServer([direct6]).settings).toEqual([]);
    for (const format of ['script', 'systemd', 'ifupdown'] as const) {
      const text = textOf(all, format);
      expect(text.indexOf('arp_ignore=1')).toBeGreaterThan(0);
      expect(text.indexOf('arp_ignore=1')).toBeLessThan(text.indexOf('address replace'));
    }
  });

  it.each(realServerFormats)('as %s names every address with its length', (format) => {
    const text = textOf(all, format);
    for (const address of ['10.0.0.1/32', '10.0.0.2/32', '10.0.0.3/32', '2001:db8::1/128', '2001:db8::2/128'])
      expect(text).toContain(address);
  });
});

describe('the script', () => {
  it('is one of a POSIX shell', () => {
    const file = path.join(folder, 'script');
    writeFileSync(file, textOf(all, 'script'));
    expect(spawnSync('sh', ['-n', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    expect(spawnSync('sh', [file, 'restart'], { encoding: 'utf8' }).status).toBe(2);
  });
});

describe('the unit', () => {
  it.runIf(existsSync('/usr/bin/systemd-analyze'))('is correct for systemd', () => {
    const [file] = realServerFiles(all, 'systemd');
    const place = path.join(folder, path.basename(file!.path));
    writeFileSync(place, file!.text);
    const { status, stderr, stdout } = spawnSync('systemd-analyze', ['verify', '--man=no', place], {
      encoding: 'utf8',
    });
    expect({
      status,
      said: `${stdout}${stderr}`.split('\n').filter((line) => line.includes('lvs-realserver')),
    }).toEqual({
      status: 0,
      said: [],
    });
  });
});

describe('the stanzas', () => {
  it('are those of interfaces(5)', () => {
    const lines = textOf(all, 'ifupdown')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const interfaces: string[] = [];
    for (const line of lines) {
      const [word = '', second = '', third = '', fourth = ''] = line.trim().split(' ');
      if (!line.startsWith(' ')) {
        expect(['auto', 'iface']).toContain(word);
        if (word === 'auto') interfaces.push(second);
        else expect([second, third, fourth]).toEqual([interfaces.at(-1), 'inet', 'manual']);
      } else expect(['pre-up', 'up', 'down']).toContain(word);
    }
    expect(interfaces).toEqual(['lo', 'tunl0', 'gre0', 'ip6tnl0']);
  });
});

describe('the files of networkd', () => {
  /** systemd.network(5) and systemd.netdev(5) of systemd 252. */
  const known: Readonly<Record<string, readonly string[]>> = {
    Match: ['Name'],
    Network: ['LinkLocalAddressing', 'KeepConfiguration'],
    Address: ['Address', 'DuplicateAddressDetection'],
    NetDev: ['Name', 'Kind'],
    FooOverUDP: ['Encapsulation', 'Port', 'PeerFamily'],
  };
  it('have sections and keys that there are', () => {
    const files = realServerFiles(all, 'networkd').filter(({ path: file }) => /\.(network|netdev)$/.test(file));
    expect(files.map(({ path: file }) => path.basename(file))).toEqual([
      '10-lvs-gue6-6081.netdev',
      '10-lvs-lo.network',
      '10-lvs-tunl0.network',
      '10-lvs-gre0.network',
      '10-lvs-ip6tnl0.network',
    ]);
    for (const { text } of files) {
      let section = '';
      for (const line of text.split('\n').filter((one) => one !== '')) {
        section = /^\[(.*)\]$/.exec(line)?.[1] ?? section;
        if (!line.startsWith('[')) expect(known[section]).toContain(line.split('=', 1)[0]);
      }
    }
  });
});
