/** Numbers of what one instance sends. */
import { describe, expect, it } from 'vitest';
import { Transmitter } from '../../../src/vrrp/transmitter.ts';
import { digests, instance } from './configuration.ts';

const configuration = instance({ version: 2, authentication: { type: 'AH', password: 'secret' } });

/** Sequence number of an authentication header behind an IPv4 header (RFC 2402 section 2). */
function sequenceSent(transmitter: Transmitter): number {
  const [intent] = transmitter.compose(configuration, 100, '192.0.2.5', false, digests);
  const { buffer, byteOffset } = intent!.packet;
  return new DataView(buffer, byteOffset).getUint32(20 + 8);
}

describe('the sequence number of AH', () => {
  it('grows by one, does not come round, and begins anew with a new master', () => {
    const transmitter = new Transmitter();
    expect([sequenceSent(transmitter), sequenceSent(transmitter)]).toEqual([1, 2]);
    transmitter.becomeMaster();
    expect(sequenceSent(transmitter)).toBe(3);
    transmitter.sequence = 0xfffffffe;
    expect([sequenceSent(transmitter), sequenceSent(transmitter)]).toEqual([0xffffffff, 0xffffffff]);
    transmitter.becomeMaster();
    expect(sequenceSent(transmitter)).toBe(1);
  });
});
