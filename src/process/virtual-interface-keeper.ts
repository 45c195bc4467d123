/** Interfaces and firewall rules of virtual routers, together: the rules name the interfaces. */
import type { Configuration, VrrpConfiguration } from '../config/model.ts';
import type { Log } from '../log/log.ts';
import type { TableFamily } from '../network/nftables-notices.ts';
import { firewallSettings, firewallWish } from '../vrrp/firewall-wish.ts';
import type { VrrpInstanceStatus } from '../vrrp/types.ts';
import { placeVirtualRouters } from '../vrrp/virtual-interfaces.ts';
import type { PlacedRouters } from '../vrrp/virtual-interfaces.ts';
import { FirewallKeeper } from './firewall-keeper.ts';
import type { RunScript } from './firewall-keeper.ts';
import { KernelSettings } from './kernel-settings.ts';
import { runNft } from './run-nft.ts';
import { VmacKeeper } from './vmac-keeper.ts';
import type { VmacMachine } from './vmac-keeper.ts';

export class VirtualInterfaces {
  readonly #vmacs: VmacKeeper;
  readonly #firewall: FirewallKeeper;
  #placed: PlacedRouters | undefined;
  #masters: ReadonlySet<string> = new Set();
  /** Families whose addresses were dropped once. */
  readonly #dropped = { ip: false, ip6: false };

  /** @param run for scripts of nft */
  constructor(log: Log, machine: VmacMachine, run: RunScript) {
    this.#vmacs = new VmacKeeper(log, machine, new KernelSettings(log));
    this.#firewall = new FirewallKeeper(log, run, runNft);
  }

  get hasFirewall(): boolean {
    return this.#firewall.isActive;
  }

  /** Makes what the configuration wants. @returns it with the addresses on the interfaces, for the engine */
  async configure(configuration: Configuration): Promise<VrrpConfiguration> {
    const placed = placeVirtualRouters(configuration);
    this.#placed = placed;
    await this.#firewall.configure(firewallSettings(configuration));
    await this.#vmacs.configure(placed.interfaces);
    this.#followFirewall();
    return placed.vrrp;
  }

  /** Behind a reload of the engine: removes the interfaces of routers that are gone. */
  async removeUnwanted(): Promise<void> {
    await this.#vmacs.removeUnwanted();
    this.#followFirewall();
  }

  interfacesChanged(): void {
    this.#vmacs.interfacesChanged();
    this.#followFirewall();
  }

  /** A table of nftables is gone, ours or another. */
  tableRemoved(family: TableFamily, table: string): void {
    this.#firewall.tableRemoved(family, table);
  }

  addressesChanged(): void {
    this.#vmacs.addressesChanged();
  }

  /** States may have changed: addresses that are not accepted are dropped where they are. */
  follow(instances: readonly VrrpInstanceStatus[]): void {
    this.#masters = new Set(instances.filter(({ state }) => state === 'MASTER').map(({ name }) => name));
    this.#followFirewall();
  }

  #followFirewall(): void {
    const placed = this.#placed;
    if (!this.#firewall.isActive || placed === undefined) return;
    const isMaster = (name: string): boolean => this.#masters.has(name);
    const wish = firewallWish(placed.vrrp.instances, isMaster, this.#vmacs.ready, this.#dropped);
    this.#dropped.ip = wish.ip.drops;
    this.#dropped.ip6 = wish.ip6.drops;
    this.#firewall.follow(wish);
  }

  /** Takes everything away again. */
  async close(): Promise<void> {
    this.#placed = undefined;
    await this.#firewall.release();
    await this.#vmacs.close();
  }
}
