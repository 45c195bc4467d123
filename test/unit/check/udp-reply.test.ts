/** Payload and replies of UDP_CHECK; the default payload is what a server of the original received. */
import { describe, expect, it } from 'vitest';
import { faultInReply, udpPayload } from '../../../src/check/udp-reply.ts';
import { udpCheck } from './builders.ts';

const octets = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

describe('the payload', () => {
  it('is that of the original where none is configured', () => {
    expect(Buffer.from(udpPayload({})).toString('hex')).toBe(
      '6b656570616c6976656420636865636b202d206b656570616c69766564206368',
    );
  });

  it('is what is configured', () => {
    expect([...udpPayload({ payload: 'dead0b' })]).toEqual([0xde, 0xad, 0x0b]);
  });
});

describe('a reply', () => {
  it.each([
    [{ requireReply: true }, '', undefined],
    [{ requireReply: true, replyPattern: '6f' }, '6f6b', undefined],
    [{ requireReply: true, replyPattern: 'x12xf3' }, 'a12bf300', undefined],
    [{ requireReply: true, replyPattern: 'x12xf3' }, 'a13bf300', 'reply begins with a13bf3, wanted x12xf3'],
    [{ requireReply: true, replyPattern: '6f6b' }, '6f', 'reply begins with 6f, wanted 6f6b'],
    [{ requireReply: true, replyPattern: 'xx' }, '', 'reply begins with nothing, wanted xx'],
    [{ requireReply: true, minReplyLength: 3 }, '6f6b', 'reply of 2 octets, wanted 3 to 255'],
    [{ requireReply: true, maxReplyLength: 1 }, '6f6b', 'reply of 2 octets, wanted 0 to 1'],
    [{ requireReply: false, replyPattern: '00', minReplyLength: 9 }, '6f6b', undefined],
  ])('%j of %s', (wanted, reply, fault) => {
    expect(faultInReply(udpCheck(wanted), octets(reply))).toBe(fault);
  });
});
