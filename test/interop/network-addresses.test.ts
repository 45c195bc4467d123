/**
 * Addresses, as this daemon and as Debian's keepalived put them on an interface: `ip address` must not tell them apart.
 * And what rtnetlink really says and does: notifications, lost notifications, secondaries, refusals.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AddressWriter } from '../../src/kernel/rtnetlink-addresses.ts';
import { InterfaceMonitor } from '../../src/kernel/rtnetlink-monitor.ts';
import { desiredAddressKey, planAddresses } from '../../src/network/plan-addresses.ts';
import type { AddressOutcome } from '../../src/network/address-outcome.ts';
import type { DesiredAddress } from '../../src/network/types.ts';

const ours = `kts-network-${process.pid}-a`;
const theirs = `kts-network-${process.pid}-b`;
const oursPath = `/run/netns/${ours}`;
const folder = mkdtempSync(path.join(tmpdir(), 'kts-network-'));

function ip(namespace: string, line: string): string {
  return execFileSync('ip', ['-n', namespace, ...line.split(' ')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

interface IpAddress {
  readonly local: string;
  readonly prefixlen: number;
  readonly label?: string;
  readonly protocol?: string;
}

/** The addresses of eth1 as `ip` shows them, in its order. */
function addressesOf(namespace: string): IpAddress[] {
  const [link] = JSON.parse(ip(namespace, '-j address show dev eth1')) as { addr_info: IpAddress[] }[];
  return link?.addr_info ?? [];
}

function makeNamespace(name: string): void {
  execFileSync('ip', ['netns', 'add', name]);
  for (const port of ['eth0', 'eth1']) {
    ip(name, `link add ${port} type veth peer name ${port}-peer`);
    // No link-local address of the kernel's own: it would differ by the hardware address.
    for (const end of [port, `${port}-peer`]) {
      ip(name, `link set ${end} addrgenmode none`);
      ip(name, `link set ${end} up`);
    }
  }
  ip(name, 'link set lo up');
  ip(name, 'address add 10.99.0.1/24 dev eth0');
}

function wanted(address: string, prefixLength: number, rest: Partial<DesiredAddress> = {}): DesiredAddress {
  return {
    address,
    family: address.includes(':') ? 'inet6' : 'inet',
    prefixLength,
    interface: 'eth1',
    scope: 0,
    noPrefixRoute: false,
    noDad: address.includes(':'),
    home: false,
    manageTemporaryAddresses: false,
    autoJoin: false,
    ...(prefixLength === 128 && { preferredLifetime: 0 }),
    useVmac: false,
    track: true,
    at: { file: 'test', line: 1, column: 1 },
    ...rest,
  };
}

async function until(what: string, holds: () => boolean, milliseconds = 10_000): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${milliseconds} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const tidyUp: (() => unknown)[] = [];

beforeAll(() => {
  makeNamespace(ours);
  makeNamespace(theirs);
});

afterAll(async () => {
  for (const undo of tidyUp.reverse()) await undo();
  for (const name of [ours, theirs]) execFileSync('ip', ['netns', 'del', name]);
  rmSync(folder, { recursive: true, force: true });
});

/** Lines of virtual_ipaddress (the first family, then virtual_ipaddress_excluded) and what they mean. */
const lines4: readonly (readonly [string, DesiredAddress])[] = [
  ['123.30.175.40 dev eth1 label eth1:2', wanted('123.30.175.40', 32, { label: 'eth1:2' })],
  ['123.30.175.41/24 dev eth1', wanted('123.30.175.41', 24)],
  ['123.30.175.42/24 brd 123.30.175.255 dev eth1', wanted('123.30.175.42', 24, { broadcast: '123.30.175.255' })],
  ['10.6.0.1/24 dev eth1 scope link', wanted('10.6.0.1', 24, { scope: 253 })],
  [
    '10.7.0.1/24 brd + dev eth1 label eth1:long noprefixroute',
    wanted('10.7.0.1', 24, { broadcast: '10.7.0.255', label: 'eth1:long', noPrefixRoute: true }),
  ],
  ['10.8.0.1 peer 10.8.0.2 dev eth1', wanted('10.8.0.1', 32, { peer: '10.8.0.2' })],
  ['239.1.2.3/32 dev eth1 autojoin', wanted('239.1.2.3', 32, { autoJoin: true })],
];
const lines6: readonly (readonly [string, DesiredAddress])[] = [
  ['2001:db8::5 dev eth1', wanted('2001:db8::5', 128)],
  ['2001:db8::6/64 dev eth1', wanted('2001:db8::6', 64)],
  ['2001:db8:1::7/64 dev eth1 noprefixroute', wanted('2001:db8:1::7', 64, { noPrefixRoute: true })],
  ['2001:db8:2::8/64 dev eth1 home', wanted('2001:db8:2::8', 64, { home: true })],
  ['2001:db8:3::9/64 dev eth1 preferred_lft 0', wanted('2001:db8:3::9', 64, { preferredLifetime: 0 })],
  ['2001:db8:4::a/64 dev eth1 -nodad', wanted('2001:db8:4::a', 64, { noDad: false })],
  ['2001:db8:5::b/64 dev eth1 mngtmpaddr', wanted('2001:db8:5::b', 64, { manageTemporaryAddresses: true })],
  ['ff05::77/64 dev eth1 autojoin', wanted('ff05::77', 64, { autoJoin: true })],
  ['fe80::77/64 dev eth1', wanted('fe80::77', 64)],
];

