/**
 * Scripts for nft: the table of this daemon with its sets and rules, and changes of elements. Whole addresses are in
 * hash sets, for which nft need not read what is there; prefixes of other lengths are in interval sets of their own.
 * Each script is one transaction.
 */
import type { AddressFamily, ConnectionLimit, LimitedService } from '../config/model.ts';
import { addToAddress } from '../core/ip-address.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { Element, Elements, FoundElement } from './engine.ts';
import type { FoundSet } from './nft-json.ts';
import { prefixText } from './prefix-table.ts';
import type { SetChanges } from './set-changes.ts';

/** Where somebody else's rules or ours find elements. */
export interface SetPlace {
  readonly tableFamily: string;
  readonly table: string;
  readonly set: string;
}

/** What of a limit stands in the table of this daemon. */
export type OwnLimit = Pick<
  ConnectionLimit,
  'clientPrefix' | 'maxEstablished' | 'action' | 'services' | 'enforceInKernel'
> & {
  readonly name: string;
  /** The sets are ours too; else only what `enforce` needs is. */
  readonly bans: boolean;
};

const families = ['inet', 'inet6'] as const;
const types = { inet: 'ipv4_addr', inet6: 'ipv6_addr' } as const;
const protocols = { inet: 'ip', inet6: 'ip6' } as const;
const wholeLength = { inet: 32, inet6: 128 } as const;
/** VRRP's number (RFC 5798 section 5.1.1.4): whatever is banned, routers hear each other. */
const vrrpProtocol = 112;
/** Changes that stand in one command: nft reads each as one line. */
const elementsInCommand = 5_000;

/** Names of sets and chains of a limit. The length is in them, so that a later run does not take one for the other. */
export function ownNames({ clientPrefix, name }: Pick<OwnLimit, 'clientPrefix' | 'name'>): {
  /** Addresses and prefixes of the length by which clients are told apart, without that length. */
  readonly clients: Readonly<Record<AddressFamily, string>>;
  /** Prefixes of other lengths. */
  readonly prefixes: Readonly<Record<AddressFamily, string>>;
  readonly counts: Readonly<Record<AddressFamily, string>>;
  readonly chain: string;
  readonly countChain: string;
} {
  const length = (family: AddressFamily): string =>
    clientPrefix[family] === wholeLength[family] ? '' : `_${clientPrefix[family]}`;
  return {
    clients: { inet: `${name}_ipv4${length('inet')}`, inet6: `${name}_ipv6${length('inet6')}` },
    prefixes: { inet: `${name}_net4`, inet6: `${name}_net6` },
    counts: { inet: `${name}_count4`, inet6: `${name}_count6` },
    chain: `${name}_banned`,
    countChain: `${name}_count`,
  };
}

/** `ip saddr`, masked where clients are told apart by fewer bits than an address has. */
function client(family: AddressFamily, length: number): string {
  const field = `${protocols[family]} saddr`;
  if (length === wholeLength[family]) return field;
  const bytes = new Array<number>(family === 'inet' ? 4 : 16).fill(0).map((_, index) => {
    const kept = Math.min(8, Math.max(0, length - index * 8));
    return (0xff << (8 - kept)) & 0xff;
  });
  if (family === 'inet') return `${field} & ${bytes.join('.')}`;
  const groups = bytes.flatMap((byte, index) => (index % 2 === 0 ? [(byte << 8) | (bytes[index + 1] ?? 0)] : []));
  return `${field} & ${groups.map((group) => group.toString(16)).join(':')}`;
}

function verdict({ action, name }: OwnLimit): string {
  // The counter has every packet, the log only some.
  if (action === 'log') return `counter limit rate 10/second log prefix "keepalived ${name}: "`;
  return `counter ${action}`;
}

function banLines(limit: OwnLimit, family: AddressFamily): string[] {
  const { clients, prefixes, chain } = ownNames(limit);
  // A rejection is an answer, which the kernel cannot always give before routing.
  const hook = limit.action === 'reject' ? 'input priority -10' : 'prerouting priority -310';
  return [
    `set ${clients[family]} { type ${types[family]}; flags timeout; }`,
    `set ${prefixes[family]} { type ${types[family]}; flags interval, timeout; }`,
    `chain ${chain} {`,
    `type filter hook ${hook}; policy accept;`,
    `meta l4proto ${vrrpProtocol} accept`,
    `${client(family, limit.clientPrefix[family])} @${clients[family]} ${verdict(limit)}`,
    `${protocols[family]} saddr @${prefixes[family]} ${verdict(limit)}`,
    '}',
  ];
}

function destination({ address, count, family, port }: LimitedService): string {
  const last = addToAddress(address, count - 1) ?? address;
  const range = count > 1 ? `${address}-${last}` : address;
  return `${protocols[family]} daddr ${range} ${port === 0 ? 'meta l4proto tcp' : `tcp dport ${port}`}`;
}

function countLines(limit: OwnLimit, family: AddressFamily): string[] {
  const { counts, countChain } = ownNames(limit);
  const end = limit.action === 'reject' ? 'reject with tcp reset' : limit.action === 'drop' ? 'drop' : verdict(limit);
  const services = limit.services?.filter((service) => service.family === family).map(destination);
  return [
    `set ${counts[family]} { type ${types[family]}; size 65535; flags dynamic; }`,
    // Before IPVS, which takes packets at the end of this hook (priorities 98 and 99).
    `chain ${countChain} {`,
    'type filter hook input priority -9; policy accept;',
    ...(services ?? ['meta l4proto tcp']).map(
      (match) =>
        `${match} ct state new add @${counts[family]} { ${client(family, limit.clientPrefix[family])} ct count over ${limit.maxEstablished} } ${end}`,
    ),
    '}',
  ];
}

