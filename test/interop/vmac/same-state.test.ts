// VMACs and their firewall: the same configuration under Debian's keepalived 2.2.7 and under this daemon, in machines
// that are alike to the hardware address, compared after each step.
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import type { Running } from '../../../lab/lib/run.ts';
import { Machine, configurationFile, patience } from '../process/machine.ts';
import type { Daemon } from '../process/machine.ts';
import { rulesOf } from '../same-state/ruleset.ts';

const cleanUp = new CleanUp();
let ours: Machine;
let theirs: Machine;
let daemon: Daemon;
let peer: Running;

async function makeMachine(name: string): Promise<Machine> {
  const machine = await Machine.make(cleanUp, name);
  await machine.run(['sysctl', '-q', '-w', 'net.ipv6.conf.all.disable_ipv6=0', 'net.ipv6.conf.default.disable_ipv6=0']);
  await machine.run(['sysctl', '-q', '-w', 'net.ipv4.conf.all.rp_filter=1', 'net.ipv4.conf.default.rp_filter=0']);
  for (const port of [0, 1]) {
    await machine.ip(
      `link add eth${port} address 02:00:00:00:00:1${port} type veth peer name wire${port} address 02:00:00:00:00:2${port}`,
      `link set eth${port} group 7`,
      `link set wire${port} addrgenmode none`,
      `link set wire${port} up`,
      `addr add 10.88.${port}.1/24 dev eth${port}`,
      `addr add 2001:db8:${port}::1/64 dev eth${port} nodad`,
      `link set eth${port} addrgenmode none`,
      `link set eth${port} up`,
      `addr add fe80::${port}1/64 dev eth${port} nodad`,
    );
  }
  return machine;
}

beforeEach(async () => {
  [ours, theirs] = await Promise.all([makeMachine('ours'), makeMachine('theirs')]);
});

afterEach(async () => {
  expect(await cleanUp.run()).toEqual([]);
});

afterAll(async () => {
  expect(await cleanUp.run()).toEqual([]);
});

interface ShownLink {
  readonly ifname: string;
  readonly link?: string;
  readonly address: string;
  readonly flags: readonly string[];
  readonly inet6_addr_gen_mode?: string;
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: { readonly mode?: string } };
}

interface ShownAddresses {
  readonly ifname: string;
  readonly addr_info: readonly Record<string, unknown>[];
}

async function links(machine: Machine): Promise<string[]> {
  const { stdout } = await machine.run(['ip', '-d', '-j', 'link']);
  return (JSON.parse(stdout) as ShownLink[]).map((link) =>
    JSON.stringify([
      link.ifname,
      link.link,
      link.address,
      link.flags.toSorted(),
      link.inet6_addr_gen_mode,
      link.linkinfo?.info_kind,
      link.linkinfo?.info_data?.mode,
    ]),
  );
}

async function addresses(machine: Machine): Promise<string[]> {
  const { stdout } = await machine.run(['ip', '-j', 'addr']);
  return (JSON.parse(stdout) as ShownAddresses[]).flatMap(({ ifname, addr_info: list }) =>
    // Since 2.3.2 the original marks its addresses as we do; 2.2.7 does not.
    list.map(({ protocol: _protocol, ...address }) => `${ifname} ${JSON.stringify(address)}`),
  );
}

const settings4 = ['accept_local', 'arp_filter', 'arp_ignore', 'promote_secondaries', 'rp_filter'];
const settings6 = ['addr_gen_mode', 'disable_ipv6'];

async function sysctls(machine: Machine): Promise<string[]> {
  const { stdout } = await machine.run([
    'sh',
    '-c',
    'cd /proc/sys/net && grep -r . ipv4/conf ipv6/conf 2>/dev/null || true',
  ]);
  return stdout.split('\n').filter((line) => {
    const [family, , name = '', setting = ''] = line.split(/[/:]/);
    // 2.2.7 leaves some interfaces with a weaker filter than they had.
    if (setting === 'rp_filter' && !/^(?:all|default|eth0|vrrp.*|own)$/.test(name)) return false;
    // arp_ignore on IPv6 VMACs came with 2.3.0.
    if (setting === 'arp_ignore' && /^(?:vrrp6|six)/.test(name)) return false;
    return (family === 'ipv4' ? settings4 : settings6).includes(setting);
  });
}

