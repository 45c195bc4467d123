/**
 * The checks a received packet must pass, in the original's order (reference: behaviour A3; RFC 5798 section 7.1). Any
 * octets lead to an advertisement or to a refusal that names its counter; nothing throws.
 */
import type { VrrpInstanceConfiguration } from '../config/model.ts';
import { familiarIpAddress } from '../core/ip-address.ts';
import { judgeHmac } from './hmac.ts';
import type { HmacVerdict } from './hmac.ts';
import { authenticationType, checksumAddresses, passwordOctets } from './transmitter.ts';
import type { PacketMeta, VrrpDigests, VrrpStatistics } from './types.ts';
import type { ReceivedAdvertisement } from './wire/advertisement.ts';
import { addressTexts, advertisementLength, checksumFits, decodeAdvertisement } from './wire/advertisement.ts';
import type { AuthenticationHeader } from './wire/authentication-header.ts';
import { authenticationDigest, decodeAuthenticationHeader } from './wire/authentication-header.ts';
import { AUTHENTICATION_HEADER, AUTHENTICATION_TYPE, IP_FIELD, IP_PROTOCOL, VRRP } from './wire/constants.ts';
import { HMAC_TRAILER } from './wire/hmac-trailer.ts';
import { decodeIpv4Header } from './wire/ipv4.ts';

/** What the checks compare with. */
export interface Expectation {
  readonly configuration: VrrpInstanceConfiguration;
  /** advertisedOctets() of the configuration. */
  readonly addressOctets: Uint8Array;
  readonly effectivePriority: number;
  readonly master: boolean;
  /** Source of the last accepted advertisement. */
  readonly previousSource: string | undefined;
  readonly oldUnicastChecksum: boolean;
  /** Last sequence number of an authentication header from a source. */
  readonly lastSequence: (source: string) => number | undefined;
  /** Last number of auth_hmac from a source. */
  readonly lastHmacSequence: (source: string) => bigint | undefined;
  /** Milliseconds since 1970, for auth_hmac. */
  readonly realTime: number;
  readonly digests: VrrpDigests;
}

/** Why a packet was not taken, or was taken with a remark. */
export interface Finding {
  /** Statistics counter; absent: the original counts nothing. */
  readonly counter?: keyof VrrpStatistics;
  /** Stable name, by which repetitions are recognised. */
  readonly code: string;
  readonly reason: string;
}

export type Examination =
  | { readonly accepted: false; readonly refusal: Finding }
  | {
      readonly accepted: true;
      readonly advertisement: ReceivedAdvertisement;
      /** Differences that are only logged and counted. */
      readonly remarks: readonly Finding[];
      /** The checksum fits only with the multicast group in place of our address. */
      readonly usesOldUnicastChecksum: boolean;
      /** Sequence number of the authentication header, if there is one. */
      readonly sequence?: number;
      /** The number of auth_hmac, if there is a trailer. */
      readonly hmacSequence?: bigint;
    };

interface Envelope {
  readonly message: Uint8Array;
  /** auth_hmac behind the message; whether there is one shows in the length alone. */
  readonly trailer?: Uint8Array;
  /** What the checksum covers: over IPv6 the trailer too. */
  readonly covered: Uint8Array;
  readonly authenticationHeader?: AuthenticationHeader;
}

function refuse(code: string, counter: keyof VrrpStatistics | undefined, reason: string): Finding {
  return { code, reason, ...(counter && { counter }) };
}

function isFinding(value: Envelope | Finding): value is Finding {
  return 'code' in value;
}

/** The VRRP identifier of a packet, read before anything is checked; undefined if there is none. */
export function peekVirtualRouterId(packet: Uint8Array, family: PacketMeta['family']): number | undefined {
  if (family === 'inet6') return packet[1];
  const headerLength = ((packet[0] ?? 0) & 0x0f) * 4;
  const wrapped = packet[9] === IP_PROTOCOL.authenticationHeader;
  return packet[headerLength + (wrapped ? AUTHENTICATION_HEADER.length : 0) + 1];
}

