/** An instance in numbers, for metrics. */
import type { VirtualAddress } from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { InstanceFigures, PlacedAddress } from '../metrics/figures.ts';
import type { Instance } from './instance.ts';
import { basePriority } from './priority.ts';

export function instanceFigures(instance: Instance, now: MonotonicMs): InstanceFigures {
  const { configuration, group } = instance;
  const counted = configuration.virtualAddresses.length;
  return {
    name: instance.name,
    interface: configuration.interface,
    virtualRouterId: configuration.virtualRouterId,
    ...(group?.name !== undefined && { group: group.name }),
    state: instance.state,
    wanted: instance.wanted,
    stateAge: now - instance.since,
    basePriority: basePriority(configuration, instance.override),
    effectivePriority: instance.effectivePriority,
    masterPriority: instance.masterPriority,
    gratuitousDelay: configuration.gratuitous.masterDelay,
    advertisementInterval: configuration.advertisementInterval,
    peersHeard: instance.peers.list().length,
    addresses: instance.addresses.slice(0, counted).map(placed),
    excludedAddresses: instance.addresses.slice(counted).map(placed),
    statistics: { ...instance.statistics },
    refusals: instance.refusals.status().map(({ code, count }) => [code, count] as const),
  };
}

function placed({ address, interface: interfaceName, prefixLength }: VirtualAddress): PlacedAddress {
  return [`${address}/${prefixLength}`, interfaceName];
}
