/** struct sockaddr_in, sockaddr_in6, sockaddr_un, sockaddr_ll and sockaddr_nl to and from octets. */
import type { AddressFamily } from '../config/model.ts';
import { DaemonError } from '../core/errors.ts';
import { familiarIpv4Text, formatIpAddress, parseIpAddress } from '../core/ip-address.ts';
import { AF } from './socket-constants.ts';
import { ERRNO } from './addon.ts';
import { SystemError } from './errors.ts';

const LITTLE_ENDIAN = true;
const inetLength = 16;
const inet6Length = 28;
/** Octets of sun_path that can hold a path and its end. */
const longestUnixPath = 107;

function make(length: number, family: number): DataView {
  const view = new DataView(new ArrayBuffer(length));
  view.setUint16(0, family, LITTLE_ENDIAN);
  return view;
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/**
 * Octets of an address: 4 or 16.
 * @throws DaemonError ADDRESS_INVALID if `text` is no address of the family
 */
export function addressOctets(family: AddressFamily, text: string): Uint8Array {
  const parsed = parseIpAddress(text);
  if (parsed?.family !== family) {
    throw new DaemonError('ADDRESS_INVALID', `"${text}" is no ${family === 'inet' ? 'IPv4' : 'IPv6'} address`);
  }
  return parsed.bytes;
}

/** The address of all addresses of a family. */
export function anyAddress(family: AddressFamily): string {
  return family === 'inet' ? '0.0.0.0' : '::';
}

/**
 * @param scope interface index for a link-local IPv6 address, else 0
 * @throws DaemonError ADDRESS_INVALID
 */
export function internetName(family: AddressFamily, address: string, port = 0, scope = 0): Uint8Array {
  const octets = addressOctets(family, address);
  const view = family === 'inet' ? make(inetLength, AF.INET) : make(inet6Length, AF.INET6);
  view.setUint16(2, port, false);
  const bytes = bytesOf(view);
  bytes.set(octets, family === 'inet' ? 4 : 8);
  if (family === 'inet6') view.setUint32(24, scope, LITTLE_ENDIAN);
  return bytes;
}

const sharedInetName = new Uint8Array(inetLength);
sharedInetName[0] = AF.INET;

/**
 * The same name in memory that the next call uses again: for a system call made at once. Checks make thousands a second,
 * and each piece of memory outside JavaScript's heap costs more than the name itself.
 * @throws DaemonError ADDRESS_INVALID
 */
export function passingInternetName(family: AddressFamily, address: string, port: number, scope = 0): Uint8Array {
  if (family === 'inet6' || !writeDottedQuad(address, sharedInetName, 4)) {
    return internetName(family, address, port, scope);
  }
  sharedInetName[2] = port >> 8;
  sharedInetName[3] = port & 0xff;
  return sharedInetName;
}

/** False, with something written, if `text` is no canonical IPv4 address. */
function writeDottedQuad(text: string, target: Uint8Array, at: number): boolean {
  let octet = 0;
  let digits = 0;
  let index = at;
  for (let position = 0; position < text.length; position++) {
    const code = text.charCodeAt(position);
    if (code === 0x2e && digits > 0 && index < at + 3) {
      target[index++] = octet;
      octet = 0;
      digits = 0;
    } else if (code >= 0x30 && code <= 0x39 && digits < 3) {
      octet = 10 * octet + code - 0x30;
      digits++;
      if (octet > 255) return false;
    } else {
      return false;
    }
  }
  target[index] = octet;
  return index === at + 3 && digits > 0;
}

/** Address and port of a received sockaddr_in or sockaddr_in6; undefined for another family. */
export function readInternetName(name: Uint8Array): { readonly address: string; readonly port: number } | undefined {
  const view = new DataView(name.buffer, name.byteOffset, name.byteLength);
  if (name.length < inetLength) return undefined;
  const family = view.getUint16(0, LITTLE_ENDIAN);
  const port = view.getUint16(2, false);
  if (family === AF.INET) return { address: familiarIpv4Text(view.getUint32(4)), port };
  if (family === AF.INET6 && name.length >= inet6Length)
    return { address: formatIpAddress(name.subarray(8, 24)), port };
  return undefined;
}

/** @param path file system path, or abstract name after `@`. @throws SystemError ENAMETOOLONG */
export function unixName(path: string): Uint8Array {
  const encoded = new TextEncoder().encode(path);
  const nameTooLong = 36;
  if (encoded.length > longestUnixPath) throw new SystemError('connect', nameTooLong, `unix socket ${path}`);
  const abstract = path.startsWith('@');
  // An abstract name is as long as the address says; a path ends with a zero octet.
  const view = make(2 + encoded.length + (abstract ? 0 : 1), AF.UNIX);
  const bytes = bytesOf(view);
  bytes.set(encoded, 2);
  if (abstract) bytes[2] = 0;
  return bytes;
}

/** sockaddr_ll for sending a complete frame. @param protocol Ethernet protocol (ETH_P_*) */
export function packetName(interfaceIndex: number, protocol: number): Uint8Array {
  const view = make(20, AF.PACKET);
  view.setUint16(2, protocol, false);
  view.setInt32(4, interfaceIndex, LITTLE_ENDIAN);
  return bytesOf(view);
}

/** sockaddr_nl; port 0 is the kernel, or for bind() "choose one". */
export function netlinkName(port = 0): Uint8Array {
  const view = make(12, AF.NETLINK);
  view.setUint32(4, port, LITTLE_ENDIAN);
  return bytesOf(view);
}

/** Port id of the sender in a received sockaddr_nl. */
export function netlinkSender(name: Uint8Array): number {
  return new DataView(name.buffer, name.byteOffset, name.byteLength).getUint32(4, LITTLE_ENDIAN);
}

/** Whether an error number says that an interface or address is not there (any more). */
export function saysGone(errno: number): boolean {
  return errno === ERRNO.ENODEV || errno === ERRNO.ENXIO || errno === ERRNO.EADDRNOTAVAIL;
}