/** Whether a canonical address is a multicast group. */
export function isMulticast(address: string, family: PacketMeta['family']): boolean {
  if (family === 'inet6') return address.startsWith('ff');
  const first = Number.parseInt(address, 10);
  return first >= 224 && first <= 239;
}

/** Takes the IP and authentication headers off. */
function open(packet: Uint8Array, { configuration }: Expectation): Envelope | Finding {
  if (configuration.family === 'inet6') {
    const { message, trailer } = splitTrailer(packet, 'inet6');
    return { message, covered: packet, ...(trailer && { trailer }) };
  }
  const header = decodeIpv4Header(packet);
  if (!header) return refuse('ip-length', 'lengthErrors', `a packet of ${packet.length} octets that is no IPv4 packet`);
  const expected = configuration.authentication?.type === 'AH';
  const wrapped = header.protocol === IP_PROTOCOL.authenticationHeader;
  if (wrapped !== expected) {
    const reason = expected ? 'an advertisement without authentication header' : 'an unexpected authentication header';
    return refuse('ah-presence', 'authenticationTypeMismatch', reason);
  }
  const start = header.headerLength + (wrapped ? AUTHENTICATION_HEADER.length : 0);
  const authenticationHeader = wrapped ? decodeAuthenticationHeader(packet, header.headerLength) : undefined;
  if (wrapped && !authenticationHeader) return refuse('ah-length', 'lengthErrors', 'a malformed authentication header');
  let message = packet.subarray(start, Math.max(start, header.totalLength));
  // Some drivers hand the padding of a minimal Ethernet frame (46 octets of payload) over as part of the packet.
  const exact = advertisementLength((message[0] ?? 0) >>> 4, 'inet', message[3] ?? 0);
  if (message.length > exact && header.totalLength <= 46) message = message.subarray(0, exact);
  const split = splitTrailer(message, 'inet');
  return { ...split, covered: split.message, ...(authenticationHeader && { authenticationHeader }) };
}

/** Takes the trailer of auth_hmac off. */
function splitTrailer(
  message: Uint8Array,
  family: PacketMeta['family'],
): { message: Uint8Array; trailer?: Uint8Array } {
  const exact = advertisementLength((message[0] ?? 0) >>> 4, family, message[3] ?? 0);
  if (message.length !== exact + HMAC_TRAILER.length) return { message };
  return { message: message.subarray(0, exact), trailer: message.subarray(exact) };
}

/** Judges auth_hmac, configured or not. */
function checkHmac({ message, trailer }: Envelope, meta: PacketMeta, expected: Expectation): HmacVerdict {
  const { configuration, realTime, digests, lastHmacSequence: lastSequence } = expected;
  const { hmac } = configuration;
  if (hmac) {
    const { source } = meta;
    return judgeHmac({ configuration, hmac, source, message, trailer, realTime, lastSequence, digests });
  }
  if (!trailer) return {};
  const reason = 'an advertisement with auth_hmac, ours has none';
  return { refusal: { counter: 'authenticationTypeMismatch', code: 'hmac-unexpected', reason } };
}

function checkAuthenticationHeader(
  packet: Uint8Array,
  header: AuthenticationHeader,
  meta: PacketMeta,
  expected: Expectation,
): Finding | undefined {
  const { authentication, unicastPeers } = expected.configuration;
  const source = familiarIpAddress(meta.source)?.bytes;
  if (!authentication || !source || !sameOctets(header.securityParametersIndex, source)) {
    return refuse(
      'ah-index',
      'authenticationFailure',
      'an authentication header whose index is not the source address',
    );
  }
  const last = expected.lastSequence(meta.source);
  if (last !== undefined && header.sequence <= last) {
    const reason = `IPSEC-AH : sequence number ${header.sequence} already processed. Packet dropped. Local(${last})`;
    return refuse('ah-sequence', 'authenticationFailure', reason);
  }
  const key = passwordOctets(authentication);
  const digest = authenticationDigest(packet, key, unicastPeers.length > 0, expected.digests);
  if (sameOctets(digest, header.digest)) return undefined;
  return refuse('ah-digest', 'authenticationFailure', 'an authentication header made with another password');
}

