/**
 * From the running instances to those of another configuration. An instance is the same one if virtual router, family,
 * interface, cast and source are, whatever its name (reference: runtime, "Reload"); it keeps everything it knows.
 */
import type { VirtualAddress, VrrpConfiguration, VrrpInstanceConfiguration } from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';
import { advertisingInterface } from './advertising-interface.ts';
import { Instance, addressKey } from './instance.ts';
import type { InstanceHost } from './instance.ts';

export interface KeptInstance {
  readonly instance: Instance;
  readonly addressesChanged: boolean;
  /** Fits the timers to the new configuration. @returns the addresses that are new */
  readonly apply: (now: MonotonicMs) => readonly VirtualAddress[];
}

export interface ReloadPlan {
  /** In the new configuration's order. */
  readonly instances: readonly Instance[];
  readonly removed: readonly Instance[];
  readonly added: readonly Instance[];
  readonly kept: readonly KeptInstance[];
}

/** Equal for what a reload takes for the same virtual router. */
export function instanceIdentity(configuration: VrrpInstanceConfiguration): string {
  const { virtualRouterId, family, interface: name, unicastPeers, multicastGroup, sourceAddress } = configuration;
  const unicast = unicastPeers.length > 0;
  const place = unicast ? `unicast ${sourceAddress ?? ''}` : `multicast ${multicastGroup}`;
  const { virtualInterface: virtual } = configuration;
  const own = virtual === undefined ? '' : `${virtual.kind} ${advertisingInterface(configuration)}`;
  return `${virtualRouterId} ${family} ${name} ${place} ${own}`;
}

/** Matches old and new instances. The old ones that stay have their configuration exchanged already. */
export function planReload(
  running: readonly Instance[],
  configuration: VrrpConfiguration,
  host: InstanceHost,
): ReloadPlan {
  const left = new Map<string, Instance[]>();
  for (const instance of running) {
    const key = instanceIdentity(instance.configuration);
    left.set(key, [...(left.get(key) ?? []), instance]);
  }
  const kept: KeptInstance[] = [];
  const added: Instance[] = [];
  const instances = configuration.instances.map((next) => {
    const candidates = left.get(instanceIdentity(next)) ?? [];
    // Two unicast instances may share all of it and differ by their peers: then the name decides.
    const at = Math.max(
      0,
      candidates.findIndex((candidate) => candidate.name === next.name),
    );
    const [same] = candidates.splice(at, 1);
    if (!same) {
      const instance = new Instance(next, host);
      added.push(instance);
      return instance;
    }
    kept.push(exchange(same, next));
    return same;
  });
  return { instances, removed: [...left.values()].flat(), added, kept };
}

function exchange(instance: Instance, next: VrrpInstanceConfiguration): KeptInstance {
  const before = instance.configuration;
  const known = new Map(instance.addresses.map((address) => [addressKey(address), settingsOf(address)]));
  instance.reconfigure(next);
  const added = instance.addresses.filter((address) => !known.has(addressKey(address)));
  const changed =
    instance.addresses.length !== known.size ||
    instance.addresses.some((address) => known.get(addressKey(address)) !== settingsOf(address));
  return {
    instance,
    addressesChanged: changed || before.name !== next.name,
    apply: (now) => {
      instance.adaptTimers(now);
      return added;
    },
  };
}

/** Everything that is written of an address (label, scope, lifetimes, ...), as text to compare. */
function settingsOf(address: VirtualAddress): string {
  return JSON.stringify({ ...address, at: undefined });
}
