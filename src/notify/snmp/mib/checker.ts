/** KEEPALIVED-MIB, group check: groups of virtual servers, virtual and real servers, the sync daemon and the timeouts of IPVS. */
import type { Configuration, VirtualServerGroup, VirtualServerGroupEntry } from '../../../config/model.ts';
import { addToAddress } from '../../../core/ip-address.ts';
import { gauge, integer, text, type SnmpValue } from '../value.ts';
import { Scalars, Table, type Columns, type Subtree } from '../view.ts';
import type { CheckerState } from './checker-rows.ts';
import { addressValue, familyValue, numbered, numberedWithin, oneOrTwo, textOr } from './conventions.ts';
import { realServerTable } from './real-servers.ts';
import { keepalivedMib } from './roots.ts';
import { virtualServerTable } from './virtual-servers.ts';

const prefix = [...keepalivedMib, 3];

function isRange(entry: VirtualServerGroupEntry): boolean {
  return entry.kind === 'address' && entry.count > 1;
}

/** Columns of entries that are addresses. */
const address =
  (read: (entry: VirtualServerGroupEntry & { readonly kind: 'address' }) => SnmpValue | undefined) =>
  (entry: VirtualServerGroupEntry): SnmpValue | undefined =>
    entry.kind === 'address' ? read(entry) : undefined;

const memberColumns: Columns<VirtualServerGroupEntry> = {
  // fwmark(1), ip(2), iprange(3).
  2: (entry) => integer(entry.kind === 'fwmark' ? 1 : isRange(entry) ? 3 : 2),
  3: (entry) => (entry.kind === 'fwmark' ? gauge(entry.mark) : undefined),
  4: address(({ family }) => familyValue(family)),
  5: address((entry) => (isRange(entry) ? undefined : addressValue(entry.address))),
  6: address((entry) => (isRange(entry) ? addressValue(entry.address) : undefined)),
  7: address((entry) => (isRange(entry) ? addressValue(addToAddress(entry.address, entry.count - 1)) : undefined)),
  8: address(({ port }) => gauge(port)),
};

/** Marks are listed before addresses. */
function membersOf({ entries }: VirtualServerGroup): readonly VirtualServerGroupEntry[] {
  const isMark = ({ kind }: VirtualServerGroupEntry): boolean => kind === 'fwmark';
  return [...entries.filter(isMark), ...entries.filter((entry) => !isMark(entry))];
}

/** The tables of the check process. What they show follows `state`. */
export function checkerTables({ check, global }: Configuration, state: CheckerState): Subtree[] {
  const daemon = global.lvsSyncDaemon;
  const timeouts = global.lvsTimeouts;
  const number = (value: number | undefined): SnmpValue | undefined =>
    value === undefined ? undefined : integer(value);
  const seconds = (milliseconds: number | undefined): SnmpValue | undefined =>
    milliseconds === undefined ? undefined : integer(Math.round(milliseconds / 1000));
  return [
    new Table([...prefix, 1, 1], { 2: ({ name }) => text(name) }, numbered(check.groups)),
    new Table([...prefix, 2, 1], memberColumns, numberedWithin(check.groups, membersOf)),
    virtualServerTable(state),
    realServerTable(state),
    new Scalars(
      [...prefix, 6],
      {
        1: () => oneOrTwo(daemon !== undefined),
        2: () => textOr(daemon?.interface),
        3: () => textOr(daemon?.vrrpInstance),
        4: () => number(daemon?.syncId),
        5: () => number(daemon?.maxLength),
        6: () => number(daemon?.port),
        7: () => number(daemon?.ttl),
        8: () => (daemon?.group === undefined ? undefined : familyValue(daemon.group.includes(':') ? 'inet6' : 'inet')),
        9: () => addressValue(daemon?.group),
      },
      undefined,
    ),
    new Scalars(
      [...prefix, 7],
      { 1: () => seconds(timeouts?.tcp), 2: () => seconds(timeouts?.tcpFin), 3: () => seconds(timeouts?.udp) },
      undefined,
    ),
  ];
}
