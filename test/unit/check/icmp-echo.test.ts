/** ICMP echo: RFC 792, RFC 1071 (the sum over a message with its checksum is all ones), RFC 4443. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEchoRequest, isEchoReply, type EchoForm } from '../../../src/check/icmp-echo.ts';

const form: EchoForm = { family: 'inet', isRaw: true, identifier: 0x1234, sequence: 0x5678 };
const ipv4Header = Uint8Array.from([0x45, ...Array.from({ length: 19 }, () => 0)]);

/** The reply to a request: another type, the rest as it was. */
function replyTo(request: Uint8Array, type: number): Uint8Array {
  const reply = new Uint8Array(request);
  reply[0] = type;
  return reply;
}

describe('an echo request', () => {
  it('of IPv4 through a raw socket has type 8, identifier, sequence, 128 octets and its checksum', () => {
    const message = encodeEchoRequest(form);
    expect([...message.subarray(0, 2), ...message.subarray(4, 8)]).toEqual([8, 0, 0x12, 0x34, 0x56, 0x78]);
    expect(message).toHaveLength(136);
    let sum = 0;
    for (let index = 0; index < message.length; index += 2) sum += message[index]! * 256 + message[index + 1]!;
    expect((sum & 0xffff) + (sum >>> 16)).toBe(0xffff);
  });

  it('leaves the checksum to the kernel elsewhere', () => {
    expect([...encodeEchoRequest({ ...form, isRaw: false }).subarray(0, 4)]).toEqual([8, 0, 0, 0]);
    expect([...encodeEchoRequest({ ...form, family: 'inet6' }).subarray(0, 4)]).toEqual([128, 0, 0, 0]);
  });
});

describe('an echo reply', () => {
  const withHeader = (reply: Uint8Array) => Uint8Array.from([...ipv4Header, ...reply]);

  it('is that to the request, not another, nor the request itself', () => {
    const request = encodeEchoRequest(form);
    expect(isEchoReply(withHeader(replyTo(request, 0)), form)).toBe(true);
    expect(isEchoReply(withHeader(request), form)).toBe(false);
    expect(isEchoReply(withHeader(replyTo(request, 0)), { ...form, identifier: 1 })).toBe(false);
    expect(isEchoReply(withHeader(replyTo(request, 0)), { ...form, sequence: 1 })).toBe(false);
    expect(isEchoReply(replyTo(request, 0), { ...form, isRaw: false, identifier: 1 })).toBe(true);
    const six: EchoForm = { ...form, family: 'inet6' };
    expect(isEchoReply(replyTo(encodeEchoRequest(six), 129), six)).toBe(true);
    expect(isEchoReply(replyTo(encodeEchoRequest(six), 0), six)).toBe(false);
  });

  it('is recognised without harm in anything', () => {
    const arbitraryForm = fc.record({
      family: fc.constantFrom('inet' as const, 'inet6' as const),
      isRaw: fc.boolean(),
      identifier: fc.nat(0xffff),
      sequence: fc.nat(0xffff),
    });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), arbitraryForm, (data, some) => {
        expect(typeof isEchoReply(data, some)).toBe('boolean');
      }),
    );
  });
});
