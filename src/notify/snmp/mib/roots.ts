/** Where the modules are in the tree of identifiers. */
import type { Oid } from '../oid.ts';

/** KEEPALIVED-MIB. */
export const keepalivedMib: Oid = [1, 3, 6, 1, 4, 1, 9586, 100, 5];
/** VRRP-MIB (RFC 2787). */
export const vrrpMib: Oid = [1, 3, 6, 1, 2, 1, 68];
/** VRRPV3-MIB (RFC 6527). */
export const vrrpv3Mib: Oid = [1, 3, 6, 1, 2, 1, 207];
