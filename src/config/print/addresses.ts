/** Prints the lines of static_ipaddress, virtual_ipaddress and virtual_ipaddress_excluded. */
import type { VirtualAddress } from '../model.ts';
import { valueLine, type PrintedLine } from './printed.ts';

/** One address line; every option whose value the model has. */
export function printAddress(address: VirtualAddress): PrintedLine {
  const words: (string | number)[] = [`${address.address}/${address.prefixLength}`];
  if (address.interface !== '') words.push('dev', address.interface);
  if (address.family === 'inet' || address.scope !== 0) words.push('scope', address.scope);
  if (address.broadcast !== undefined) words.push('brd', address.broadcast);
  if (address.label !== undefined) words.push('label', address.label);
  if (address.peer !== undefined) words.push('peer', address.peer);
  if (address.home) words.push('home');
  if (!address.noDad) words.push('-nodad');
  if (address.noPrefixRoute) words.push('noprefixroute');
  if (address.family === 'inet6' || address.preferredLifetime !== undefined)
    words.push('preferred_lft', address.preferredLifetime ?? 'forever');
  if (!address.track) words.push('no_track');
  return valueLine(words, address.at);
}
