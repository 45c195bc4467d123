/** By which names people call virtual and real servers. */
import type { RealServerState } from './real-server.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** "10.0.0.1", "10.0.0.1:80", "[2001:db8::1]:80". */
function endpointNames(address: string, port: number): string[] {
  return [address, `${address}:${port}`, `[${address}]:${port}`];
}

/** The label, the name in the configuration, address with and without port, name of the group, mark. */
export function virtualServerNames({ configuration: { identity, snmpName }, label }: VirtualServerState): string[] {
  const names = snmpName === undefined ? [label] : [label, snmpName];
  switch (identity.kind) {
    case 'address':
      return [...names, ...endpointNames(identity.address, identity.port)];
    case 'fwmark':
      return [...names, `fwmark ${identity.mark}`];
    case 'group':
      return [...names, identity.name];
  }
}

export function realServerNames({ configuration: { address, port }, label }: RealServerState): string[] {
  return [label, ...endpointNames(address, port)];
}

/** What is asked for of a virtual server: all of it, some of its servers, or nothing. */
export function wantedServers(
  virtualServer: VirtualServerState,
  names: ReadonlySet<string> | undefined,
): readonly RealServerState[] | undefined {
  if (names === undefined || virtualServerNames(virtualServer).some((name) => names.has(name)))
    return virtualServer.servers;
  const some = virtualServer.servers.filter((server) => realServerNames(server).some((name) => names.has(name)));
  return some.length === 0 ? undefined : some;
}