/** Starts Debian's keepalived as owner of the addresses; it puts them there at once. */
function startKeepalived(): void {
  const configuration = path.join(folder, 'keepalived.conf');
  writeFileSync(
    configuration,
    `vrrp_instance PEER {
      state MASTER
      interface eth0
      virtual_router_id 51
      priority 255
      virtual_ipaddress {
        ${lines4.map(([line]) => line).join('\n        ')}
      }
      virtual_ipaddress_excluded {
        ${lines6.map(([line]) => line).join('\n        ')}
      }
    }\n`,
  );
  const pidFiles = ['-p', path.join(folder, 'keepalived.pid'), '-r', path.join(folder, 'vrrp.pid')];
  const child = spawn(
    'ip',
    ['netns', 'exec', theirs, 'keepalived', '-n', '-l', '-P', '-f', configuration, ...pidFiles],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => child.on('close', resolve));
  tidyUp.push(() => {
    child.kill('SIGTERM');
    return ended;
  });
}

describe('addresses on an interface', () => {
  it('are those of the original, attribute for attribute', async () => {
    startKeepalived();
    const all = [...lines4, ...lines6].map(([, address]) => address);
    await until('the addresses of keepalived', () => addressesOf(theirs).length === all.length);

    const monitor = await InterfaceMonitor.open({ namespacePath: oursPath });
    const writer = AddressWriter.open({ namespacePath: oursPath, markProtocol: false });
    tidyUp.push(() => {
      monitor.close();
      writer.close();
    });
    const changes = planAddresses(all, monitor.addresses, new Set(), monitor.links);
    const outcomes = await writer.apply(changes);
    expect(outcomes.map(({ result, reason }) => reason ?? result)).toEqual(all.map(() => 'done'));
    // -nodad: detection ends after a second, on both sides.
    await until('the end of duplicate address detection', () =>
      [ours, theirs].every((name) => !ip(name, 'address show dev eth1').includes('tentative')),
    );
    expect(addressesOf(ours)).toEqual(addressesOf(theirs));

    // Read back, nothing is left to write; taken away, nothing is left.
    await until('the notifications', () => monitor.addresses.length >= all.length + 1);
    const managed = new Set(all.map(desiredAddressKey));
    await until('a quiet plan', () => planAddresses(all, monitor.addresses, managed, monitor.links).length === 0);
    await writer.apply(planAddresses([], monitor.addresses, managed, monitor.links));
    expect(addressesOf(ours)).toEqual([]);
  });

  it('carry the mark of keepalived where the kernel keeps it', async () => {
    const writer = AddressWriter.open({ namespacePath: oursPath });
    const monitor = await InterfaceMonitor.open({ namespacePath: oursPath });
    tidyUp.push(() => {
      monitor.close();
      writer.close();
    });
    const all = [wanted('10.1.0.1', 32), wanted('2001:db8:7::1', 128)];
    await writer.apply(planAddresses(all, monitor.addresses, new Set(), monitor.links));
    await until('the notifications', () => monitor.addresses.filter(({ protocol }) => protocol === 18).length === 2);
    await writer.apply(planAddresses([], monitor.addresses, new Set(all.map(desiredAddressKey)), monitor.links));
  });

  it('are there when apply() returns, before its answers', async () => {
    const writer = AddressWriter.open({ namespacePath: oursPath });
    const monitor = await InterfaceMonitor.open({ namespacePath: oursPath });
    tidyUp.push(() => {
      monitor.close();
      writer.close();
    });
    const all = Array.from({ length: 100 }, (_, index) => wanted(`10.2.0.${index + 1}`, 32));
    const answers = writer.apply(planAddresses(all, monitor.addresses, new Set(), monitor.links));
    expect(addressesOf(ours).filter(({ local }) => local.startsWith('10.2.'))).toHaveLength(100);
    await answers;
    await until('the notifications', () => monitor.addresses.length >= 100);
    await writer.apply(planAddresses([], monitor.addresses, new Set(all.map(desiredAddressKey)), monitor.links));
    expect(addressesOf(ours)).toEqual([]);
  });

  it.each([0, 1])(
    'survive the removal of the primary address of their subnet (promote_secondaries %i)',
    async (promote) => {
      const setting = `net.ipv4.conf.eth1.promote_secondaries=${promote}`;
      execFileSync('ip', ['netns', 'exec', ours, 'sysctl', '-qw', setting]);
      const writer = AddressWriter.open({ namespacePath: oursPath });
      const monitor = await InterfaceMonitor.open({ namespacePath: oursPath });
      tidyUp.push(() => {
        monitor.close();
        writer.close();
      });
      const all = [wanted('10.3.0.1', 24), wanted('10.3.0.2', 24), wanted('10.3.0.3', 24)];
      const managed = new Set(all.map(desiredAddressKey));
      await writer.apply(planAddresses(all, monitor.addresses, managed, monitor.links));
      await until(
        'the notifications',
        () =>
          monitor.addresses.filter(({ interfaceIndex }) => interfaceIndex === indexOf(monitor, 'eth1')).length === 3,
      );
      await writer.apply(planAddresses(all.slice(1), monitor.addresses, managed, monitor.links));
      expect(
        addressesOf(ours)
          .map(({ local }) => local)
          .sort(),
      ).toEqual(['10.3.0.2', '10.3.0.3']);
      await until(
        'the notifications',
        () => planAddresses(all.slice(1), monitor.addresses, managed, monitor.links).length === 0,
      );
      await writer.apply(planAddresses([], monitor.addresses, managed, monitor.links));
      expect(addressesOf(ours)).toEqual([]);
    },
  );

  it('that somebody else put there stay as they are; ours are changed', async () => {
    ip(ours, 'address add 10.4.0.1/24 dev eth1 label eth1:theirs');
    const writer = AddressWriter.open({ namespacePath: oursPath });
    const monitor = await InterfaceMonitor.open({ namespacePath: oursPath });
    tidyUp.push(() => {
      monitor.close();
      writer.close();
    });
    const foreign = wanted('10.4.0.1', 24);
    expect(planAddresses([foreign], monitor.addresses, new Set(), monitor.links)).toEqual([]);
    expect(planAddresses([], monitor.addresses, new Set(), monitor.links)).toEqual([]);
    const managed = new Set([desiredAddressKey(foreign)]);
    await writer.apply(planAddresses([foreign], monitor.addresses, managed, monitor.links));
    expect(addressesOf(ours).map(({ label }) => label)).toEqual(['eth1']);
    ip(ours, 'address del 10.4.0.1/24 dev eth1');
  });

  it('that cannot be are refused with the cause; those that are there or gone already are no error', async () => {
    const outcomes: AddressOutcome[] = [];
    const writer = AddressWriter.open({ namespacePath: oursPath, onOutcome: (outcome) => outcomes.push(outcome) });
    const monitor = await InterfaceMonitor.open({ namespacePath: oursPath });
    tidyUp.push(() => {
      monitor.close();
      writer.close();
    });
    const interfaceIndex = indexOf(monitor, 'eth1');
    const address = wanted('10.5.0.1', 24);
    const invalid = wanted('10.5.0.2', 24, { scope: 254 });
    await writer.apply([
      { change: 'add', interfaceIndex, address },
      { change: 'add', interfaceIndex, address },
      // Another scope in the same subnet: net/ipv4/devinet.c answers EINVAL.
      { change: 'add', interfaceIndex, address: invalid },
      { change: 'delete', interfaceIndex, address },
      { change: 'delete', interfaceIndex, address },
      { change: 'delete', interfaceIndex: 99_999, address },
    ]);
    expect(outcomes.map(({ result, errno }) => [result, errno])).toEqual([
      ['done', 0],
      ['already', 17],
      ['failed', 22],
      ['done', 0],
      ['already', 99],
      ['already', 19],
    ]);
    expect(outcomes[2]?.reason).toContain('cannot add 10.5.0.2/24 to eth1: ');
  });
});

