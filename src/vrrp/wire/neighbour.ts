/** Unsolicited neighbour advertisement (RFC 4861 sections 4.4 and 7.2.6). */
import { addToSum, finishChecksum, pseudoHeaderSum, writeUint16 } from './checksum.ts';
import { ETHERNET, IP_FIELD, IP_PROTOCOL, NEIGHBOUR } from './constants.ts';

/** ff02::1, all nodes on the link. */
const ALL_NODES = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
/** Multicast Ethernet address of ff02::1 (RFC 2464 section 7). */
const ALL_NODES_ETHERNET = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1);

/**
 * An Ethernet frame that tells all nodes of the link where `address` lives now.
 * @param hardwareAddress 6 octets of the sending interface
 * @param address 16 octets
 * @param router whether this machine forwards IPv6: the Router flag must say so
 */
export function unsolicitedNeighbourFrame(
  hardwareAddress: Uint8Array,
  address: Uint8Array,
  router: boolean,
): Uint8Array {
  const messageLength = NEIGHBOUR.messageLength + NEIGHBOUR.optionLength;
  const messageAt = ETHERNET.headerLength + IP_FIELD.ipv6HeaderLength;
  const frame = new Uint8Array(messageAt + messageLength);
  frame.set(ALL_NODES_ETHERNET, 0);
  frame.set(hardwareAddress, 6);
  writeUint16(frame, 12, ETHERNET.typeIpv6);
  const ip = ETHERNET.headerLength;
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
  frame[messageAt + 24] = NEIGHBOUR.optionTargetLinkLayerAddress;
  frame[messageAt + 25] = 1;
  frame.set(hardwareAddress, messageAt + 26);
  const pseudo = pseudoHeaderSum(address, ALL_NODES, IP_PROTOCOL.icmpv6, messageLength);
  writeUint16(frame, messageAt + 2, finishChecksum(addToSum(frame, messageAt, frame.length, pseudo)));
  return frame;
}
