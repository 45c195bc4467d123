/** Addresses the daemon manages, checked. */
import type { AddressFamily, SourceLocation } from './common.ts';

/** One address the daemon manages, in the terms of `ip address add`. */
export interface VirtualAddress {
  /** Canonical numeric address. */
  readonly address: string;
  readonly family: AddressFamily;
  readonly prefixLength: number;
  /** Interface it is put on (the instance's own if the file names none). */
  readonly interface: string;
  readonly label?: string;
  /** Numeric rtnetlink scope (RT_SCOPE_*). Default 0 (universe). */
  readonly scope: number;
  readonly broadcast?: string;
  /** Other end of a point-to-point link; prefixLength then belongs to it. */
  readonly peer?: string;
  readonly noPrefixRoute: boolean;
  /** IPv6: skip duplicate address detection. Default true, as the original. */
  readonly noDad: boolean;
  readonly home: boolean;
  /** IPv6: the kernel makes temporary addresses from it. */
  readonly manageTemporaryAddresses: boolean;
  /** The kernel joins the multicast group that the address is. */
  readonly autoJoin: boolean;
  /** Seconds it is preferred as a source; 0: never (the default of IPv6 /128). Absent: for ever. */
  readonly preferredLifetime?: number;
  /** `use_vmac`: on a VMAC over its interface. */
  readonly useVmac: boolean;
  /** False with `no_track`: its removal by others is not our business. */
  readonly track: boolean;
  /** Static ones: name of the track_group whose instances' changes put it back. */
  readonly trackGroup?: string;
  readonly at: SourceLocation;
}
