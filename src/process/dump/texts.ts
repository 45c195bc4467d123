/** Pieces that several dump formats share. */
import type { ScriptCommand, VirtualAddress, VrrpInstanceConfiguration } from '../../config/model.ts';

/** rtnetlink scopes by name (linux/rtnetlink.h, rt_scope_t). */
const scopeNames: Readonly<Record<number, string>> = {
  0: 'global',
  200: 'site',
  253: 'link',
  254: 'host',
  255: 'nowhere',
};

/** One address in the words of a dump: `10.9.0.100/24 dev va scope global label va:1 set`. */
export function virtualAddressText(address: VirtualAddress, isSet: boolean, interfaceText = address.interface): string {
  const whole = address.family === 'inet' ? 32 : 128;
  const prefix = address.prefixLength === whole ? '' : `/${address.prefixLength}`;
  const words = [
    `${address.address}${address.peer === undefined ? prefix : ''}`,
    ...(address.broadcast === undefined ? [] : [`brd ${address.broadcast}`]),
    `dev ${interfaceText}`,
    `scope ${scopeNames[address.scope] ?? String(address.scope)}`,
    ...(address.label === undefined ? [] : [`label ${address.label}`]),
    ...(address.peer === undefined ? [] : [`peer ${withPrefix(address.peer, address.prefixLength)}`]),
    ...(address.home ? ['home'] : []),
    ...(address.family === 'inet6' && !address.noDad ? ['-nodad'] : []),
    ...(address.manageTemporaryAddresses ? ['mngtmpaddr'] : []),
    ...(address.noPrefixRoute ? ['noprefixroute'] : []),
    ...(address.autoJoin ? ['autojoin'] : []),
    ...lifetimeWords(address),
    ...(address.track ? [] : ['no_track']),
    ...(address.trackGroup === undefined ? [] : [`track_group ${address.trackGroup}`]),
    ...(isSet ? ['set'] : []),
  ];
  return words.join(' ');
}

/**
 * The same for an address of an instance that may have an interface of its own: `dev vrrp.51@eth0`.
 * @param name of that interface
 */
export function placedAddressText(
  address: VirtualAddress,
  isSet: boolean,
  { interface: base, virtualInterface }: Pick<VrrpInstanceConfiguration, 'interface' | 'virtualInterface'>,
  name: string,
): string {
  const onVirtual = virtualInterface !== undefined && address.interface === base;
  return virtualAddressText(address, isSet, onVirtual ? `${name}@${base}` : address.interface);
}

/** Only IPv6 addresses are shown with how long they are preferred, unless an IPv4 one was given a time. */
function lifetimeWords({ family, preferredLifetime }: VirtualAddress): string[] {
  if (preferredLifetime === undefined) return family === 'inet6' ? ['preferred_lft forever'] : [];
  return preferredLifetime === 0 ? ['deprecated'] : [`preferred_lft ${preferredLifetime}`];
}

function withPrefix(address: string, prefixLength: number): string {
  return address.includes('/') ? address : `${address}/${prefixLength}`;
}

/** A command with each word quoted: `'/usr/bin/true' 'a'`. */
export function commandText(command: ScriptCommand): string {
  return command.argv.map((word) => `'${word}'`).join(' ');
}

/** Whom a script runs as. */
export interface NumericIdentity {
  readonly uid: number;
  readonly gid: number;
}

/** ` = COMMAND, uid:gid 0:0`: the end of a line that shows a script; without the identity if nothing knows it. */
export function scriptText(command: ScriptCommand, identity: NumericIdentity | undefined): string {
  return `${commandText(command)}${identity === undefined ? '' : `, uid:gid ${identity.uid}:${identity.gid}`}`;
}

/** The lines of a file or a part of it, newline terminated. */
export function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

export const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
export const trueFalse = (value: boolean): string => (value ? 'true' : 'false');
export const onOff = (value: boolean): string => (value ? 'ON' : 'OFF');
export const enabled = (value: boolean): string => (value ? 'enabled' : 'disabled');
/** Milliseconds as a number of seconds without trailing zeros. */
export const seconds = (milliseconds: number): string => String(milliseconds / 1000);
/** Milliseconds as seconds with as many decimals as C's %f writes. */
export const sixDecimals = (milliseconds: number): string => (milliseconds / 1000).toFixed(6);
