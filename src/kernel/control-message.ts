/**
 * Ancillary data of datagrams (cmsg(3), RFC 3542 section 4): which interface, which destination, which TTL. Layout of
 * 64-bit Linux: 8 octets length, 4 level, 4 type, data, padding to 8.
 */
import type { AddressFamily } from '../config/model.ts';
import { familiarIpv4Text, formatIpAddress } from '../core/ip-address.ts';
import { addressOctets, anyAddress } from './socket-address.ts';
import { IPPROTO, IPV6_OPTION, IP_OPTION, SO, SOL } from './socket-constants.ts';

const LITTLE_ENDIAN = true;
const headerLength = 16;

function aligned(length: number): number {
  return (length + 7) & ~7;
}

interface Part {
  readonly level: number;
  readonly type: number;
  readonly data: Uint8Array;
}

function encode(parts: readonly Part[]): Uint8Array | undefined {
  if (parts.length === 0) return undefined;
  const total = parts.reduce((sum, part) => sum + headerLength + aligned(part.data.length), 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const { level, type, data } of parts) {
    view.setUint32(offset, headerLength + data.length, LITTLE_ENDIAN);
    view.setInt32(offset + 8, level, LITTLE_ENDIAN);
    view.setInt32(offset + 12, type, LITTLE_ENDIAN);
    bytes.set(data, offset + headerLength);
    offset += headerLength + aligned(data.length);
  }
  return bytes;
}

function integer(value: number): Uint8Array {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setInt32(0, value, LITTLE_ENDIAN);
  return data;
}

/** struct in_pktinfo (interface, source, unused) or struct in6_pktinfo (source, interface). */
function packetInformation(family: AddressFamily, interfaceIndex: number, source: string): Part {
  const octets = addressOctets(family, source);
  if (family === 'inet') {
    const data = new Uint8Array(12);
    data.set(integer(interfaceIndex));
    data.set(octets, 4);
    return { level: IPPROTO.IP, type: IP_OPTION.PKTINFO, data };
  }
  const data = new Uint8Array(20);
  data.set(octets);
  data.set(integer(interfaceIndex), 16);
  return { level: IPPROTO.IPV6, type: IPV6_OPTION.PKTINFO, data };
}

export interface OutgoingControl {
  readonly interfaceIndex?: number;
  readonly source?: string;
  readonly ttl?: number;
}

/** Control data for one packet; undefined if there is nothing to say. @throws DaemonError ADDRESS_INVALID */
export function encodeControl(family: AddressFamily, control: OutgoingControl): Uint8Array | undefined {
  const parts: Part[] = [];
  if (control.interfaceIndex !== undefined || control.source !== undefined) {
    parts.push(packetInformation(family, control.interfaceIndex ?? 0, control.source ?? anyAddress(family)));
  }
  if (control.ttl !== undefined) {
    const [level, type] = family === 'inet' ? [IPPROTO.IP, IP_OPTION.TTL] : [IPPROTO.IPV6, IPV6_OPTION.HOPLIMIT];
    parts.push({ level, type, data: integer(control.ttl) });
  }
  return encode(parts);
}

/** What a received packet's control data said; a field that it did not name is undefined. */
export interface IncomingControl {
  interfaceIndex?: number;
  destination?: string;
  ttl?: number;
  /** When the kernel received it: milliseconds since the epoch on CLOCK_REALTIME, fractions down to a microsecond. */
  timestamp?: number;
}

/** Reads control data as recvmsg fills it. Messages of other kinds, and a cut last one, are passed over. */
export function decodeControl(control: Uint8Array): IncomingControl {
  const view = new DataView(control.buffer, control.byteOffset, control.byteLength);
  const result: IncomingControl = {};
  let offset = 0;
  while (control.length - offset >= headerLength) {
    const length = view.getUint32(offset, LITTLE_ENDIAN);
    if (length < headerLength || length > control.length - offset) break;
    readPart(
      view.getInt32(offset + 8, LITTLE_ENDIAN),
      view.getInt32(offset + 12, LITTLE_ENDIAN),
      offset + headerLength,
      length - headerLength,
    );
    offset += aligned(length);
  }
  return result;

  function readPart(level: number, type: number, at: number, size: number): void {
    if (level === IPPROTO.IP && type === IP_OPTION.PKTINFO && size >= 12) {
      result.interfaceIndex = view.getInt32(at, LITTLE_ENDIAN);
      result.destination = familiarIpv4Text(view.getUint32(at + 8));
    } else if (level === IPPROTO.IPV6 && type === IPV6_OPTION.PKTINFO && size >= 20) {
      result.destination = formatIpAddress(control.subarray(at, at + 16));
      result.interfaceIndex = view.getInt32(at + 16, LITTLE_ENDIAN);
    } else if (
      size >= 4 &&
      ((level === IPPROTO.IP && type === IP_OPTION.TTL) || (level === IPPROTO.IPV6 && type === IPV6_OPTION.HOPLIMIT))
    ) {
      result.ttl = view.getInt32(at, LITTLE_ENDIAN);
    } else if (level === SOL.SOCKET && type === SO.TIMESTAMPNS && size >= 16) {
      // struct timespec: seconds and nanoseconds.
      const seconds = view.getUint32(at, LITTLE_ENDIAN) + view.getInt32(at + 4, LITTLE_ENDIAN) * 0x1_0000_0000;
      result.timestamp = seconds * 1000 + view.getUint32(at + 8, LITTLE_ENDIAN) / 1e6;
    }
  }
}
