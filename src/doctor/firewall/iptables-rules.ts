/** Reads `iptables-save` and `ip6tables-save`. An option that is not understood may hold or not. */
import { parseIpAddress } from '../../core/ip-address.ts';
import type { AddressFamily } from '../../config/model.ts';
import { protocolNumbers } from './ruleset.ts';
import type { Condition, FilterChain, FilteredValue, FilterRule, Hook, Ruleset, Verdict } from './ruleset.ts';

/** Tables in which packets are dropped, with the priority at which they are asked (linux/netfilter_ipv4.h). */
const priorities: Readonly<Record<string, number>> = { raw: -300, mangle: -150, filter: 0, security: 50 };
const hooks: Readonly<Record<string, Hook>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};
/** Targets behind which a packet goes on to the next rule. */
const passing: ReadonlySet<string> = new Set([
  ...['LOG', 'NFLOG', 'ULOG', 'MARK', 'CONNMARK', 'CT', 'NOTRACK', 'TOS', 'DSCP', 'TTL', 'HL', 'CLASSIFY', 'TCPMSS'],
  ...['SET', 'AUDIT', 'TRACE', 'CHECKSUM', 'SECMARK', 'CONNSECMARK', 'TEE', 'IDLETIMER', 'RATEEST', 'ECN'],
]);
/** Options that say nothing about the packet, with the number of words behind them. */
const silent: Readonly<Record<string, number>> = {
  '-m': 1,
  '--match': 1,
  '--comment': 1,
  '--reject-with': 1,
  '--log-prefix': 1,
  '--log-level': 1,
  '-c': 2,
};

interface TableText {
  readonly name: string;
  readonly chains: Map<string, { policy: string; rules: FilterRule[] }>;
}

/** Never throws: lines that say nothing are passed over. */
export function readIptablesSave(save: string, family: AddressFamily): Ruleset {
  const tables: TableText[] = [];
  let needsConnectionTracking = false;
  for (const line of save.split('\n')) {
    const table = tables.at(-1);
    if (line.startsWith('*')) tables.push({ name: line.slice(1).trim(), chains: new Map() });
    else if (line.startsWith(':') && table) {
      const [name = '', policy = '-'] = line.slice(1).split(/\s+/);
      table.chains.set(name, { policy, rules: [] });
    } else if (line.startsWith('-A ') || line.startsWith('[')) {
      const words = wordsOf(line.replace(/^\[[^\]]*\]\s*/, ''));
      const [, name = ''] = words;
      if (/^-A$/.test(words[0] ?? '') && /\b(MASQUERADE|SNAT|--ctstate|--state)\b/.test(line))
        needsConnectionTracking = true;
      const rule = table && ruleOf(words.slice(2), `${family} ${table.name}`, line, family);
      if (rule) table.chains.get(name)?.rules.push(rule);
    }
  }
  const program = family === 'inet' ? 'iptables' : 'ip6tables';
  return { program, chains: tables.flatMap((table) => chainsOf(table, family, program)), needsConnectionTracking };
}

function chainsOf({ chains, name: table }: TableText, family: AddressFamily, program: string): FilterChain[] {
  const priority = priorities[table];
  return [...chains].map(([name, { policy, rules }]): FilterChain => {
    const hook = priority === undefined ? undefined : hooks[name];
    return {
      id: `${family} ${table} ${name}`,
      title: `${program} table ${table} chain ${name}`,
      family,
      ...(hook && { hook }),
      priority: priority ?? 0,
      policy: policy === 'DROP' ? 'drop' : 'accept',
      rules,
    };
  });
}

/** Words of a line; quotes keep blanks together, a backslash keeps a quote. */
function wordsOf(line: string): string[] {
  return Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g), (match) =>
    match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll(/\\(.)/g, '$1'),
  );
}

