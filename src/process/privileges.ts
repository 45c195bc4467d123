/** What the daemon may do that others may not: as root, or with capabilities alone. */
import { readFileSync } from 'node:fs';

/** linux/capability.h: addresses, routes, IPVS; raw and packet sockets. Everything else depends on the configuration. */
const needed = { CAP_NET_ADMIN: 12, CAP_NET_RAW: 13 } as const;

/** The capabilities without which nothing works and that this process has not got; none for root. */
export function missingCapabilities(statusFile = '/proc/self/status'): string[] {
  if (process.geteuid?.() === 0) return [];
  const digits = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync(statusFile, 'latin1'))?.[1] ?? '0';
  const effective = BigInt(`0x${digits}`);
  return Object.entries(needed).flatMap(([name, bit]) => ((effective >> BigInt(bit)) & 1n ? [] : [name]));
}
