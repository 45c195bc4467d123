/** An interface that has the name of a virtual router's before we made it: left by an earlier life, or somebody else's. */
import { MACVLAN_MODE_PRIVATE } from '../network/constants.ts';
import type { Link } from '../network/types.ts';
import type { VirtualInterface } from '../vrrp/virtual-interfaces.ts';

/** `no`: of the same kind, ours to replace. `never`: something else, which is not removed. */
export type ExistingVerdict = { readonly fits: 'yes' } | { readonly fits: 'no' | 'never'; readonly reason: string };

/** The octets of "00:00:5e:00:01:33". */
export function macOctets(text: string): Uint8Array {
  return Uint8Array.from(text.split(':'), (octet) => parseInt(octet, 16));
}

/** @param existing the interface of that name; undefined: there is none */
export function judgeExisting(wanted: VirtualInterface, under: Link, existing: Link | undefined): ExistingVerdict {
  if (existing === undefined) return { fits: 'yes' };
  const kind = wanted.kind === 'vmac' ? 'macvlan' : 'ipvlan';
  if (existing.kind !== kind) {
    const is = existing.kind === undefined ? 'an interface of another kind' : `a ${existing.kind}`;
    return { fits: 'never', reason: `there is ${is} of that name; remove it, or give another name` };
  }
  if (existing.lowerIndex !== under.index) return { fits: 'no', reason: `it is not on ${under.name}` };
  if (wanted.kind !== 'vmac') return { fits: 'yes' };
  if (existing.mode !== MACVLAN_MODE_PRIVATE) return { fits: 'no', reason: 'its mode is not private' };
  const octets = macOctets(wanted.macAddress);
  const same = existing.hardwareAddress.every((octet, position) => octet === octets[position]);
  return same ? { fits: 'yes' } : { fits: 'no', reason: `its address is not ${wanted.macAddress}` };
}
