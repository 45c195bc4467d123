/** Reads `nft -j list ruleset` (libnftables-json(5)). What is not understood becomes a condition that may hold or not. */
import { parseIpAddress } from '../../core/ip-address.ts';
import { protocolNumbers } from './ruleset.ts';
import type {
  Condition,
  FilterChain,
  FilteredField,
  FilteredValue,
  FilterRule,
  Hook,
  Ruleset,
  Verdict,
} from './ruleset.ts';

type Json = Readonly<Record<string, unknown>>;

const hooks: ReadonlySet<string> = new Set(['ingress', 'prerouting', 'input', 'output', 'postrouting']);
/** Table families that packets of this machine's IP stack pass through. */
const families = { ip: 'inet', ip6: 'inet6', inet: undefined, netdev: undefined } as const;
/** Statements that decide nothing. */
const harmless: ReadonlySet<string> = new Set([
  ...['counter', 'log', 'mangle', 'notrack', 'ct helper', 'ct timeout', 'ct count', 'flow', 'dup', 'comment', 'set'],
  ...['meter', 'tproxy', 'secmark', 'last', 'map', 'quota'],
]);
const unknown: Condition = { field: 'other', negated: false, values: [{ kind: 'unknown' }] };

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** @throws SyntaxError if it is no JSON */
export function readNftRuleset(json: string): Ruleset {
  const answer: unknown = JSON.parse(json);
  const items = list(isObject(answer) ? answer['nftables'] : undefined).filter(isObject);
  const reader = new NftReader(items);
  return { program: 'nft', chains: reader.chains(), needsConnectionTracking: reader.needsConnectionTracking };
}

interface Place {
  readonly family: string;
  readonly table: string;
}

class NftReader {
  readonly #items: readonly Json[];
  /** Elements of named sets by family, table and name. */
  readonly #sets = new Map<string, readonly unknown[]>();
  needsConnectionTracking = false;

  constructor(items: readonly Json[]) {
    this.#items = items;
    for (const item of items) {
      const set = item['set'] ?? item['map'];
      if (!isObject(set)) continue;
      const { elem, family, name, table } = set;
      this.#sets.set(`${text(family)} ${text(table)} ${text(name)}`, list(elem));
    }
  }

