/** Prefixes of addresses that can be asked what covers what. Grouped by length: real lists have few different ones. */
import { prefixOf } from '../config/prefixes.ts';
import type { AddressPrefix } from '../config/model.ts';
import { parseIpAddress } from '../core/ip-address.ts';

/** How a prefix is written everywhere: a whole address without its length. */
export function prefixText({ address, family, length }: AddressPrefix): string {
  return length === (family === 'inet' ? 32 : 128) ? address : `${address}/${length}`;
}

/** `ADDRESS` or `ADDRESS/LENGTH`, bits behind the length dropped; undefined if it is neither. */
export function parsePrefixText(text: string): AddressPrefix | undefined {
  const slash = text.indexOf('/');
  const parsed = parseIpAddress(slash < 0 ? text : text.slice(0, slash));
  if (!parsed) return undefined;
  const longest = parsed.bytes.length * 8;
  const digits = slash < 0 ? String(longest) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(digits) || Number(digits) > longest) return undefined;
  return prefixOf(slash < 0 ? text : text.slice(0, slash), Number(digits));
}

type OneLength<Value> = Map<string, { readonly prefix: AddressPrefix; readonly value: Value }>;

export class PrefixTable<Value> {
  /** By family and length. */
  readonly #lengths: Record<AddressPrefix['family'], Map<number, OneLength<Value>>> = {
    inet: new Map(),
    inet6: new Map(),
  };

  readonly #byFirstBits = new Map<string, Map<string, Value>>();

  set(prefix: AddressPrefix, value: Value): void {
    if (this.#byFirstBits.size > 0) this.#byFirstBits.clear();
    const lengths = this.#lengths[prefix.family];
    let one = lengths.get(prefix.length);
    if (one === undefined)
      lengths.set(prefix.length, (one = new Map<string, { prefix: AddressPrefix; value: Value }>()));
    one.set(prefix.address, { prefix, value });
  }

  /** What covers all of a prefix, itself included. */
  covering(prefix: AddressPrefix): Value | undefined {
    for (const [length, one] of this.#lengths[prefix.family]) {
      if (length > prefix.length) continue;
      const { address } = length === prefix.length ? prefix : prefixOf(prefix.address, length);
      const found = one.get(address);
      if (found) return found.value;
    }
    return undefined;
  }

  /** Something that shares an address with a prefix. */
  overlapping(prefix: AddressPrefix): Value | undefined {
    return this.covering(prefix) ?? this.#shortened(prefix).get(prefix.address);
  }

  /** Everything longer than a prefix, by its first bits: many prefixes of the same length are asked for. */
  #shortened({ family, length }: AddressPrefix): ReadonlyMap<string, Value> {
    const key = `${family}/${length}`;
    let found = this.#byFirstBits.get(key);
    if (found === undefined) {
      found = new Map();
      for (const [longer, one] of this.#lengths[family]) {
        if (longer <= length) continue;
        for (const { prefix, value } of one.values()) found.set(prefixOf(prefix.address, length).address, value);
      }
      this.#byFirstBits.set(key, found);
    }
    return found;
  }
}

/** Without those that another one of the list covers. */
export function withoutCovered(prefixes: Iterable<AddressPrefix>): AddressPrefix[] {
  const table = new PrefixTable<true>();
  return [...prefixes]
    .sort((a, b) => a.length - b.length)
    .filter((prefix) => {
      if (table.covering(prefix)) return false;
      table.set(prefix, true);
      return true;
    });
}
