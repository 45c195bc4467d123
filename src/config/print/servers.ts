/** Prints virtual_server with its real_server blocks, and virtual_server_group. */
import type {
  ForwardingMethod,
  RealServerConfiguration,
  VirtualServerConfiguration,
  VirtualServerGroup,
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
  const { identity, persistenceGranularity } = server;
  if (identity.kind === 'fwmark') return [line('ip_family', identity.family)];
  const protocol = line('protocol', identity.protocol.toUpperCase());
  // A prefix length as granularity says that the group is of IPv6.
  const ipv6Group =
    identity.kind === 'group' && persistenceGranularity !== undefined && !persistenceGranularity.includes('.');
  return ipv6Group ? [line('ip_family', 'inet6'), protocol] : [protocol];
}

const schedulerFlags = { sched1: 'flag-1', sched2: 'flag-2', sched3: 'flag-3' } as const;

function realServerBlock(server: RealServerConfiguration): PrintedLine {
  return blockLine(
    'real_server',
    [server.address, server.port],
    [
      line('weight', server.weight),
      line('lvs_method', ...forwardingWords(server.forwarding)),
      line('uthreshold', server.upperThreshold),
      line('lthreshold', server.lowerThreshold),
      boolLine('inhibit_on_failure', server.inhibitOnFailure),
      ...scriptLine('notify_up', server.notifyUp),
      ...scriptLine('notify_down', server.notifyDown),
      boolLine('smtp_alert', server.smtpAlert),
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
  const forwarding = server.realServers[0]?.forwarding ?? { method: 'NAT' };
  return blockLine(
    'virtual_server',
    identityWords(server.identity),
    [
      ...identityLines(server),
      line('lvs_sched', server.scheduler),
      ...server.schedulerFlags.map((flag) => line(schedulerFlags[flag])),
      ...flagLine('ops', server.onePacket),
      ...flagLine('hashed', server.hashed),
      line('lvs_method', ...forwardingWords(forwarding)),
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
      ...sorryServerLines(server.sorryServer),
      ...server.realServers.map(realServerBlock),
    ],
    server.at,
  );
}

/** virtual_server_group; ranges are single addresses by now. */
export function printVirtualServerGroup(group: VirtualServerGroup): PrintedLine {
  return blockLine(
    'virtual_server_group',
    [group.name],
    group.entries.map((entry) =>
      entry.kind === 'fwmark'
        ? valueLine(['fwmark', entry.mark, ...(entry.family === undefined ? [] : [entry.family])])
        : valueLine([entry.address, entry.port]),
    ),
    group.at,
  );
}
