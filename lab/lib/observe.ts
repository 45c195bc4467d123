/** Kernel state of a lab machine in a form that two runs can be compared by. */
import type { Topology } from './topology.ts';

/**
 * `ipvsadm -Sn` of a machine, one line a service and server. Services are sorted (the kernel lists them by a hash that
 * differs between namespaces), the servers of a service stay in the kernel's order.
 */
export async function ipvsRules(topology: Topology, machine: string): Promise<string[]> {
  const { stdout } = await topology.run(machine, ['ipvsadm', '-S', '-n']);
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim());
  const service = (line: string): string => line.split(' ').slice(1, 3).join(' ');
  return lines
    .map((line, index) => ({ line, index }))
    .sort((a, b) => service(a.line).localeCompare(service(b.line)) || a.index - b.index)
    .map(({ line }) => line);
}

/** The same in few words, for one line of a report: "192.168.1.54:80 rr -> 172.16.1.2:80 -m -w 1, ...; ...". */
export function rulesText(rules: readonly string[]): string {
  return rules
    .map((line) => line.split(' '))
    .map((words) =>
      words[0] === '-A' ? `; ${words[2]} ${words.slice(4).join(' ')} ->` : ` ${words[4]} ${words.slice(5).join(' ')},`,
    )
    .join('')
    .replaceAll(/,(?=;|$)/g, '')
    .replace(/^; /, '');
}

/** `ipvsadm -Ln` of a machine as it is printed. */
export async function ipvsTable(topology: Topology, machine: string): Promise<string> {
  return (await topology.run(machine, ['ipvsadm', '-L', '-n'])).stdout;
}

/** The synchronisation daemons of a machine, such as "master eth0 0" (role, interface, id). */
export async function syncDaemons(topology: Topology, machine: string): Promise<string> {
  const { stdout } = await topology.run(machine, ['ipvsadm', '-L', '--daemon']);
  const found = [...stdout.matchAll(/^(master|backup) sync daemon \(mcast=([^,]+), syncid=(\d+)/gm)];
  return found.map(([, role, device, id]) => `${role} ${device} ${id}`).join(', ') || 'none';
}

/** An address of an interface as `ip -j address` tells it. */
export interface InterfaceAddress {
  readonly interface: string;
  readonly local: string;
  readonly [property: string]: unknown;
}

interface AddressOutput {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly addr_info: readonly Readonly<Record<string, unknown>>[];
}

/**
 * All IPv4 addresses of a machine except those of lo, sorted: two instances that take over in the same moment add
 * theirs in either order.
 * The address protocol is left out: the original sets it since 2.3.2 only.
 */
export async function addressesOf(topology: Topology, machine: string): Promise<InterfaceAddress[]> {
  const links = JSON.parse(await topology.ip(machine, ['-j', '-4', 'address'])) as AddressOutput[];
  return links
    .filter(({ ifname }) => ifname !== 'lo')
    .flatMap(({ ifname, addr_info }) =>
      addr_info.map(({ protocol: _protocol, ...info }) => ({
        ...info,
        interface: ifname,
        local: String(info['local']),
      })),
    )
    .sort((a, b) => `${a.interface} ${a.local}`.localeCompare(`${b.interface} ${b.local}`));
}

/** Hardware address the machine's ARP table has for an address, or "nothing". */
export async function neighbour(topology: Topology, machine: string, address: string): Promise<string> {
  const entries = JSON.parse((await topology.ip(machine, ['-j', 'neighbour', 'show', address])).trim() || '[]') as {
    lladdr?: string;
  }[];
  return entries[0]?.lladdr ?? 'nothing';
}

/** Port of a bridge behind which it learned a hardware address, or "nothing". */
export async function portOf(topology: Topology, machine: string, bridge: string, mac: string): Promise<string> {
  const { stdout } = await topology.run(machine, ['bridge', '-j', 'fdb', 'show', 'br', bridge]);
  const entries = JSON.parse(stdout.trim() || '[]') as { mac: string; ifname: string; state?: string }[];
  return entries.find((entry) => entry.mac === mac && entry.state !== 'permanent')?.ifname ?? 'nothing';
}
