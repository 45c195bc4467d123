/** Pieces that several dump formats share. */
import type { ScriptCommand, VirtualAddress } from '../../config/model.ts';

/** rtnetlink scopes by name (linux/rtnetlink.h, rt_scope_t). */
const scopeNames: Readonly<Record<number, string>> = {
  0: 'global',
  200: 'site',
  253: 'link',
  254: 'host',
  255: 'nowhere',
};

/** One address in the words of a dump: `10.9.0.100/24 dev va scope global label va:1 set`. */
export function virtualAddressText(address: VirtualAddress, isSet: boolean): string {
  const whole = address.family === 'inet' ? 32 : 128;
  const prefix = address.prefixLength === whole ? '' : `/${address.prefixLength}`;
  const words = [
    `${address.address}${address.peer === undefined ? prefix : ''}`,
    ...(address.broadcast === undefined ? [] : [`brd ${address.broadcast}`]),
    `dev ${address.interface}`,
    `scope ${scopeNames[address.scope] ?? String(address.scope)}`,
    ...(address.label === undefined ? [] : [`label ${address.label}`]),
    ...(address.peer === undefined ? [] : [`peer ${withPrefix(address.peer, address.prefixLength)}`]),
    ...(address.home ? ['home'] : []),
    ...(address.noPrefixRoute ? ['noprefixroute'] : []),
    ...(address.family === 'inet' ? [] : [address.preferredLifetime === 0 ? 'deprecated' : 'preferred_lft forever']),
    ...(address.track ? [] : ['no_track']),
    ...(isSet ? ['set'] : []),
  ];
  return words.join(' ');
}

function withPrefix(address: string, prefixLength: number): string {
  return address.includes('/') ? address : `${address}/${prefixLength}`;
}

/** A command with each word quoted: `'/usr/bin/true' 'a'`. */
export function commandText(command: ScriptCommand): string {
  return command.argv.map((word) => `'${word}'`).join(' ');
}

export const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
export const enabled = (value: boolean): string => (value ? 'enabled' : 'disabled');
/** Milliseconds as a number of seconds without trailing zeros. */
export const seconds = (milliseconds: number): string => String(milliseconds / 1000);
