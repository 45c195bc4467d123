/** Textual conventions that several tables use. */
import type { ScriptCommand } from '../../../config/model.ts';
import { parseIpAddress } from '../../../core/ip-address.ts';
import type { VrrpState } from '../../../core/events.ts';
import type { Oid } from '../oid.ts';
import { integer, text, type SnmpValue } from '../value.ts';
import type { TableRow } from '../view.ts';

/** enabled(1), disabled(2) and the like. */
export const oneOrTwo = (one: boolean): SnmpValue => integer(one ? 1 : 2);

/** VrrpState of KEEPALIVED-MIB. */
const states: Record<VrrpState, number> = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3, STOP: 5, DELETED: 6 };
const unknownState = 4;

export function stateValue(state: VrrpState | undefined): SnmpValue {
  return integer(state === undefined ? unknownState : states[state]);
}

/** A script as the tables show it: each word in quotation marks. */
export function scriptValue(script: ScriptCommand | undefined): SnmpValue | undefined {
  return script && text(script.argv.map((word) => `'${word}'`).join(' '));
}

export function textOr(value: string | undefined): SnmpValue | undefined {
  return value === undefined ? undefined : text(value);
}

/** Octets of an address; none if it is not one. */
export function addressOctets(address: string): Uint8Array | undefined {
  return parseIpAddress(address)?.bytes;
}

/** InetAddress (RFC 4001). */
export function addressValue(address: string | undefined): SnmpValue | undefined {
  const octets = address === undefined ? undefined : addressOctets(address);
  return octets && text(octets);
}

/** InetAddressType (RFC 4001): ipv4(1), ipv6(2). */
export function familyValue(family: 'inet' | 'inet6'): SnmpValue {
  return integer(family === 'inet' ? 1 : 2);
}

/** InetScopeType (RFC 4001) of an RT_SCOPE_*. */
export function scopeValue(scope: number): SnmpValue {
  const scopes: Readonly<Record<number, number>> = { 0: 14, 200: 5, 253: 2, 254: 1, 255: 0 };
  return integer(scopes[scope] ?? 14);
}

/** Rows numbered from 1. */
export function numbered<Row>(rows: readonly Row[], before: Oid = []): TableRow<Row>[] {
  return rows.map((row, at) => ({ index: [...before, at + 1], row }));
}

/** Rows of addresses, routes or rules: those of the instances, in front of them the static ones as of an owner 0. */
export function numberedWithStatic<Owner, Row>(
  statics: readonly Row[],
  owners: readonly Owner[],
  rowsOf: (owner: Owner) => readonly Row[],
): TableRow<Row>[] {
  return [...numbered(statics, [0]), ...numberedWithin(owners, rowsOf)];
}

/** Rows of several owners: the number of the owner, the number of the row. */
export function numberedWithin<Owner, Row>(
  owners: readonly Owner[],
  rowsOf: (owner: Owner) => readonly Row[],
): TableRow<Row>[] {
  return owners.flatMap((owner, at) => numbered(rowsOf(owner), [at + 1]));
}
