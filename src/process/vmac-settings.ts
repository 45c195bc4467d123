/** What the kernel has to be told about VMACs and the interfaces underneath (reference: behaviour A9). */
import type { VirtualInterface } from '../vrrp/virtual-interfaces.ts';
import type { KernelSettings } from './kernel-settings.ts';

const ipv4 = (name: string, setting: string): string => `ipv4/conf/${name}/${setting}`;
const ipv6 = (name: string, setting: string): string => `ipv6/conf/${name}/${setting}`;

/** Settings of a virtual interface itself, before it is up. They go with it. */
export async function settleVirtualInterface(settings: KernelSettings, made: VirtualInterface): Promise<void> {
  const { name, family, carriesIpv6, kind } = made;
  // No link-local address nor router solicitation from where only IPv4 belongs.
  if (!carriesIpv6) await settings.set(ipv6(name, 'disable_ipv6'), '1');
  if (kind !== 'vmac') return;
  // Only the router that has the address answers for it, and only where it has it.
  await settings.set(ipv4(name, 'arp_ignore'), '1');
  if (family !== 'inet') return;
  // Advertisements of others come from addresses that the routes know on the base interface.
  await settings.set(ipv4(name, 'accept_local'), '1');
  await settings.set(ipv4(name, 'rp_filter'), '0');
  await settings.set(ipv4(name, 'promote_secondaries'), '1');
}

/** Settings of the interfaces under IPv4 VMACs: they do not answer for addresses of the VMACs. */
export async function settleBase(settings: KernelSettings, base: string): Promise<void> {
  await settings.borrow(ipv4(base, 'arp_ignore'), '1');
  await settings.borrow(ipv4(base, 'arp_filter'), '1');
}

/**
 * The kernel filters by the larger of an interface's rp_filter and that of all: the one of all has to be 0 for a VMAC to
 * be without. Every other interface gets for its own what held for it.
 */
export async function settleReversePathFilter(settings: KernelSettings, others: readonly string[]): Promise<void> {
  const all = Number(await settings.read(ipv4('all', 'rp_filter')));
  if (!(all > 0)) return;
  for (const name of ['default', ...others]) {
    const own = Number(await settings.read(ipv4(name, 'rp_filter')));
    if (own < all) await settings.borrow(ipv4(name, 'rp_filter'), String(all));
  }
  await settings.borrow(ipv4('all', 'rp_filter'), '0');
}
