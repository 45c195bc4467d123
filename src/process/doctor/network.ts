/** Links, addresses, ways and services, as the kernel has them. Reads only. */
import { parseIpAddress } from '../../core/ip-address.ts';
import type { IpvsFacts, RouteFact } from '../../doctor/facts.ts';
import { describeErrno } from '../../kernel/errors.ts';
import { IpvsTable } from '../../kernel/ipvs-table.ts';
import { NetlinkSocket } from '../../kernel/netlink-socket.ts';
import { InterfaceMonitor } from '../../kernel/rtnetlink-monitor.ts';
import { decodeRouteLookup, encodeRouteLookup } from '../../network/route-lookup.ts';
import type { KernelAddress, Link } from '../../network/types.ts';
import { hasIpvs } from './files.ts';

/** @throws SystemError */
export async function readNetwork(): Promise<{ links: readonly Link[]; addresses: readonly KernelAddress[] }> {
  const monitor = await InterfaceMonitor.open();
  const { addresses, links } = monitor;
  monitor.close();
  return { addresses, links };
}

/** The way to each of some addresses. @throws SystemError */
export async function readRoutes(destinations: Iterable<string>, links: readonly Link[]): Promise<RouteFact[]> {
  const socket = NetlinkSocket.open({ protocol: 'route' });
  const facts: RouteFact[] = [];
  try {
    for (const destination of new Set(destinations)) {
      const family = parseIpAddress(destination)?.family;
      if (!family) continue;
      const { acknowledgement, messages } = await socket.request(encodeRouteLookup(family, destination));
      facts.push(routeFact(destination, acknowledgement.errno, messages, links));
    }
  } finally {
    socket.close();
  }
  return facts;
}

function routeFact(
  destination: string,
  errno: number,
  messages: readonly Uint8Array[],
  links: readonly Link[],
): RouteFact {
  if (errno !== 0) return { destination, reached: false, reason: describeErrno(errno).description };
  for (const message of messages) {
    const decoded = decodeRouteLookup(message);
    if (!decoded.ok || !decoded.value) continue;
    const { interfaceIndex, ...way } = decoded.value;
    const name = links.find(({ index }) => index === interfaceIndex)?.name;
    if (name !== undefined) return { destination, reached: true, interface: name, ...way };
  }
  return { destination, reached: false, reason: 'the kernel names no interface' };
}

/** Absent: IPVS is not loaded. */
export async function readIpvs(): Promise<IpvsFacts | undefined> {
  if (!hasIpvs()) return undefined;
  try {
    const table = await IpvsTable.open();
    try {
      return { services: (await table.dumpServices(() => false)).map(({ key }) => key) };
    } finally {
      table.close();
    }
  } catch {
    return {};
  }
}
