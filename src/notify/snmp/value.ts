/** Values of managed objects (RFC 2578 section 7). */
import type { Oid } from './oid.ts';

export type SnmpValue =
  | { readonly type: 'integer'; readonly value: number }
  /** Octets: text is UTF-8. */
  | { readonly type: 'string'; readonly value: string | Uint8Array }
  | { readonly type: 'oid'; readonly value: Oid }
  /** Four octets. */
  | { readonly type: 'ip-address'; readonly value: Uint8Array }
  | { readonly type: 'counter' | 'gauge' | 'time-ticks'; readonly value: number }
  | { readonly type: 'counter64'; readonly value: bigint };

/** A value that is there, or why there is none (RFC 3416 section 4.2). */
export type Answer = SnmpValue | { readonly type: 'no-such-object' | 'no-such-instance' | 'end-of-view' };

/** A value that somebody wants to set. Nothing but integers can be: of others only that they are none counts. */
export type SetValue = { readonly type: 'integer'; readonly value: number } | { readonly type: 'other' };

export interface Variable<Value = Answer> {
  readonly oid: Oid;
  readonly value: Value;
}

export const integer = (value: number): SnmpValue => ({ type: 'integer', value });
export const gauge = (value: number): SnmpValue => ({ type: 'gauge', value });
/** Wraps at 32 bits, as a Counter32 does. */
export const counter = (value: number): SnmpValue => ({ type: 'counter', value: value % 2 ** 32 });
export const counter64 = (value: bigint): SnmpValue => ({ type: 'counter64', value: BigInt.asUintN(64, value) });
/** Hundredths of a second. */
export const ticks = (value: number): SnmpValue => ({ type: 'time-ticks', value });
export const text = (value: string | Uint8Array): SnmpValue => ({ type: 'string', value });
/** TruthValue of SNMPv2-TC. */
export const truth = (value: boolean): SnmpValue => ({ type: 'integer', value: value ? 1 : 2 });
