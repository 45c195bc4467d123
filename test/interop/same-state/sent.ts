/** What went over the wire, so that two runs can be compared octet for octet. */
import type { Frame } from '../../../lab/lib/pcap.ts';

const ETHERNET_HEADER = 14;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_ARP = 0x0806;
const PROTOCOL_AH = 51;
const PROTOCOL_VRRP = 112;
const PROTOCOL_ICMP6 = 58;
const NEIGHBOUR_ADVERTISEMENT = 136;

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** Puts xx for octets that differ from packet to packet. */
function masked(text: string, ranges: readonly (readonly [number, number])[]): string {
  return ranges.reduce(
    (result, [from, to]) => result.slice(0, from * 2) + 'xx'.repeat(to - from) + result.slice(to * 2),
    text,
  );
}

function asText({ bytes }: Frame): string | undefined {
  const ip = bytes.subarray(ETHERNET_HEADER);
  const etherType = ((bytes[12] ?? 0) << 8) | (bytes[13] ?? 0);
  if (etherType === ETHERTYPE_ARP) {
    // A reply comes from the kernel, when the other router announces an address that is still here.
    const isRequest = ip[7] === 1;
    const isGratuitous = isRequest && hex(ip.subarray(14, 18)) === hex(ip.subarray(24, 28));
    return isGratuitous ? `gratuitous ARP ${hex(bytes)}` : undefined;
  }
  if (etherType !== ETHERTYPE_IPV4) {
    if (ip[6] === PROTOCOL_VRRP) return `advertisement ${hex(bytes)}`;
    const isAnnouncement = ip[6] === PROTOCOL_ICMP6 && ip[40] === NEIGHBOUR_ADVERTISEMENT && ip[24] === 0xff;
    return isAnnouncement ? `neighbour advertisement ${hex(bytes)}` : undefined;
  }
  // Identification and header checksum; sequence number and digest of AH.
  const changing: [number, number][] = [
    [ETHERNET_HEADER + 4, ETHERNET_HEADER + 6],
    [ETHERNET_HEADER + 10, ETHERNET_HEADER + 12],
  ];
  if (ip[9] === PROTOCOL_AH) changing.push([ETHERNET_HEADER + 28, ETHERNET_HEADER + 44]);
  return ip[9] === PROTOCOL_AH || ip[9] === PROTOCOL_VRRP ? `advertisement ${masked(hex(bytes), changing)}` : undefined;
}

/** Each different advertisement and announcement once, or with `counts` the announcements as often as they were sent. */
export function distinctlySent(frames: readonly Frame[], counts: boolean): string[] {
  const texts = frames.flatMap((frame) => asText(frame) ?? []);
  const tally = new Map<string, number>();
  for (const text of texts) tally.set(text, (tally.get(text) ?? 0) + 1);
  return [...tally]
    .map(([text, count]) => (counts && !text.startsWith('advertisement') ? `${count} times ${text}` : text))
    .toSorted();
}
