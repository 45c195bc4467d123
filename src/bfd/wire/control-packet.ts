/** The BFD control packet (RFC 5880 section 4.1) to and from octets. */
import { BFD_VERSION, CONTROL_LENGTH, FLAG, STATE_NUMBER } from './constants.ts';

export type BfdState = keyof typeof STATE_NUMBER;

export interface ControlPacket {
  /** 0..31 */
  readonly diagnostic: number;
  readonly state: BfdState;
  readonly poll: boolean;
  readonly final: boolean;
  readonly demand: boolean;
  /** Detect Mult, 1..255. */
  readonly multiplier: number;
  /** Never 0. */
  readonly myDiscriminator: number;
  /** 0: unknown so far. */
  readonly yourDiscriminator: number;
  /** Microseconds. */
  readonly desiredMinTx: number;
  /** Microseconds; 0: sends nothing, please. */
  readonly requiredMinRx: number;
  /** Microseconds; 0: no echo. */
  readonly requiredMinEchoRx: number;
}

/** Why octets are no packet for us (RFC 5880 section 6.8.6). The codes are stable. */
export type PacketFlaw =
  | 'short'
  | 'version'
  | 'length'
  | 'multiplier'
  | 'multipoint'
  | 'my-discriminator'
  | 'your-discriminator'
  | 'authentication';

export type DecodedPacket =
  | { readonly ok: true; readonly packet: ControlPacket }
  | { readonly ok: false; readonly flaw: PacketFlaw; readonly reason: string };

const states = ['AdminDown', 'Down', 'Init', 'Up'] as const satisfies readonly BfdState[];

/** The 24 octets of a packet. */
export function encodeControlPacket(packet: ControlPacket): Uint8Array {
  const octets = new Uint8Array(CONTROL_LENGTH);
  const view = new DataView(octets.buffer);
  octets[0] = (BFD_VERSION << 5) | packet.diagnostic;
  octets[1] =
    (STATE_NUMBER[packet.state] << 6) |
    (packet.poll ? FLAG.poll : 0) |
    (packet.final ? FLAG.final : 0) |
    (packet.demand ? FLAG.demand : 0);
  octets[2] = packet.multiplier;
  octets[3] = CONTROL_LENGTH;
  view.setUint32(4, packet.myDiscriminator);
  view.setUint32(8, packet.yourDiscriminator);
  view.setUint32(12, packet.desiredMinTx);
  view.setUint32(16, packet.requiredMinRx);
  view.setUint32(20, packet.requiredMinEchoRx);
  return octets;
}

function flawed(flaw: PacketFlaw, reason: string): DecodedPacket {
  return { ok: false, flaw, reason };
}

/**
 * Reads the payload of a UDP datagram and makes the checks of RFC 5880 section 6.8.6 that need no session. Packets with
 * authentication are refused: no session has any. Octets behind the packet are passed over, as the RFC allows.
 */
export function decodeControlPacket(octets: Uint8Array): DecodedPacket {
  if (octets.length < CONTROL_LENGTH) return flawed('short', `${octets.length} octets instead of ${CONTROL_LENGTH}`);
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const first = view.getUint8(0);
  const flags = view.getUint8(1);
  const length = view.getUint8(3);
  const version = first >> 5;
  if (version !== BFD_VERSION) return flawed('version', `version ${version} instead of ${BFD_VERSION}`);
  if (length < CONTROL_LENGTH || length > octets.length)
    return flawed('length', `it says ${length} octets and has ${octets.length}`);
  const multiplier = view.getUint8(2);
  if (multiplier === 0) return flawed('multiplier', 'detect multiplier 0');
  if ((flags & FLAG.multipoint) !== 0) return flawed('multipoint', 'it is for multipoint sessions');
  if ((flags & FLAG.authentication) !== 0)
    return flawed('authentication', 'it is authenticated, and no authentication is configured here');
  const myDiscriminator = view.getUint32(4);
  if (myDiscriminator === 0) return flawed('my-discriminator', 'it has no discriminator of its sender');
  const yourDiscriminator = view.getUint32(8);
  const state = states[flags >> 6] ?? 'Down';
  if (yourDiscriminator === 0 && state !== 'Down' && state !== 'AdminDown')
    return flawed('your-discriminator', `state ${state} without a discriminator of ours`);
  return {
    ok: true,
    packet: {
      diagnostic: first & 0x1f,
      state,
      poll: (flags & FLAG.poll) !== 0,
      final: (flags & FLAG.final) !== 0,
      demand: (flags & FLAG.demand) !== 0,
      multiplier,
      myDiscriminator,
      yourDiscriminator,
      desiredMinTx: view.getUint32(12),
      requiredMinRx: view.getUint32(16),
      requiredMinEchoRx: view.getUint32(20),
    },
  };
}
