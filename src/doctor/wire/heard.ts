/** Makes sense of the advertisements that came by, with the checks of the engine itself. */
import type { Configuration, VrrpInstanceConfiguration } from '../../config/model.ts';
import { formatIpAddress } from '../../core/ip-address.ts';
import type { MonotonicMs } from '../../core/time.ts';
import { advertisingInterface } from '../../vrrp/advertising-interface.ts';
import { examine, peekVirtualRouterId } from '../../vrrp/examine.ts';
import { advertisedOctets } from '../../vrrp/transmitter.ts';
import type { PacketMeta, VrrpDigests } from '../../vrrp/types.ts';
import { addressTexts, advertisementLength, decodeAdvertisement } from '../../vrrp/wire/advertisement.ts';
import { AUTHENTICATION_HEADER, IP_FIELD, IP_PROTOCOL } from '../../vrrp/wire/constants.ts';
import { HMAC_TRAILER, decodeHmacTrailer } from '../../vrrp/wire/hmac-trailer.ts';
import { decodeIpv4Header, ipv4Addresses } from '../../vrrp/wire/ipv4.ts';

/** A packet as a packet socket hands it over, before any filter of this machine. */
export interface HeardPacket {
  readonly interface: string;
  /** From the IP header on. */
  readonly packet: Uint8Array;
  /** Of the sender: "00:00:5e:00:01:33". */
  readonly hardwareAddress: string;
  /** This machine sent it. */
  readonly outgoing: boolean;
  readonly at: MonotonicMs;
  /** Milliseconds since 1970. */
  readonly realTime: number;
}

/** Answer to a question of address resolution. */
export interface AddressAnswer {
  readonly address: string;
  readonly hardwareAddress: string;
  readonly interface: string;
}

/** One source of advertisements of one virtual router. */
export interface HeardRouter {
  /** The instance of ours that it speaks to; absent: none has this identifier here. */
  readonly instance?: string;
  readonly interface: string;
  readonly family: 'inet' | 'inet6';
  readonly virtualRouterId: number;
  readonly source: string;
  readonly destination: string;
  readonly hardwareAddress: string;
  /** It is this machine itself. */
  readonly own: boolean;
  readonly count: number;
  readonly first: MonotonicMs;
  readonly last: MonotonicMs;
  /** Of its latest advertisement. */
  readonly version: number;
  readonly priority: number;
  readonly interval: number;
  readonly addresses: readonly string[];
  /** Why we would not take its latest one. */
  readonly refusal?: { readonly code: string; readonly reason: string };
  readonly remarks: readonly { readonly code: string; readonly reason: string }[];
  /** Seconds that its clock is ahead of ours, from auth_hmac; absent: it sends none. */
  readonly clockAhead?: number;
  /** What a raw socket got of them, behind filters and source checks; absent: none was open. */
  readonly delivered?: number;
}

interface Opened {
  readonly meta: PacketMeta;
  readonly protocol: number;
  /** As the engine wants it: IPv4 from the IP header on, IPv6 from the message on. */
  readonly packet: Uint8Array;
  readonly message: Uint8Array;
}

/** Takes the IP header off; undefined: no advertisement. */
function open({ packet }: HeardPacket): Opened | undefined {
  if ((packet[0] ?? 0) >>> 4 === 6) {
    if (packet.length < IP_FIELD.ipv6HeaderLength || packet[6] !== IP_PROTOCOL.vrrp) return undefined;
    const message = packet.subarray(IP_FIELD.ipv6HeaderLength);
    const meta = metaOf('inet6', packet.subarray(8, 24), packet.subarray(24, 40), packet[7] ?? 0);
    return { meta, protocol: IP_PROTOCOL.vrrp, packet: message, message };
  }
  const header = decodeIpv4Header(packet);
  if (!header) return undefined;
  const { protocol, ttl } = header;
  const { destination, source } = ipv4Addresses(packet);
  const wrapped = protocol === IP_PROTOCOL.authenticationHeader;
  if (!wrapped && protocol !== IP_PROTOCOL.vrrp) return undefined;
  // An authentication header around something else is no business of ours.
  if (wrapped && packet[header.headerLength] !== IP_PROTOCOL.vrrp) return undefined;
  const start = header.headerLength + (wrapped ? AUTHENTICATION_HEADER.length : 0);
  const message = packet.subarray(start, Math.max(start, header.totalLength));
  return { meta: metaOf('inet', source, destination, ttl), protocol, packet, message };
}

function metaOf(family: PacketMeta['family'], source: Uint8Array, destination: Uint8Array, ttl: number): PacketMeta {
  return { family, interfaceIndex: 0, source: formatIpAddress(source), destination: formatIpAddress(destination), ttl };
}

/** Where the advertisements of an instance come by. */
export function listensOn(instance: VrrpInstanceConfiguration, heardOn: string): boolean {
  if (instance.interface === '') return true;
  return heardOn === instance.interface || heardOn === advertisingInterface(instance);
}

