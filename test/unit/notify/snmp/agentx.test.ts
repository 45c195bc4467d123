/** AgentX messages: RFC 2741 sections 5 and 6. The octets are put together by hand from its diagrams. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DaemonError } from '../../../../src/core/errors.ts';
import { parseMasterAddress } from '../../../../src/notify/snmp/agentx/address.ts';
import {
  decodeMessage,
  encodeNotify,
  encodeOpen,
  encodeRegister,
  encodeResponse,
  messageLength,
} from '../../../../src/notify/snmp/agentx/codec.ts';
import { counter64, integer, text } from '../../../../src/notify/snmp/value.ts';

const header = { sessionId: 0x01020304, transactionId: 5, packetId: 6 };

function octets(hexadecimal: string): Uint8Array {
  return Uint8Array.from(hexadecimal.replace(/\s/g, '').match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

const head = (type: string, payload: string): string => `01 ${type} 10 00 01020304 00000005 00000006 ${payload}`;

describe('what is sent', () => {
  it('opens a session', () => {
    expect(encodeOpen(header, 'Keepalived', 0)).toEqual(
      octets(`${head('01', '00000018')} 00000000 00000000 0000000a 4b656570 616c6976 65640000`),
    );
  });

  it('registers a subtree, its prefix in short', () => {
    expect(encodeRegister(header, [1, 3, 6, 1, 4, 1, 9586])).toEqual(
      octets(`${head('03', '00000010')} 007f0000 02040000 00000001 00002572`),
    );
  });

  it('answers with values of each length', () => {
    expect(
      encodeResponse(header, {
        variables: [
          { oid: [1, 3, 6, 1, 4, 1], value: integer(-2) },
          { oid: [1, 3, 6, 1, 4, 1], value: text(Uint8Array.of(0xc0, 0xff)) },
          { oid: [2, 5], value: counter64(0x1_0000_0002n) },
          { oid: [1, 3, 6, 1, 4, 1], value: { type: 'end-of-view' } },
        ],
      }),
    ).toEqual(
      octets(`${head('12', '00000050')} 00000000 0000 0000
        0002 0000 01040000 00000001 fffffffe
        0004 0000 01040000 00000001 00000002 c0ff0000
        0046 0000 02000000 00000002 00000005 00000001 00000002
        0082 0000 01040000 00000001`),
    );
  });

  it('notifies', () => {
    const trap = [1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0];
    const message = encodeNotify(header, [{ oid: trap, value: { type: 'oid', value: [1, 3, 6, 1, 4, 1] } }]);
    expect(message).toEqual(
      octets(`${head('0c', '00000028')} 0006 0000 06060000 00000003 00000001 00000001 00000004 00000001 00000000
        01040000 00000001`),
    );
  });
});

describe('what comes', () => {
  it('is read in either byte order', () => {
    const big = octets(`${head('06', '00000014')} 01040100 00000001 02040000 00000001 00000002`);
    const little = octets(
      '01 06 00 00 04030201 05000000 06000000 14000000 01040100 01000000 02040000 01000000 02000000',
    );
    const expected = {
      ...header,
      type: 'get-next',
      ranges: [{ start: [1, 3, 6, 1, 4, 1], include: true, end: [1, 3, 6, 1, 4, 1, 2] }],
    };
    expect(decodeMessage(big)).toEqual(expected);
    expect(decodeMessage(little)).toEqual(expected);
    expect(messageLength(little)).toBe(little.length);
  });

  it('has no end where none is said', () => {
    const bulk = octets(`${head('07', '00000010')} 0001 000a 01040000 00000001 00000000`);
    expect(decodeMessage(bulk)).toMatchObject({
      type: 'get-bulk',
      nonRepeaters: 1,
      maxRepetitions: 10,
      ranges: [{ start: [1, 3, 6, 1, 4, 1], include: false, end: undefined }],
    });
  });

  it('gives a message or a typed error, whatever it is', () => {
    const wild = fc.uint8Array({ maxLength: 80 });
    const nearly = fc
      .tuple(fc.constantFrom(1, 5, 6, 7, 8, 18, 200), fc.constantFrom(0, 16, 8, 24), wild)
      .map(([type, flags, rest]) => Uint8Array.of(1, type, flags, 0, ...rest));
    fc.assert(
      fc.property(fc.oneof(wild, nearly), (made) => {
        try {
          const length = messageLength(made);
          if (length !== undefined) expect(decodeMessage(made.subarray(0, length))).toHaveProperty('type');
        } catch (error) {
          expect(error).toBeInstanceOf(DaemonError);
        }
      }),
    );
  });
});

describe('the address of the master agent', () => {
  it.each([
    ['/var/agentx/master', { path: '/var/agentx/master' }],
    ['unix:/run/x', { path: '/run/x' }],
    ['tcp:127.0.0.1:705', { host: '127.0.0.1', port: 705 }],
    ['tcp6:[::1]:161', { host: '::1', port: 161 }],
    ['localhost:1705', { host: 'localhost', port: 1705 }],
    ['1705', { host: 'localhost', port: 1705 }],
    ['tcp:agent', { host: 'agent', port: 705 }],
  ])('%s', (address, expected) => expect(parseMasterAddress(address)).toEqual(expected));

  it.each(['udp:localhost:705', 'tcp:a:0', 'tcp:a:70000', 'unix:relative', '[::1'])('%s is none', (address) => {
    expect(() => parseMasterAddress(address)).toThrow(/SNMP|address of a master agent/);
  });
});
