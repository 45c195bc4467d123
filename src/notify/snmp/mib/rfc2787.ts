/** VRRP-MIB (RFC 2787): instances of version 2 over IPv4. */
import { addressOctets } from './conventions.ts';
import { vrrpMib } from './roots.ts';
import type { VrrpStatistics } from '../../../vrrp/types.ts';
import type { SnmpSnapshot } from '../snapshot.ts';
import type { Oid } from '../oid.ts';
import { counter, integer, text, ticks, truth, type SnmpValue } from '../value.ts';
import { Scalars, Table, type Columns, type Subtree } from '../view.ts';
import {
  active,
  associatedAddresses,
  protocolState,
  routerRows,
  statisticsOf,
  total,
  virtualHardwareAddress,
  virtualRouters,
  type VirtualRouter,
} from './virtual-routers.ts';

const authenticationTypes = { none: 1, PASS: 2, AH: 3 } as const;

export function ipAddressValue(address: string | undefined): SnmpValue {
  const octets = address === undefined ? undefined : addressOctets(address);
  return { type: 'ip-address', value: octets?.length === 4 ? octets : new Uint8Array(4) };
}

const routerColumns: Columns<VirtualRouter> = {
  2: (router) => text(virtualHardwareAddress(router)),
  3: protocolState,
  // vrrpOperAdminState: up(1).
  4: () => integer(1),
  5: ({ configuration, status }) => integer(status?.basePriority ?? configuration.priority),
  6: ({ configuration }) => integer(configuration.virtualAddresses.length),
  7: ({ status }) => ipAddressValue(status?.masterAddress),
  8: ({ configuration, status }) => ipAddressValue(status?.sourceAddress ?? configuration.sourceAddress),
  9: ({ configuration }) => integer(authenticationTypes[configuration.authentication?.type ?? 'none']),
  // vrrpOperAuthKey is empty whatever it is (RFC 2787): it is not shown at all.
  11: ({ configuration }) => integer(Math.round(configuration.advertisementInterval / 1000)),
  12: ({ configuration, status }) => truth(!(status?.nopreempt ?? configuration.nopreempt)),
  // sysUpTime of that moment, not the time since it.
  13: ({ operationalAt }) => ticks(operationalAt),
  // vrrpOperProtocol: ip(1).
  14: () => integer(1),
  15: () => active,
};

const statistic =
  (name: keyof VrrpStatistics) =>
  (router: VirtualRouter): SnmpValue =>
    counter(statisticsOf(router)[name]);

const statisticColumns: Columns<VirtualRouter> = {
  1: statistic('becameMaster'),
  2: statistic('advertisementsReceived'),
  3: statistic('advertisementIntervalErrors'),
  4: statistic('authenticationFailure'),
  5: statistic('ttlErrors'),
  6: statistic('priorityZeroReceived'),
  7: statistic('priorityZeroSent'),
  8: statistic('invalidTypeErrors'),
  9: statistic('addressListErrors'),
  10: statistic('invalidAuthenticationType'),
  11: statistic('authenticationTypeMismatch'),
  12: statistic('lengthErrors'),
};

/** INDEX { ifIndex, vrrpOperVrId }. */
export function rfc2787Index({ configuration, interfaceIndex }: VirtualRouter): Oid {
  return [interfaceIndex, configuration.virtualRouterId];
}

export function rfc2787Tables(snapshot: SnmpSnapshot): Subtree[] {
  const routers = virtualRouters(snapshot).filter(
    ({ configuration: { family, version } }) => version === 2 && family === 'inet',
  );
  const rows = routerRows(routers, rfc2787Index);
  return [
    new Scalars(
      [...vrrpMib, 1],
      { 1: () => integer(2), 2: () => integer(snapshot.configuration.global.snmp.traps ? 1 : 2) },
      undefined,
    ),
    new Table([...vrrpMib, 1, 3, 1], routerColumns, rows),
    associatedAddresses([...vrrpMib, 1, 4, 1], routers, rfc2787Index),
    new Scalars(
      [...vrrpMib, 2],
      {
        1: () => counter(total(routers, 'checksumErrors')),
        2: () => counter(total(routers, 'versionErrors')),
        // vrrpRouterVrIdErrors: the kernel hands over no messages of routers that are not ours.
        3: () => counter(0),
      },
      undefined,
    ),
    new Table([...vrrpMib, 2, 4, 1], statisticColumns, rows),
  ];
}
