/** Small configurations for tests, with the defaults of the original filled in. */
import type {
  CheckConfiguration,
  HttpCheckerConfiguration,
  HttpUrlConfiguration,
  RealServerConfiguration,
  TcpCheckerConfiguration,
  VirtualServerConfiguration,
} from '../../../src/config/model.ts';
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
