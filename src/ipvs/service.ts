/** Services compared and completed: defaults, flag bits, equality as the kernel sees it. */
import type { AddressFamily, ForwardingMethod } from '../config/model.ts';
import { IP_VS_SVC_F, IP_VS_SVC_F_CONFIGURED } from './constants.ts';
import type { Destination, Service } from './types.ts';

/** The mask of a service without persistence granularity: every client for itself. */
export function defaultNetmask(family: AddressFamily): string {
  return family === 'inet6' ? '128' : '255.255.255.255';
}

/** Flag bits of a service from what a configuration says. */
export function serviceFlags(options: {
  readonly persistent: boolean;
  readonly onePacket: boolean;
  readonly scheduler: readonly ('sched1' | 'sched2' | 'sched3')[];
}): number {
  let flags = 0;
  if (options.persistent) flags |= IP_VS_SVC_F.PERSISTENT;
  if (options.onePacket) flags |= IP_VS_SVC_F.ONEPACKET;
  if (options.scheduler.includes('sched1')) flags |= IP_VS_SVC_F.SCHED1;
  if (options.scheduler.includes('sched2')) flags |= IP_VS_SVC_F.SCHED2;
  if (options.scheduler.includes('sched3')) flags |= IP_VS_SVC_F.SCHED3;
  return flags;
}

/** True if an edit of the service would change nothing. The key and the destinations are not looked at. */
export function sameServiceSettings(a: Service, b: Service): boolean {
  return (
    a.scheduler === b.scheduler &&
    (a.flags & IP_VS_SVC_F_CONFIGURED) === (b.flags & IP_VS_SVC_F_CONFIGURED) &&
    a.timeoutSeconds === b.timeoutSeconds &&
    a.netmask === b.netmask &&
    (a.persistenceEngine ?? '') === (b.persistenceEngine ?? '')
  );
}

function sameForwarding(a: ForwardingMethod, b: ForwardingMethod): boolean {
  if (a.method !== 'TUN' || b.method !== 'TUN') return a.method === b.method;
  return a.tunnel === b.tunnel && (a.port ?? 0) === (b.port ?? 0) && a.checksum === b.checksum;
}

/** True if both are the same server of a service, whatever their settings. */
export function sameDestinationIdentity(a: Destination, b: Destination): boolean {
  return a.port === b.port && a.address === b.address && a.family === b.family;
}

/** True if an edit of the server would change nothing. */
export function sameDestinationSettings(a: Destination, b: Destination): boolean {
  return (
    a.weight === b.weight &&
    a.upperThreshold === b.upperThreshold &&
    a.lowerThreshold === b.lowerThreshold &&
    sameForwarding(a.forwarding, b.forwarding)
  );
}
