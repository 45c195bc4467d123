/**
 * Asks who has an address, in a way that no other machine remembers wrongly: an ARP probe has no sender address (RFC 5227
 * section 2.1.1), and a neighbour solicitation comes from our own link-local address, so that the answer comes to us
 * alone (a solicitation without one, as duplicate address detection sends it, is answered to all nodes).
 */
import { readUint16 } from '../../vrrp/wire/checksum.ts';
import { ARP, IP_FIELD, IP_PROTOCOL, NEIGHBOUR } from '../../vrrp/wire/constants.ts';
import { neighbourFrame } from '../../vrrp/wire/neighbour.ts';
import type { LinkLayer } from '../../vrrp/wire/link-layer.ts';
import { formatIpAddress } from '../../core/ip-address.ts';

const ipv4Length = 4;
const arpReply = 2;
/** RFC 4861 sections 4.3 and 4.6.1. */
const SOLICITATION = { type: 135, sourceLinkLayerOption: 1 } as const;

/**
 * A neighbour solicitation for `target` on Ethernet (RFC 4861 section 4.3).
 * @param source our link-local address, 16 octets
 * @param target 16 octets
 */
export function solicitationFrame(link: LinkLayer, source: Uint8Array, target: Uint8Array): Uint8Array {
  // The solicited-node group (RFC 4291 section 2.7.1) and its Ethernet address (RFC 2464 section 7).
  const group = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, ...target.subarray(13, 16));
  const groupMac = Uint8Array.of(0x33, 0x33, ...group.subarray(12, 16));
  return neighbourFrame(link, groupMac, {
    type: SOLICITATION.type,
    option: SOLICITATION.sourceLinkLayerOption,
    source,
    destination: group,
    target,
  });
}

/** Who says to have an address. */
export interface AddressClaim {
  readonly address: string;
  /** "02:00:00:00:00:01" */
  readonly hardwareAddress: string;
}

export function hardwareText(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(':');
}

/** @param packet from the ARP header on; undefined: no reply of IPv4 */
export function readArpReply(packet: Uint8Array): AddressClaim | undefined {
  const hardwareLength = packet[4] ?? 0;
  const address = ARP.headerLength + hardwareLength;
  if (packet.length < address + ipv4Length || packet[5] !== ipv4Length || hardwareLength === 0) return undefined;
  if (readUint16(packet, 2) !== ARP.protocolIpv4 || readUint16(packet, 6) !== arpReply) return undefined;
  return {
    address: formatIpAddress(packet.subarray(address, address + ipv4Length)),
    hardwareAddress: hardwareText(packet.subarray(ARP.headerLength, address)),
  };
}

/** @param packet from the IPv6 header on; undefined: no neighbour advertisement that says where its target lives */
export function readNeighbourAdvertisement(packet: Uint8Array): AddressClaim | undefined {
  const message = packet.subarray(IP_FIELD.ipv6HeaderLength);
  if (packet[6] !== IP_PROTOCOL.icmpv6 || message[0] !== NEIGHBOUR.advertisement) return undefined;
  if (message.length < NEIGHBOUR.messageLength) return undefined;
  for (let at: number = NEIGHBOUR.messageLength; at + 8 <= message.length; at += (message[at + 1] ?? 0) * 8) {
    // An option without a length would never end (RFC 4861 section 4.6).
    if (message[at + 1] === 0) return undefined;
    if (message[at] !== NEIGHBOUR.optionTargetLinkLayerAddress) continue;
    return {
      address: formatIpAddress(message.subarray(8, 24)),
      hardwareAddress: hardwareText(message.subarray(at + 2, at + 8)),
    };
  }
  return undefined;
}
