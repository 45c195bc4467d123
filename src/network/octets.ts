/** Addresses and large numbers to and from the octets of attributes. */
import type { AddressFamily } from '../config/model.ts';
import { DaemonError } from '../core/errors.ts';
import { formatIpAddress, parseIpAddress } from '../core/ip-address.ts';
import { NetlinkFormatError } from '../core/netlink/message.ts';

/** @throws DaemonError ADDRESS_INVALID if the text is no address of the family */
export function octetsOf(family: AddressFamily, text: string): Uint8Array {
  const parsed = parseIpAddress(text);
  if (parsed?.family !== family) throw new DaemonError('ADDRESS_INVALID', `"${text}" is no ${family} address`);
  return parsed.bytes;
}

/** The text of an address attribute; undefined without one. @throws NetlinkFormatError for a wrong length */
export function addressText(family: AddressFamily, octets: Uint8Array | undefined): string | undefined {
  if (!octets) return undefined;
  if (octets.length !== (family === 'inet' ? 4 : 16)) {
    throw new NetlinkFormatError(`${octets.length} octets are no ${family} address`);
  }
  return formatIpAddress(octets);
}

/** A decimal text as eight octets in network order. */
export function octetsOf64(decimal: string): Uint8Array {
  const octets = new Uint8Array(8);
  new DataView(octets.buffer).setBigUint64(0, BigInt(decimal));
  return octets;
}

/** Eight octets in network order as a decimal text. */
export function text64(octets: Uint8Array | undefined): string | undefined {
  if (octets?.length !== 8) return undefined;
  return String(new DataView(octets.buffer, octets.byteOffset, 8).getBigUint64(0));
}
