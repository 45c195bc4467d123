/**
 * The VRRP advertisement of version 2 (RFC 3768 section 5.1) and version 3 (RFC 5798 section 5.1), both families.
 * Decoding judges the length alone: what else must hold depends on the instance (examine.ts).
 */
import { formatIpAddress } from '../../core/ip-address.ts';
import type { IpFamily } from '../../core/ip-address.ts';
import type { Milliseconds } from '../../core/time.ts';
import { addToSum, finishChecksum, pseudoHeaderSum, readUint16, writeUint16 } from './checksum.ts';
import { IP_PROTOCOL, VRRP } from './constants.ts';

/** What goes into an advertisement. */
export interface AdvertisementContent {
  readonly version: 2 | 3;
  readonly family: IpFamily;
  readonly virtualRouterId: number;
  readonly priority: number;
  /** The addresses' octets one after the other, 4 or 16 each. */
  readonly addressOctets: Uint8Array;
  readonly interval: Milliseconds;
  /** Version 2: AUTHENTICATION_TYPE. */
  readonly authenticationType: number;
  /** Version 2 over IPv4: 8 octets; absent: zeros. */
  readonly authenticationData?: Uint8Array;
}

/** A received message; the arrays are views into the packet. */
export interface ReceivedAdvertisement {
  readonly version: number;
  readonly type: number;
  readonly virtualRouterId: number;
  readonly priority: number;
  readonly addressCount: number;
  readonly addressOctets: Uint8Array;
  readonly interval: Milliseconds;
  readonly authenticationType: number;
  readonly authenticationData: Uint8Array;
  /** The whole message, header to authentication data. */
  readonly message: Uint8Array;
}

/** Where the pseudo-header's addresses come from; absent: the checksum covers the message alone. */
export interface ChecksumAddresses {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
}

/** Length of a message in octets. */
export function advertisementLength(version: number, family: IpFamily, addressCount: number): number {
  const tail = version === 2 && family === 'inet' ? VRRP.authenticationDataLength : 0;
  return VRRP.headerLength + addressCount * (family === 'inet' ? 4 : 16) + tail;
}

/** The checksum a message should carry (RFC 5798 section 5.2.8), its checksum field read as zero. */
function advertisementChecksum(message: Uint8Array, pseudo: ChecksumAddresses | undefined): number {
  const initial = pseudo ? pseudoHeaderSum(pseudo.source, pseudo.destination, IP_PROTOCOL.vrrp, message.length) : 0;
  return finishChecksum(addToSum(message, 0, message.length, initial) - readUint16(message, VRRP.checksumOffset));
}

/** Whether the checksum a message carries is right; both zeros of ones-complement count as one (RFC 1071). */
export function checksumFits(message: Uint8Array, pseudo: ChecksumAddresses | undefined): boolean {
  const initial = pseudo ? pseudoHeaderSum(pseudo.source, pseudo.destination, IP_PROTOCOL.vrrp, message.length) : 0;
  return finishChecksum(addToSum(message, 0, message.length, initial)) === 0;
}

/** Writes the checksum into its field. */
export function setChecksum(message: Uint8Array, pseudo: ChecksumAddresses | undefined): void {
  writeUint16(message, VRRP.checksumOffset, advertisementChecksum(message, pseudo));
}

/** Makes the message with the checksum over itself and the pseudo-header, if one is given. */
export function encodeAdvertisement(content: AdvertisementContent, pseudo: ChecksumAddresses | undefined): Uint8Array {
  const count = content.addressOctets.length / (content.family === 'inet' ? 4 : 16);
  const message = new Uint8Array(advertisementLength(content.version, content.family, count));
  message[0] = (content.version << 4) | VRRP.typeAdvertisement;
  message[1] = content.virtualRouterId;
  message[2] = content.priority;
  message[3] = count;
  if (content.version === 2) {
    message[4] = content.authenticationType;
    message[5] = Math.round(content.interval / 1000);
  } else {
    writeUint16(message, 4, Math.round(content.interval / 10) & VRRP.maximumInterval);
  }
  message.set(content.addressOctets, VRRP.headerLength);
  if (content.authenticationData && content.version === 2 && content.family === 'inet') {
    message.set(content.authenticationData, message.length - VRRP.authenticationDataLength);
  }
  setChecksum(message, pseudo);
  return message;
}

/**
 * Reads a message of exactly its own length. Any version is read, an unknown one with the layout of version 3.
 * @returns undefined if the length does not fit the address count
 */
export function decodeAdvertisement(message: Uint8Array, family: IpFamily): ReceivedAdvertisement | undefined {
  if (message.length < VRRP.headerLength) return undefined;
  const version = (message[0] ?? 0) >>> 4;
  const addressCount = message[3] ?? 0;
  if (message.length !== advertisementLength(version, family, addressCount)) return undefined;
  const addressesEnd = VRRP.headerLength + addressCount * (family === 'inet' ? 4 : 16);
  return {
    version,
    type: (message[0] ?? 0) & 0x0f,
    virtualRouterId: message[1] ?? 0,
    priority: message[2] ?? 0,
    addressCount,
    addressOctets: message.subarray(VRRP.headerLength, addressesEnd),
    interval: version === 2 ? (message[5] ?? 0) * 1000 : (readUint16(message, 4) & VRRP.maximumInterval) * 10,
    authenticationType: version === 2 ? (message[4] ?? 0) : 0,
    authenticationData: message.subarray(addressesEnd),
    message,
  };
}

/** The addresses of a message as canonical text, in their order. */
export function addressTexts(addressOctets: Uint8Array, family: IpFamily): string[] {
  const size = family === 'inet' ? 4 : 16;
  const texts: string[] = [];
  for (let at = 0; at + size <= addressOctets.length; at += size) {
    texts.push(formatIpAddress(addressOctets.subarray(at, at + size)));
  }
  return texts;
}