function checkAuthentication(
  packet: Uint8Array,
  advertisement: ReceivedAdvertisement,
  envelope: Envelope,
  meta: PacketMeta,
  expected: Expectation,
): Finding | undefined {
  const { authentication, family } = expected.configuration;
  if (family !== 'inet') return undefined;
  const type = advertisement.authenticationType;
  if (type > AUTHENTICATION_TYPE.authenticationHeader) {
    return refuse('authentication-unknown', 'invalidAuthenticationType', `unknown authentication type ${type}`);
  }
  const wanted = authenticationType(authentication);
  if (type !== wanted) {
    const reason = `authentication type ${type}, ours is ${wanted}`;
    return refuse('authentication-type', 'authenticationTypeMismatch', reason);
  }
  if (authentication?.type === 'PASS') {
    if (sameOctets(advertisement.authenticationData, passwordOctets(authentication))) return undefined;
    return refuse('password', 'authenticationFailure', 'received an invalid passwd!');
  }
  if (envelope.authenticationHeader) {
    return checkAuthenticationHeader(packet, envelope.authenticationHeader, meta, expected);
  }
  return undefined;
}

/** @returns the kind of checksum the message carries, or a refusal */
function checkChecksum(
  { covered: message }: Envelope,
  meta: PacketMeta,
  expected: Expectation,
): 'right' | 'old-unicast' | Finding {
  const { configuration } = expected;
  const source = familiarIpAddress(meta.source)?.bytes ?? new Uint8Array(4);
  const destination = familiarIpAddress(meta.destination)?.bytes ?? new Uint8Array(4);
  const unicast = configuration.unicastPeers.length > 0;
  const fits = (old: boolean): boolean =>
    checksumFits(message, checksumAddresses(configuration, source, destination, old));
  if (fits(unicast && expected.oldUnicastChecksum)) return 'right';
  const version3 = configuration.version === 3 && configuration.family === 'inet';
  if (version3 && configuration.v3ChecksumAsV2) return 'right';
  if (version3 && unicast) {
    if (expected.oldUnicastChecksum) {
      if (fits(false)) return 'right';
    } else if (configuration.oldUnicastChecksum === undefined && fits(true)) {
      return 'old-unicast';
    }
  }
  const bare = version3 && checksumFits(message, undefined);
  const hint = bare ? '; it is right without the pseudo-header: that router needs v3_checksum_as_v2 here' : '';
  return refuse('checksum', 'checksumErrors', `wrong checksum${hint}`);
}

function compareAddressLists(advertisement: ReceivedAdvertisement, expected: Expectation): Finding | undefined {
  const { configuration, addressOctets } = expected;
  const count = configuration.virtualAddresses.length;
  if (advertisement.addressCount !== count) {
    const reason = `received an unexpected ip number count ${advertisement.addressCount}, expected ${count}!`;
    return refuse('address-count', 'addressListErrors', reason);
  }
  if (sameOctets(advertisement.addressOctets, addressOctets)) return undefined;
  // The order is free (RFC 5798 section 5.2.9 asks for no particular one).
  const theirs = addressTexts(advertisement.addressOctets, configuration.family);
  const missing = configuration.virtualAddresses.find(({ address }) => !theirs.includes(address));
  if (!missing) return undefined;
  return refuse('address-list', 'addressListErrors', `ip address list of the master lacks our ${missing.address}`);
}

function checkUnicastSource(meta: PacketMeta, { configuration }: Expectation): Finding | undefined {
  const ranged = configuration.unicastPeers.some((peer) => peer.minTtl !== undefined || peer.maxTtl !== undefined);
  if (configuration.unicastPeers.length === 0 || (!configuration.checkUnicastSource && !ranged)) return undefined;
  const peer = configuration.unicastPeers.find(({ address }) => address === meta.source);
  if (!peer) return refuse('unicast-source', undefined, `${meta.source} is not a unicast peer`);
  if (meta.ttl >= (peer.minTtl ?? 0) && meta.ttl <= (peer.maxTtl ?? 255)) return undefined;
  const range = `${peer.minTtl ?? 0}..${peer.maxTtl ?? 255}`;
  return refuse('unicast-ttl', 'ttlErrors', `TTL ${meta.ttl} from peer ${meta.source}, allowed is ${range}`);
}

