/** Makes the advertisements of one instance: the message, its checksum for each destination, the IP header, AH. */
import type { VrrpAuthentication, VrrpInstanceConfiguration } from '../config/model.ts';
import { parseIpAddress } from '../core/ip-address.ts';
import { advertisingInterface } from './advertising-interface.ts';
import { HmacSigner } from './hmac.ts';
import type { SendAdvertisementIntent, VrrpDigests } from './types.ts';
import type { ChecksumAddresses } from './wire/advertisement.ts';
import { encodeAdvertisement, setChecksum } from './wire/advertisement.ts';
import { wrapInAuthenticationHeader } from './wire/authentication-header.ts';
import { AUTHENTICATION_TYPE, IP_FIELD, IP_PROTOCOL, VRRP } from './wire/constants.ts';
import { writeIpv4Header } from './wire/ipv4.ts';

/** net.ipv6.conf.default.hop_limit: unicast IPv6 carries the system's default unless unicast_ttl is given. */
const DEFAULT_HOP_LIMIT = 64;
const MAXIMUM_SEQUENCE = 0xffffffff;

/** The octets of the addresses an instance advertises, in configuration order. */
export function advertisedOctets(configuration: VrrpInstanceConfiguration): Uint8Array {
  const size = configuration.family === 'inet' ? 4 : 16;
  const octets = new Uint8Array(configuration.virtualAddresses.length * size);
  configuration.virtualAddresses.forEach((address, index) => {
    const bytes = parseIpAddress(address.address)?.bytes;
    if (bytes?.length === size) octets.set(bytes, index * size);
  });
  return octets;
}

/** A password as the wire carries it and as the key of AH: 8 octets, cut or padded with zeros. */
export function passwordOctets(authentication: VrrpAuthentication): Uint8Array {
  const octets = new Uint8Array(VRRP.authenticationDataLength);
  octets.set(new TextEncoder().encode(authentication.password).subarray(0, octets.length));
  return octets;
}

/** The type a v2 message must carry. */
export function authenticationType(authentication: VrrpAuthentication | undefined): number {
  if (!authentication) return AUTHENTICATION_TYPE.none;
  return authentication.type === 'PASS' ? AUTHENTICATION_TYPE.simplePassword : AUTHENTICATION_TYPE.authenticationHeader;
}

/**
 * Which addresses the checksum covers (reference: behaviour A1): none for version 2 over IPv4 and with
 * v3_checksum_as_v2; old_unicast_checksum puts the multicast group where the peer's address belongs.
 */
export function checksumAddresses(
  configuration: VrrpInstanceConfiguration,
  source: Uint8Array,
  destination: Uint8Array,
  oldUnicastChecksum: boolean,
): ChecksumAddresses | undefined {
  if (configuration.family === 'inet6') return { source, destination };
  if (configuration.version === 2 || configuration.v3ChecksumAsV2) return undefined;
  const group = oldUnicastChecksum ? parseIpAddress(configuration.multicastGroup)?.bytes : undefined;
  return { source, destination: group ?? destination };
}

/**
 * A copy of the message with its checksum, and behind it the trailer of auth_hmac. Over IPv6, where the kernel computes
 * the checksum, it covers the trailer too; over IPv4 it does not (reference: behaviour A1).
 */
function withTrailer(
  { family }: VrrpInstanceConfiguration,
  message: Uint8Array,
  trailer: Uint8Array | undefined,
  addresses: ChecksumAddresses | undefined,
): Uint8Array {
  const payload = new Uint8Array(message.length + (trailer?.length ?? 0));
  payload.set(message);
  if (trailer) payload.set(trailer, message.length);
  setChecksum(family === 'inet' ? payload.subarray(0, message.length) : payload, addresses);
  return payload;
}

export class Transmitter {
  /** Sequence number of the last authentication header, ours or heard: the originals share one count. */
  sequence = 0;
  readonly #signer = new HmacSigner();
  #identification = 0;
  #template: { configuration: VrrpInstanceConfiguration; priority: number; message: Uint8Array } | undefined;

