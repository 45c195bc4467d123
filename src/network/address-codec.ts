/** Addresses to and from rtnetlink (RTM_NEWADDR, RTM_DELADDR; struct ifaddrmsg). */
import type { AddressFamily } from '../config/model.ts';
import { DaemonError } from '../core/errors.ts';
import { formatIpAddress, parseIpAddress } from '../core/ip-address.ts';
import { AF_INET, AF_INET6, AF_UNSPEC, NLM_F } from '../core/netlink/constants.ts';
import {
  Attributes,
  NetlinkFormatError,
  NetlinkMessageBuilder,
  decoding,
  readNetlinkMessage,
  readStructure,
} from '../core/netlink/message.ts';
import type { Decoded } from '../core/netlink/message.ts';
import { IFA, IFAPROT_KEEPALIVED, IFA_F, LIFETIME_FOREVER, RTM } from './constants.ts';
import type { AddressChange, DesiredAddress, KernelAddress } from './types.ts';

const IFADDRMSG_LENGTH = 8;

/** What an address message says. */
export interface AddressMessage {
  readonly change: 'present' | 'gone';
  readonly address: KernelAddress;
}

export interface AddressEncoding {
  /** Mark addresses as keepalived's (`proto keepalived` in `ip address`). Kernels before 5.18 ignore the mark. */
  readonly markProtocol: boolean;
}

/** Asks for all addresses of both families. */
export function encodeDumpAddresses(): Uint8Array {
  return new NetlinkMessageBuilder(RTM.GETADDR, NLM_F.REQUEST | NLM_F.DUMP)
    .u8(AF_UNSPEC)
    .u8(0)
    .u8(0)
    .u8(0)
    .u32(0)
    .finish();
}

function octetsOf(family: AddressFamily, text: string): Uint8Array {
  const parsed = parseIpAddress(text);
  if (parsed?.family !== family) throw new DaemonError('ADDRESS_INVALID', `"${text}" is no ${family} address`);
  return parsed.bytes;
}

/** IFA_F_* bits that a desired address asks for. */
export function desiredFlags(address: DesiredAddress): number {
  let flags = 0;
  if (address.noPrefixRoute) flags |= IFA_F.NOPREFIXROUTE;
  if (address.autoJoin) flags |= IFA_F.MCAUTOJOIN;
  if (address.family === 'inet6') {
    if (address.noDad) flags |= IFA_F.NODAD;
    if (address.home) flags |= IFA_F.HOMEADDRESS;
    if (address.manageTemporaryAddresses) flags |= IFA_F.MANAGETEMPADDR;
  }
  return flags;
}

function putHeader(builder: NetlinkMessageBuilder, change: AddressChange, flags: number, scope: number): void {
  const { family, prefixLength } = change.address;
  // struct ifaddrmsg; flags beyond eight bits follow as IFA_FLAGS.
  builder
    .u8(family === 'inet' ? AF_INET : AF_INET6)
    .u8(prefixLength)
    .u8(flags & 0xff)
    .u8(scope)
    .u32(change.interfaceIndex);
}

function putAddress(builder: NetlinkMessageBuilder, family: AddressFamily, local: string, peer?: string): void {
  builder.attributeBytes(IFA.LOCAL, octetsOf(family, local));
  builder.attributeBytes(IFA.ADDRESS, octetsOf(family, peer ?? local));
}

