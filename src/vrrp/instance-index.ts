/** Finds the instance a packet is for, among hundreds, without looking at each. */
import { advertisingInterface } from './advertising-interface.ts';
import { isMulticast, peekVirtualRouterId } from './examine.ts';
import type { Instance } from './instance.ts';
import type { NetworkView } from './network-view.ts';
import type { PacketMeta } from './types.ts';

/** Interface index of unicast instances without an interface. */
const ANY_INTERFACE = 0;

export class InstanceIndex {
  readonly #instances = new Map<number, Instance[]>();

  constructor(instances: readonly Instance[], network: NetworkView) {
    for (const instance of instances) {
      const { virtualRouterId, family } = instance.configuration;
      const name = advertisingInterface(instance.configuration);
      const index = name === '' ? ANY_INTERFACE : network.link(name)?.index;
      if (index === undefined) continue;
      const key = keyOf(index, virtualRouterId, family);
      const list = this.#instances.get(key);
      if (list) list.push(instance);
      else this.#instances.set(key, [instance]);
    }
  }

  find(packet: Uint8Array, meta: PacketMeta): Instance | undefined {
    const id = peekVirtualRouterId(packet, meta.family);
    if (id === undefined) return undefined;
    const candidates =
      this.#instances.get(keyOf(meta.interfaceIndex, id, meta.family)) ??
      this.#instances.get(keyOf(ANY_INTERFACE, id, meta.family));
    if (!candidates || candidates.length < 2) return candidates?.[0];
    // Unicast and multicast are separate spaces of identifiers; unicast instances differ by their peers.
    const multicast = isMulticast(meta.destination, meta.family);
    const fitting = candidates.filter(({ configuration: { unicastPeers, multicastGroup } }) =>
      multicast ? unicastPeers.length === 0 && multicastGroup === meta.destination : unicastPeers.length > 0,
    );
    const fromPeer = fitting.find(({ configuration }) =>
      configuration.unicastPeers.some((peer) => peer.address === meta.source),
    );
    return fromPeer ?? fitting[0] ?? candidates[0];
  }
}

function keyOf(interfaceIndex: number, virtualRouterId: number, family: PacketMeta['family']): number {
  return interfaceIndex * 512 + virtualRouterId * 2 + (family === 'inet6' ? 1 : 0);
}
