/** Which servers of a virtual server go on when it gets another configuration: those with the same address and port. */
import type { RealServerConfiguration, VirtualServerConfiguration } from '../config/model.ts';
import { sameEndpoint, smallPool } from '../core/endpoint.ts';
import type { MonotonicMs } from '../core/time.ts';
import { serverKey, serverOrdinals } from './identity.ts';
import { RealServerState } from './real-server.ts';
import type { VirtualServerState } from './virtual-server.ts';

export interface ServerMatch {
  /** Those of the new configuration, in its order; the list there was if they are the same. */
  readonly servers: readonly RealServerState[];
  readonly added: readonly RealServerState[];
  readonly removed: readonly RealServerState[];
}

const none: readonly RealServerState[] = [];

/** Nothing of the virtual server is touched. */
export function matchServers(
  virtualServer: VirtualServerState,
  { realServers }: VirtualServerConfiguration,
  now: MonotonicMs,
): ServerMatch {
  const olds = virtualServer.servers;
  if (olds.length === realServers.length && olds.every((old, index) => isAt(old, realServers[index])))
    return { servers: olds, added: none, removed: none };
  const ordinals = serverOrdinals(realServers);
  const byKey = olds.length > smallPool ? new Map(olds.map((old) => [old.key, old])) : undefined;
  const added: RealServerState[] = [];
  const servers = realServers.map((configuration, index) => {
    const ordinal = ordinals?.[index] ?? 0;
    const old =
      byKey === undefined
        ? olds.find((each) => each.ordinal === ordinal && isAt(each, configuration))
        : byKey.get(serverKey(configuration, ordinal));
    if (old !== undefined) return old;
    const server = new RealServerState(virtualServer, configuration, ordinal, now);
    added.push(server);
    return server;
  });
  if (servers.length - added.length === olds.length) return { servers, added, removed: none };
  const kept = servers.length > smallPool ? new Set(servers) : undefined;
  const removed = olds.filter((old) => (kept === undefined ? !servers.includes(old) : !kept.has(old)));
  return { servers, added, removed };
}

function isAt(server: RealServerState, configuration: RealServerConfiguration | undefined): boolean {
  return configuration !== undefined && sameEndpoint(server.configuration, configuration);
}
