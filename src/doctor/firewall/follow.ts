/** Follows one packet through the rules, and says how sure the answer is. */
import { compareAddresses, parseIpAddress } from '../../core/ip-address.ts';
import type { Condition, FilterChain, FilteredPacket, FilteredValue, FilterRule, Hook, Ruleset } from './ruleset.ts';

type Truth = 'yes' | 'no' | 'perhaps';

export interface Fate {
  readonly fate: 'passes' | 'dropped' | 'perhaps dropped';
  /** The rule, or the chain whose policy it is, that decides. */
  readonly by?: string;
  readonly program?: Ruleset['program'];
}

/** Chains that call each other deeper than this are refused by the kernel too (NFT_JUMP_STACK_SIZE, 16). */
const deepest = 16;
/** Chains jump to chains that jump: what takes more steps than this is not judged. */
const mostSteps = 20_000;

const hookOrder: Readonly<Record<'in' | 'out', readonly Hook[]>> = {
  in: ['ingress', 'prerouting', 'input'],
  out: ['output', 'postrouting'],
};

/**
 * What becomes of a packet that comes to this machine (`in`) or leaves it (`out`). Every base chain has a say: accepting
 * in one does not keep another from dropping.
 */
export function follow(rulesets: readonly Ruleset[], packet: FilteredPacket, direction: 'in' | 'out'): Fate {
  let doubt: Fate | undefined;
  for (const ruleset of rulesets) {
    for (const hook of hookOrder[direction]) {
      const chains = ruleset.chains
        .filter((chain) => chain.hook === hook && concerns(chain, packet))
        .toSorted((a, b) => a.priority - b.priority);
      for (const chain of chains) {
        const fate = new Walk(ruleset, packet, direction).through(chain);
        if (fate.fate === 'dropped') return { ...fate, program: ruleset.program };
        if (fate.fate === 'perhaps dropped') doubt ??= { ...fate, program: ruleset.program };
      }
    }
  }
  return doubt ?? { fate: 'passes' };
}

function concerns({ device, family }: FilterChain, packet: FilteredPacket): boolean {
  return (
    (family === undefined || family === packet.family) && (device === undefined || device === packet.inputInterface)
  );
}

/** How a chain was left: decided, or not; and what could have decided before. */
type Outcome =
  | { readonly kind: 'accept' | 'drop'; readonly by: string }
  | { readonly kind: 'fell through' }
  /** Nothing more is to be said. */
  | { readonly kind: 'lost'; readonly by: string };

class Walk {
  readonly #ruleset: Ruleset;
  readonly #packet: FilteredPacket;
  readonly #direction: 'in' | 'out';
  #possibleDrop: string | undefined;
  #possibleAccept = false;
  #steps = 0;

  constructor(ruleset: Ruleset, packet: FilteredPacket, direction: 'in' | 'out') {
    this.#ruleset = ruleset;
    this.#packet = packet;
    this.#direction = direction;
  }

  through(chain: FilterChain): Fate {
    const outcome = this.#walk(chain, 0);
    const by = outcome.kind === 'fell through' ? `policy ${chain.policy} of ${chain.title}` : outcome.by;
    const final = outcome.kind === 'fell through' ? chain.policy : outcome.kind;
    if (final === 'lost') return { fate: 'perhaps dropped', by };
    if (final === 'drop') return { fate: this.#possibleAccept ? 'perhaps dropped' : 'dropped', by };
    return this.#possibleDrop === undefined ? { fate: 'passes' } : { fate: 'perhaps dropped', by: this.#possibleDrop };
  }

  #walk(chain: FilterChain, depth: number): Outcome {
    for (const rule of chain.rules) {
      if (++this.#steps > mostSteps) return { kind: 'lost', by: chain.title };
      const match = matches(rule, this.#packet, this.#direction);
      if (match === 'no') continue;
      const outcome = this.#apply(rule, chain, depth);
      if (outcome === 'return') {
        if (match === 'yes') return { kind: 'fell through' };
        continue;
      }
      if (outcome.kind === 'fell through') {
        if (rule.verdict.kind === 'goto' && match === 'yes') return outcome;
        continue;
      }
      if (match === 'yes') return outcome;
      this.#remember(outcome);
    }
    return { kind: 'fell through' };
  }

  #apply(rule: FilterRule, chain: FilterChain, depth: number): Outcome | 'return' {
    const by = `${chain.title}: ${rule.text}`;
    const { verdict } = rule;
    switch (verdict.kind) {
      case 'accept':
      case 'drop':
        return { kind: verdict.kind, by };
      case 'return':
        return 'return';
      case 'unknown':
        return { kind: 'lost', by };
      case 'jump':
      case 'goto': {
        const target = this.#ruleset.chains.find(({ id }) => id === verdict.chain);
        if (!target || depth >= deepest) return { kind: 'lost', by };
        return this.#walk(target, depth + 1);
      }
    }
  }

  #remember(outcome: Exclude<Outcome, { kind: 'fell through' }>): void {
    if (outcome.kind === 'accept') this.#possibleAccept = true;
    else this.#possibleDrop ??= outcome.by;
  }
}

