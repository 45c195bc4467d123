/**
 * BFD control packets of other implementations as their UDP payload, captured with tshark between network namespaces:
 * Debian's keepalived 2.2.7 (min_rx 50, min_tx 50, multiplier 3) and FRR's bfdd 8.4.4 (50 ms, detect-multiplier 3).
 */
import type { ControlPacket } from '../../src/bfd/wire/control-packet.ts';
import { octets } from './vrrp-octets.ts';

export interface GoldenPacket {
  readonly name: string;
  readonly octets: Uint8Array;
  /** As tshark reads it. */
  readonly packet: ControlPacket;
}

const fast = {
  diagnostic: 0,
  poll: false,
  final: false,
  demand: false,
  multiplier: 3,
  desiredMinTx: 50_000,
  requiredMinRx: 50_000,
  requiredMinEchoRx: 0,
} as const;
const slow = { ...fast, desiredMinTx: 1_000_000 } as const;

const original = { myDiscriminator: 0xe3b15bdb, yourDiscriminator: 0xe7ab4ff7 } as const;
const restarted = { myDiscriminator: 0x395d2f9b, yourDiscriminator: 0x81124ee4 } as const;
const frr = { myDiscriminator: 0x988b9bb6, yourDiscriminator: 0x59cd0383 } as const;

export const goldenPackets: readonly GoldenPacket[] = [
  {
    name: 'keepalived, down, the first of a session',
    octets: octets('20 40 03 18 e3 b1 5b db 00 00 00 00 00 0f 42 40 00 00 c3 50 00 00 00 00'),
    packet: { ...slow, ...original, state: 'Down', yourDiscriminator: 0 },
  },
  {
    name: 'keepalived, init',
    octets: octets('20 80 03 18 e3 b1 5b db e7 ab 4f f7 00 0f 42 40 00 00 c3 50 00 00 00 00'),
    packet: { ...slow, ...original, state: 'Init' },
  },
  {
    name: 'keepalived, up, asks (poll)',
    octets: octets('20 e0 03 18 39 5d 2f 9b 81 12 4e e4 00 00 c3 50 00 00 c3 50 00 00 00 00'),
    packet: { ...fast, ...restarted, state: 'Up', poll: true },
  },
  {
    name: 'keepalived, up, answers (final)',
    octets: octets('20 d0 03 18 e3 b1 5b db e7 ab 4f f7 00 00 c3 50 00 00 c3 50 00 00 00 00'),
    packet: { ...fast, ...original, state: 'Up', final: true },
  },
  {
    name: 'keepalived, up',
    octets: octets('20 c0 03 18 e3 b1 5b db e7 ab 4f f7 00 00 c3 50 00 00 c3 50 00 00 00 00'),
    packet: { ...fast, ...original, state: 'Up' },
  },
  {
    name: 'keepalived, down because its neighbour said so',
    octets: octets('23 40 03 18 39 5d 2f 9b 81 12 4e e4 00 0f 42 40 00 00 c3 50 00 00 00 00'),
    packet: { ...slow, ...restarted, state: 'Down', diagnostic: 3 },
  },
  {
    name: 'FRR, init, would take echo packets',
    octets: octets('20 80 03 18 98 8b 9b b6 59 cd 03 83 00 0f 42 40 00 0f 42 40 00 00 c3 50'),
    packet: { ...slow, ...frr, state: 'Init', requiredMinRx: 1_000_000, requiredMinEchoRx: 50_000 },
  },
  {
    name: 'FRR, up, asks (poll)',
    octets: octets('20 e0 03 18 98 8b 9b b6 59 cd 03 83 00 00 c3 50 00 00 c3 50 00 00 c3 50'),
    packet: { ...fast, ...frr, state: 'Up', poll: true, requiredMinEchoRx: 50_000 },
  },
  {
    name: 'FRR, administratively down',
    octets: octets('20 00 03 18 98 8b 9b b6 59 cd 03 83 00 00 c3 50 00 00 c3 50 00 00 c3 50'),
    packet: { ...fast, ...frr, state: 'AdminDown', requiredMinEchoRx: 50_000 },
  },
];
