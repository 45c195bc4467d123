/** Prefixes of addresses in the model. */
import { formatIpAddress, parseIpAddress } from '../core/ip-address.ts';
import type { AddressPrefix } from './model.ts';

/**
 * The prefix that an address belongs to.
 * @param address in canonical form
 */
export function prefixOf(address: string, length: number): AddressPrefix {
  const parsed = parseIpAddress(address) ?? { family: 'inet' as const, bytes: new Uint8Array(4) };
  const { bytes, family } = parsed;
  for (let index = 0; index < bytes.length; index++) {
    const kept = Math.min(8, Math.max(0, length - index * 8));
    bytes[index] = (bytes[index] ?? 0) & (0xff << (8 - kept));
  }
  return { family, address: formatIpAddress(bytes), length };
}
