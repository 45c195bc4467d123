/** Where a master agent listens, as `snmp_socket` and -A say it (the transport addresses of Net-SNMP). */
import { DaemonError } from '../../../core/errors.ts';

export type MasterAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** Of a master that nobody configured. */
export const defaultMaster = '/var/agentx/master';
/** RFC 2741 section 8.1.1. */
const defaultPort = 705;

/**
 * `unix:PATH`, `/PATH`, `tcp:HOST:PORT`, `tcp6:[ADDRESS]:PORT`, `HOST:PORT`, `PORT` or `HOST`.
 * @throws DaemonError SNMP_SOCKET
 */
export function parseMasterAddress(text: string): MasterAddress {
  const unix = /^(?:unix:)?(\/.+)$/.exec(text);
  if (unix) return { path: unix[1] ?? '' };
  const inet = /^(?:tcp6?:|tcpipv6:)?(?:\[([0-9a-f:.]+)\]|([^[\]:/]*))(?::(\d+))?$/i.exec(text);
  const [, bracketed, name, digits] = inet ?? [];
  const alone = bracketed === undefined && digits === undefined && /^\d+$/.test(name ?? '');
  const port = Number(alone ? name : (digits ?? defaultPort));
  if (inet === null || port < 1 || port > 65535)
    throw new DaemonError(
      'SNMP_SOCKET',
      `"${text}" is no address of a master agent; write unix:/path, tcp:host:port or tcp6:[address]:port`,
    );
  const host = alone ? undefined : (bracketed ?? name);
  return { host: host === undefined || host === '' ? 'localhost' : host, port };
}
