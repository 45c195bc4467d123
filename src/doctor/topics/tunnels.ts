/** MTU under tunnels: a request that just fits the client's network does not fit with another header around it. */
import type { ForwardingMethod, RealServerConfiguration } from '../../config/model.ts';
import { linkNamed, routeTo } from '../facts.ts';
import type { DoctorFacts } from '../facts.ts';
import { listed, well } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';
import { namedServices, usesMethod } from '../services.ts';

const ipHeader = { inet: 20, inet6: 40 } as const;
const tcpHeader = 20;
/** RFC 2784 section 2.1: flags and protocol; with a checksum 4 octets more. */
const gre = { header: 4, checksum: 4 } as const;
/** UDP header, and the header of GUE (net/gue.h); remote checksum offload adds its private fields. */
const gue = { header: 12, remoteChecksum: 8 } as const;
const usualMtu = 1500;

/** Octets around the client's packet. @param outer family of the real server's address */
export function tunnelOverhead(
  forwarding: Extract<ForwardingMethod, { method: 'TUN' }>,
  outer: 'inet' | 'inet6',
): number {
  switch (forwarding.tunnel) {
    case 'ipip':
      return ipHeader[outer];
    case 'gre':
      return ipHeader[outer] + gre.header + (forwarding.checksum === 'none' ? 0 : gre.checksum);
    case 'gue':
      return ipHeader[outer] + gue.header + (forwarding.checksum === 'remcsum' ? gue.remoteChecksum : 0);
  }
}

export function examineTunnels(facts: DoctorFacts): TopicFinding[] {
  const narrow = new Map<
    string,
    { need: number; has: number; client: number; interface: string; servers: string[]; where: string[] }
  >();
  let tunnelled = 0;
  for (const service of namedServices(facts.configuration)) {
    for (const server of usesMethod(service, 'TUN')) {
      tunnelled++;
      const way = wayTo(facts, server);
      if (!way || server.forwarding.method !== 'TUN') continue;
      const client = clientMtu(
        facts,
        service.addresses.map(({ address }) => address),
      );
      const need = client + tunnelOverhead(server.forwarding, server.family);
      if (way.mtu >= need) continue;
      const key = `${way.interface} ${need}`;
      const entry = narrow.get(key) ?? { need, has: way.mtu, client, interface: way.interface, servers: [], where: [] };
      entry.servers.push(server.address);
      entry.where.push(service.place);
      narrow.set(key, entry);
    }
  }
  if (narrow.size === 0) return tunnelled === 0 ? [] : [well('tunnel-mtu', 'tunnels to real servers are wide enough')];
  return [...narrow.values()].map((entry): TopicFinding => {
    const room = entry.has - (entry.need - entry.client);
    const inner = ipHeader.inet + tcpHeader;
    return {
      code: 'tunnel-mtu',
      severity: 'warning',
      what: `${entry.interface} carries packets of ${entry.has} octets, a tunnel to ${listed(entry.servers)} needs ${entry.need} for those of clients (${entry.client})`,
      why: 'large requests (uploads, long headers) hang while everything small works, wherever a firewall keeps ICMP "fragmentation needed" from the client',
      where: [entry.interface, ...new Set(entry.where.slice(0, 4))],
      remedies: [
        `ip link set dev ${entry.interface} mtu ${entry.need} (and the switches between)`,
        `or on the real servers: ip route change default via GATEWAY advmss ${room - inner}`,
      ],
    };
  });
}

function wayTo(
  facts: DoctorFacts,
  { address }: RealServerConfiguration,
): { interface: string; mtu: number } | undefined {
  const route = routeTo(facts, address);
  if (!route?.reached || route.local) return undefined;
  const link = linkNamed(facts, route.interface);
  const mtu = route.mtu ?? link?.mtu;
  return mtu === undefined ? undefined : { interface: route.interface, mtu };
}

/** Of the interface that has the virtual address; where it is not known, what nearly all clients have. */
function clientMtu({ configuration, links }: DoctorFacts, addresses: readonly string[]): number {
  const interfaces = configuration.vrrp.instances
    .flatMap(({ excludedVirtualAddresses, virtualAddresses }) => [...virtualAddresses, ...excludedVirtualAddresses])
    .filter(({ address }) => addresses.includes(address))
    .map((virtual) => virtual.interface);
  const mtus = links.filter(({ name }) => interfaces.includes(name)).map(({ mtu }) => mtu);
  // Beyond the first router nobody sends more.
  return Math.min(usualMtu, ...mtus);
}
