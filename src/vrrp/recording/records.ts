/**
 * What a recording of the VRRP process holds: every call of its engine with what went in and what came out, one JSON
 * object a line, the first a head that says what the file is. Octets are `{"octets":"hex digits"}`.
 */
import type { GlobalConfiguration, VrrpConfiguration } from '../../config/model.ts';
import type { MonotonicMs } from '../../core/time.ts';
import type { VrrpChange } from '../../live/types.ts';
import type { KernelAddress, Link } from '../../network/types.ts';
import type { PacketMeta, ScriptOutcome, VrrpIntent } from '../types.ts';

/** First line of a file. */
export const recordingHead = { format: 'keepalived-recording', version: 1 } as const;

/** From the list before to this one: `remove` items from `at` on are replaced by those of `insert`. */
export interface Splice<Item> {
  readonly at: number;
  readonly remove: number;
  readonly insert: readonly Item[];
}

/** A configuration as far as the engine reads it, secrets replaced. */
export interface RecordedConfiguration {
  readonly vrrp: VrrpConfiguration;
  readonly global: Partial<GlobalConfiguration>;
}

/** What the surroundings answered to a question that the engine asked during a call. */
export interface RecordedAnswer {
  readonly question: string;
  readonly answer: unknown;
}

export type RecordedInput =
  /** An engine is made. `environment`: its data; `questions`: names of its functions. */
  | ({
      readonly call: 'begin';
      readonly environment: Readonly<Record<string, unknown>>;
      readonly questions: readonly string[];
      /** Milliseconds since 1970. */
      readonly time: number;
    } & RecordedConfiguration)
  | { readonly call: 'start' }
  | {
      readonly call: 'receive';
      readonly packet: Uint8Array;
      readonly meta: PacketMeta;
      /** Absent: `at`. */
      readonly handledAt?: MonotonicMs;
    }
  | { readonly call: 'timeout' }
  | ({ readonly call: 'links' } & Splice<Link>)
  | ({ readonly call: 'addresses' } & Splice<KernelAddress>)
  | { readonly call: 'script'; readonly script: string; readonly outcome: ScriptOutcome; readonly run?: number }
  | { readonly call: 'file'; readonly name: string; readonly value?: number }
  | { readonly call: 'processes'; readonly name: string; readonly running: number }
  | { readonly call: 'suspended'; readonly span: number }
  | { readonly call: 'sockets'; readonly missing: readonly (readonly [instance: string, reason: string])[] }
  | { readonly call: 'gratuitous'; readonly instance: string }
  | { readonly call: 'overridden'; readonly changes: readonly VrrpChange[] }
  | { readonly call: 'bfd'; readonly session: string; readonly up: boolean; readonly reason: string }
  | ({ readonly call: 'reload' } & RecordedConfiguration)
  | { readonly call: 'stop' };

export type RecordedCall = RecordedInput & {
  readonly now: MonotonicMs;
  /** Absent: none. */
  readonly answers?: readonly RecordedAnswer[];
  /** Absent: none. */
  readonly intents?: readonly VrrpIntent[];
  /** The engine threw. */
  readonly failure?: string;
};

/** The difference of two lists that have most of their beginning and end in common. */
export function spliceOf<Item>(before: readonly Item[], after: readonly Item[]): Splice<Item> {
  const same = (a: Item | undefined, b: Item | undefined): boolean =>
    a === b || JSON.stringify(a) === JSON.stringify(b);
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && same(before[start], after[start])) start++;
  let end = 0;
  while (end < shorter - start && same(before[before.length - 1 - end], after[after.length - 1 - end])) end++;
  return { at: start, remove: before.length - start - end, insert: after.slice(start, after.length - end) };
}

export function applySplice<Item>(list: readonly Item[], { at, remove, insert }: Splice<Item>): readonly Item[] {
  return [...list.slice(0, at), ...insert, ...list.slice(at + remove)];
}

function hexadecimal(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** One line, without its end. */
export function encodeRecord(record: RecordedCall | typeof recordingHead | { readonly end: string }): string {
  return JSON.stringify(record, (_, value: unknown) =>
    value instanceof Uint8Array ? { octets: hexadecimal(value) } : value,
  );
}

/** @throws SyntaxError if the line is no JSON */
export function decodeRecord(line: string): unknown {
  return JSON.parse(line, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('octets' in value)) return value;
    const { octets } = value;
    if (typeof octets !== 'string') return value;
    return Uint8Array.from(octets.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  });
}
