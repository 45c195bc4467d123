/** Prints connection_limit. */
import { addToAddress } from '../../core/ip-address.ts';
import type { AddressPrefix, BanSet, ConnectionLimit, LimitedService } from '../model.ts';
import {
  blockLine,
  boolLine,
  flagLine,
  line,
  optional,
  scriptLine,
  seconds,
  valueBlock,
  valueLine,
  type PrintedLine,
} from './printed.ts';

/** Ranges come from groups only; each address of one is a line. */
function serviceLines({ address, count, port }: LimitedService): PrintedLine[] {
  return Array.from({ length: count }, (_, index) => valueLine([addToAddress(address, index) ?? address, port]));
}

function prefixLine({ address, length }: AddressPrefix): PrintedLine {
  return valueLine([`${address}/${length}`]);
}

function setWords(set: BanSet): string[] {
  switch (set.kind) {
    case 'nftables':
      return ['nftables', set.name];
    case 'nftables-existing':
      return ['nftables', set.tableFamily, set.table, ...[set.inet, set.inet6].filter((name) => name !== undefined)];
    case 'ipset':
      return ['ipset', set.inet, set.inet6];
  }
}

/** connection_limit. */
export function printConnectionLimit(limit: ConnectionLimit): PrintedLine {
  return blockLine(
    'connection_limit',
    [limit.name],
    [
      ...(limit.services === undefined
        ? [blockLine('virtual_servers', [], [valueLine(['all'])])]
        : valueBlock('virtual_servers', limit.services.flatMap(serviceLines))),
      line('max_established', limit.maxEstablished),
      line('client_prefix', limit.clientPrefix.inet, limit.clientPrefix.inet6),
      line('interval', seconds(limit.interval)),
      line('ban_time', seconds(limit.banTime)),
      ...optional('release_below', limit.releaseBelow),
      ...valueBlock('allow', limit.allow.map(prefixLine)),
      ...optional('blacklist_file', limit.blacklistFile),
      ...flagLine('append', limit.append),
      line('set', ...setWords(limit.set)),
      ...(limit.set.kind === 'nftables' ? [line('action', limit.action)] : []),
      ...(limit.enforceInKernel ? [line('enforce', 'kernel')] : []),
      ...scriptLine('notify', limit.notify),
      boolLine('smtp_alert', limit.smtpAlert),
    ],
    limit.at,
  );
}
