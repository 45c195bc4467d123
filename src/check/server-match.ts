/** Which servers of a virtual server go on when it gets another configuration: those with the same address and port. */
import type { RealServerConfiguration, VirtualServerConfiguration } from '../config/model.ts';
import { sameEndpoint, smallPool } from '../core/endpoint.ts';
import type { MonotonicMs } from '../core/time.ts';
import { serverKey, serverOrdinals } from './identity.ts';
import { RealServerState } from './real-server.ts';
import type { VirtualServerState } from './virtual-server.ts';

export interface ServerMatch {
  /**
   * Those of the new configuration, in its order; the list there was if they are the same. Undefined: nothing is known of
   * them yet (knownServers), and none of them has checks now.
   */
  readonly servers: readonly RealServerState[] | undefined;
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
  const same = sameServers(virtualServer, realServers);
  if (same !== undefined) return same;
  const olds = virtualServer.servers;
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

const unknownServers: ServerMatch = { servers: undefined, added: none, removed: none };

/** Undefined: others, or in another order. */
function sameServers(
  { configuration, knownServers }: VirtualServerState,
  realServers: readonly RealServerConfiguration[],
): ServerMatch | undefined {
  const olds = configuration.realServers;
  if (olds.length !== realServers.length) return undefined;
  let hasChecks = false;
  for (let index = 0; index < realServers.length; index++) {
    const [old, wanted] = [olds[index], realServers[index]];
    if (old === undefined || wanted === undefined) return undefined;
    if (wanted.checkers.length > 0) hasChecks = true;
    if (old !== wanted && !sameEndpoint(old, wanted)) return undefined;
  }
  if (knownServers !== undefined) return { servers: knownServers, added: none, removed: none };
  return hasChecks ? undefined : unknownServers;
}

function isAt(server: RealServerState, configuration: RealServerConfiguration | undefined): boolean {
  return configuration !== undefined && sameEndpoint(server.configuration, configuration);
}
