/**
 * The rules of nftables_ipvs, as a script for nft: packets for the addresses and ports of a virtual server group get the
 * mark of its service before IPVS sees them. Tables, maps and chain are those of keepalived (facts from its rulesets).
 */
import type { IpvsProtocol } from '../config/model.ts';
import { formatIpAddress, parseIpAddress } from '../core/ip-address.ts';

export interface MarkSettings {
  readonly table: string;
  readonly priority: number;
  readonly counters: boolean;
}

/** Addresses that follow each other, on one port; 0: on all. */
export interface MarkedRange {
  readonly address: string;
  readonly count: number;
  readonly port: number;
}

/** What one service by mark answers for. */
export interface GroupMark {
  readonly mark: number;
  readonly protocol: IpvsProtocol;
  readonly ranges: readonly MarkedRange[];
}

const families = { inet: 'ip', inet6: 'ip6' } as const;
type Family = keyof typeof families;

/** First and last address as numbers. */
interface Span {
  readonly first: bigint;
  readonly last: bigint;
}

interface Element extends Span {
  readonly port: number;
  readonly mark: number;
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((number, octet) => (number << 8n) | BigInt(octet), 0n);
}

function addressOf(family: Family, number: bigint): string {
  const bytes = new Uint8Array(family === 'inet' ? 4 : 16);
  let rest = number;
  for (let index = bytes.length - 1; index >= 0; index--) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return formatIpAddress(bytes);
}

/** The parts of a span that none of the others covers. */
function without(span: Span, others: readonly Span[]): Span[] {
  let parts: Span[] = [span];
  for (const { first, last } of others) {
    parts = parts.flatMap((part) => {
      if (last < part.first || first > part.last) return [part];
      const left: Span[] = [];
      if (part.first < first) left.push({ first: part.first, last: first - 1n });
      if (part.last > last) left.push({ first: last + 1n, last: part.last });
      return left;
    });
  }
  return parts;
}

/** Where two services want the same, the first has it, as it does without marks. nft would refuse to hold both. */
function elementsOf(marks: readonly GroupMark[], family: Family, protocol: IpvsProtocol): Element[] {
  const byPort = new Map<number, Element[]>();
  for (const { mark, protocol: own, ranges } of marks) {
    if (own !== protocol) continue;
    for (const { address, count, port } of ranges) {
      const parsed = parseIpAddress(address);
      if (parsed?.family !== family) continue;
      const first = numberOf(parsed.bytes);
      const taken = byPort.get(port) ?? [];
      byPort.set(port, taken);
      for (const part of without({ first, last: first + BigInt(count) - 1n }, taken))
        taken.push({ ...part, port, mark });
    }
  }
  return [...byPort.values()].flat();
}

function spanText(family: Family, { first, last }: Span): string {
  const from = addressOf(family, first);
  return first === last ? from : `${from}-${addressOf(family, last)}`;
}

const protocols: readonly IpvsProtocol[] = ['tcp', 'udp', 'sctp'];

function tableScript(family: Family, marks: readonly GroupMark[], settings: MarkSettings): string {
  const word = families[family];
  const count = settings.counters ? 'counter ' : '';
  const maps: string[] = [];
  const rules: string[] = [];
  const map = (name: string, type: string, elements: readonly string[]): void => {
    const counter = settings.counters ? ' counter;' : '';
    maps.push(`map ${name} { type ${type} : mark; flags interval;${counter} elements = { ${elements.join(', ')} }; }`);
  };
  const addresses = family === 'inet' ? 'ipv4_addr' : 'ipv6_addr';
  const all: string[] = [];
  for (const protocol of protocols) {
    const elements = elementsOf(marks, family, protocol);
    const ofPorts = elements.filter(({ port }) => port !== 0);
    const ofAll = elements.filter(({ port }) => port === 0);
    if (ofPorts.length > 0) {
      const lines = ofPorts.map((element) => `${spanText(family, element)} . ${element.port} : ${element.mark}`);
      map(`${protocol}_map`, `${addresses} . inet_service`, lines);
      rules.push(`meta mark set ${word} daddr . ${protocol} dport map @${protocol}_map ${count}return`);
    }
    if (ofAll.length > 0) {
      const lines = ofAll.map((element) => `${spanText(family, element)} : ${element.mark}`);
      map(`${protocol}_all_map`, addresses, lines);
      all.push(`meta l4proto ${protocol} meta mark set ${word} daddr map @${protocol}_all_map ${count}return`);
    }
  }
  // A port of its own goes before all ports.
  rules.push(...all);
  if (rules.length === 0) return '';
  const chain = `chain in { type filter hook input priority ${settings.priority}; policy accept; ${rules.join('; ')}; }`;
  return `table ${word} ${settings.table} {\n${[...maps, chain].map((line) => `  ${line}\n`).join('')}}\n`;
}

/** Takes the tables away, whether or not they are there. */
export function markRemovalScript({ table }: MarkSettings): string {
  return Object.values(families)
    .map((family) => `add table ${family} ${table}\ndelete table ${family} ${table}\n`)
    .join('');
}

/** One transaction that puts the tables of both families in the place of what was there. */
export function markScript(marks: readonly GroupMark[], settings: MarkSettings): string {
  const tables = (['inet', 'inet6'] as const).map((family) => tableScript(family, marks, settings));
  return markRemovalScript(settings) + tables.join('');
}
