/** VRRPV3-MIB (RFC 6527): instances of both versions and families. */
import { addressValue } from './conventions.ts';
import { vrrpv3Mib } from './roots.ts';
import type { VrrpStatistics } from '../../../vrrp/types.ts';
import type { SnmpSnapshot } from '../snapshot.ts';
import type { Oid } from '../oid.ts';
import { counter, counter64, gauge, integer, text, ticks, truth, type SnmpValue } from '../value.ts';
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

/** An address of the router's family (InetAddressType is one of its indices); of zeros where there is none. */
function ownFamily({ configuration }: VirtualRouter, address: string | undefined): SnmpValue | undefined {
  return addressValue(address ?? (configuration.family === 'inet' ? '0.0.0.0' : '::'));
}

/** Who is master: this router itself, or whom it heard last. */
function masterAddress(router: VirtualRouter): SnmpValue | undefined {
  const { status } = router;
  return ownFamily(router, status?.state === 'MASTER' ? status.sourceAddress : status?.masterAddress);
}

const routerColumns: Columns<VirtualRouter> = {
  3: masterAddress,
  4: (router) => ownFamily(router, router.status?.sourceAddress ?? router.configuration.sourceAddress),
  5: (router) => text(virtualHardwareAddress(router)),
  6: protocolState,
  7: ({ configuration, status }) => gauge(status?.basePriority ?? configuration.priority),
  8: ({ configuration }) => integer(configuration.virtualAddresses.length),
  // Centiseconds.
  9: ({ configuration }) => integer(Math.round(configuration.advertisementInterval / 10)),
  10: ({ configuration, status }) => truth(!(status?.nopreempt ?? configuration.nopreempt)),
  11: ({ configuration }) => truth(configuration.accept),
  12: ({ uptime }) => ticks(uptime),
  13: () => active,
};

const statistic =
  (name: keyof VrrpStatistics) =>
  (router: VirtualRouter): SnmpValue =>
    counter64(BigInt(statisticsOf(router)[name]));

/** vrrpv3StatisticsNewMasterReason: notMaster(0), priority(1), preempted(2), masterNoResponse(3); of the last time. */
export function newMasterReason({ status }: VirtualRouter): SnmpValue {
  const reasons = { resigned: 1, preempted: 2, 'no-response': 3 } as const;
  return integer(status?.masterCause === undefined ? 0 : reasons[status.masterCause]);
}

/** vrrpv3StatisticsProtoErrReason: ipTtlError(1), versionError(2), checksumError(3); no error is 0. */
export const protocolErrors: Partial<Record<keyof VrrpStatistics, number>> = {
  ttlErrors: 1,
  versionErrors: 2,
  checksumErrors: 3,
};

/** The reason of the last error. */
function protocolError({ status }: VirtualRouter): SnmpValue {
  let last = { at: -Infinity, reason: 0 };
  for (const { at, counter } of status?.refusals ?? []) {
    const reason = counter && protocolErrors[counter];
    if (reason !== undefined && at > last.at) last = { at, reason };
  }
  return integer(last.reason);
}

const statisticColumns: Columns<VirtualRouter> = {
  1: (router) => counter(statisticsOf(router).becameMaster),
  2: newMasterReason,
  3: statistic('advertisementsReceived'),
  4: statistic('advertisementIntervalErrors'),
  5: statistic('ttlErrors'),
  6: protocolError,
  7: statistic('priorityZeroReceived'),
  8: statistic('priorityZeroSent'),
  9: statistic('invalidTypeErrors'),
  10: statistic('addressListErrors'),
  11: statistic('lengthErrors'),
  12: () => ticks(0),
  // Milliseconds.
  13: ({ configuration }) => gauge(configuration.advertisementInterval),
};

/** INDEX { ifIndex, vrrpv3OperationsVrId, vrrpv3OperationsInetAddrType }. */
export function rfc6527Index({ configuration, interfaceIndex }: VirtualRouter): Oid {
  return [interfaceIndex, configuration.virtualRouterId, configuration.family === 'inet' ? 1 : 2];
}

export function rfc6527Tables(snapshot: SnmpSnapshot): Subtree[] {
  const routers = virtualRouters(snapshot);
  const rows = routerRows(routers, rfc6527Index);
  return [
    new Table([...vrrpv3Mib, 1, 1, 1, 1], routerColumns, rows),
    associatedAddresses([...vrrpv3Mib, 1, 1, 2, 1], routers, rfc6527Index),
    new Scalars(
      [...vrrpv3Mib, 1, 2],
      {
        1: () => counter64(BigInt(total(routers, 'checksumErrors'))),
        2: () => counter64(BigInt(total(routers, 'versionErrors'))),
        // vrrpv3RouterVrIdErrors: the kernel hands over no messages of routers that are not ours.
        3: () => counter64(0n),
        4: () => ticks(0),
      },
      undefined,
    ),
    new Table([...vrrpv3Mib, 1, 2, 5, 1], statisticColumns, rows),
  ];
}