async function stateOf(machine: Machine): Promise<Record<string, string[]>> {
  return {
    links: (await links(machine)).toSorted(),
    addresses: (await addresses(machine)).toSorted(),
    rules: (await rulesOf(machine)).toSorted(),
    settings: (await sysctls(machine)).toSorted(),
  };
}

/** Waits for the same state on both sides with a text in it, then compares. */
async function expectSame(text: string, isThere = true): Promise<Record<string, string[]>> {
  let last: Record<string, string[]>[] = [];
  try {
    await until(`the same state with ${text}`, { within: patience, every: 250 }, async () => {
      last = await Promise.all([stateOf(ours), stateOf(theirs)]);
      const [mine, other] = last.map((state) => JSON.stringify(state));
      return mine === other && mine?.includes(text) === isThere;
    });
  } catch {
    expect(last[0]).toEqual(last[1]);
    expect(JSON.stringify(last[0]).includes(text), text).toBe(isThere);
  }
  return last[0] ?? {};
}

async function both(...lines: readonly string[]): Promise<void> {
  await Promise.all([ours, theirs].map((machine) => machine.ip(...lines)));
}

async function startBoth(configuration: string): Promise<void> {
  theirs.write(configurationFile, configuration);
  peer = theirs.start('keepalived', ['/usr/sbin/keepalived', '-n', '-l', '-D']);
  daemon = await ours.daemon(configuration);
}

async function reloadBoth(configuration: string): Promise<void> {
  theirs.write(configurationFile, configuration);
  process.kill(peer.pid, 'SIGHUP');
  await daemon.reload(configuration);
}

async function stopBoth(): Promise<void> {
  await Promise.all([daemon.stop(), peer.stop('SIGTERM', patience)]);
}

/** Hardware and network addresses that VRRP comes from on the wire, by virtual router. */
async function sources(machine: Machine): Promise<string[]> {
  const { stdout } = await machine.run(
    ['timeout', '8', 'tcpdump', '-i', 'wire0', '-Q', 'in', '-c', '12', '-enl', 'proto 112 or ip6 proto 112'],
    { accept: 'any' },
  );
  const found = new Set<string>();
  for (const line of stdout.split('\n')) {
    const match = /^\S+ (\S+) > (\S+), .*: (\S+) > (\S+): .*(vrid \d+)/.exec(line);
    if (match) found.add(match.slice(1).join(' '));
  }
  return [...found].toSorted();
}

const four = (more = '', addresses4 = '10.88.0.100/24') => `vrrp_instance FOUR {
  interface eth0
  virtual_router_id 51
  priority 150
  advert_int 1
  use_vmac
  ${more}
  virtual_ipaddress {
    ${addresses4}
  }
}
`;

const six = (more = '') => `vrrp_instance SIX {
  interface eth0
  virtual_router_id 52
  priority 150
  advert_int 1
  use_vmac six.52
  ${more}
  virtual_ipaddress {
    fe80::52/64
    2001:db8:0::52/64
  }
}
`;

