/** Which addresses are ours, which of them have to exist, and which must not. */
import type { VirtualAddress } from '../config/model.ts';
import type { Instance } from './instance.ts';
import { addressKey } from './instance.ts';
import type { DesiredInstanceAddresses } from './types.ts';

export class AddressBook {
  /** Who has an address in its configuration, by addressKey(). */
  #claimants = new Map<string, Instance[]>();
  /** `interface|address` of every virtual address. */
  #virtual = new Set<string>();
  #instances = new Map<string, Instance>();
  #owned = new Map<string, readonly VirtualAddress[]>();
  /** Addresses that the last reload took away from an instance, by its name. */
  #retired = new Map<string, readonly VirtualAddress[]>();

  configure(instances: readonly Instance[]): void {
    this.#instances = new Map(instances.map((instance) => [instance.name, instance]));
    this.#owned = new Map(instances.map((instance) => [instance.name, instance.addresses]));
    this.#virtual = new Set();
    this.#claimants = new Map();
    for (const instance of instances) {
      for (const address of instance.addresses) {
        this.#virtual.add(`${address.interface}|${address.address}`);
        const key = addressKey(address);
        const claimants = this.#claimants.get(key);
        if (claimants) claimants.push(instance);
        else this.#claimants.set(key, [instance]);
      }
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
  desired(names: readonly string[] | undefined): readonly DesiredInstanceAddresses[] {
    const asked = names ?? [...new Set([...this.#owned.keys(), ...this.#retired.keys()])];
    return asked.map((name) => {
      const instance = this.#instances.get(name);
      const addresses = instance?.state === 'MASTER' ? instance.addresses : [];
      const own = [...(this.#retired.get(name) ?? []), ...(instance?.addresses ?? [])];
      return { instance: name, addresses, unwanted: own.filter((address) => !this.#isWanted(address)) };
    });
  }

  /** Two instances may share an address, or a reload may have moved it to another one: then it stays. */
  #isWanted(address: VirtualAddress): boolean {
    return this.#claimants.get(addressKey(address))?.some((claimant) => claimant.state === 'MASTER') === true;
  }
}
