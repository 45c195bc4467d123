/** What the checker process draws from a configuration. */
import type { SecureContext } from 'node:tls';
import type { Configuration, GlobalConfiguration, VrrpTrackFile } from '../config/model.ts';
import { namespacePath } from '../kernel/process-control.ts';
import type { MarkSettings } from '../network/mark-script.ts';

/** What SSL_GET shows to servers, if there is such a check and something to show. */
export async function tlsClientOf({ check }: Configuration): Promise<SecureContext | undefined> {
  const { tlsClient, virtualServers } = check;
  if (tlsClient === undefined) return undefined;
  const needed = virtualServers.some(({ realServers }) =>
    realServers.some(({ checkers }) => checkers.some(({ type }) => type === 'SSL_GET')),
  );
  if (!needed) return undefined;
  return (await import('../check/probes/tls-client.ts')).loadTlsClient(tlsClient);
}

/** The files that some FILE_CHECK names. */
export function followedFiles({ check, vrrp }: Configuration): readonly VrrpTrackFile[] {
  if (vrrp.trackFiles.length === 0) return [];
  const named = new Set<string>();
  for (const { realServers } of check.virtualServers) {
    for (const { checkers } of realServers) {
      for (const checker of checkers) if (checker.type === 'FILE_CHECK') named.add(checker.trackFile);
    }
  }
  return vrrp.trackFiles.filter(({ name }) => named.has(name));
}

/** Whether somebody wants to know the addresses of this machine. */
export function needsAddresses({ check, connectionLimits = [] }: Configuration): boolean {
  return connectionLimits.length > 0 || check.virtualServers.some(({ haSuspend }) => haSuspend);
}

export function runsSyncDaemons(global: GlobalConfiguration | undefined): boolean {
  return global?.lvsSyncDaemon !== undefined && global.lvsSyncDaemon.vrrpInstance === undefined;
}

export function markSettings({ firewall }: GlobalConfiguration): MarkSettings | undefined {
  const { counters, ipvsPriority: priority, ipvsTable: table } = firewall;
  return table === undefined ? undefined : { table, priority, counters };
}

/** Where IPVS lives if not in the namespace of this process. */
export function ipvsNamespace(global: GlobalConfiguration): { readonly namespacePath?: string } {
  const name = global.netNamespaceIpvs;
  if (name === undefined) return {};
  return { namespacePath: name === '' ? '/proc/1/ns/net' : namespacePath(name) };
}
