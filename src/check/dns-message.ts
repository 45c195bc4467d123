/** The part of DNS messages that DNS_CHECK needs (RFC 1035 section 4.1): one question out, the header of the answer in. */
import type { DnsQueryType } from '../config/model.ts';

/** RFC 1035 section 3.2.2; RFC 3596 (AAAA); RFC 4034 (RRSIG, DNSKEY). */
const typeNumbers: Readonly<Record<DnsQueryType, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  RRSIG: 46,
  DNSKEY: 48,
};
const classInternet = 1;
const headerLength = 12;
const recursionDesired = 0x0100;
const isResponse = 0x8000;
const responseCodeMask = 0x000f;
/** RFC 1035 section 2.3.4. */
const longestLabel = 63;
const longestName = 255;

/** Names of response codes (RFC 1035 section 4.1.1, RFC 2136 section 2.2). */
const responseCodes = [
  'no error',
  'format error',
  'server failure',
  'no such name',
  'not implemented',
  'refused',
  'name exists',
  'record set exists',
  'no such record set',
  'not authoritative',
  'not in zone',
];

export function responseCodeText(code: number): string {
  return responseCodes[code] ?? `code ${code}`;
}

/** Octets of a name, without the root's if it is written with a final dot; or what is wrong with it. */
function encodeName(name: string): number[] | string {
  const encoded: number[] = [];
  for (const label of name.replace(/\.$/, '').split('.')) {
    if (label === '' && name !== '.' && name !== '') return 'has an empty label';
    const octets = new TextEncoder().encode(label);
    if (octets.length > longestLabel) return `has a label of more than ${longestLabel} octets`;
    if (octets.length > 0) encoded.push(octets.length, ...octets);
  }
  encoded.push(0);
  return encoded.length > longestName ? `has more than ${longestName} octets` : encoded;
}

/**
 * A query for one record, recursion desired.
 * @param id 0 to 65535
 * @returns the octets, or what is wrong with the name, in words
 */
export function encodeDnsQuery(id: number, name: string, type: DnsQueryType): Uint8Array | string {
  const encodedName = encodeName(name);
  if (typeof encodedName === 'string') return `${name} ${encodedName}`;
  const message = new Uint8Array(headerLength + encodedName.length + 4);
  const view = new DataView(message.buffer);
  view.setUint16(0, id);
  view.setUint16(2, recursionDesired);
  view.setUint16(4, 1);
  message.set(encodedName, headerLength);
  view.setUint16(headerLength + encodedName.length, typeNumbers[type]);
  view.setUint16(headerLength + encodedName.length + 2, classInternet);
  return message;
}

/** The response code of the answer to query `id`; undefined for anything else. */
export function dnsResponseCode(message: Uint8Array, id: number): number | undefined {
  if (message.length < headerLength) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const flags = view.getUint16(2);
  return view.getUint16(0) === id && (flags & isResponse) !== 0 ? flags & responseCodeMask : undefined;
}
