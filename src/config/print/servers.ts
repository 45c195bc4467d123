/** Prints virtual_server with its real_server blocks, and virtual_server_group. */
import { addToAddress } from '../../core/ip-address.ts';
import type {
  CheckDefaults,
  ForwardingMethod,
  RealServerConfiguration,
  VirtualServerConfiguration,
  VirtualServerGroup,
  VirtualServerGroupEntry,
  VirtualServerIdentity,
} from '../model.ts';
import { printChecker } from './checkers.ts';
import {
  blockLine,
  boolLine,
  flagLine,
  line,
  optional,
  scriptLine,
  seconds,
  valueLine,
  type PrintedLine,
} from './printed.ts';

/** Words behind lvs_method. */
function forwardingWords(forwarding: ForwardingMethod): (string | number)[] {
  if (forwarding.method !== 'TUN') return [forwarding.method];
  const { tunnel, port, checksum } = forwarding;
  const words: (string | number)[] = ['TUN', 'type', tunnel];
  if (port !== undefined) words.push('port', port);
  if (tunnel !== 'ipip') words.push(checksum === 'none' ? 'nocsum' : checksum);
  return words;
}

function identityWords(identity: VirtualServerIdentity): (string | number)[] {
  switch (identity.kind) {
    case 'address':
      return [identity.address, identity.port];
    case 'fwmark':
      return ['fwmark', identity.mark];
    case 'group':
      return ['group', identity.name];
  }
}

function identityLines(server: VirtualServerConfiguration): PrintedLine[] {
  const { identity, family } = server;
  if (identity.kind === 'fwmark') return [line('ip_family', identity.family)];
  const protocol = line('protocol', identity.protocol.toUpperCase());
  return identity.kind === 'group' && family !== undefined ? [line('ip_family', family), protocol] : [protocol];
}

/** Times and the rest that checkers inherit; alpha is a flag on virtual servers and printed there. */
function defaultsLines(defaults: CheckDefaults | undefined): PrintedLine[] {
  if (!defaults) return [];
  const { retry, delayBeforeRetry, warmup, connectTimeout, delayLoop, virtualHost } = defaults;
  const time = (keyword: string, value: number | undefined) =>
    value === undefined ? [] : [line(keyword, seconds(value))];
  return [
    ...optional('retry', retry),
    ...time('delay_before_retry', delayBeforeRetry),
    ...time('warmup', warmup),
    ...time('connect_timeout', connectTimeout),
    ...time('delay_loop', delayLoop),
    ...optional('virtualhost', virtualHost),
  ];
}

const schedulerFlags = { sched1: 'flag-1', sched2: 'flag-2', sched3: 'flag-3' } as const;

function drainLine(timeout: number | undefined): PrintedLine[] {
  return timeout === undefined ? [] : [line('drain_timeout', seconds(timeout))];
}

/** As a block of its virtual server. */
export function printRealServer(server: RealServerConfiguration): PrintedLine {
  return blockLine(
    'real_server',
    [server.address, server.port],
    [
      line('weight', server.weight),
      line('lvs_method', ...forwardingWords(server.forwarding)),
      line('uthreshold', server.upperThreshold),
      line('lthreshold', server.lowerThreshold),
      boolLine('inhibit_on_failure', server.inhibitOnFailure),
      ...drainLine(server.drainTimeout),
      ...scriptLine('notify_up', server.notifyUp),
      ...scriptLine('notify_down', server.notifyDown),
      boolLine('smtp_alert', server.smtpAlert),
      ...(server.checkDefaults?.alpha === undefined ? [] : [boolLine('alpha', server.checkDefaults.alpha)]),
      ...defaultsLines(server.checkDefaults),
      ...optional('snmp_name', server.snmpName),
      ...server.checkers.map(printChecker),
    ],
    server.at,
  );
}

function sorryServerLines(server: RealServerConfiguration | undefined): PrintedLine[] {
  if (!server) return [];
  return [
    { ...line('sorry_server', server.address, server.port), at: server.at },
    ...flagLine('sorry_server_inhibit', server.inhibitOnFailure),
    line('sorry_server_lvs_method', ...forwardingWords(server.forwarding)),
  ];
}

/** virtual_server. */
export function printVirtualServer(server: VirtualServerConfiguration): PrintedLine {
  return blockLine(
    'virtual_server',
    identityWords(server.identity),
    [
      ...identityLines(server),
      line('lvs_sched', server.scheduler),
      ...server.schedulerFlags.map((flag) => line(schedulerFlags[flag])),
      ...flagLine('ops', server.onePacket),
      ...flagLine('hashed', server.hashed),
      line('lvs_method', ...forwardingWords(server.forwarding)),
      line('weight', server.defaultWeight),
      ...flagLine('inhibit_on_failure', server.inhibitOnFailure),
      ...drainLine(server.drainTimeout),
      ...optional('persistence_engine', server.persistenceEngine),
      ...(server.persistenceTimeout === undefined
        ? []
        : [line('persistence_timeout', seconds(server.persistenceTimeout))]),
      ...optional('persistence_granularity', server.persistenceGranularity),
      ...flagLine('alpha', server.alpha),
      ...flagLine('omega', server.omega),
      ...flagLine('ha_suspend', server.haSuspend),
      line('quorum', server.quorum),
      line('hysteresis', server.hysteresis),
      ...scriptLine('quorum_up', server.quorumUp),
      ...scriptLine('quorum_down', server.quorumDown),
      boolLine('smtp_alert', server.smtpAlert),
      ...defaultsLines(server.checkDefaults),
      ...optional('snmp_name', server.snmpName),
      ...sorryServerLines(server.sorryServer),
      ...server.realServers.map(printRealServer),
    ],
    server.at,
  );
}

function entryLine(entry: VirtualServerGroupEntry): PrintedLine {
  if (entry.kind === 'fwmark') {
    return valueLine(['fwmark', entry.mark, ...(entry.family === undefined ? [] : [entry.family])]);
  }
  const { address, count, port } = entry;
  const last = count > 1 ? addToAddress(address, count - 1) : undefined;
  return valueLine([last === undefined ? address : `${address}-${last}`, port]);
}

/** virtual_server_group. */
export function printVirtualServerGroup(group: VirtualServerGroup): PrintedLine {
  return blockLine('virtual_server_group', [group.name], group.entries.map(entryLine), group.at);
}
