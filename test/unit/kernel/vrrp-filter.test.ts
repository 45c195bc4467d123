import { describe, expect, it } from 'vitest';
import { virtualRouterIdFilter } from '../../../src/kernel/vrrp-filter.ts';

/** The five instructions the filter uses, as linux/filter.h and the kernel's bpf(2) documentation define them. */
function accepts(program: Uint8Array, packet: Uint8Array): boolean {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  let accumulator = 0;
  let index = 0;
  for (let position = 0; position * 8 < program.length; position++) {
    const code = view.getUint16(position * 8, true);
    const jumpTrue = view.getUint8(position * 8 + 2);
    const jumpFalse = view.getUint8(position * 8 + 3);
    const k = view.getUint32(position * 8 + 4, true);
    switch (code) {
      case 0xb1: // ldx 4*([k]&0xf)
        index = 4 * ((packet[k] ?? 0) & 0x0f);
        break;
      case 0x50: // ldb [x + k]
        if (index + k >= packet.length) return false;
        accumulator = packet[index + k] ?? 0;
        break;
      case 0x30: // ldb [k]
        if (k >= packet.length) return false;
        accumulator = packet[k] ?? 0;
        break;
      case 0x15: // jeq #k
        position += accumulator === k ? jumpTrue : jumpFalse;
        break;
      case 0x06: // ret #k
        return k > 0;
      default:
        throw new Error(`instruction ${code}`);
    }
  }
  throw new Error('the program ran off its end');
}

function ipv4Packet(headerWords: number, routerId: number): Uint8Array {
  const packet = new Uint8Array(headerWords * 4 + 8);
  packet[0] = 0x40 | headerWords;
  packet[headerWords * 4] = 0x21;
  packet[headerWords * 4 + 1] = routerId;
  return packet;
}

describe('socket filter for virtual router ids', () => {
  it.each([5, 6, 15])('finds the router id behind an IPv4 header of %i words', (words) => {
    const program = virtualRouterIdFilter('inet', [51, 52]);
    for (let routerId = 1; routerId < 256; routerId++) {
      expect(accepts(program, ipv4Packet(words, routerId))).toBe(routerId === 51 || routerId === 52);
    }
  });

  it('reads IPv6 messages from the VRRP header', () => {
    const program = virtualRouterIdFilter('inet6', [7]);
    expect(accepts(program, Uint8Array.of(0x31, 7, 100, 1))).toBe(true);
    expect(accepts(program, Uint8Array.of(0x31, 8, 100, 1))).toBe(false);
  });

  it('drops what is too short to have a router id', () => {
    expect(accepts(virtualRouterIdFilter('inet', [1]), ipv4Packet(5, 1).subarray(0, 21))).toBe(false);
  });

  it('lets everything through when there are too many routers for its jumps', () => {
    const everyId = Array.from({ length: 255 }, (_, index) => index + 1);
    expect(accepts(virtualRouterIdFilter('inet', everyId), ipv4Packet(5, 9))).toBe(true);
  });
});