function ruleOf(words: readonly string[], place: string, line: string, family: AddressFamily): FilterRule | undefined {
  const conditions: Condition[] = [];
  let verdict: Verdict | undefined;
  let negated = false;
  for (let index = 0; index < words.length; index++) {
    const option = words[index] ?? '';
    const value = words[index + 1] ?? '';
    if (option === '!') {
      negated = true;
      continue;
    }
    const skipped = silent[option];
    if (skipped !== undefined) index += skipped;
    else if (option === '-j' || option === '-g' || option === '--jump' || option === '--goto') {
      verdict = verdictOf(value, option.startsWith('-g') || option === '--goto', place);
      index++;
      // What stands behind belongs to the target.
      break;
    } else {
      const condition = conditionOf(option, value, family);
      conditions.push({ ...condition, negated });
      while (index + 1 < words.length && !/^(-|!$)/.test(words[index + 1] ?? '')) index++;
    }
    negated = false;
  }
  return verdict && { text: `"${line.trim()}"`, conditions, verdict };
}

function verdictOf(target: string, goto: boolean, place: string): Verdict | undefined {
  if (target === 'ACCEPT') return { kind: 'accept' };
  if (target === 'DROP' || target === 'REJECT') return { kind: 'drop' };
  if (target === 'RETURN') return { kind: 'return' };
  if (target === 'QUEUE' || target === 'NFQUEUE') return { kind: 'unknown' };
  if (passing.has(target)) return undefined;
  return { kind: goto ? 'goto' : 'jump', chain: `${place} ${target}` };
}

function conditionOf(option: string, value: string, family: AddressFamily): Omit<Condition, 'negated'> {
  switch (option) {
    case '-p':
    case '--protocol':
      return {
        field: 'protocol',
        values: value === 'all' ? [{ kind: 'number', from: 0, to: 255 }] : [protocol(value)],
      };
    case '-s':
    case '--source':
    case '-d':
    case '--destination':
      return {
        field: option === '-s' || option === '--source' ? 'source' : 'destination',
        values: value.split(',').map((one) => prefixOf(one, family)),
      };
    case '-i':
    case '--in-interface':
      return { field: 'input-interface', values: [{ kind: 'word', word: value }] };
    case '-o':
    case '--out-interface':
      return { field: 'output-interface', values: [{ kind: 'word', word: value }] };
    case '--dport':
    case '--dports':
    case '--destination-port':
      return { field: 'destination-port', values: value.split(',').map(portsOf) };
    case '--ctstate':
    case '--state':
      return { field: 'connection-state', values: value.split(',').map((word) => ({ kind: 'word', word })) };
    case '--pkt-type':
      return { field: 'packet-type', values: [{ kind: 'word', word: value === 'unicast' ? 'host' : value }] };
    case '--ttl-eq':
    case '--hl-eq':
      return { field: 'ttl', values: [portsOf(value)] };
    default:
      return { field: 'other', values: [{ kind: 'unknown' }] };
  }
}

function protocol(word: string): FilteredValue {
  const number = /^\d+$/.test(word) ? Number(word) : protocolNumbers[word.toLowerCase()];
  return number === undefined ? { kind: 'unknown' } : { kind: 'number', from: number, to: number };
}

function portsOf(word: string): FilteredValue {
  const [from = '', to = from] = word.split(':');
  if (!/^\d*$/.test(from) || !/^\d*$/.test(to) || word === '') return { kind: 'unknown' };
  return { kind: 'number', from: Number(from), to: to === '' ? 65_535 : Number(to) };
}

function prefixOf(word: string, family: AddressFamily): FilteredValue {
  const [address = '', mask] = word.split('/');
  const parsed = parseIpAddress(address);
  if (parsed?.family !== family) return { kind: 'unknown' };
  const full = parsed.bytes.length * 8;
  if (mask === undefined) return { kind: 'prefix', address, length: full };
  if (/^\d{1,3}$/.test(mask) && Number(mask) <= full) return { kind: 'prefix', address, length: Number(mask) };
  const bits = parseIpAddress(mask)?.bytes;
  if (!bits) return { kind: 'unknown' };
  const pattern = Array.from(bits, (octet) => octet.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(pattern)
    ? { kind: 'prefix', address, length: pattern.replaceAll('0', '').length }
    : { kind: 'unknown' };
}
