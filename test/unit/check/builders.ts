/** Small configurations for tests, with the defaults of the original filled in. */
import type {
  CheckConfiguration,
  GlobalConfiguration,
  HttpCheckerConfiguration,
  HttpUrlConfiguration,
  RealServerConfiguration,
  TcpCheckerConfiguration,
  VirtualServerConfiguration,
} from '../../../src/config/model.ts';

const at = { file: 'keepalived.conf', line: 1, column: 1 };

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

export function realServer(changes: Partial<RealServerConfiguration> = {}): RealServerConfiguration {
  return {
    address: '172.16.1.2',
    family: 'inet',
    port: 80,
    weight: 1,
    forwarding: { method: 'NAT' },
    inhibitOnFailure: false,
    upperThreshold: 0,
    lowerThreshold: 0,
    smtpAlert: false,
    checkers: [],
    at,
    ...changes,
  };
}

export function virtualServer(changes: Partial<VirtualServerConfiguration> = {}): VirtualServerConfiguration {
  return {
    identity: { kind: 'address', family: 'inet', protocol: 'tcp', address: '192.168.1.54', port: 80 },
    scheduler: 'rr',
    schedulerFlags: [],
    onePacket: false,
    hashed: false,
    alpha: false,
    omega: false,
    haSuspend: false,
    quorum: 1,
    hysteresis: 0,
    smtpAlert: false,
    sorryServerInhibit: false,
    realServers: [],
    at,
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
  return realServer({ address, checkers: [tcpCheck({ address, ...check })], ...server });
}

export function configuration(...virtualServers: readonly VirtualServerConfiguration[]): CheckConfiguration {
  return { virtualServers, groups: [] };
}

export const global: GlobalConfiguration = {
  mail: { connectTimeout: 30_000, recipients: [], noFaultMail: false, noCheckerMail: false },
  enableScriptSecurity: false,
  useSymlinkPaths: false,
  vrrpNotifyPriorityChanges: false,
  usePidDirectory: false,
  processNames: {},
  childWaitTime: 5000,
  vrrpScheduling: { noSwap: false },
  checkerScheduling: { noSwap: false },
  lvsFlush: false,
  checkerLogAllFailures: false,
  rsInitNotifies: false,
  dynamicInterfaces: false,
  vrrpStartupDelay: 0,
  reloadCheckConfig: false,
};