/** The tables, one a family (a kernel need not have the family inet), from the beginning and without elements. */
export function tableScript(table: string, limits: readonly OwnLimit[]): string {
  return families
    .map((family) => {
      const lines = limits.flatMap((limit) => [
        ...(limit.bans ? banLines(limit, family) : []),
        ...(limit.enforceInKernel ? countLines(limit, family) : []),
      ]);
      const name = `${protocols[family]} ${table}`;
      const remove = `add table ${name}\ndelete table ${name}\n`;
      return lines.length === 0 ? remove : `${remove}table ${name} {\n${lines.join('\n')}\n}\n`;
    })
    .join('');
}

function elementText(text: string, { origin, until }: Element, now: MonotonicMs): string {
  const timeout = until === undefined ? '' : ` timeout ${Math.max(1, Math.ceil((until - now) / 1000))}s`;
  return `${text}${timeout}${origin === undefined ? '' : ` comment "${origin}"`}`;
}

function commands(verb: 'add' | 'delete', { set, table, tableFamily }: SetPlace, elements: readonly string[]): string {
  let script = '';
  for (let from = 0; from < elements.length; from += elementsInCommand)
    script += `${verb} element ${tableFamily} ${table} ${set} { ${elements.slice(from, from + elementsInCommand).join(', ')} }\n`;
  return script;
}

/**
 * Changes in a set without intervals. What the kernel has forgotten meanwhile cannot be deleted, and would make the whole
 * transaction fail; what is added first can.
 */
function hashChanges(place: SetPlace, added: readonly string[], removed: readonly string[]): string {
  return commands('add', place, removed) + commands('delete', place, removed) + commands('add', place, added);
}

/** The set of this daemon that an element belongs to. */
interface OwnPlace {
  readonly family: AddressFamily;
  /** In the set of clients, as that has it. */
  readonly client?: string;
}

function ownPlace(text: string, { clientPrefix }: Pick<OwnLimit, 'clientPrefix'>): OwnPlace {
  const family = text.includes(':') ? 'inet6' : 'inet';
  const slash = text.indexOf('/');
  const length = slash < 0 ? wholeLength[family] : Number(text.slice(slash + 1));
  if (length !== clientPrefix[family]) return { family };
  return { family, client: slash < 0 ? text : text.slice(0, slash) };
}

/** Changes of the elements of a limit of ours. @param wanted all that there are to be afterwards */
export function ownElementScript(
  table: string,
  limit: Pick<OwnLimit, 'clientPrefix' | 'name'>,
  { add, remove }: SetChanges,
  wanted: Elements,
  now: MonotonicMs,
): string {
  const names = ownNames(limit);
  const added = { inet: [] as string[], inet6: [] as string[] };
  const removed = { inet: [] as string[], inet6: [] as string[] };
  const changed = new Set<AddressFamily>();
  for (const text of remove) {
    const { client: element, family } = ownPlace(text, limit);
    if (element === undefined) changed.add(family);
    else removed[family].push(element);
  }
  for (const [text, element] of add) {
    const { client: address, family } = ownPlace(text, limit);
    if (address === undefined) changed.add(family);
    else added[family].push(elementText(address, element, now));
  }
  let script = '';
  for (const family of families) {
    const place = { tableFamily: protocols[family], table };
    script += hashChanges({ ...place, set: names.clients[family] }, added[family], removed[family]);
    if (!changed.has(family)) continue;
    // Intervals cannot be added and deleted in one transaction: the few of them are written anew.
    const all = [...wanted].filter(([text]) => {
      const found = ownPlace(text, limit);
      return found.family === family && found.client === undefined;
    });
    const set = names.prefixes[family];
    script += `flush set ${protocols[family]} ${table} ${set}\n`;
    script += commands(
      'add',
      { ...place, set },
      all.map(([text, element]) => elementText(text, element, now)),
    );
  }
  return script;
}

/** What nft says of the table of this daemon, as elements of a limit. */
export function ownElements(
  sets: readonly FoundSet[],
  limit: Pick<OwnLimit, 'clientPrefix' | 'name'>,
): Map<string, FoundElement> {
  const { clients, prefixes } = ownNames(limit);
  const elements = new Map<string, FoundElement>();
  for (const family of families) {
    for (const [text, element] of sets.find(({ name }) => name === prefixes[family])?.elements ?? [])
      elements.set(text, element);
    const length = limit.clientPrefix[family];
    for (const [address, element] of sets.find(({ name }) => name === clients[family])?.elements ?? [])
      elements.set(prefixText({ family, address, length }), element);
  }
  return elements;
}

/**
 * Changes of a set of somebody else. What has to be taken out may be gone already, and what is added may be there with
 * another time.
 * @param found the set as it is now: nothing else can be taken out of intervals
 */
export function existingElementScript(
  place: SetPlace,
  { elements, flags }: FoundSet,
  { add, remove }: SetChanges,
  now: MonotonicMs,
): string {
  const going = [...new Set([...remove, ...add.map(([text]) => text).filter((text) => elements.has(text))])];
  const shown = ({ until }: Element): Element => (flags.includes('timeout') && until !== undefined ? { until } : {});
  const added = add.map(([text, element]) => elementText(text, shown(element), now));
  if (!flags.includes('interval')) return hashChanges(place, added, going);
  const present = going.filter((text) => elements.has(text));
  return commands('delete', place, present) + commands('add', place, added);
}