/** Compares without leaving early: a password must not be guessed octet by octet. */
function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0);
  return difference === 0;
}

/** The checks of the interval: fatal in version 2, informative in version 3 (RFC 3768 section 7.1, RFC 5798 section 7.1). */
function checkInterval(
  advertisement: ReceivedAdvertisement,
  { configuration }: Expectation,
): { refusal?: Finding; remark?: Finding } {
  const { interval } = advertisement;
  const ours = configuration.advertisementInterval;
  if (interval === ours) return {};
  const reason = `advertisement interval ${interval} ms, ours is ${ours} ms`;
  const finding = refuse('interval', 'advertisementIntervalErrors', reason);
  // An interval of 0 would leave no time between two elections.
  if (configuration.version === 2 || interval === 0) return { refusal: finding };
  return { remark: refuse('interval-differs', undefined, reason) };
}

/** @param packet IPv4: from the IP header; IPv6: from the VRRP header */
export function examine(packet: Uint8Array, meta: PacketMeta, expected: Expectation): Examination {
  const { configuration } = expected;
  const refused = (refusal: Finding): Examination => ({ accepted: false, refusal });
  const envelope = open(packet, expected);
  if (isFinding(envelope)) return refused(envelope);
  const advertisement = decodeAdvertisement(envelope.message, configuration.family);
  if (!advertisement) {
    const reason = `a message of ${envelope.message.length} octets, which does not fit its address count`;
    return refused(refuse('length', 'lengthErrors', reason));
  }
  const multicast = isMulticast(meta.destination, configuration.family);
  if (multicast && meta.ttl !== IP_FIELD.ttl) {
    return refused(refuse('ttl', 'ttlErrors', `invalid TTL ${meta.ttl}, expected ${IP_FIELD.ttl}`));
  }
  if (advertisement.version !== configuration.version) {
    const reason = `VRRP version ${advertisement.version}, ours is ${configuration.version}`;
    return refused(refuse('version', 'versionErrors', reason));
  }
  const hmac = checkHmac(envelope, meta, expected);
  if ('refusal' in hmac) return refused(hmac.refusal);
  if (configuration.version === 2) {
    const refusal = checkAuthentication(packet, advertisement, envelope, meta, expected);
    if (refusal) return refused(refusal);
  }
  const interval = checkInterval(advertisement, expected);
  if (interval.refusal && configuration.version === 2) return refused(interval.refusal);
  if (advertisement.type !== VRRP.typeAdvertisement) {
    return refused(refuse('type', 'invalidTypeErrors', `packet type ${advertisement.type}, not an advertisement`));
  }
  if (interval.refusal) return refused(interval.refusal);
  const checksum = checkChecksum(envelope, meta, expected);
  if (typeof checksum !== 'string') return refused(checksum);
  if (multicast !== (configuration.unicastPeers.length === 0)) {
    const reason = multicast
      ? 'a multicast advertisement, ours is unicast'
      : 'a unicast advertisement, ours is multicast';
    return refused(refuse('cast', undefined, reason));
  }
  if (configuration.ownerIgnoreAdvertisements && expected.effectivePriority === VRRP.priorityOwner) {
    return refused(refuse('owner', undefined, 'an advertisement although we own the addresses'));
  }
  const remarks: Finding[] = [];
  if (hmac.remark) remarks.push(hmac.remark);
  if (interval.remark) remarks.push(interval.remark);
  const known = configuration.skipCheckAdvertisedAddresses && expected.previousSource === meta.source;
  if (expected.master || !known) {
    const difference = compareAddressLists(advertisement, expected);
    if (difference) remarks.push(difference);
  }
  const source = checkUnicastSource(meta, expected);
  if (source) return refused(source);
  return {
    accepted: true,
    advertisement,
    remarks,
    usesOldUnicastChecksum: checksum === 'old-unicast',
    ...(envelope.authenticationHeader && { sequence: envelope.authenticationHeader.sequence }),
    ...(hmac.sequence !== undefined && { hmacSequence: hmac.sequence }),
  };
}
