/** What VRRP-MIB and VRRPV3-MIB ask of an instance, put together once for both. */
import type { VrrpInstanceConfiguration } from '../../../config/model.ts';
import type { VrrpInstanceStatus, VrrpStatistics } from '../../../vrrp/types.ts';
import { integer, type SnmpValue } from '../value.ts';
import type { SnmpSnapshot } from '../snapshot.ts';

export interface VirtualRouter {
  readonly configuration: VrrpInstanceConfiguration;
  readonly status: VrrpInstanceStatus | undefined;
  /** The interface it is on; one that is not there has index 0 and no address. */
  readonly interfaceIndex: number;
  readonly hardwareAddress: Uint8Array;
  /** Hundredths of a second since it left the state initialize. */
  readonly uptime: number;
  /** When that was, in hundredths of a second since the agent began. */
  readonly operationalAt: number;
}

export const noStatistics: VrrpStatistics = {
  advertisementsReceived: 0,
  advertisementsSent: 0,
  becameMaster: 0,
  releasedMaster: 0,
  lengthErrors: 0,
  ttlErrors: 0,
  invalidTypeErrors: 0,
  advertisementIntervalErrors: 0,
  addressListErrors: 0,
  checksumErrors: 0,
  versionErrors: 0,
  invalidAuthenticationType: 0,
  authenticationTypeMismatch: 0,
  authenticationFailure: 0,
  priorityZeroReceived: 0,
  priorityZeroSent: 0,
};

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
  return routers.reduce((sum, { status }) => sum + (status?.statistics[counter] ?? 0), 0);
}
