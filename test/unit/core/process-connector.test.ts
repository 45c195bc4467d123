// linux/connector.h, linux/cn_proc.h; the messages are what a kernel (6.18, x86-64) sent while a program was run.
import { describe, expect, it } from 'vitest';
import { decodeProcessEvent, processEventsRequest } from '../../../src/core/netlink/process-connector.ts';

const octets = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));

const fork =
  '4c000000 0300 0000 01000000 00000000 01000000 01000000 01000000 00000000 2800 0000 ' +
  '01000000 01000000 3efabad6660c0000 91110000 91110000 ba110000 ba110000 0000000000000000';
const exec =
  '4c000000 0300 0000 02000000 00000000 01000000 01000000 02000000 00000000 2800 0000 ' +
  '02000000 01000000 9ddabdd6660c0000 ba110000 ba110000 00000000000000000000000000000000';
const exit =
  '4c000000 0300 0000 03000000 00000000 01000000 01000000 03000000 00000000 2800 0000 ' +
  '00000080 01000000 c99bc8d6660c0000 ba110000 ba110000 00000000 11000000 91110000 91110000';
const confirmation =
  '4c000000 0300 0000 00000000 00000000 01000000 01000000 00000000 01000000 2800 0000 ' +
  '00000000 01000000 c126bad6660c0000 000000000000000000000000000000000000000000000000';

describe('process events', () => {
  it.each([
    [fork, { kind: 'fork', parent: 0x1191, pid: 0x11ba }],
    [exec, { kind: 'exec', pid: 0x11ba }],
    [exit, { kind: 'exit', pid: 0x11ba }],
    [confirmation, undefined],
    [fork.replace('ba110000 ba110000', 'bb110000 ba110000'), undefined],
    [exit.replace('ba110000 ba110000', 'bb110000 ba110000'), undefined],
    [exec.replace('02000000 01000000 9d', '00020000 01000000 9d'), { kind: 'rename', pid: 0x11ba }],
  ])('%s', (message, expected) => {
    expect(decodeProcessEvent(octets(message))).toEqual(expected);
  });

  it('shorter messages are nothing', () => {
    const whole = octets(fork);
    for (let length = 0; length < 68; length++) expect(decodeProcessEvent(whole.subarray(0, length))).toBeUndefined();
  });

  it('are asked for and called off (PROC_CN_MCAST_LISTEN, PROC_CN_MCAST_IGNORE)', () => {
    const request = '28000000 0300 0000 00000000 00000000 01000000 01000000 00000000 00000000 0400 0000 ';
    expect(processEventsRequest(true)).toEqual(octets(`${request} 01000000`));
    expect(processEventsRequest(false)).toEqual(octets(`${request} 02000000`));
  });
});