  chains(): FilterChain[] {
    const rules = new Map<string, FilterRule[]>();
    for (const { rule } of this.#items) {
      if (!isObject(rule)) continue;
      const { chain, expr, family = '', handle, table = '' } = rule;
      const place = { family: text(family) ?? '', table: text(table) ?? '' };
      const id = `${place.family} ${place.table} ${text(chain) ?? ''}`;
      const found = this.#rules(list(expr).filter(isObject), place, typeof handle === 'number' ? handle : undefined);
      rules.set(id, [...(rules.get(id) ?? []), ...found]);
    }
    return this.#items.flatMap(({ chain }): FilterChain[] => {
      if (!isObject(chain)) return [];
      const { dev, family, hook, name, policy, prio, table, type } = chain;
      const of = text(family) ?? '';
      if (!(of in families)) return [];
      const ipFamily = families[of as keyof typeof families];
      const id = `${of} ${text(table) ?? ''} ${text(name) ?? ''}`;
      const filters = text(hook) !== undefined && hooks.has(text(hook) ?? '') && text(type) !== 'nat';
      return [
        {
          id,
          title: `chain ${id}`,
          ...(ipFamily && { family: ipFamily }),
          ...(filters && { hook: text(hook) as Hook }),
          ...(text(dev) !== undefined && { device: text(dev) ?? '' }),
          priority: typeof prio === 'number' ? prio : 0,
          policy: policy === 'drop' ? 'drop' : 'accept',
          rules: rules.get(id) ?? [],
        },
      ];
    });
  }

  /** One rule of nft; several of ours where it has a verdict map. */
  #rules(expressions: readonly Json[], place: Place, handle: number | undefined): FilterRule[] {
    const conditions: Condition[] = [];
    const name = `rule${handle === undefined ? '' : ` (handle ${handle})`}`;
    for (const expression of expressions) {
      const [key = '', value] = Object.entries(expression)[0] ?? [];
      if (key === 'match') {
        conditions.push(...this.#match(isObject(value) ? value : {}, place));
        continue;
      }
      if (key === 'masquerade' || key === 'snat') this.needsConnectionTracking = true;
      if (key === 'vmap') return this.#verdictMap(value, place, conditions, name);
      const verdict = verdictOf(key, value, place);
      if (verdict) return [{ text: `${name} ${sayVerdict(verdict)}`, conditions, verdict }];
      if (!harmless.has(key)) conditions.push(unknown);
    }
    return [];
  }

  #verdictMap(value: unknown, place: Place, conditions: readonly Condition[], name: string): FilterRule[] {
    const { data, key } = isObject(value) ? value : {};
    const elements = typeof data === 'string' ? this.#setNamed(data, place) : isObject(data) ? list(data['set']) : [];
    const rules = elements.flatMap((element): FilterRule[] => {
      const [right, verdict] = list(element);
      const [kind = '', target] = isObject(verdict) ? (Object.entries(verdict)[0] ?? []) : [];
      const judged = verdictOf(kind, target, place);
      if (!judged) return [];
      const matching = this.#match({ op: '==', left: key, right }, place);
      return [{ text: `${name} ${sayVerdict(judged)}`, conditions: [...conditions, ...matching], verdict: judged }];
    });
    // A named map that was not listed: anything may happen.
    if (rules.length > 0 || elements.length > 0) return rules;
    return [{ text: `${name} decides by a map`, conditions: [...conditions, unknown], verdict: { kind: 'unknown' } }];
  }

  #setNamed(reference: string, { family, table }: Place): readonly unknown[] {
    return this.#sets.get(`${family} ${table} ${reference.replace(/^@/, '')}`) ?? [];
  }

  #match({ left, op, right }: Json, place: Place): Condition[] {
    const fields = fieldsOf(left);
    const field = fields.at(-1);
    if (!field) return [unknown];
    if (field.field === 'connection-state') this.needsConnectionTracking = true;
    const dependencies = fields.slice(0, -1);
    const negated = op === '!=';
    const values = this.#values(right, place, field.field);
    if (op === '<' || op === '>' || op === '<=' || op === '>=') {
      return [...dependencies, { ...field, values: values.map((value) => compared(op, value)) }];
    }
    if (op !== undefined && op !== '==' && op !== '!=' && op !== 'in') return [...dependencies, unknown];
    return [...dependencies, { ...field, negated, values }];
  }

  #values(right: unknown, place: Place, field: FilteredField): FilteredValue[] {
    if (Array.isArray(right)) return right.flatMap((value) => this.#values(value, place, field));
    if (typeof right === 'number') return [{ kind: 'number', from: right, to: right }];
    if (typeof right === 'string') {
      if (!right.startsWith('@')) return [valueOfWord(right, field)];
      const elements = this.#sets.get(`${place.family} ${place.table} ${right.slice(1)}`);
      return elements ? elements.flatMap((element) => this.#values(element, place, field)) : [{ kind: 'unknown' }];
    }
    if (!isObject(right)) return [{ kind: 'unknown' }];
    const { elem, prefix, range, set } = right;
    if (set !== undefined) return this.#values(set, place, field);
    if (isObject(elem)) return this.#values(elem['val'], place, field);
    if (isObject(prefix) && typeof prefix['addr'] === 'string' && typeof prefix['len'] === 'number') {
      return [{ kind: 'prefix', address: prefix['addr'], length: prefix['len'] }];
    }
    const [from, to] = list(range);
    if (typeof from === 'number' && typeof to === 'number') return [{ kind: 'number', from, to }];
    if (typeof from === 'string' && typeof to === 'string' && parseIpAddress(from) && parseIpAddress(to)) {
      return [{ kind: 'addresses', from, to }];
    }
    return [{ kind: 'unknown' }];
  }
}

