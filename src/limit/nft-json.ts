/** What `nft -j list` says of sets: their flags and elements. Anything that is not understood is left out. */
import type { Milliseconds } from '../core/time.ts';
import type { BanOrigin, FoundElement } from './engine.ts';
import { parsePrefixText, prefixText } from './prefix-table.ts';

export interface FoundSet {
  readonly name: string;
  readonly flags: readonly string[];
  readonly elements: ReadonlyMap<string, FoundElement>;
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : value === undefined ? [] : [value];
}

/** An address, or `{"prefix":{"addr":"10.0.0.0","len":8}}`. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const prefix = parsePrefixText(value);
    return prefix && prefixText(prefix);
  }
  if (!isObject(value) || !isObject(value['prefix'])) return undefined;
  const { addr, len } = value['prefix'];
  if (typeof addr !== 'string' || typeof len !== 'number') return undefined;
  const prefix = parsePrefixText(`${addr}/${len}`);
  return prefix && prefixText(prefix);
}

function elementOf(value: unknown): readonly [string, FoundElement] | undefined {
  const inner = isObject(value) && isObject(value['elem']) ? value['elem'] : undefined;
  const text = textOf(inner === undefined ? value : inner['val']);
  if (text === undefined) return undefined;
  const { comment, expires } = inner ?? {};
  const remaining: Milliseconds | undefined = typeof expires === 'number' ? expires * 1000 : undefined;
  const origin: BanOrigin | undefined = comment === 'count' || comment === 'operator' ? comment : undefined;
  return [text, { ...(remaining !== undefined && { remaining }), ...(origin !== undefined && { origin }) }];
}

/** Every set of an answer. @throws SyntaxError if it is no JSON */
export function parseNftSets(json: string): FoundSet[] {
  const answer: unknown = JSON.parse(json);
  const sets: FoundSet[] = [];
  for (const item of list(isObject(answer) ? answer['nftables'] : undefined)) {
    const set = isObject(item) ? item['set'] : undefined;
    if (!isObject(set) || typeof set['name'] !== 'string') continue;
    const elements = list(set['elem'])
      .map(elementOf)
      .filter((element) => element !== undefined);
    const flags = list(set['flags']).filter((flag) => typeof flag === 'string');
    sets.push({ name: set['name'], flags, elements: new Map(elements) });
  }
  return sets;
}