function encodeAddition(change: AddressChange & { readonly change: 'add' }, options: AddressEncoding): Uint8Array {
  const { address } = change;
  const flags = desiredFlags(address);
  // EXCL: an address that is there already is answered with EEXIST and stays as it is.
  const builder = new NetlinkMessageBuilder(RTM.NEWADDR, NLM_F.REQUEST | NLM_F.ACK | NLM_F.CREATE | NLM_F.EXCL);
  putHeader(builder, change, flags, address.scope);
  putAddress(builder, address.family, address.address, address.peer);
  if (address.label !== undefined) builder.attributeString(IFA.LABEL, address.label);
  if (address.broadcast !== undefined) {
    builder.attributeBytes(IFA.BROADCAST, octetsOf(address.family, address.broadcast));
  }
  if (flags > 0xff) builder.attributeU32(IFA.FLAGS, flags);
  if (address.preferredLifetime !== undefined) {
    // struct ifa_cacheinfo: preferred 0 makes it deprecated (never chosen as a source), valid for ever; two time stamps.
    const lifetimes = new Uint8Array(16);
    const view = new DataView(lifetimes.buffer);
    view.setUint32(0, address.preferredLifetime, true);
    view.setUint32(4, LIFETIME_FOREVER, true);
    builder.attributeBytes(IFA.CACHEINFO, lifetimes);
  }
  if (options.markProtocol) builder.attributeU8(IFA.PROTO, IFAPROT_KEEPALIVED);
  return builder.finish();
}

/**
 * One change as one complete message.
 * @throws DaemonError ADDRESS_INVALID if a text in it is no address of its family
 */
export function encodeAddressChange(change: AddressChange, options: AddressEncoding): Uint8Array {
  if (change.change === 'add') return encodeAddition(change, options);
  const { address } = change;
  const builder = new NetlinkMessageBuilder(RTM.DELADDR, NLM_F.REQUEST | NLM_F.ACK);
  putHeader(builder, change, 0, 0);
  putAddress(builder, address.family, address.address, address.peer);
  return builder.finish();
}

function textOf(family: AddressFamily, octets: Uint8Array | undefined): string | undefined {
  if (!octets) return undefined;
  if (octets.length !== (family === 'inet' ? 4 : 16)) {
    throw new NetlinkFormatError(`${octets.length} octets are no ${family} address`);
  }
  return formatIpAddress(octets);
}

function readAddress(payload: Uint8Array): KernelAddress | undefined {
  const header = readStructure(payload, IFADDRMSG_LENGTH, 'ifaddrmsg');
  const familyNumber = header.getUint8(0);
  if (familyNumber !== AF_INET && familyNumber !== AF_INET6) return undefined;
  const family = familyNumber === AF_INET ? 'inet' : 'inet6';
  const attributes = new Attributes(payload.subarray(IFADDRMSG_LENGTH));
  // IFA_ADDRESS is the other end of a point-to-point address; IPv6 names IFA_LOCAL only then.
  const prefixAddress = textOf(family, attributes.bytes(IFA.ADDRESS));
  const local = textOf(family, attributes.bytes(IFA.LOCAL)) ?? prefixAddress;
  if (local === undefined) throw new NetlinkFormatError('an address message without an address');
  const broadcast = textOf(family, attributes.bytes(IFA.BROADCAST));
  const label = attributes.string(IFA.LABEL);
  const protocol = attributes.u8(IFA.PROTO);
  return {
    interfaceIndex: header.getUint32(4, true),
    family,
    address: local,
    prefixLength: header.getUint8(1),
    scope: header.getUint8(3),
    flags: attributes.u32(IFA.FLAGS) ?? header.getUint8(2),
    ...(label !== undefined && { label }),
    ...(broadcast !== undefined && { broadcast }),
    ...(prefixAddress !== undefined && prefixAddress !== local && { peer: prefixAddress }),
    ...(protocol !== undefined && { protocol }),
  };
}

/** Reads one complete rtnetlink message; undefined if it is about something else (another type or family). */
export function decodeAddressMessage(message: Uint8Array): Decoded<AddressMessage | undefined> {
  return decoding((): AddressMessage | undefined => {
    const { type, payload } = readNetlinkMessage(message);
    if (type !== RTM.NEWADDR && type !== RTM.DELADDR) return undefined;
    const address = readAddress(payload);
    return address && { change: type === RTM.NEWADDR ? 'present' : 'gone', address };
  });
}