  /** RFC 2402 section 3.3.2 forbids a sequence number to come round; a new master begins anew. */
  becomeMaster(): void {
    if (this.sequence >= MAXIMUM_SEQUENCE) this.sequence = 0;
  }

  /**
   * One intent for the group or for each unicast peer.
   * @param source canonical address
   * @param realTime milliseconds since 1970, for auth_hmac
   */
  compose(
    configuration: VrrpInstanceConfiguration,
    priority: number,
    source: string,
    oldUnicastChecksum: boolean,
    digests: VrrpDigests,
    realTime = 0,
  ): SendAdvertisementIntent[] {
    const unicast = configuration.unicastPeers.length > 0;
    const destinations = unicast
      ? configuration.unicastPeers.map((peer) => peer.address)
      : [configuration.multicastGroup];
    const from = parseIpAddress(source)?.bytes;
    if (!from) return [];
    const ipv4 = configuration.family === 'inet';
    const ttl = unicast ? (configuration.unicastTtl ?? (ipv4 ? IP_FIELD.ttl : DEFAULT_HOP_LIMIT)) : IP_FIELD.ttl;
    // One number for an advertisement, to however many peers it goes; never 0, for which the kernel takes its own.
    this.#identification = (this.#identification % 0xffff) + 1;
    if (configuration.authentication?.type === 'AH') this.sequence = Math.min(this.sequence + 1, MAXIMUM_SEQUENCE);
    const message = this.#message(configuration, priority);
    const trailer = this.#signer.sign(configuration, from, message, realTime, digests);
    const intents: SendAdvertisementIntent[] = [];
    for (const destination of destinations) {
      const to = parseIpAddress(destination)?.bytes;
      if (!to) continue;
      const addresses = checksumAddresses(configuration, from, to, unicast && oldUnicastChecksum);
      const payload = withTrailer(configuration, message, trailer, addresses);
      intents.push({
        type: 'send-advertisement',
        instance: configuration.name,
        family: configuration.family,
        interface: advertisingInterface(configuration),
        packet: ipv4 ? this.#ipv4Packet(configuration, payload, from, to, ttl, unicast, digests) : payload,
        source,
        destination,
        unicast,
        ...(configuration.vrf !== undefined && { vrf: configuration.vrf }),
        ttl,
      });
    }
    return intents;
  }

  #message(configuration: VrrpInstanceConfiguration, priority: number): Uint8Array {
    if (this.#template?.configuration === configuration && this.#template.priority === priority) {
      return this.#template.message;
    }
    const { authentication } = configuration;
    const message = encodeAdvertisement(
      {
        version: configuration.version,
        family: configuration.family,
        virtualRouterId: configuration.virtualRouterId,
        priority,
        addressOctets: advertisedOctets(configuration),
        interval: configuration.advertisementInterval,
        authenticationType: authenticationType(authentication),
        ...(authentication?.type === 'PASS' && { authenticationData: passwordOctets(authentication) }),
      },
      undefined,
    );
    this.#template = { configuration, priority, message };
    return message;
  }

  #ipv4Packet(
    { authentication }: VrrpInstanceConfiguration,
    message: Uint8Array,
    source: Uint8Array,
    destination: Uint8Array,
    ttl: number,
    unicast: boolean,
    digests: VrrpDigests,
  ): Uint8Array {
    const identification = this.#identification;
    if (authentication?.type === 'AH') {
      const ip = { identification, ttl, source, destination, unicast };
      return wrapInAuthenticationHeader(message, ip, this.sequence, passwordOctets(authentication), digests);
    }
    const packet = new Uint8Array(IP_FIELD.ipv4HeaderLength + message.length);
    writeIpv4Header(packet, identification, ttl, IP_PROTOCOL.vrrp, source, destination);
    packet.set(message, IP_FIELD.ipv4HeaderLength);
    return packet;
  }
}
