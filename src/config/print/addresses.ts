/** Prints the lines of static_ipaddress, virtual_ipaddress and virtual_ipaddress_excluded. */
import type { VirtualAddress } from '../model.ts';
import { valueLine, type PrintedLine } from './printed.ts';

/** One address line; every option whose value the model has. */
export function printAddress(address: VirtualAddress): PrintedLine {
  const { family, peer, preferredLifetime, prefixLength } = address;
  // With a peer the length is the peer's.
  const words: (string | number)[] =
    peer === undefined ? [`${address.address}/${prefixLength}`] : [address.address, 'peer', `${peer}/${prefixLength}`];
  if (address.interface !== '') words.push('dev', address.interface);
  if (family === 'inet') words.push('scope', address.scope);
  if (address.broadcast !== undefined) words.push('brd', address.broadcast);
  if (address.label !== undefined) words.push('label', address.label);
  if (address.home) words.push('home');
  if (!address.noDad) words.push('-nodad');
  if (address.manageTemporaryAddresses) words.push('mngtmpaddr');
  if (address.noPrefixRoute) words.push('noprefixroute');
  if (address.autoJoin) words.push('autojoin');
  if (family === 'inet6' || preferredLifetime !== undefined)
    words.push('preferred_lft', preferredLifetime ?? 'forever');
  if (address.useVmac) words.push('use_vmac');
  if (!address.track) words.push('no_track');
  if (address.trackGroup !== undefined) words.push('track_group', address.trackGroup);
  return valueLine(words, address.at);
}
