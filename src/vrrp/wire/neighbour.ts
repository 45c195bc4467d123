/** Neighbour discovery with a link-layer address in it: solicitations and advertisements (RFC 4861 sections 4.3, 4.4 and 7.2.6). */
import { addToSum, finishChecksum, pseudoHeaderSum, writeUint16 } from './checksum.ts';
import { ETHERNET, IP_FIELD, IP_PROTOCOL, NEIGHBOUR } from './constants.ts';
import { allNodesAddress, isInfiniband, linkHeaderLength, writeLinkHeader } from './link-layer.ts';
import type { LinkLayer } from './link-layer.ts';

/** ff02::1, all nodes on the link. */
const ALL_NODES = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

/** Options are counted in 8 octets (RFC 4861 section 4.6). */
const OPTION_UNIT = 8;

interface NeighbourMessage {
  readonly type: number;
  /** First octet behind the checksum. */
  readonly flags?: number;
  /** Of the option with our link-layer address. */
  readonly option: number;
  /** 16 octets each. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly target: Uint8Array;
}

/** @param destinationLink link-layer address of the destination */
export function neighbourFrame(
  link: LinkLayer,
  destinationLink: Uint8Array,
  { destination, flags = 0, option, source, target, type }: NeighbourMessage,
): Uint8Array {
  const { hardwareAddress } = link;
  // On InfiniBand two octets of padding stand before the address (RFC 4391 section 9.3).
  const addressAt = isInfiniband(link) ? 4 : 2;
  const optionLength = addressAt + hardwareAddress.length;
  const messageLength = NEIGHBOUR.messageLength + optionLength;
  const ip = linkHeaderLength(link);
  const messageAt = ip + IP_FIELD.ipv6HeaderLength;
  const frame = new Uint8Array(messageAt + messageLength);
  writeLinkHeader(frame, link, destinationLink, ETHERNET.typeIpv6);
  frame[ip] = 0x60;
  writeUint16(frame, ip + 4, messageLength);
  frame[ip + 6] = IP_PROTOCOL.icmpv6;
  // RFC 4861 section 7.1.1 and 7.1.2: receivers drop anything below 255.
  frame[ip + 7] = IP_FIELD.ttl;
  frame.set(source, ip + 8);
  frame.set(destination, ip + 24);
  frame[messageAt] = type;
  frame[messageAt + 4] = flags;
  frame.set(target, messageAt + 8);
  const optionAt = messageAt + NEIGHBOUR.messageLength;
  frame[optionAt] = option;
  frame[optionAt + 1] = optionLength / OPTION_UNIT;
  frame.set(hardwareAddress, optionAt + addressAt);
  const pseudo = pseudoHeaderSum(source, destination, IP_PROTOCOL.icmpv6, messageLength);
  writeUint16(frame, messageAt + 2, finishChecksum(addToSum(frame, messageAt, frame.length, pseudo)));
  return frame;
}

/**
 * A frame that tells all nodes of the link where `address` lives now.
 * @param address 16 octets
 * @param router whether this machine forwards IPv6: the Router flag must say so
 */
export function unsolicitedNeighbourFrame(link: LinkLayer, address: Uint8Array, router: boolean): Uint8Array {
  return neighbourFrame(link, allNodesAddress(link), {
    type: NEIGHBOUR.advertisement,
    flags: NEIGHBOUR.flagOverride | (router ? NEIGHBOUR.flagRouter : 0),
    option: NEIGHBOUR.optionTargetLinkLayerAddress,
    source: address,
    destination: ALL_NODES,
    target: address,
  });
}
