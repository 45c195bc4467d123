import { describe, expect, it } from 'vitest';
import { readAcknowledgement, readDone } from '../../../src/kernel/netlink-acknowledgement.ts';

const octets = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const requestHeader = '28000000 1400 0506 07000000 00000000';
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
/** NLMSGERR_ATTR_MSG (1) "no", zero-terminated. */
const words = '0700 0100 6e6f00 00';

describe('acknowledgements', () => {
  it('reads success and a refusal of struct nlmsgerr', () => {
    expect(
      readAcknowledgement(octets(`24000000 0200 0001 07000000 00000000 00000000 ${requestHeader}`), NLM_F_CAPPED),
    ).toEqual({ errno: 0 });
    // -17
    expect(
      readAcknowledgement(octets(`24000000 0200 0001 07000000 00000000 efffffff ${requestHeader}`), NLM_F_CAPPED),
    ).toEqual({ errno: 17 });
  });

  it('finds the words behind a capped request and behind a whole one', () => {
    const capped = `2c000000 0200 0003 07000000 00000000 efffffff ${requestHeader} ${words}`;
    expect(readAcknowledgement(octets(capped), NLM_F_CAPPED | NLM_F_ACK_TLVS)).toEqual({ errno: 17, message: 'no' });
    const whole = `44000000 0200 0002 07000000 00000000 efffffff ${requestHeader} ${'00'.repeat(24)} ${words}`;
    expect(readAcknowledgement(octets(whole), NLM_F_ACK_TLVS)).toEqual({ errno: 17, message: 'no' });
  });

  it('makes an error of an acknowledgement that is cut, and passes over broken attributes', () => {
    expect(readAcknowledgement(octets('14000000 0200 0000 07000000 00000000 00000000'), 0)).toEqual({ errno: 74 });
    const broken = `2c000000 0200 0003 07000000 00000000 efffffff ${requestHeader} ff000100 00000000`;
    expect(readAcknowledgement(octets(broken), NLM_F_CAPPED | NLM_F_ACK_TLVS)).toEqual({ errno: 17 });
  });

  it('reads the end of a dump, with and without an error', () => {
    expect(readDone(octets('14000000 0300 0200 07000000 00000000 00000000'), 0x2)).toEqual({ errno: 0 });
    // -95: the kernel does not know how to dump this.
    expect(readDone(octets('14000000 0300 0200 07000000 00000000 a1ffffff'), 0x2)).toEqual({ errno: 95 });
    expect(readDone(octets('10000000 0300 0200 07000000 00000000'), 0x2)).toEqual({ errno: 0 });
  });
});