describe('VMACs beside the original', () => {
  it('as backup, as master, over a reload, without a cable, deleted by somebody, at the end', async () => {
    const before = await Promise.all([stateOf(ours), stateOf(theirs)]);
    expect(before[0]).toEqual(before[1]);
    await startBoth(four() + six());
    await expectSame('vrrp.51');
    await expectSame('10.88.0.100');
    await expectSame('fe80::52');
    const seen = await Promise.all([sources(ours), sources(theirs)]);
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).toEqual([
      '00:00:5e:00:01:33 01:00:5e:00:00:12 10.88.0.1 224.0.0.18 vrid 51',
      '00:00:5e:00:02:34 33:33:00:00:00:12 fe80::1 ff02::12 vrid 52',
    ]);
    await reloadBoth(
      four() +
        six() +
        four()
          .replaceAll('FOUR', 'MORE')
          .replaceAll(/51|0\.100/g, (t) => (t === '51' ? '53' : '0.103')),
    );
    await expectSame('10.88.0.103');
    // The gap that a reload must not have: the first instance never left.
    expect(daemon.said('(FOUR) Entering BACKUP STATE')).toBe(1);
    await both('link set eth1 down', 'link set wire0 down');
    await expectSame('10.88.0.100', false);
    await both('link set wire0 up', 'link set eth1 up');
    await expectSame('10.88.0.100');
    await both('link del vrrp.51');
    await daemon.untilLog('(FOUR): Success creating VMAC interface vrrp.51', 2);
    await expectSame('10.88.0.100');
    await reloadBoth(four());
    await daemon.untilLog('(SIX) Success removing VMAC interface six.52');
    // Debian's keeps an empty table of the family until the end.
    await until('no table of IPv6', { within: patience, every: 100 }, async () =>
      (await rulesOf(ours)).every((rule) => !rule.includes('ip6')),
    );
    await stopBoth();
    const state = await stateOf(ours);
    // Debian's leaves arp_ignore and arp_filter of the base interface; ours are as they were.
    expect(state['settings']).toEqual(before[0]?.['settings']);
    expect(state['links']).toEqual(before[0]?.['links']);
    expect(state['rules']).toEqual([]);
  });

  it('advertisements on the base interface, addresses on VMACs elsewhere, an address of one’s own', async () => {
    const before = await stateOf(ours);
    const addresses4 = '10.88.0.100/24\n    10.88.1.100/24 dev eth1\n    10.88.0.101/24 dev eth0';
    await startBoth(
      four('vmac_xmit_base\n  use_vmac_addr', addresses4).replace('use_vmac\n', 'use_vmac own 02:00:00:00:aa\n'),
    );
    const state = await expectSame('10.88.1.100');
    expect(state['links']?.join()).toContain('02:00:00:00:aa:33');
    const seen = await Promise.all([sources(ours), sources(theirs)]);
    expect(seen[0]).toEqual(['02:00:00:00:00:10 01:00:5e:00:00:12 10.88.0.1 224.0.0.18 vrid 51']);
    expect(seen[0]).toEqual(seen[1]);
    await stopBoth();
    expect(await stateOf(ours)).toEqual(before);
  });

  it('takes over what an earlier life left, and makes anew what does not fit', async () => {
    await ours.ip(
      'link add link eth0 name vrrp.51 address 00:00:5e:00:01:33 type macvlan mode private',
      'link add link eth0 name six.52 address 02:00:00:00:02:34 type macvlan mode bridge',
    );
    const indexOf = async (name: string): Promise<number | undefined> =>
      (JSON.parse((await ours.run(['ip', '-j', 'link'])).stdout) as { ifindex: number; ifname: string }[]).find(
        ({ ifname }) => ifname === name,
      )?.ifindex;
    const before = await indexOf('vrrp.51');
    const taking = await ours.daemon(four() + six());
    expect(await indexOf('vrrp.51')).toBe(before);
    expect(taking.said(/Removing old interface six\.52: its mode is not private/)).toBe(1);
    expect((await links(ours)).find((link) => link.includes('six.52'))).toContain('"00:00:5e:00:02:34"');
    // Since 2.3.0 the group of the base interface is taken over; what is there already keeps its own.
    expect((await ours.run(['ip', '-br', 'link', 'show', 'group', '7'])).stdout).toMatch(/six\.52/);
    await ours.untilAddress('10.88.0.100/24', 'vrrp.51');
    await taking.stop();
    expect([await indexOf('vrrp.51'), await indexOf('six.52')]).toEqual([undefined, undefined]);
  });

  it('an interface underneath that comes late, goes and comes back', async () => {
    await ours.ip('link del eth0');
    const late = await ours.daemon(`global_defs {\n  dynamic_interfaces\n}\n${four()}`);
    await late.untilLog('vrrp.51 is made as soon as there is an interface eth0');
    const cable = [
      'link add eth0 type veth peer name wire0',
      'link set wire0 up',
      'addr add 10.88.0.1/24 dev eth0',
      'link set eth0 up',
    ];
    await ours.ip(...cable);
    await ours.untilAddress('10.88.0.100/24', 'vrrp.51');
    await ours.ip('link del eth0');
    await late.untilLog('Entering FAULT STATE', 2);
    await ours.ip(...cable);
    await ours.untilAddress('10.88.0.100/24', 'vrrp.51');
    expect(await late.stop()).toBe(0);
  });

  it('leaves an interface alone that is something else', async () => {
    await ours.ip('link add vrrp.51 type veth peer name other');
    const refusing = await ours.daemon(four());
    await refusing.untilLog(/interface vrrp\.51 cannot be made on eth0: there is a veth of that name/);
    await refusing.stop();
    expect(await links(ours)).toEqual(expect.arrayContaining([expect.stringContaining('"vrrp.51"')]));
  });

  it('an ipvlan where the kernel has none is one message, and the daemon runs on', async () => {
    if (/ipvlan/.test(readFileSync('/proc/kallsyms', 'latin1'))) return;
    const running = await ours.daemon(four().replace('use_vmac', 'use_ipvlan 10.88.0.9/24'));
    await running.untilLog(/interface vrrp\.51 cannot be made on eth0: this kernel has no ipvlan/);
    expect(running.said('cannot be made on eth0')).toBe(1);
    expect(await running.stop()).toBe(0);
  });
});

