/** Which servers of a virtual server go on when it gets another configuration: those with the same address and port. */
import type { RealServerConfiguration, VirtualServerConfiguration } from '../config/model.ts';
import { hasTwins, placeOfEndpoint, sameEndpoint, smallPool } from '../core/endpoint.ts';
import type { MonotonicMs } from '../core/time.ts';
import { serverKey, serverOrdinals } from './identity.ts';
import { RealServerState, hasCheckers } from './real-server.ts';
import type { VirtualServerState } from './virtual-server.ts';

export interface ServerMatch {
  /**
   * Those of the new configuration, in its order; the list there was if they are the same. Undefined: nothing is known of
   * them (knownServers), before and after.
   */
  readonly servers: readonly RealServerState[] | undefined;
  readonly added: readonly RealServerState[];
  readonly removed: readonly RealServerState[];
  /** If nothing is known of them and they are other ones: since when each of the new ones is there. */
  readonly begun?: readonly MonotonicMs[];
}

const none: readonly RealServerState[] = [];

/** Nothing of the virtual server is touched. */
export function matchServers(
  virtualServer: VirtualServerState,
  { realServers }: VirtualServerConfiguration,
  now: MonotonicMs,
): ServerMatch {
  const same = sameServers(virtualServer, realServers) ?? otherUnknown(virtualServer, realServers, now);
  if (same !== undefined) return same;
  return matchKnown(virtualServer, realServers, now);
}

function matchKnown(
  virtualServer: VirtualServerState,
  realServers: readonly RealServerConfiguration[],
  now: MonotonicMs,
): ServerMatch {
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
    const old = olds[index];
    const wanted = realServers[index];
    if (old === undefined || wanted === undefined) return undefined;
    if (wanted.checkers.length > 0) hasChecks = true;
    if (old !== wanted && !sameEndpoint(old, wanted)) return undefined;
  }
  if (knownServers !== undefined) return { servers: knownServers, added: none, removed: none };
  return hasChecks ? undefined : unknownServers;
}

let lastOther: ServerMatch & { readonly begun: readonly MonotonicMs[] } = { ...unknownServers, begun: [] };

/** Undefined: something has to be known of one of them. */
function otherUnknown(
  virtualServer: VirtualServerState,
  realServers: readonly RealServerConfiguration[],
  now: MonotonicMs,
): ServerMatch | undefined {
  const olds = virtualServer.configuration.realServers;
  if (virtualServer.knownServers !== undefined || Math.max(olds.length, realServers.length) > smallPool)
    return undefined;
  if (realServers.some(hasCheckers) || hasTwins(olds) || hasTwins(realServers)) return undefined;
  const begun = realServers.map((server, index) => {
    const before = placeOfEndpoint(server, olds, index);
    return before < 0 ? now : virtualServer.begunAt(before);
  });
  // Thousands of virtual servers that change alike have one list of times.
  if (!sameTimes(lastOther.begun, begun)) lastOther = { ...unknownServers, begun };
  return lastOther;
}

function sameTimes(a: readonly MonotonicMs[], b: readonly MonotonicMs[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

function isAt(server: RealServerState, configuration: RealServerConfiguration | undefined): boolean {
  return configuration !== undefined && sameEndpoint(server.configuration, configuration);
}
