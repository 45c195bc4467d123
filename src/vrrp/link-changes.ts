/**
 * What a master does when an interface under its addresses comes back or becomes another one. The kernel takes addresses
 * along with an interface that is deleted, IPv6 ones already when it is set down; whoever stays master meanwhile (because
 * the interface is not tracked) has to set them again. And a new hardware address is news for every switch and neighbour.
 */
import type { VirtualAddress } from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { Link } from '../network/types.ts';
import type { Instance } from './instance.ts';
import type { NetworkView } from './network-view.ts';
import type { Outbox } from './outbox.ts';

/** Interfaces by name as they were; undefined: there was none. */
export type LinksBefore = ReadonlyMap<string, Link | undefined>;

export interface LinkChanges {
  /** Made anew, or up again: what was set on them may be gone. */
  readonly returned: ReadonlySet<string>;
  /** Of them and of those that have another hardware address neighbours have to be told. */
  readonly announced: ReadonlySet<string>;
}

function text(hardwareAddress: Uint8Array): string {
  return [...hardwareAddress].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
}

/** Compares interfaces with how they were, and tells of hardware addresses that changed. */
export function changesOfLinks(before: LinksBefore, network: NetworkView, out: Outbox): LinkChanges {
  const returned = new Set<string>();
  const announced = new Set<string>();
  for (const [name, was] of before) {
    const is = network.link(name);
    if (is === undefined) continue;
    const anew = was?.index !== is.index;
    if (anew || (is.up && !was.up)) {
      returned.add(name);
      announced.add(name);
    } else if (text(was.hardwareAddress) !== text(is.hardwareAddress)) {
      announced.add(name);
      out.log(
        'notice',
        `(${name}) MAC Address changed from ${text(was.hardwareAddress)} to ${text(is.hardwareAddress)}`,
      );
    }
  }
  return { returned, announced };
}

/** What instances that were master before the change and still are do about it. */
export function keepAddressesThrough(
  { announced, returned }: LinkChanges,
  masters: readonly Instance[],
  now: MonotonicMs,
): void {
  if (announced.size === 0) return;
  for (const instance of masters) {
    if (instance.state !== 'MASTER') continue;
    const concerned = instance.addresses.filter((address) => announced.has(address.interface));
    if (concerned.length === 0) continue;
    const { name, host } = instance;
    const missing = concerned.filter((address) => returned.has(address.interface) && !host.network.has(address));
    if (missing.length > 0) {
      host.out.log('notice', `(${name}) is master: setting ${words(missing)} again`);
      instance.reconcile();
    }
    instance.announce(instance.configuration.gratuitous.masterRepeat, now, concerned);
  }
}

function words(addresses: readonly VirtualAddress[]): string {
  const [first] = addresses;
  const more = addresses.length > 1 ? ` and ${addresses.length - 1} more` : '';
  return `${first?.address ?? ''} on ${first?.interface ?? ''}${more}`;
}
