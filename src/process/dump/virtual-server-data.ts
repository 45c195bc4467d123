/** Virtual servers, their pools and groups in keepalived_check.data. */
import type {
  ForwardingMethod,
  RealServerConfiguration,
  VirtualServerConfiguration,
  VirtualServerGroup,
  VirtualServerGroupEntry,
} from '../../config/model.ts';
import type { RealServerStatus, VirtualServerStatus } from '../../check/status.ts';
import { addToAddress } from '../../core/ip-address.ts';
import type { CheckDumpInput } from './input.ts';
import { onOff, scriptText, seconds, sixDecimals, yesNo } from './texts.ts';

/** Checks' times if neither real nor virtual server gives them (reference: keywords, virtual_server). */
const defaultConnectTimeout = 5_000;
const defaultDelayLoop = 60_000;

/** A group with its addresses and marks. */
export function groupDataLines(group: VirtualServerGroup): string[] {
  const has = (family: string): boolean =>
    group.entries.some((entry) => entry.kind === 'address' && entry.family === family);
  return [
    ' ------< Virtual server group >------',
    ` Virtual Server Group = ${group.name}, IPv4 = ${yesNo(has('inet'))}, IPv6 = ${yesNo(has('inet6'))}`,
    ...group.entries.map((entry) => `   ${entryText(entry)}`),
  ];
}

function entryText(entry: VirtualServerGroupEntry): string {
  if (entry.kind === 'fwmark') {
    const family = { inet: ' IPv4', inet6: ' IPv6', none: '' }[entry.family ?? 'none'];
    return `FWMARK = ${entry.mark}${family}`;
  }
  const port = `VPORT = ${entry.port}`;
  if (entry.count === 1) return `VIP = ${entry.address}, ${port}`;
  const last = addToAddress(entry.address, entry.count - 1) ?? entry.address;
  return `VIP Range = ${entry.address}-${last}, ${port}`;
}

/** `forwarding method = TUN, type = GUE, port = 6080, remote checksum` without the first words. */
function forwardingText(forwarding: ForwardingMethod): string {
  if (forwarding.method !== 'TUN') return forwarding.method;
  const port = forwarding.tunnel === 'gue' ? `, port = ${forwarding.port ?? 0}` : '';
  const checksum = { none: '', csum: ', checksum', remcsum: ', remote checksum' }[forwarding.checksum];
  return `TUN, type = ${forwarding.tunnel.toUpperCase()}${port}${checksum}`;
}

function identityLine({ identity }: VirtualServerConfiguration, label: string): string {
  switch (identity.kind) {
    case 'group':
      return ` VS GROUP = ${label}`;
    case 'fwmark':
      return ` VS FWMARK = ${identity.mark}`;
    case 'address':
      return ` VS VIP = ${identity.address}, VPORT = ${identity.port}`;
  }
}

/** The flags have names of their own for the schedulers that give them a meaning. */
function schedulerFlagLines({ scheduler, schedulerFlags }: VirtualServerConfiguration): string[] {
  const state = (flag: 'sched1' | 'sched2' | 'sched3'): string =>
    schedulerFlags.includes(flag) ? 'enabled' : 'disabled';
  if (scheduler === 'sh' || scheduler === 'mh') {
    return [`   ${scheduler}-port = ${state('sched2')}`, `   ${scheduler}-fallback = ${state('sched1')}`];
  }
  return [`   flag-1 = ${state('sched1')}`, `   flag-2 = ${state('sched2')}`, `   flag-3 = ${state('sched3')}`];
}

/** Protocol as the kernel has it: a firewall mark has none. */
export function protocolOf({ identity }: VirtualServerConfiguration): string {
  if (identity.kind === 'fwmark') return 'none';
  return identity.kind === 'group' && identity.onlyMarks === true ? 'none' : identity.protocol;
}

interface Defaults {
  readonly retry?: number;
  readonly delayBeforeRetry?: number;
  readonly warmup?: number;
}

function defaultsLines({ retry, delayBeforeRetry, warmup }: Defaults): string[] {
  return [
    ...(retry === undefined ? [] : [`   Retry count = ${retry}`]),
    ...(delayBeforeRetry === undefined ? [] : [`   Retry delay = ${sixDecimals(delayBeforeRetry)}`]),
    ...(warmup === undefined ? [] : [`   Warmup = ${sixDecimals(warmup)}`]),
  ];
}

