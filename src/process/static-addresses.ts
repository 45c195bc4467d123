/** static_ipaddress: addresses that exist as long as the daemon runs, whatever VRRP does. */
import { desiredAddressKey } from '../network/plan-addresses.ts';
import type { DesiredAddress } from '../network/types.ts';
import type { DesiredInstanceAddresses } from '../vrrp/types.ts';

/** What the log and the reconciler call them: no instance can have an empty name. */
const subject = '';

/**
 * Which static addresses are ours. One that was there before us is used and left behind: taking it away at the stop
 * could cut the machine off.
 */
export class StaticAddresses {
  #ours = new Map<string, DesiredAddress>();

  /**
   * Takes the addresses of a configuration.
   * @param present keys (addressKey) of the addresses that exist now
   * @returns what to reconcile
   */
  configure(addresses: readonly DesiredAddress[], present: ReadonlySet<string>): DesiredInstanceAddresses {
    const before = this.#ours;
    this.#ours = new Map();
    for (const address of addresses) {
      const key = desiredAddressKey(address);
      if (before.has(key) || !present.has(key)) this.#ours.set(key, address);
    }
    const unwanted = [...before].filter(([key]) => !this.#ours.has(key)).map(([, address]) => address);
    return { instance: subject, addresses: [...this.#ours.values()], unwanted };
  }

  /** What should exist: for putting back what somebody removed or what came with an interface. */
  get desired(): DesiredInstanceAddresses {
    return { instance: subject, addresses: [...this.#ours.values()], unwanted: [] };
  }

  /** At the stop. */
  release(): DesiredInstanceAddresses {
    const unwanted = [...this.#ours.values()];
    this.#ours = new Map();
    return { instance: subject, addresses: [], unwanted };
  }

  get isEmpty(): boolean {
    return this.#ours.size === 0;
  }
}
