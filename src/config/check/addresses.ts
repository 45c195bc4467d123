/** Address lines to the model. */
import { formatIpAddress, parseIpAddress } from '../../core/ip-address.ts';
import type { VirtualAddressDraft } from '../drafts.ts';
import type { InterfaceUse, VirtualAddress } from '../model.ts';
import { interfaceUse } from '../interfaces.ts';
import type { Context } from '../schema/context.ts';
import { locate } from '../statement.ts';
import { RoutingNames } from './routing-names.ts';

/** Lifetime without end, as the kernel codes it. */
const unlimited = 0xffff_ffff;
/** Of a longer prefix all addresses are hosts. */
const longestWithBroadcast = 30;

/** The address with all host bits set or clear. */
function hostBits(address: string, prefixLength: number, set: boolean): string | undefined {
  const bytes = parseIpAddress(address)?.bytes;
  if (!bytes) return undefined;
  for (let bit = prefixLength; bit < bytes.length * 8; bit++) {
    const mask = 0x80 >> (bit & 7);
    bytes[bit >> 3] = set ? (bytes[bit >> 3] ?? 0) | mask : (bytes[bit >> 3] ?? 0) & ~mask;
  }
  return formatIpAddress(bytes);
}

function broadcastOf(draft: VirtualAddressDraft, context: Context): string | undefined {
  const { broadcast, peer, prefixLength, statement } = draft;
  if (!broadcast) return undefined;
  if (peer) {
    context.error(
      statement,
      broadcast.word,
      'CFG_INVALID_ADDRESS',
      'an address with a peer has no broadcast address; it is ignored',
    );
    return undefined;
  }
  if (broadcast.text !== '+' && broadcast.text !== '-') return broadcast.text;
  if (prefixLength <= longestWithBroadcast) return hostBits(draft.address, prefixLength, broadcast.text === '+');
  context.error(
    statement,
    broadcast.word,
    'CFG_INVALID_ADDRESS',
    `a prefix of ${prefixLength} bits has no broadcast address; the option is ignored`,
    `give the address its length, "${draft.address}/24"`,
  );
  return undefined;
}

function scopeOf(draft: VirtualAddressDraft, context: Context): number {
  const { scope, statement } = draft;
  if (!scope) return 0;
  const number = new RoutingNames(context).resolve(scope, statement, 'the scope is ignored') ?? 0;
  if (draft.family === 'inet' || number === 0) return number;
  context.error(statement, scope.word, 'CFG_INVALID_SCOPE', 'IPv6 addresses have the scope they are of; it is ignored');
  return 0;
}

function trackGroupOf(draft: VirtualAddressDraft, context: Context): string | undefined {
  const { trackGroup } = draft;
  if (!trackGroup || context.draft.trackGroups.some(({ name }) => name === trackGroup.name)) return trackGroup?.name;
  context.error(
    draft.statement,
    trackGroup.word,
    'CFG_UNKNOWN_REFERENCE',
    `there is no track_group ${trackGroup.name}; it is ignored`,
  );
  return undefined;
}

/** The length of an address with a peer is the peer's. */
function prefixLengthOf(draft: VirtualAddressDraft, context: Context): number {
  const { peer } = draft;
  if (!peer) return draft.prefixLength;
  const whole = draft.family === 'inet' ? 32 : 128;
  if (draft.prefixLength !== whole) {
    context.error(
      draft.statement,
      0,
      'CFG_INVALID_ADDRESS',
      'an address with a peer takes its length from the peer; its own is ignored',
      `write "${draft.address} peer ${peer.address}/<length>"`,
    );
  }
  return peer.prefixLength;
}

/**
 * Completes one address.
 * @param ownInterface what it is put on if the line names no interface
 * @param usedBy for messages about a missing interface
 */
export function virtualAddress(
  draft: VirtualAddressDraft,
  ownInterface: string,
  usedBy: string,
  uses: InterfaceUse[],
  context: Context,
): VirtualAddress {
  if (draft.interface !== undefined)
    uses.push(interfaceUse(draft.interface, usedBy, draft.statement, draft.interfaceWord ?? 0));
  const { family } = draft;
  const prefixLength = prefixLengthOf(draft, context);
  const broadcast = broadcastOf(draft, context);
  const trackGroup = trackGroupOf(draft, context);
  // An address that is only a service's should not become the source of other traffic (behaviour A9).
  const written = draft.preferredLifetime ?? (family === 'inet6' && prefixLength === 128 ? 0 : unlimited);
  return {
    address: draft.address,
    family,
    prefixLength,
    interface: draft.interface ?? ownInterface,
    ...(draft.label !== undefined && { label: draft.label }),
    scope: scopeOf(draft, context),
    ...(broadcast !== undefined && { broadcast }),
    ...(draft.peer && { peer: draft.peer.address }),
    noPrefixRoute: draft.noPrefixRoute ?? false,
    noDad: draft.duplicateAddressDetection !== true,
    home: draft.home ?? false,
    manageTemporaryAddresses: draft.manageTemporaryAddresses ?? false,
    autoJoin: draft.autoJoin ?? false,
    ...(written !== unlimited && { preferredLifetime: written }),
    useVmac: draft.useVmac ?? false,
    track: draft.noTrack !== true,
    ...(trackGroup !== undefined && { trackGroup }),
    at: locate(draft.statement),
  };
}
