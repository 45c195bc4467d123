/** Who is never banned, whatever it holds: without them the balancer itself would stop working. */
import { prefixOf } from '../config/prefixes.ts';
import type { Configuration, ConnectionLimit } from '../config/model.ts';
import { addToAddress } from '../core/ip-address.ts';
import type { Protected } from './engine.ts';

function whole(address: string, what: string): Protected {
  return { prefix: prefixOf(address, address.includes(':') ? 128 : 32), what };
}

/** Addresses of the configuration: virtual and real servers, virtual addresses, VRRP and BFD peers; and loopback. */
export function neverBanned({ bfd, check, vrrp }: Configuration): Protected[] {
  const never = new Map<string, Protected>();
  const add = (address: string | undefined, what: string): void => {
    if (address !== undefined && !never.has(address)) never.set(address, whole(address, what));
  };
  for (const instance of vrrp.instances) {
    for (const peer of instance.unicastPeers) add(peer.address, `a peer of vrrp_instance ${instance.name}`);
    for (const { address } of [...instance.virtualAddresses, ...instance.excludedVirtualAddresses])
      add(address, `an address of vrrp_instance ${instance.name}`);
  }
  for (const { address } of vrrp.staticAddresses) add(address, 'a static address');
  for (const { name, neighborAddress } of bfd.instances) add(neighborAddress, `the neighbour of bfd_instance ${name}`);
  for (const { identity, realServers, sorryServer } of check.virtualServers) {
    if (identity.kind === 'address') add(identity.address, 'a virtual server');
    for (const { address } of realServers) add(address, 'a real server');
    add(sorryServer?.address, 'a sorry server');
  }
  for (const { entries, name } of check.groups) {
    for (const entry of entries) {
      if (entry.kind === 'fwmark') continue;
      for (let index = 0; index < entry.count; index++)
        add(addToAddress(entry.address, index), `a virtual server of group ${name}`);
    }
  }
  return [
    { prefix: prefixOf('127.0.0.0', 8), what: 'this machine' },
    { prefix: prefixOf('::1', 128), what: 'this machine' },
    ...never.values(),
  ];
}

/** Addresses of the machine's interfaces. */
export function ownAddresses(addresses: Iterable<string>): Protected[] {
  return [...addresses].map((address) => whole(address, 'an address of this machine'));
}

/** Routers that VRRP has heard; those by multicast no configuration names. */
export function heardPeers(addresses: Iterable<string>): Protected[] {
  return [...addresses].map((address) => whole(address, 'a VRRP router that was heard'));
}

/** `allow` of a limit. */
export function allowed({ allow, name }: ConnectionLimit): Protected[] {
  return allow.map((prefix) => ({ prefix, what: `allowed by connection_limit ${name}` }));
}