describe('no_accept beside the original', () => {
  it('drops packets for addresses while they are here, in both families', async () => {
    const configuration =
      `global_defs {\n  nftables other\n  nftables_priority 7\n  nftables_counters\n}\n` +
      (four('no_accept') + six('no_accept')).replaceAll(/use_vmac.*/g, '');
    await startBoth(configuration);
    await expectSame('fe80::52 . \\"eth0\\"');
    const state = await expectSame('elements 10.88.0.100');
    expect(state['rules']?.length).toBeGreaterThan(20);
    await both('link set wire0 down');
    await expectSame('elements 10.88.0.100', false);
    await both('link set wire0 up');
    await expectSame('elements 10.88.0.100');
    // What it is for: nobody reaches the address. Asked from the machine itself, whose packets pass both hooks.
    expect((await ours.run(['ping', '-c', '1', '-W', '1', '10.88.0.100'], { accept: 'any' })).code).not.toBe(0);
    expect((await ours.run(['ping', '-c', '1', '-W', '1', '10.88.0.1'], { accept: 'any' })).code).toBe(0);
    await stopBoth();
    const end = await expectSame('table', false);
    expect(end['rules']).toEqual([]);
  });

  it('its rules are made again when somebody takes all rules of the machine away', async () => {
    const running = await ours.daemon(four('no_accept').replaceAll(/use_vmac.*/g, ''));
    const isDropped = async (): Promise<boolean> =>
      (await ours.run(['nft', 'list', 'ruleset'], { accept: 'any' })).stdout.includes('10.88.0.100');
    for (let time = 0; time < 3; time++) {
      await until('the address is dropped', { within: patience, every: 50 }, isDropped);
      await ours.run(['nft', 'flush', 'ruleset']);
    }
    await until('the address is dropped again', { within: patience, every: 50 }, isDropped);
    await running.untilLog('was removed by somebody else');
    expect(await running.stop()).toBe(0);
    expect((await ours.run(['nft', 'list', 'ruleset'])).stdout).toBe('');
  });

  it('strict mode is no_accept for all but the owner', async () => {
    const strict = (name: string, id: number, priority: number) =>
      four('strict_mode', `10.88.0.${id}`)
        .replace('use_vmac', '')
        .replace('FOUR', name)
        .replace('51', String(id))
        .replace('150', String(priority));
    await startBoth(strict('MASTER', 61, 150) + strict('OWNER', 62, 255));
    const state = await expectSame('elements 10.88.0.61');
    expect(state['rules']?.join()).not.toContain('10.88.0.62');
    await stopBoth();
  });
});
