/** Address lines to the model. */
import type { VirtualAddressDraft } from '../drafts.ts';
import type { InterfaceUse, VirtualAddress } from '../model.ts';
import { locate } from '../statement.ts';
import { interfaceUse } from '../interfaces.ts';

/** Lifetime without end, as the kernel codes it. */
const unlimited = 0xffff_ffff;

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
): VirtualAddress {
  if (draft.interface !== undefined)
    uses.push(interfaceUse(draft.interface, usedBy, draft.statement, draft.interfaceWord ?? 0));
  const { family, prefixLength } = draft;
  // An address that is only a service's should not become the source of other traffic (behaviour A9).
  const written = draft.preferredLifetime ?? (family === 'inet6' && prefixLength === 128 ? 0 : unlimited);
  const preferredLifetime = written === unlimited ? undefined : written;
  return {
    address: draft.address,
    family,
    prefixLength,
    interface: draft.interface ?? ownInterface,
    ...(draft.label !== undefined && { label: draft.label }),
    scope: draft.scope ?? 0,
    ...(draft.broadcast !== undefined && { broadcast: draft.broadcast }),
    ...(draft.peer !== undefined && { peer: draft.peer }),
    noPrefixRoute: draft.noPrefixRoute ?? false,
    noDad: draft.duplicateAddressDetection !== true,
    home: draft.home ?? false,
    manageTemporaryAddresses: false,
    autoJoin: false,
    ...(preferredLifetime !== undefined && { preferredLifetime }),
    useVmac: draft.useVmac ?? false,
    track: draft.noTrack !== true,
    at: locate(draft.statement),
  };
}
