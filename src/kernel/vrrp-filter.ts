/**
 * A classic BPF program that lets only the advertisements of given virtual routers through to a raw socket: those of
 * other routers on the LAN cost no wake-up and fill no buffer.
 */
import type { AddressFamily } from '../config/model.ts';

/** Instruction codes of linux/filter.h. */
const BPF = { LDX_MSH: 0xb1, LD_B_IND: 0x50, LD_B_ABS: 0x30, JEQ_K: 0x15, RET_K: 0x06 } as const;
/** Offset of the virtual router id in the VRRP header (RFC 5798 section 5.1). */
const routerIdOffset = 1;
const wholePacket = 0xffffffff;
/** Jump offsets are octets: a program for more routers than this lets everything through instead. */
const mostRouters = 200;

/**
 * @param family inet: the packet starts at the IP header, whose length varies; inet6: at the VRRP header
 * @param routerIds virtual router ids to let through, 1..255
 * @returns `struct sock_filter` records, 8 octets each, native (little-endian) byte order
 */
export function virtualRouterIdFilter(family: AddressFamily, routerIds: readonly number[]): Uint8Array {
  if (routerIds.length === 0 || routerIds.length > mostRouters) return program([[BPF.RET_K, 0, 0, wholePacket]]);
  const load: readonly Instruction[] =
    family === 'inet'
      ? [
          [BPF.LDX_MSH, 0, 0, 0],
          [BPF.LD_B_IND, 0, 0, routerIdOffset],
        ]
      : [[BPF.LD_B_ABS, 0, 0, routerIdOffset]];
  const compare = routerIds.map((routerId, index): Instruction => [BPF.JEQ_K, routerIds.length - index, 0, routerId]);
  return program([...load, ...compare, [BPF.RET_K, 0, 0, 0], [BPF.RET_K, 0, 0, wholePacket]]);
}

type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, k: number];

function program(instructions: readonly Instruction[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(instructions.length * 8));
  instructions.forEach(([code, jumpTrue, jumpFalse, k], index) => {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, jumpTrue);
    view.setUint8(index * 8 + 3, jumpFalse);
    view.setUint32(index * 8 + 4, k, true);
  });
  return new Uint8Array(view.buffer);
}
