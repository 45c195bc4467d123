/** ICMP echo as PING_CHECK uses it: RFC 792 and RFC 4443 section 4. */
import type { AddressFamily } from '../config/model.ts';

const types = { inet: { request: 8, reply: 0 }, inet6: { request: 128, reply: 129 } } as const;
const headerLength = 8;
/** Octets of payload, as the original's. */
const payloadLength = 128;

/** How the socket carries messages: a raw IPv4 socket receives the IP header too and fills in no checksum. */
export interface EchoForm {
  readonly family: AddressFamily;
  readonly isRaw: boolean;
  readonly identifier: number;
  readonly sequence: number;
}

/** Ones-complement sum over octets (RFC 1071). */
function checksum(octets: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < octets.length; index += 2) sum += ((octets[index] ?? 0) << 8) | (octets[index + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/**
 * An echo request. The kernel fills in the checksum on ping sockets (and the identifier, by which it finds the answer)
 * and of ICMPv6 always.
 */
export function encodeEchoRequest({ family, isRaw, identifier, sequence }: EchoForm): Uint8Array {
  const message = new Uint8Array(headerLength + payloadLength);
  const view = new DataView(message.buffer);
  message[0] = types[family].request;
  view.setUint16(4, identifier);
  view.setUint16(6, sequence);
  for (let index = 0; index < payloadLength; index++) message[headerLength + index] = index & 0xff;
  if (isRaw && family === 'inet') view.setUint16(2, checksum(message));
  return message;
}

/** Whether a received message answers that request. */
export function isEchoReply(data: Uint8Array, { family, isRaw, identifier, sequence }: EchoForm): boolean {
  const offset = isRaw && family === 'inet' ? ((data[0] ?? 0) & 0x0f) * 4 : 0;
  if (data.length < offset + headerLength) return false;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return (
    view.getUint8(offset) === types[family].reply &&
    view.getUint8(offset + 1) === 0 &&
    // The kernel has chosen the identifier of a ping socket and gives it only its own answers.
    (!isRaw || view.getUint16(offset + 4) === identifier) &&
    view.getUint16(offset + 6) === sequence
  );
}
