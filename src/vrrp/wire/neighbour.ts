/** Unsolicited neighbour advertisement (RFC 4861 sections 4.4 and 7.2.6). */
import { addToSum, finishChecksum, pseudoHeaderSum, writeUint16 } from './checksum.ts';
import { ETHERNET, IP_FIELD, IP_PROTOCOL, NEIGHBOUR } from './constants.ts';
import { allNodesAddress, isInfiniband, linkHeaderLength, writeLinkHeader } from './link-layer.ts';
import type { LinkLayer } from './link-layer.ts';

/** ff02::1, all nodes on the link. */
const ALL_NODES = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

/** Options are counted in 8 octets (RFC 4861 section 4.6). */
const OPTION_UNIT = 8;

/**
 * A frame that tells all nodes of the link where `address` lives now.
 * @param address 16 octets
 * @param router whether this machine forwards IPv6: the Router flag must say so
 */
export function unsolicitedNeighbourFrame(link: LinkLayer, address: Uint8Array, router: boolean): Uint8Array {
  const { hardwareAddress } = link;
  // On InfiniBand two octets of padding stand before the address (RFC 4391 section 9.3).
  const addressAt = isInfiniband(link) ? 4 : 2;
  const optionLength = addressAt + hardwareAddress.length;
  const messageLength = NEIGHBOUR.messageLength + optionLength;
  const ip = linkHeaderLength(link);
  const messageAt = ip + IP_FIELD.ipv6HeaderLength;
  const frame = new Uint8Array(messageAt + messageLength);
  writeLinkHeader(frame, link, allNodesAddress(link), ETHERNET.typeIpv6);
  frame[ip] = 0x60;
  writeUint16(frame, ip + 4, messageLength);
  frame[ip + 6] = IP_PROTOCOL.icmpv6;
  // RFC 4861 section 7.1.2: receivers drop anything below 255.
  frame[ip + 7] = IP_FIELD.ttl;
  frame.set(address, ip + 8);
  frame.set(ALL_NODES, ip + 24);
  frame[messageAt] = NEIGHBOUR.advertisement;
  frame[messageAt + 4] = NEIGHBOUR.flagOverride | (router ? NEIGHBOUR.flagRouter : 0);
  frame.set(address, messageAt + 8);
  const option = messageAt + NEIGHBOUR.messageLength;
  frame[option] = NEIGHBOUR.optionTargetLinkLayerAddress;
  frame[option + 1] = optionLength / OPTION_UNIT;
  frame.set(hardwareAddress, option + addressAt);
  const pseudo = pseudoHeaderSum(address, ALL_NODES, IP_PROTOCOL.icmpv6, messageLength);
  writeUint16(frame, messageAt + 2, finishChecksum(addToSum(frame, messageAt, frame.length, pseudo)));
  return frame;
}
