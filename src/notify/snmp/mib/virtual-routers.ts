/** What VRRP-MIB and VRRPV3-MIB ask of an instance, put together once for both. */
import type { VrrpInstanceConfiguration } from '../../../config/model.ts';
import type { VrrpInstanceStatus, VrrpStatistics } from '../../../vrrp/types.ts';
import { emptyStatistics } from '../../../vrrp/statistics.ts';
import type { Oid } from '../oid.ts';
import { integer, type SnmpValue } from '../value.ts';
import { Table, type TableRow } from '../view.ts';
import type { SnmpSnapshot } from '../snapshot.ts';
import { addressOctets } from './conventions.ts';

export interface VirtualRouter {
  readonly configuration: VrrpInstanceConfiguration;
  readonly status: VrrpInstanceStatus | undefined;
  /** The configured interface, also if it has one of its own; one that is not there has index 0 and no address. */
  readonly interfaceIndex: number;
  readonly hardwareAddress: Uint8Array;
  /** Hundredths of a second since it left the state initialize. */
  readonly uptime: number;
  /** When that was, in hundredths of a second since the agent began. */
  readonly operationalAt: number;
}

const noStatistics = emptyStatistics();

export function virtualRouters({
  configuration,
  interfaceIndex,
  startedAt,
  vrrp,
}: SnmpSnapshot): readonly VirtualRouter[] {
  const statuses = new Map(vrrp?.instances.map((status) => [status.name, status]));
  return configuration.vrrp.instances.map((instance) => {
    const status = statuses.get(instance.name);
    const since = status?.operationalSince;
    const ticks = (from: number, to: number): number => Math.max(0, Math.floor((to - from) / 10));
    return {
      configuration: instance,
      status,
      interfaceIndex: interfaceIndex(instance.interface),
      hardwareAddress: octetsOf(vrrp?.hardwareAddresses?.[instance.interface] ?? '000000000000'),
      uptime: since === undefined || vrrp === undefined ? 0 : ticks(since, vrrp.now),
      operationalAt: since === undefined ? 0 : ticks(startedAt, since),
    };
  });
}

function octetsOf(hexadecimal: string): Uint8Array {
  return Uint8Array.from(hexadecimal.match(/../g) ?? [], (octet) => parseInt(octet, 16));
}

/** initialize(1), backup(2), master(3) in both modules; an instance with a fault is initializing. */
export function protocolState({ status }: VirtualRouter): SnmpValue {
  return integer(status?.state === 'MASTER' ? 3 : status?.state === 'BACKUP' ? 2 : 1);
}

/** The hardware address of the virtual router: its VMAC's, or that of the interface. */
export function virtualHardwareAddress({ configuration, hardwareAddress }: VirtualRouter): Uint8Array {
  const { family, virtualInterface, virtualRouterId } = configuration;
  if (virtualInterface?.kind !== 'vmac') return hardwareAddress;
  if (virtualInterface.macAddress !== undefined) return octetsOf(virtualInterface.macAddress.replaceAll(':', ''));
  return Uint8Array.of(0, 0, 0x5e, 0, family === 'inet' ? 1 : 2, virtualRouterId);
}

/** The sum of a counter over all virtual routers. */
export function total(routers: readonly VirtualRouter[], counter: keyof VrrpStatistics): number {
  return routers.reduce((sum, router) => sum + statisticsOf(router)[counter], 0);
}

/** The counters of a virtual router; none that is not known has counted anything. */
export function statisticsOf({ status }: VirtualRouter): Readonly<VrrpStatistics> {
  return status?.statistics ?? noStatistics;
}

/** RowStatus of SNMPv2-TC: active(1). */
export const active = integer(1);

/** The routers as rows under the index that a module gives them. */
export function routerRows(
  routers: readonly VirtualRouter[],
  indexOf: (router: VirtualRouter) => Oid,
): TableRow<VirtualRouter>[] {
  return routers.map((router) => ({ index: indexOf(router), row: router }));
}

/** The table of associated addresses: their index is that of the router and the address, their only column RowStatus. */
export function associatedAddresses(
  entry: Oid,
  routers: readonly VirtualRouter[],
  indexOf: (router: VirtualRouter) => Oid,
): Table<undefined> {
  const rows = routers.flatMap((router) =>
    router.configuration.virtualAddresses.flatMap(({ address }) => {
      const octets = addressOctets(address);
      return octets ? [{ index: [...indexOf(router), ...octets], row: undefined }] : [];
    }),
  );
  return new Table(entry, { 2: () => active }, rows);
}
