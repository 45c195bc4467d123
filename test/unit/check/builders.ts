/** Small configurations for tests, with the defaults of the original filled in. */
import type {
  CheckConfiguration,
  DnsCheckerConfiguration,
  HttpCheckerConfiguration,
  HttpUrlConfiguration,
  MiscCheckerConfiguration,
  PingCheckerConfiguration,
  RealServerConfiguration,
  SmtpCheckerConfiguration,
  TcpCheckerConfiguration,
  UdpCheckerConfiguration,
  VirtualServerConfiguration,
} from '../../../src/config/model.ts';
import type { ActingChecker } from '../../../src/check/acting.ts';
import { at, realServerModel } from '../../support/models.ts';

const common = {
  connectTimeout: 5000,
  delayLoop: 6000,
  warmup: 6000,
  retry: 1,
  delayBeforeRetry: 1000,
  alpha: false,
  logAllFailures: false,
  at,
};

export function tcpCheck(changes: Partial<TcpCheckerConfiguration> = {}): TcpCheckerConfiguration {
  return { type: 'TCP_CHECK', address: '172.16.1.2', port: 80, ...common, ...changes };
}

export function url(changes: Partial<HttpUrlConfiguration> = {}): HttpUrlConfiguration {
  return {
    path: '/index.html',
    statusCodes: [{ from: 200, to: 299 }],
    regexNoMatch: false,
    regexOptions: [],
    tlsCompliant: false,
    ...changes,
  };
}

export function httpCheck(changes: Partial<HttpCheckerConfiguration> = {}): HttpCheckerConfiguration {
  return {
    type: 'HTTP_GET',
    address: '172.16.1.2',
    port: 80,
    ...common,
    delayBeforeRetry: 3000,
    urls: [url()],
    httpProtocol: '1.0',
    enableSni: false,
    fastRecovery: false,
    ...changes,
  };
}

export function miscCheck(changes: Partial<MiscCheckerConfiguration> = {}): MiscCheckerConfiguration {
  const { connectTimeout: _connectTimeout, ...schedule } = common;
  return { type: 'MISC_CHECK', command: { argv: ['/check'] }, timeout: 6000, dynamic: false, ...schedule, ...changes };
}

export function smtpCheck(changes: Partial<SmtpCheckerConfiguration> = {}): SmtpCheckerConfiguration {
  const heloName = 'smtpchecker.keepalived.org';
  return { type: 'SMTP_CHECK', address: '172.16.1.2', port: 25, heloName, ...common, ...changes };
}

export function dnsCheck(changes: Partial<DnsCheckerConfiguration> = {}): DnsCheckerConfiguration {
  return {
    type: 'DNS_CHECK',
    address: '172.16.1.2',
    port: 53,
    queryType: 'SOA',
    queryName: '.',
    ...common,
    ...changes,
  };
}

export function udpCheck(changes: Partial<UdpCheckerConfiguration> = {}): UdpCheckerConfiguration {
  const reply = { requireReply: false, minReplyLength: 0, maxReplyLength: 255 };
  return { type: 'UDP_CHECK', address: '172.16.1.2', port: 80, ...reply, ...common, ...changes };
}

export function pingCheck(changes: Partial<PingCheckerConfiguration> = {}): PingCheckerConfiguration {
  return { type: 'PING_CHECK', address: '172.16.1.2', port: 80, ...common, ...changes };
}

/** Where a check goes; empty for one that goes nowhere. */
export function targetOf(checker: ActingChecker): { readonly address: string; readonly port: number } {
  return 'address' in checker ? checker : { address: '', port: 0 };
}

/** A server at 172.16.1.`host` with one TCP check. */
export function checkedServer(
  host: number,
  server: Partial<RealServerConfiguration> = {},
  check: Partial<TcpCheckerConfiguration> = {},
): RealServerConfiguration {
  const address = `172.16.1.${host}`;
  return realServerModel({ address, checkers: [tcpCheck({ address, ...check })], ...server });
}

export function configuration(...virtualServers: readonly VirtualServerConfiguration[]): CheckConfiguration {
  return { virtualServers, groups: [] };
}
