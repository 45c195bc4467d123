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
  readonly peer?: string;
  readonly noPrefixRoute: boolean;
  /** IPv6: skip duplicate address detection. Default true, as the original. */
  readonly noDad: boolean;
  readonly home: boolean;
  /** IPv6: preferred lifetime 0 (`preferred_lft 0`); the original does so for /128. */
  readonly deprecated: boolean;
  /** False with `no_track`: its removal by others is not our business. */
  readonly track: boolean;
  readonly at: SourceLocation;
}
