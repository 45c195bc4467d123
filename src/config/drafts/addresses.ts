/** Address lines as written. */
import type { AddressFamily } from '../model/common.ts';
import type { Statement } from '../statement.ts';
import type { NameDraft } from './routes.ts';

export interface VirtualAddressDraft {
  readonly statement: Statement;
  address: string;
  family: AddressFamily;
  prefixLength: number;
  explicitLength: boolean;
  interface?: string;
  interfaceWord?: number;
  label?: string;
  scope?: NameDraft;
  /** `+` sets, `-` clears the host bits. */
  broadcast?: { readonly text: string; readonly word: number };
  peer?: { readonly address: string; readonly prefixLength: number; readonly word: number };
  home?: boolean;
  duplicateAddressDetection?: boolean;
  noPrefixRoute?: boolean;
  preferredLifetime?: number;
  manageTemporaryAddresses?: boolean;
  autoJoin?: boolean;
  useVmac?: boolean;
  trackGroup?: { readonly name: string; readonly word: number };
  noTrack?: boolean;
}
