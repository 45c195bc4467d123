/** What the checker process says of itself to SNMP: numbers only, so that tens of thousands of servers are read in no time. */
import type { VirtualServerConfiguration } from '../../config/model.ts';

/** Numbers of a real server in `PoolReport.servers`. */
export const serverNumbers = 3;

/** One virtual server. */
export interface PoolReport {
  /** poolFingerprint() of the virtual server that this is about: during a reload the parent is ahead of the process. */
  readonly pool: number;
  /** Whether it has its quorum. */
  readonly quorum: boolean;
  /** One real server after the other, as configured: 1 if up, weight in force, failed checks. */
  readonly servers: readonly number[];
}

/** A real server at one moment. */
export interface ServerState {
  readonly up: boolean;
  readonly weight: number;
  readonly failedChecks: number;
}

export function serverStateOf({ servers }: PoolReport, at: number): ServerState {
  const first = at * serverNumbers;
  return { up: servers[first] === 1, weight: servers[first + 1] ?? 0, failedChecks: servers[first + 2] ?? 0 };
}

/** A number that two virtual servers share only if they have the same servers in the same order (or by bad luck, FNV-1a). */
export function poolFingerprint({ identity, realServers }: VirtualServerConfiguration): number {
  const words = [
    identity.kind === 'address' ? `${identity.address} ${identity.port} ${identity.protocol}` : '',
    identity.kind === 'fwmark' ? `mark ${identity.mark}` : '',
    identity.kind === 'group' ? identity.name : '',
    ...realServers.map(({ address, port }) => `${address} ${port}`),
  ].join('\n');
  let hash = 0x811c9dc5;
  for (let at = 0; at < words.length; at++) hash = Math.imul(hash ^ words.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
