/** Which addresses are ours, which of them have to exist, and which must not. */
import type { VirtualAddress } from '../config/model.ts';
import type { Instance } from './instance.ts';
import { addressKey } from './instance.ts';
import type { DesiredInstanceAddresses } from './types.ts';

export class AddressBook {
  /** `interface|address` of every virtual address. */
  #virtual = new Set<string>();
  /** Addresses that the last reload took away from an instance, by its name. */
  #retired = new Map<string, readonly VirtualAddress[]>();
  #owned = new Map<string, readonly VirtualAddress[]>();

  configure(instances: readonly Instance[]): void {
    this.#owned = new Map(instances.map((instance) => [instance.name, instance.addresses]));
    this.#virtual = new Set();
    for (const addresses of this.#owned.values()) {
      for (const address of addresses) this.#virtual.add(`${address.interface}|${address.address}`);
    }
  }

  /** After a reload: what is no longer configured under a name has to go. */
  reconfigure(instances: readonly Instance[]): void {
    const before = this.#owned;
    this.configure(instances);
    this.#retired = new Map();
    for (const [name, addresses] of before) {
      const kept = new Set(this.#owned.get(name)?.map(addressKey));
      const gone = addresses.filter((address) => !kept.has(addressKey(address)));
      if (gone.length > 0 || !this.#owned.has(name)) this.#retired.set(name, gone);
    }
  }

  isVirtual(interfaceName: string, address: string): boolean {
    return this.#virtual.has(`${interfaceName}|${address}`);
  }

  /** @param names default: all, those removed by the last reload included */
  desired(instances: readonly Instance[], names: readonly string[] | undefined): readonly DesiredInstanceAddresses[] {
    const wanted = new Set<string>();
    const masters = new Map<string, readonly VirtualAddress[]>();
    for (const { name, state, addresses } of instances) {
      if (state !== 'MASTER') continue;
      masters.set(name, addresses);
      for (const address of addresses) wanted.add(addressKey(address));
    }
    const asked = names ?? [...new Set([...this.#owned.keys(), ...this.#retired.keys()])];
    return asked.map((instance) => {
      const addresses = masters.get(instance) ?? [];
      const own = [...(this.#retired.get(instance) ?? []), ...(this.#owned.get(instance) ?? [])];
      // Two instances may share an address, or a reload may have moved it to another one: then it stays.
      return { instance, addresses, unwanted: own.filter((address) => !wanted.has(addressKey(address))) };
    });
  }
}
