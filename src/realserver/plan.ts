/**
 * What a real server of direct routing or of tunnels needs: the virtual address without ever answering ARP for it, and
 * for a tunnel the interface that takes the packets out of theirs.
 */
import type { AddressFamily, Configuration, ForwardingMethod } from '../config/model.ts';
import { parseIpAddress } from '../core/ip-address.ts';
import type { Setting } from '../doctor/finding.ts';
import { namedServices } from '../doctor/services.ts';

export type Tunnel = 'ipip' | 'gre' | 'gue';

export type Reception =
  | { readonly method: 'dr' }
  | { readonly method: 'tun'; readonly tunnel: Tunnel; /** Of GUE. */ readonly port?: number };

export interface RealServerAddress {
  readonly address: string;
  readonly family: AddressFamily;
  readonly reception: Reception;
}

/** An interface and what is put on it. */
export interface RealServerDevice {
  readonly name: string;
  /** Module that makes it; absent: it is always there. */
  readonly module?: string;
  /** Arguments of `ip` before it is set up, and those that undo them. */
  readonly prepare: readonly string[];
  readonly undo: readonly string[];
  /** Absent for lo, which is up. */
  readonly setUp: boolean;
  readonly addresses: readonly RealServerAddress[];
}

export interface RealServerPlan {
  readonly settings: readonly Setting[];
  readonly devices: readonly RealServerDevice[];
}

/** IANA: the port that GUE has. */
export const guePort = 6080;

/** Devices that take packets from any sender, by tunnel and family; they come with their modules. */
const tunnelDevices = {
  inet: { ipip: ['tunl0', 'ipip'], gue: ['tunl0', 'ipip'], gre: ['gre0', 'ip_gre'] },
  inet6: { ipip: ['ip6tnl0', 'ip6_tunnel'], gue: ['ip6tnl0', 'ip6_tunnel'], gre: ['ip6gre0', 'ip6_gre'] },
} as const;

/** Addresses of the services of a configuration, or why one of them is left out. */
export function addressesOf(configuration: Configuration): {
  readonly addresses: RealServerAddress[];
  readonly leftOut: readonly string[];
} {
  const found = new Map<string, RealServerAddress>();
  const leftOut: string[] = [];
  for (const { addresses, label, realServers } of namedServices(configuration)) {
    for (const { address: server, family, forwarding } of realServers) {
      if (forwarding.method === 'NAT') continue;
      const reception = receptionOf(forwarding);
      for (const { address, family: inner } of addresses) {
        if (inner !== family) leftOut.push(`${label}: ${address} in a tunnel to ${server}, which has another family`);
        else found.set(`${address} ${JSON.stringify(reception)}`, { address, family, reception });
      }
    }
  }
  return { addresses: [...found.values()], leftOut };
}

function receptionOf(forwarding: ForwardingMethod): Reception {
  if (forwarding.method !== 'TUN') return { method: 'dr' };
  const { port, tunnel } = forwarding;
  return { method: 'tun', tunnel, ...(tunnel === 'gue' && { port: port ?? guePort }) };
}

/** @returns undefined if the text is no address */
export function addressOf(text: string, reception: Reception): RealServerAddress | undefined {
  const family = parseIpAddress(text)?.family;
  return family && { address: text, family, reception };
}

/** What these addresses need, each device once. */
export function planRealServer(addresses: readonly RealServerAddress[]): RealServerPlan {
  const settings = new Map<string, string>();
  const devices = new Map<string, RealServerDevice>();
  for (const each of addresses) {
    const device = deviceOf(each);
    const known = devices.get(device.name);
    devices.set(device.name, {
      ...device,
      prepare: [...new Set([...(known?.prepare ?? []), ...device.prepare])],
      undo: [...new Set([...(known?.undo ?? []), ...device.undo])],
      addresses: [...(known?.addresses ?? []), each],
    });
    if (each.family !== 'inet') continue;
    // 1: no answer for an address of another interface. 2: no request with an address of another interface.
    settings.set('net/ipv4/conf/all/arp_ignore', '1');
    settings.set('net/ipv4/conf/all/arp_announce', '2');
    // Requests come out of the tunnel, answers leave elsewhere. The larger value counts, and 2 is the loose filter.
    if (device.name !== 'lo') settings.set(`net/ipv4/conf/${device.name}/rp_filter`, '2');
  }
  return { settings: [...settings].map(([path, value]) => ({ path, value })), devices: [...devices.values()] };
}

function deviceOf({ family, reception }: RealServerAddress): Omit<RealServerDevice, 'addresses'> {
  if (reception.method === 'dr') return { name: 'lo', prepare: [], undo: [], setUp: false };
  const [name, module] = tunnelDevices[family][reception.tunnel];
  const common = { name, module, setUp: true };
  if (reception.tunnel !== 'gue') return { ...common, prepare: [], undo: [] };
  const listener = `${family === 'inet6' ? '-6 ' : ''}fou`;
  const port = reception.port ?? guePort;
  return { ...common, prepare: [`${listener} add port ${port} gue`], undo: [`${listener} del port ${port}`] };
}

/** Arguments of `ip` that put an address on its device; one that is there already is no mistake. */
export function addCommand({ address, family }: RealServerAddress, device: string): string {
  return family === 'inet'
    ? `address replace ${address}/32 dev ${device}`
    : // The address is on other machines too, and on none that would answer: nobody is to be asked.
      `-6 address replace ${address}/128 dev ${device} nodad`;
}

export function removeCommand({ address, family }: RealServerAddress, device: string): string {
  return `${family === 'inet' ? '' : '-6 '}address del ${address}/${family === 'inet' ? 32 : 128} dev ${device}`;
}

/** Modules in the order in which they are needed. */
export function modulesOf({ devices }: RealServerPlan): string[] {
  const guePlan = devices.flatMap(({ prepare }) => prepare);
  const listeners = guePlan.map((words) => (words.startsWith('-6') ? 'fou6' : 'fou'));
  return [...new Set([...listeners, ...devices.flatMap(({ module }) => (module === undefined ? [] : [module]))])];
}
