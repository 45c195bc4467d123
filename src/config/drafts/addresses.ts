/** Address lines as written. */
import type { AddressFamily } from '../model/common.ts';
import type { Statement } from '../statement.ts';

export interface VirtualAddressDraft {
  readonly statement: Statement;
  address: string;
  family: AddressFamily;
  prefixLength: number;
  explicitLength: boolean;
  interface?: string;
  interfaceWord?: number;
  label?: string;
  scope?: number;
  broadcast?: string;
  peer?: string;
  peerPrefixLength?: number;
  home?: boolean;
  duplicateAddressDetection?: boolean;
  noPrefixRoute?: boolean;
  preferredLifetime?: number;
  useVmac?: boolean;
  trackGroup?: string;
  noTrack?: boolean;
}
