/** `encap` of routes and nexthops: lightweight tunnels. */
import type { EncapsulationDraft } from '../drafts.ts';
import { parseAddress, parseCInteger } from '../values.ts';
import { quote } from './context.ts';
import type { LineWords } from './keyword.ts';
import { positional, type Cursor } from './lines.ts';
import { readName, readUnsigned64 } from './route-values.ts';

export const encapsulationForm = 'ip or ip6 or mpls or ila with arguments';

export const encapsulationWords: LineWords = positional({
  ip: ['id <u64> dst <ip> src <ip> tos <n> ttl <0..255> flags <u16>', 'IPv4 tunnel; dst or id is needed.'],
  ip6: ['id <u64> dst <ip6> src <ip6> tc <n> hoplimit <0..255> flags <u16>', 'IPv6 tunnel; dst or id is needed.'],
  mpls: ['<label>{/<label>}*', 'Label stack.'],
  ila: ['<64-bit locator>', 'ILA locator.'],
});

type Tunnel = Extract<EncapsulationDraft, { type: 'ip' | 'ip6' }>;

/** The address of a tunnel's end; it is of the tunnel's family, not of the route's. */
function readEnd(tunnel: Tunnel, cursor: Cursor): string | undefined {
  const text = cursor.argument('<ip>');
  if (text === undefined) return undefined;
  const parsed = parseAddress(text);
  if (parsed?.family === (tunnel.type === 'ip' ? 'inet' : 'inet6')) return parsed.address;
  cursor.error(
    'CFG_INVALID_ADDRESS',
    `encap ${tunnel.type}: ${quote(text)} is not an IPv${tunnel.type === 'ip' ? '4' : '6'} address; the line is ignored`,
  );
  return undefined;
}

/** Reads one option of a tunnel; false if it is none, undefined after reporting. */
function readTunnelOption(tunnel: Tunnel, cursor: Cursor): boolean | undefined {
  const word = cursor.peek();
  const sixth = tunnel.type === 'ip6';
  switch (word) {
    case 'id': {
      cursor.next();
      const id = readUnsigned64(cursor);
      if (id !== undefined) tunnel.id = id;
      return id === undefined ? undefined : true;
    }
    case 'dst':
    case 'src': {
      cursor.next();
      const address = readEnd(tunnel, cursor);
      if (address === undefined) return undefined;
      tunnel[word === 'dst' ? 'destination' : 'source'] = address;
      return true;
    }
    case sixth ? 'tc' : 'tos': {
      cursor.next();
      const name = readName(cursor, 'rt_dsfield');
      if (name) tunnel.trafficClass = name;
      return name ? true : undefined;
    }
    case sixth ? 'hoplimit' : 'ttl': {
      cursor.next();
      const value = cursor.integer('<0..255>', { min: 0, max: 255 });
      if (value !== undefined) tunnel.hopLimit = value;
      return value === undefined ? undefined : true;
    }
    case 'flags': {
      cursor.next();
      const value = cursor.integer('<u16>', { min: 0, max: 0xffff });
      if (value !== undefined) tunnel.flags = value;
      return value === undefined ? undefined : true;
    }
    default:
      return false;
  }
}

function readTunnel(type: 'ip' | 'ip6', cursor: Cursor): Tunnel | undefined {
  const tunnel: Tunnel = { type };
  for (let more: boolean | undefined = true; more !== false; more = readTunnelOption(tunnel, cursor)) {
    if (more === undefined) return undefined;
  }
  if (tunnel.destination !== undefined || tunnel.id !== undefined) return tunnel;
  cursor.error('CFG_ROUTE', `encap ${type} needs dst or id; the line is ignored`, `write "encap ${type} dst <ip>"`);
  return undefined;
}

/** Linux: MAX_NEW_LABELS of a route. */
const mostLabels = 30;
const largestLabel = 0xf_ffff;

function readLabels(cursor: Cursor): readonly number[] | undefined {
  const text = cursor.argument('<label>{/<label>}*');
  if (text === undefined) return undefined;
  const labels = text.split('/').map((label) => parseCInteger(label) ?? -1);
  if (labels.length <= mostLabels && labels.every((label) => label >= 0 && label <= largestLabel)) return labels;
  cursor.error('CFG_INVALID_NUMBER', `encap mpls: ${quote(text)} is not a stack of labels; the line is ignored`);
  return undefined;
}

function readLocator(cursor: Cursor): string | undefined {
  const text = cursor.argument('<64-bit locator>');
  if (text === undefined) return undefined;
  const match = /^[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){3}$/.test(text);
  if (match)
    return text
      .split(':')
      .map((group) => Number.parseInt(group, 16).toString(16))
      .join(':');
  cursor.error(
    'CFG_INVALID_ADDRESS',
    `encap ila: ${quote(text)} is not a locator of 64 bits; the line is ignored`,
    'write four groups, "2001:db8:0:1"',
  );
  return undefined;
}

/** What follows `encap`; undefined after reporting. */
export function readEncapsulation(cursor: Cursor): EncapsulationDraft | undefined {
  const type = cursor.argument(encapsulationForm);
  switch (type) {
    case undefined:
      return undefined;
    case 'ip':
    case 'ip6':
      return readTunnel(type, cursor);
    case 'mpls': {
      const labels = readLabels(cursor);
      return labels && { type, labels };
    }
    case 'ila': {
      const locator = readLocator(cursor);
      return locator === undefined ? undefined : { type, locator };
    }
    default:
      cursor.error('CFG_INVALID_WORD', `encap: ${quote(type)} is not one of ip, ip6, mpls, ila; the line is ignored`);
      return undefined;
  }
}