/** What an expression looks at, behind what has to hold for it to be there at all. */
function fieldsOf(left: unknown): Condition[] {
  const named = (field: FilteredField): Condition => ({ field, negated: false, values: [] });
  if (!isObject(left)) return [];
  const { ct, meta, payload } = left;
  if (isObject(ct)) return ct['key'] === 'state' ? [named('connection-state')] : [];
  if (isObject(meta)) {
    switch (meta['key']) {
      case 'l4proto':
        return [named('protocol')];
      case 'iif':
      case 'iifname':
        return [named('input-interface')];
      case 'oif':
      case 'oifname':
        return [named('output-interface')];
      case 'nfproto':
      case 'protocol':
        return [named('family')];
      case 'pkttype':
        return [named('packet-type')];
      default:
        return [];
    }
  }
  if (!isObject(payload)) return [];
  const { field, protocol } = payload;
  if (protocol === 'ip' || protocol === 'ip6') {
    const family: Condition = {
      field: 'family',
      negated: false,
      values: [{ kind: 'word', word: protocol === 'ip' ? 'inet' : 'inet6' }],
    };
    const header: Readonly<Record<string, FilteredField>> = {
      protocol: 'protocol',
      nexthdr: 'protocol',
      saddr: 'source',
      daddr: 'destination',
      ttl: 'ttl',
      hoplimit: 'ttl',
    };
    const of = header[text(field) ?? ''];
    return [family, named(of ?? 'other')];
  }
  const number = protocolNumbers[text(protocol) ?? ''];
  const transport: Condition[] =
    number === undefined
      ? []
      : [{ field: 'protocol', negated: false, values: [{ kind: 'number', from: number, to: number }] }];
  return [...transport, named(field === 'dport' ? 'destination-port' : 'other')];
}

function valueOfWord(word: string, field: FilteredField): FilteredValue {
  if (field === 'protocol') {
    const number = protocolNumbers[word];
    return number === undefined ? { kind: 'unknown' } : { kind: 'number', from: number, to: number };
  }
  if (field === 'family') {
    const family = ({ ipv4: 'inet', ip: 'inet', ipv6: 'inet6', ip6: 'inet6' } as const)[word];
    return { kind: 'word', word: family ?? word };
  }
  const address = parseIpAddress(word);
  if (address) return { kind: 'prefix', address: word, length: address.bytes.length * 8 };
  return field === 'source' || field === 'destination' || field === 'destination-port'
    ? { kind: 'unknown' }
    : { kind: 'word', word };
}

function compared(op: '<' | '>' | '<=' | '>=', value: FilteredValue): FilteredValue {
  if (value.kind !== 'number') return { kind: 'unknown' };
  const { from } = value;
  switch (op) {
    case '<':
      return { kind: 'number', from: 0, to: from - 1 };
    case '<=':
      return { kind: 'number', from: 0, to: from };
    case '>':
      return { kind: 'number', from: from + 1, to: Infinity };
    case '>=':
      return { kind: 'number', from, to: Infinity };
  }
}

function verdictOf(key: string, value: unknown, { family, table }: Place): Verdict | undefined {
  switch (key) {
    case 'accept':
    case 'return':
      return { kind: key };
    case 'drop':
    case 'reject':
      return { kind: 'drop' };
    case 'queue':
      return { kind: 'unknown' };
    case 'jump':
    case 'goto': {
      const target = isObject(value) ? text(value['target']) : undefined;
      return { kind: key, chain: `${family} ${table} ${target ?? ''}` };
    }
    default:
      return undefined;
  }
}

function sayVerdict(verdict: Verdict): string {
  if (verdict.kind === 'jump' || verdict.kind === 'goto')
    return `${verdict.kind} ${verdict.chain.split(' ').at(-1) ?? ''}`;
  return verdict.kind === 'unknown' ? 'hands it to a program' : verdict.kind;
}
