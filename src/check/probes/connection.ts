/** TCP connections of probes: where they go, where they leave from, and what their failures are called. */
import type { CheckerCommon } from '../../config/model.ts';
import type { TcpConnectionOptions } from '../../kernel/tcp-connection.ts';
import type { ProbePhase } from '../types.ts';

/** The part of a checker's configuration that says how to connect. */
export type ConnectionTarget = Pick<
  CheckerCommon,
  'address' | 'port' | 'bindAddress' | 'bindPort' | 'bindInterface' | 'fwmark'
>;

/** The same in the words of kernel/. */
export function tcpOptionsOf(target: ConnectionTarget): TcpConnectionOptions {
  return {
    family: target.address.includes(':') ? 'inet6' : 'inet',
    destination: target.address,
    port: target.port,
    source: target.bindAddress,
    sourcePort: target.bindPort,
    interface: target.bindInterface,
    mark: target.fwmark,
  };
}

/** Errors of connect() and bind() that are this machine's: no descriptors, no memory, no such source. */
const ownTrouble = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EADDRNOTAVAIL',
  'EADDRINUSE',
  'ENODEV',
  'EINVAL',
  // What a datagram socket gets from connect() when no port is free.
  'EAGAIN',
]);

/** Whose fault a failed connection attempt is. */
export function connectFailurePhase(error: unknown): ProbePhase {
  const code = errorCode(error);
  return code !== undefined && ownTrouble.has(code) ? 'setup' : 'connect';
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed while sending',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network unreachable',
  EACCES: 'not permitted (local firewall?)',
  EPERM: 'not permitted (local firewall?)',
  EMFILE: 'no descriptor left in this process (raise LimitNOFILE)',
  ENFILE: 'no descriptor left on this machine',
  EADDRNOTAVAIL: 'source address not on this machine, or no free source port',
  EAGAIN: 'no free source port',
  EADDRINUSE: 'source port in use',
  ENODEV: 'no such interface',
};

/** An error of a socket for the operator: words for what happens every day, the system's own text for the rest. */
export function errorText(error: unknown): string {
  const code = errorCode(error);
  const known = code === undefined ? undefined : words[code];
  if (known !== undefined) return known;
  // OpenSSL's message starts with a thread number and ends in a source line; the reason is what a person can use.
  if (error instanceof Error && 'reason' in error && typeof error.reason === 'string') return error.reason;
  return error instanceof Error ? error.message : String(error);
}

function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  return code;
}
