/**
 * The trailer of auth_hmac behind a complete VRRP message (wire format of keepalived 2.4.2; reference: behaviour A2):
 * type, key id, two zero octets, a sequence number of 8 octets that begins as the time, 16 octets of HMAC-SHA-256.
 */
import type { AddressFamily } from '../../config/model.ts';
import { VRRP } from './constants.ts';

export const HMAC_TRAILER = {
  length: 28,
  /** What the digest covers of it. */
  headLength: 12,
  digestLength: 16,
  /** HMAC-SHA-256, cut to 128 bits. */
  type: 1,
} as const;

/** Family, version, virtual router, zero; then the source address, left-aligned in 16 octets. */
const PSEUDO_HEADER_LENGTH = 20;
const SEQUENCE_BITS = 64;

export interface HmacTrailer {
  readonly type: number;
  readonly keyId: number;
  readonly reserved: number;
  /** Seconds since 1970 (32 bits), 1/65536 seconds (16 bits) and a counter (16 bits) as one number. */
  readonly sequence: bigint;
  /** 12 octets, a view. */
  readonly head: Uint8Array;
  /** 16 octets, a view. */
  readonly digest: Uint8Array;
}

/** @param octets exactly the trailer */
export function decodeHmacTrailer(octets: Uint8Array): HmacTrailer {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  return {
    type: view.getUint8(0),
    keyId: view.getUint8(1),
    reserved: view.getUint16(2),
    sequence: view.getBigUint64(4),
    head: octets.subarray(0, HMAC_TRAILER.headLength),
    digest: octets.subarray(HMAC_TRAILER.headLength),
  };
}

/** The part of a trailer that the digest covers. */
export function hmacTrailerHead(keyId: number, sequence: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(HMAC_TRAILER.headLength));
  view.setUint8(0, HMAC_TRAILER.type);
  view.setUint8(1, keyId);
  view.setBigUint64(4, BigInt.asUintN(SEQUENCE_BITS, sequence));
  return new Uint8Array(view.buffer);
}

/**
 * What is digested: a pseudo header, the message with a checksum of zero, the head of the trailer, zeros for the digest.
 * @param source 4 or 16 octets
 */
export function hmacInput(
  family: AddressFamily,
  source: Uint8Array,
  message: Uint8Array,
  trailerHead: Uint8Array,
): Uint8Array {
  const input = new Uint8Array(PSEUDO_HEADER_LENGTH + message.length + HMAC_TRAILER.length);
  input[0] = family === 'inet' ? 4 : 6;
  input[1] = (message[0] ?? 0) >>> 4;
  input[2] = message[1] ?? 0;
  input.set(source, 4);
  input.set(message, PSEUDO_HEADER_LENGTH);
  input.fill(0, PSEUDO_HEADER_LENGTH + VRRP.checksumOffset, PSEUDO_HEADER_LENGTH + VRRP.checksumOffset + 2);
  input.set(trailerHead, PSEUDO_HEADER_LENGTH + message.length);
  return input;
}

/**
 * The number that stands for a moment.
 * @param realTime milliseconds since 1970
 */
export function sequenceOfTime(realTime: number): bigint {
  const seconds = Math.floor(realTime / 1000);
  const fraction = Math.floor(((realTime - seconds * 1000) * 0x10000) / 1000);
  return BigInt.asUintN(SEQUENCE_BITS, (BigInt(seconds) << 32n) | (BigInt(fraction) << 16n));
}

/** The same for a span of time. */
export function sequenceSpan(milliseconds: number): bigint {
  return (BigInt(Math.round(milliseconds)) << 32n) / 1000n;
}

/** a - b on the circle of 64-bit numbers (serial arithmetic, RFC 1982): positive if a is the later one. */
export function sequenceDistance(a: bigint, b: bigint): bigint {
  return BigInt.asIntN(SEQUENCE_BITS, a - b);
}