/** The instance that an advertisement is for. Unicast and multicast are spaces of their own; the nearer one wins. */
function instanceOf(
  instances: readonly VrrpInstanceConfiguration[],
  heardOn: string,
  { meta: { family, destination } }: Opened,
  virtualRouterId: number,
): VrrpInstanceConfiguration | undefined {
  const candidates = instances.filter(
    (instance) =>
      instance.virtualRouterId === virtualRouterId && instance.family === family && listensOn(instance, heardOn),
  );
  const toGroup = candidates.find(({ multicastGroup }) => multicastGroup === destination);
  const unicast = candidates.find(({ unicastPeers }) => unicastPeers.length > 0);
  return toGroup ?? unicast ?? candidates[0];
}

/** Tells the message's own octets, without the trailer of auth_hmac or padding. */
function splitMessage({ message, meta }: Opened): { readonly exact: Uint8Array; readonly trailer?: Uint8Array } {
  const length = advertisementLength((message[0] ?? 0) >>> 4, meta.family, message[3] ?? 0);
  const exact = message.subarray(0, length);
  return message.length === length + HMAC_TRAILER.length ? { exact, trailer: message.subarray(length) } : { exact };
}

/** A source, by which its packets come together. */
function keyOf(heard: HeardPacket, { meta }: Opened, virtualRouterId: number): string {
  return `${heard.interface} ${meta.family} ${virtualRouterId} ${meta.source} ${heard.outgoing}`;
}

interface Delivered {
  readonly interface: string;
  readonly source: string;
  readonly virtualRouterId: number;
}

export interface Listening {
  readonly packets: readonly HeardPacket[];
  /** What raw sockets received at the same time; absent: none could be opened. */
  readonly delivered?: readonly Delivered[];
  readonly digests: VrrpDigests;
}

/**
 * Every source of advertisements with what the engine would say to it: of several packets the latest counts.
 * @param configuration with the interfaces of virtual routers named (placeVirtualRouters)
 */
export function judgeHeard({ vrrp: { instances } }: Pick<Configuration, 'vrrp'>, listening: Listening): HeardRouter[] {
  const routers = new Map<string, HeardRouter>();
  for (const heard of listening.packets) {
    const opened = open(heard);
    const virtualRouterId = opened && peekVirtualRouterId(opened.packet, opened.meta.family);
    if (!opened || virtualRouterId === undefined) continue;
    const instance = instanceOf(instances, heard.interface, opened, virtualRouterId);
    const key = keyOf(heard, opened, virtualRouterId);
    const before = routers.get(key);
    // Deleted and set again: the latest to speak stands last.
    routers.delete(key);
    routers.set(key, {
      ...describe(heard, opened, virtualRouterId, listening.delivered),
      ...(instance && { instance: instance.name, ...judge(instance, heard, opened, listening.digests) }),
      count: (before?.count ?? 0) + 1,
      first: before?.first ?? heard.at,
    });
  }
  return [...routers.values()];
}

function describe(
  heard: HeardPacket,
  opened: Opened,
  virtualRouterId: number,
  delivered: readonly Delivered[] | undefined,
): HeardRouter {
  const { meta } = opened;
  const { exact, trailer } = splitMessage(opened);
  const advertisement = decodeAdvertisement(exact, meta.family);
  const got = delivered?.filter(
    (one) => one.source === meta.source && one.interface === heard.interface && one.virtualRouterId === virtualRouterId,
  ).length;
  return {
    interface: heard.interface,
    family: meta.family,
    virtualRouterId,
    source: meta.source,
    destination: meta.destination,
    hardwareAddress: heard.hardwareAddress,
    own: heard.outgoing,
    count: 1,
    first: heard.at,
    last: heard.at,
    version: advertisement?.version ?? 0,
    priority: advertisement?.priority ?? 0,
    interval: advertisement?.interval ?? 0,
    addresses: advertisement ? addressTexts(advertisement.addressOctets, meta.family) : [],
    remarks: [],
    ...(trailer && { clockAhead: clockAhead(trailer, heard.realTime) }),
    ...(got !== undefined && { delivered: got }),
  };
}

/** Over the end of the 32 bits that the seconds have. */
function clockAhead(trailer: Uint8Array, realTime: number): number {
  const seconds = Number(decodeHmacTrailer(trailer).sequence >> 32n);
  return (seconds - Math.floor(realTime / 1000)) | 0;
}

function judge(
  configuration: VrrpInstanceConfiguration,
  heard: HeardPacket,
  { meta, packet }: Opened,
  digests: VrrpDigests,
): Pick<HeardRouter, 'refusal' | 'remarks'> {
  if (heard.outgoing) return { remarks: [] };
  const examination = examine(packet, meta, {
    configuration,
    addressOctets: advertisedOctets(configuration),
    effectivePriority: configuration.priority,
    // A master compares the address lists of all, and that is what is to be known.
    master: true,
    previousSource: undefined,
    oldUnicastChecksum: configuration.oldUnicastChecksum === true,
    // Only one packet is judged at a time: nothing is a repetition.
    lastSequence: () => undefined,
    lastHmacSequence: () => undefined,
    realTime: heard.realTime,
    digests,
  });
  if (!examination.accepted) return { refusal: examination.refusal, remarks: [] };
  return { remarks: examination.remarks };
}