/** The lines of a virtual server and its pool. */
export function virtualServerDataLines(
  server: VirtualServerConfiguration,
  status: VirtualServerStatus,
  input: CheckDumpInput,
): string[] {
  const { checkDefaults } = server;
  const protocol = protocolOf(server);
  return [
    ' ------< Virtual server >------',
    identityLine(server, status.label),
    ...(checkDefaults?.virtualHost === undefined ? [] : [`   VirtualHost = ${checkDefaults.virtualHost}`]),
    ...(server.snmpName === undefined ? [] : [`   SNMP name = '${server.snmpName}'`]),
    `   Address family = ${server.family ?? 'IPv4 & IPv6'}`,
    `   connection timeout = ${sixDecimals(checkDefaults?.connectTimeout ?? defaultConnectTimeout)}`,
    `   delay_loop = ${sixDecimals(checkDefaults?.delayLoop ?? defaultDelayLoop)}`,
    `   lvs_sched = ${server.scheduler}`,
    `   Hashed = ${server.hashed ? 'enabled' : 'disabled'}`,
    ...schedulerFlagLines(server),
    `   One packet scheduling = ${server.onePacket ? 'enabled' : 'disabled'}${server.onePacket && protocol !== 'udp' ? ' (inactive due to not UDP)' : ''}`,
    ...persistenceLines(server),
    `   protocol = ${protocol === 'none' ? 'none' : protocol.toUpperCase()}`,
    `   alpha is ${onOff(server.alpha)}`,
    `   omega is ${onOff(server.omega)}`,
    ...defaultsLines(checkDefaults ?? {}),
    `   Inhibit on failure is ${onOff(server.inhibitOnFailure)}`,
    `   quorum = ${server.quorum}, hysteresis = ${server.hysteresis}`,
    ...(server.quorumUp === undefined
      ? []
      : [`   Quorum up notify script = ${scriptText(server.quorumUp, input.identityOf?.(server.quorumUp))}`]),
    ...(server.quorumDown === undefined
      ? []
      : [`   Quorum down notify script = ${scriptText(server.quorumDown, input.identityOf?.(server.quorumDown))}`]),
    ...(server.haSuspend ? ['   Using HA suspend'] : []),
    `   Using smtp notification = ${yesNo(server.smtpAlert)}`,
    `   default forwarding method = ${forwardingText(server.forwarding)}`,
    ...sorryServerLines(server, protocol),
    `   alive = ${Number(status.servers.length === 0 || status.servers.some(({ state }) => state === 'UP'))}`,
    `   quorum_state_up = ${Number(status.quorum.state === 'UP')}`,
    `   Reason = ${status.quorum.reason}`,
    ...server.realServers.flatMap((real, index) =>
      realServerDataLines(real, status.servers[index], { server, protocol, input }),
    ),
  ];
}

function persistenceLines({ persistenceTimeout, persistenceGranularity }: VirtualServerConfiguration): string[] {
  return [
    ...(persistenceTimeout === undefined || persistenceTimeout === 0
      ? []
      : [`   persistence timeout = ${seconds(persistenceTimeout)}`]),
    ...(persistenceGranularity === undefined ? [] : [`   persistence granularity = ${persistenceGranularity}`]),
  ];
}

function sorryServerLines(server: VirtualServerConfiguration, protocol: string): string[] {
  const { sorryServer: sorry } = server;
  if (sorry === undefined) return [];
  const duplicate = server.realServers.some(
    ({ address, port, family }) => address === sorry.address && port === sorry.port && family === sorry.family,
  );
  return [
    `   sorry server ${duplicate ? '(duplicates rs) ' : ''}= [${sorry.address}]:${protocol}:${sorry.port}`,
    `     forwarding method = ${forwardingText(sorry.forwarding)}`,
    `     Inhibit on failure is ${onOff(server.sorryServerInhibit)}`,
  ];
}

function realServerDataLines(
  real: RealServerConfiguration,
  status: RealServerStatus | undefined,
  {
    server,
    input,
  }: { readonly server: VirtualServerConfiguration; readonly protocol: string; readonly input: CheckDumpInput },
): string[] {
  const defaults = { ...server.checkDefaults, ...real.checkDefaults };
  const weight = status?.effectiveWeight ?? real.weight;
  return [
    '   ------< Real server >------',
    `   RIP = ${real.address}, RPORT = ${real.port}, WEIGHT = ${weight} EFF WEIGHT = ${weight}`,
    `   forwarding method = ${forwardingText(real.forwarding)}`,
    `   Alpha is ${onOff(real.checkDefaults?.alpha ?? server.alpha)}`,
    `   connection timeout = ${sixDecimals(defaults.connectTimeout ?? defaultConnectTimeout)}`,
    `   connection limit range = ${real.lowerThreshold} -> ${real.upperThreshold}`,
    `   Delay loop = ${sixDecimals(defaults.delayLoop ?? defaultDelayLoop)}`,
    ...defaultsLines(defaults),
    `   Inhibit on failure is ${onOff(real.inhibitOnFailure)}`,
    ...(real.notifyUp === undefined
      ? []
      : [`     RS up notify script = ${scriptText(real.notifyUp, input.identityOf?.(real.notifyUp))}`]),
    ...(real.notifyDown === undefined
      ? []
      : [`     RS down notify script = ${scriptText(real.notifyDown, input.identityOf?.(real.notifyDown))}`]),
    ...(real.checkDefaults?.virtualHost === undefined ? [] : [`    VirtualHost = '${real.checkDefaults.virtualHost}'`]),
    ...(real.snmpName === undefined ? [] : [`   SNMP name = ${real.snmpName}`]),
    `   Using smtp notification = ${yesNo(real.smtpAlert)}`,
    `   initial weight = ${real.weight}`,
    `   effective weight = ${weight}`,
    `   alive = ${Number(status === undefined || status.state === 'UP')}`,
    `   num failed checkers = ${status?.checkers.filter(({ state }) => state === 'DOWN').length ?? 0}`,
    // With inhibit_on_failure a server that is down stays in the kernel's table, with weight 0.
    `   RS set = ${Number(status !== undefined && (status.inPool || real.inhibitOnFailure))}`,
    ...(status === undefined ? [] : [`   Reason = ${status.reason}`]),
    ...trackedLines(real),
  ];
}

function trackedLines({ checkers }: RealServerConfiguration): string[] {
  const files = checkers.flatMap((checker) =>
    checker.type === 'FILE_CHECK'
      ? [`     ${checker.trackFile}, weight ${checker.weight}${checker.reverse ? ' reverse' : ''}`]
      : [],
  );
  const sessions = checkers.flatMap((checker) => (checker.type === 'BFD_CHECK' ? [`     ${checker.instance}`] : []));
  return [
    ...(files.length === 0 ? [] : ['   Tracked Files', ...files]),
    ...(sessions.length === 0 ? [] : ['   Tracked BFDs', ...sessions]),
  ];
}
