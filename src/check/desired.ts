/** From a virtual server and its pool to the services and destinations that the kernel should hold. */
import { addToAddress } from '../core/ip-address.ts';
import type {
  AddressFamily,
  IpvsProtocol,
  RealServerConfiguration,
  VirtualServerConfiguration,
  VirtualServerGroup,
  VirtualServerGroupEntry,
} from '../config/model.ts';
import type { Destination, Service, ServiceKey } from '../ipvs/types.ts';
import { serviceFlags } from './service-flags.ts';

/** A server in the pool with the weight it has there now. */
export interface PoolMember {
  readonly server: RealServerConfiguration;
  readonly weight: number;
}

/**
 * The kernel services of a virtual server: one, or one for each entry of its group, each with the whole pool. A group
 * that is not defined gives none.
 * @param pool undefined: all real servers with their configured weights
 * @param mark stands for all addresses of the group
 */
export function servicesOf(
  virtualServer: VirtualServerConfiguration,
  group: VirtualServerGroup | undefined,
  pool: readonly PoolMember[] | undefined,
  mark?: number,
): readonly Service[] {
  const { identity } = virtualServer;
  if (identity.kind !== 'group')
    return [serviceOf(virtualServer, identity, destinationsOf(virtualServer, pool, identity))];
  return serviceKeysOf(virtualServer, group, mark).map((key) =>
    serviceOf(virtualServer, key, destinationsOf(virtualServer, pool, key)),
  );
}

function destinationsOf(
  { realServers }: VirtualServerConfiguration,
  pool: readonly PoolMember[] | undefined,
  key: ServiceKey,
): readonly Destination[] {
  if (pool !== undefined) return pool.map(({ server, weight }) => destinationOf(server, weight, key));
  // Without closures or iterators: this is done for ten thousand services in a row.
  for (let index = 0; index < realServers.length; index++) {
    const server = realServers[index];
    if (server !== undefined && server.port !== destinationPort(server, key))
      return realServers.map((each) => destinationOf(each, each.weight, key));
  }
  return realServers;
}

/** The keys alone, in the order of the group's entries. */
export function serviceKeysOf(
  virtualServer: VirtualServerConfiguration,
  group: VirtualServerGroup | undefined,
  mark?: number,
): readonly ServiceKey[] {
  const { identity } = virtualServer;
  switch (identity.kind) {
    case 'address':
    case 'fwmark':
      return [identity];
    case 'group':
      if (mark !== undefined) return keysByMark(virtualServer, group?.entries ?? [], identity.protocol, mark);
      return (group?.entries ?? []).flatMap((entry) => keysOfEntry(entry, identity.protocol, virtualServer));
  }
}

/** One service for the addresses of each family; marks that the group has itself stay as they are. */
function keysByMark(
  virtualServer: VirtualServerConfiguration,
  entries: readonly VirtualServerGroupEntry[],
  protocol: IpvsProtocol,
  mark: number,
): ServiceKey[] {
  const families = new Set(entries.flatMap((entry) => (entry.kind === 'address' ? [entry.family] : [])));
  return [
    ...[...families].toSorted().map((family): ServiceKey => ({ kind: 'fwmark', family, mark })),
    ...entries.flatMap((entry) => (entry.kind === 'fwmark' ? keysOfEntry(entry, protocol, virtualServer) : [])),
  ];
}

/** Every address of a range is a service of its own. */
function keysOfEntry(
  entry: VirtualServerGroupEntry,
  protocol: IpvsProtocol,
  virtualServer: VirtualServerConfiguration,
): ServiceKey[] {
  if (entry.kind === 'fwmark') {
    const family = entry.family ?? virtualServer.family ?? familyOfServers(virtualServer);
    return [{ kind: 'fwmark', family, mark: entry.mark }];
  }
  const { family, port } = entry;
  const keys: ServiceKey[] = [];
  for (let index = 0; index < entry.count; index++) {
    const address = index === 0 ? entry.address : addToAddress(entry.address, index);
    if (address === undefined) break;
    keys.push({ kind: 'address', family, protocol, address, port });
  }
  return keys;
}

/** A mark has no family of its own: that of the servers behind it. */
function familyOfServers(virtualServer: VirtualServerConfiguration): AddressFamily {
  return (virtualServer.realServers[0] ?? virtualServer.sorryServer)?.family ?? 'inet';
}

function serviceOf(
  virtualServer: VirtualServerConfiguration,
  key: ServiceKey,
  destinations: readonly Destination[],
): Service {
  const { onePacket, persistenceEngine, persistenceGranularity, persistenceTimeout, scheduler, schedulerFlags } =
    virtualServer;
  const timeoutSeconds = persistenceTimeout === undefined ? 0 : Math.round(persistenceTimeout / 1000);
  let flags = 0;
  if (timeoutSeconds > 0) flags |= serviceFlags.persistent;
  if (onePacket) flags |= serviceFlags.onePacket;
  if (schedulerFlags.length > 0) for (const flag of schedulerFlags) flags |= serviceFlags[flag];
  const netmask = persistenceGranularity ?? (key.family === 'inet6' ? '128' : '255.255.255.255');
  const service = { key, scheduler, flags, timeoutSeconds, netmask, destinations };
  return persistenceEngine === undefined ? service : { ...service, persistenceEngine };
}

/**
 * The server as it stands in the kernel's service: its configuration has all that there is to a destination, and most
 * servers stand in their services just so.
 */
export function destinationOf(server: RealServerConfiguration, weight: number, key: ServiceKey): Destination {
  const port = destinationPort(server, key);
  if (port === server.port && weight === server.weight) return server;
  return {
    family: server.family,
    address: server.address,
    port,
    weight,
    forwarding: server.forwarding,
    upperThreshold: server.upperThreshold,
    lowerThreshold: server.lowerThreshold,
  };
}

/**
 * Only NAT can change the port: direct routing and tunnels deliver the packet as it came, so their destinations have the
 * port of the service (0 for a mark). With NAT port 0 means to the kernel that of the connection; a group has several.
 */
function destinationPort(server: RealServerConfiguration, key: ServiceKey): number {
  const servicePort = key.kind === 'address' ? key.port : 0;
  return server.forwarding.method === 'NAT' ? server.port : servicePort;
}

/** Text that is equal exactly for equal keys. */
export function serviceKeyText(key: ServiceKey): string {
  return key.kind === 'fwmark'
    ? `fwmark ${key.family} ${key.mark}`
    : `${key.protocol} ${key.family} [${key.address}]:${key.port}`;
}

/**
 * One entry for each kernel service. Virtual servers of two protocols may share a mark through a group: the first
 * decides the parameters, the destinations are joined.
 */
export function mergeServices(services: Iterable<Service>): readonly Service[] {
  const merged = new Map<string, Service>();
  for (const service of services) {
    const key = serviceKeyText(service.key);
    const first = merged.get(key);
    merged.set(key, first === undefined ? service : joinDestinations(first, service));
  }
  return [...merged.values()];
}

function joinDestinations(first: Service, second: Service): Service {
  const name = (destination: Destination) => `[${destination.address}]:${destination.port}`;
  const present = new Set(first.destinations.map(name));
  const added = second.destinations.filter((destination) => !present.has(name(destination)));
  return added.length === 0 ? first : { ...first, destinations: [...first.destinations, ...added] };
}