function indexOf(monitor: InterfaceMonitor, name: string): number {
  return monitor.links.find((link) => link.name === name)?.index ?? 0;
}

describe('the interface monitor', () => {
  it('knows links as `ip` does, and hears of their changes', async () => {
    const monitor = await InterfaceMonitor.open({ namespacePath: oursPath });
    tidyUp.push(() => {
      monitor.close();
    });
    ip(ours, 'link add macvlan0 link eth1 type macvlan mode private');
    ip(ours, 'link add bridge0 type bridge');
    ip(ours, 'link set eth0-peer master bridge0');
    const named = (name: string) => monitor.links.find((link) => link.name === name);
    await until(
      'the new links',
      () => named('macvlan0') !== undefined && named('eth0-peer')?.masterIndex !== undefined,
    );
    interface IpLink {
      ifname: string;
      ifindex: number;
      mtu: number;
      address: string;
      flags: string[];
      link?: string;
      master?: string;
      linkinfo?: { info_kind?: string };
    }
    const shown = JSON.parse(ip(ours, '-j -d link show')) as IpLink[];
    expect(monitor.links.map((link) => link.index).sort()).toEqual(shown.map(({ ifindex }) => ifindex).sort());
    for (const link of shown) {
      const known = named(link.ifname);
      expect(known).toMatchObject({
        index: link.ifindex,
        mtu: link.mtu,
        up: link.flags.includes('UP') && link.flags.includes('LOWER_UP'),
      });
      expect(known?.kind).toBe(link.linkinfo?.info_kind);
      expect(Buffer.from(known?.hardwareAddress ?? []).toString('hex')).toBe(link.address.replaceAll(':', ''));
      expect(known?.masterIndex).toBe(shown.find(({ ifname }) => ifname === link.master)?.ifindex);
    }
    expect(named('macvlan0')?.lowerIndex).toBe(named('eth1')?.index);
    // The other end of a veth is not underneath it.
    expect(named('eth1')?.lowerIndex).toBeUndefined();

    // A port that leaves a bridge is announced by RTM_DELLINK of the bridge's family: the link is still there.
    ip(ours, 'link set eth0-peer nomaster');
    await until(
      'the port out of the bridge',
      () => named('eth0-peer') !== undefined && named('eth0-peer')?.masterIndex === undefined,
    );
    ip(ours, 'link set eth1 down');
    await until('eth1 down', () => named('eth1')?.up === false);
    ip(ours, 'link set eth1 up');
    await until('eth1 up', () => named('eth1')?.up === true);
    ip(ours, 'link set bridge0 name bridge1');
    await until('the new name', () => named('bridge1') !== undefined && named('bridge0') === undefined);
    ip(ours, 'link del bridge1');
    ip(ours, 'link del macvlan0');
    await until('the links gone', () => named('bridge1') === undefined && named('macvlan0') === undefined);
  });

  it('tells of links and addresses only when they changed, together when they changed together', async () => {
    const monitor = await InterfaceMonitor.open({ namespacePath: oursPath });
    tidyUp.push(() => {
      monitor.close();
    });
    let links = 0;
    const seen: string[][] = [];
    monitor.onLinks(() => links++);
    monitor.onAddresses((addresses) => seen.push(addresses.map(({ address }) => address)));
    ip(ours, 'address add 10.9.0.1/24 dev eth1');
    await until('the address', () => seen.length === 1);
    ip(ours, 'address del 10.9.0.1/24 dev eth1');
    await until('its end', () => seen.length === 2);
    expect(seen[0]).toContain('10.9.0.1');
    expect(seen[1]).not.toContain('10.9.0.1');
    expect(links).toBe(0);
  });

  it('knows everything again after notifications were lost', async () => {
    const problems: Error[] = [];
    const monitor = await InterfaceMonitor.open({
      namespacePath: oursPath,
      receiveBufferBytes: 4096,
      onProblem: (error) => problems.push(error),
    });
    tidyUp.push(() => {
      monitor.close();
    });
    const batch = path.join(folder, 'batch');
    const numbers = Array.from({ length: 2000 }, (_, index) => `10.20.${index >> 8}.${index & 255}/32`);
    writeFileSync(batch, numbers.map((address) => `address add ${address} dev eth1\n`).join(''));
    // While this waits, nobody reads: far more is announced than the buffer holds.
    ip(ours, `-batch ${batch}`);
    await until(
      'all 2000 addresses',
      () => monitor.addresses.filter(({ address }) => address.startsWith('10.20.')).length === 2000,
    );
    ip(ours, 'address flush dev eth1');
    await until('no address', () => !monitor.addresses.some(({ address }) => address.startsWith('10.20.')));
    expect(problems).toEqual([]);
  });
});