function matches({ conditions }: FilterRule, packet: FilteredPacket, direction: 'in' | 'out'): Truth {
  let truth: Truth = 'yes';
  for (const condition of conditions) {
    const one = holds(condition, packet, direction);
    if (one === 'no') return 'no';
    if (one === 'perhaps') truth = 'perhaps';
  }
  return truth;
}

function holds(condition: Condition, packet: FilteredPacket, direction: 'in' | 'out'): Truth {
  const truth = oneOf(condition.values.map((value) => equals(condition, value, packet, direction)));
  if (!condition.negated || truth === 'perhaps') return truth;
  return truth === 'yes' ? 'no' : 'yes';
}

function oneOf(truths: readonly Truth[]): Truth {
  if (truths.includes('yes')) return 'yes';
  return truths.includes('perhaps') ? 'perhaps' : 'no';
}

function equals({ field }: Condition, value: FilteredValue, packet: FilteredPacket, direction: 'in' | 'out'): Truth {
  if (value.kind === 'unknown') return 'perhaps';
  switch (field) {
    case 'family':
      return truth(value.kind === 'word' && value.word === packet.family);
    case 'protocol':
      return inRange(packet.protocol, value);
    case 'ttl':
      return inRange(packet.ttl, value);
    case 'destination-port':
      return packet.destinationPort === undefined ? 'no' : inRange(packet.destinationPort, value);
    case 'source':
      return packet.source === undefined ? 'perhaps' : isAmong(packet.source, value);
    case 'destination':
      return isAmong(packet.destination, value);
    case 'input-interface':
      return interfaceFits(packet.inputInterface, value, direction === 'in');
    case 'output-interface':
      return interfaceFits(packet.outputInterface, value, direction === 'out');
    case 'packet-type':
      return truth(value.kind === 'word' && value.word === (packet.multicast ? 'multicast' : 'host'));
    case 'connection-state':
      return stateFits(value, packet);
    case 'other':
      return 'perhaps';
  }
}

function truth(fact: boolean): Truth {
  return fact ? 'yes' : 'no';
}

function inRange(number: number, value: FilteredValue): Truth {
  return value.kind === 'number' ? truth(number >= value.from && number <= value.to) : 'perhaps';
}

/** A packet to a group has no answer: it stays new. One to a host may belong to what was answered before. */
function stateFits(value: FilteredValue, { multicast }: FilteredPacket): Truth {
  if (value.kind !== 'word') return 'perhaps';
  switch (value.word.toLowerCase()) {
    case 'new':
      return multicast ? 'yes' : 'perhaps';
    case 'established':
      return multicast ? 'no' : 'perhaps';
    default:
      return 'no';
  }
}

/** @param has whether a packet of this direction has such an interface at all */
function interfaceFits(name: string | undefined, value: FilteredValue, has: boolean): Truth {
  if (!has) return 'no';
  return name === undefined ? 'perhaps' : nameFits(name, value);
}

/** Names may end in a wildcard: `eth*` of nft, `eth+` of iptables. */
function nameFits(name: string, value: FilteredValue): Truth {
  if (value.kind !== 'word') return 'perhaps';
  const { word } = value;
  const stem = /^(.*)[*+]$/.exec(word)?.[1];
  return truth(stem === undefined ? name === word : name.startsWith(stem));
}

function isAmong(address: string, value: FilteredValue): Truth {
  if (value.kind === 'addresses')
    return truth(compareAddresses(address, value.from) >= 0 && compareAddresses(address, value.to) <= 0);
  if (value.kind !== 'prefix') return 'perhaps';
  const octets = parseIpAddress(address)?.bytes;
  const network = parseIpAddress(value.address)?.bytes;
  if (!octets || !network) return 'perhaps';
  if (octets.length !== network.length) return 'no';
  for (let bit = 0; bit < value.length; bit += 8) {
    const mask = (0xff << Math.max(0, 8 - (value.length - bit))) & 0xff;
    if ((((octets[bit >> 3] ?? 0) ^ (network[bit >> 3] ?? 0)) & mask) !== 0) return 'no';
  }
  return 'yes';
}
