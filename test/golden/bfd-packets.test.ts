/** Captured packets both ways, and the checks of RFC 5880 section 6.8.6 on octets. */
import { describe, expect, it } from 'vitest';
import { decodeControlPacket, encodeControlPacket } from '../../src/bfd/wire/control-packet.ts';
import { goldenPackets } from './bfd-octets.ts';
import { hex } from './vrrp-octets.ts';

describe('a BFD control packet', () => {
  it.each(goldenPackets)('of $name is read', ({ octets, packet }) => {
    expect(decodeControlPacket(octets)).toEqual({ ok: true, packet });
  });

  it.each(goldenPackets)('of $name would be written so', ({ octets, packet }) => {
    expect(hex(encodeControlPacket(packet))).toBe(hex(octets));
  });

  const [, , , , up] = goldenPackets;
  const [down] = goldenPackets;
  const changed = (at: number, value: number, from = up): Uint8Array => {
    const octets = Uint8Array.from(from!.octets);
    octets[at] = value;
    return octets;
  };

  it.each([
    ['that is too short', up!.octets.subarray(0, 23), 'short'],
    ['of version 0', changed(0, 0x00), 'version'],
    ['of version 2', changed(0, 0x40), 'version'],
    ['that says less than 24 octets', changed(3, 23), 'length'],
    ['that says more octets than it has', changed(3, 25), 'length'],
    ['with detect multiplier 0', changed(2, 0), 'multiplier'],
    ['with the multipoint bit', changed(1, 0xc1), 'multipoint'],
    ['with authentication', changed(1, 0xc4), 'authentication'],
    [
      'without its own discriminator',
      Uint8Array.of(...up!.octets.subarray(0, 4), 0, 0, 0, 0, ...up!.octets.subarray(8)),
      'my-discriminator',
    ],
    ['that is up without a discriminator of ours', changed(1, 0xc0, down), 'your-discriminator'],
    ['that is in state init without one', changed(1, 0x80, down), 'your-discriminator'],
  ])('%s is refused', (_what, octets, flaw) => {
    expect(decodeControlPacket(octets)).toMatchObject({ ok: false, flaw });
  });

  it('may be administratively down without knowing us, and may have octets behind it', () => {
    const octets = new Uint8Array(30);
    octets.set(changed(1, 0x00, down));
    expect(decodeControlPacket(octets)).toMatchObject({ ok: true, packet: { state: 'AdminDown' } });
  });
});
