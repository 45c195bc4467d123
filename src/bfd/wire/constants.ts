/** Numbers of RFC 5880 section 4.1, RFC 5881 section 4 and RFC 5883 section 5. */

export const BFD_VERSION = 1;

/** Octets of a control packet without authentication section. */
export const CONTROL_LENGTH = 24;

export const BFD_PORT = { singleHop: 3784, multihop: 4784 } as const;

/** Source ports (RFC 5881 section 4). */
export const SOURCE_PORTS = { first: 49_152, last: 65_535 } as const;

/** State (Sta). */
export const STATE_NUMBER = { AdminDown: 0, Down: 1, Init: 2, Up: 3 } as const;

export const FLAG = {
  poll: 0x20,
  final: 0x10,
  controlPlaneIndependent: 0x08,
  authentication: 0x04,
  demand: 0x02,
  multipoint: 0x01,
} as const;

/** Diagnostic (Diag): those that this daemon gives itself. */
export const DIAGNOSTIC = { none: 0, detectionTimeExpired: 1, neighborSignaledDown: 3 } as const;

const diagnosticTexts = [
  'No Diagnostic',
  'Control Detection Time Expired',
  'Echo Function Failed',
  'Neighbor Signaled Session Down',
  'Forwarding Plane Reset',
  'Path Down',
  'Concatenated Path Down',
  'Administratively Down',
  'Reverse Concatenated Path Down',
] as const;

/** A diagnostic in the words of the RFC. */
export function diagnosticText(diagnostic: number): string {
  return diagnosticTexts[diagnostic] ?? `Reserved (${diagnostic})`;
}
