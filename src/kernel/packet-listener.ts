/**
 * Hears what comes to all interfaces and leaves by them before any filter of this machine has its say: advertisements of
 * VRRP, answers of ARP and of neighbour discovery, nothing else.
 */
import { addon } from './addon.ts';
import { Descriptor, deliver } from './descriptor.ts';
import type { Datagram } from './descriptor.ts';
import { packetName } from './socket-address.ts';
import { AF, IPPROTO, SO, SOCK, SOL } from './socket-constants.ts';

/** linux/if_ether.h */
export const ETHER_TYPE = { all: 0x0003, ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;
/** linux/if_packet.h: sll_pkttype. */
const PACKET = { outgoing: 4, loopback: 5 } as const;
/** struct sockaddr_ll: where its members are. */
const NAME = { protocol: 2, index: 4, type: 10, length: 11, address: 12 } as const;

/** Classic BPF (linux/filter.h). */
const BPF = { loadHalfAbsolute: 0x28, loadOctetAbsolute: 0x30, jumpIfEqual: 0x15, give: 0x06 } as const;
/** SKF_AD_OFF + SKF_AD_PROTOCOL: the Ethernet type, which does not stand in the data of such a socket. */
const ancillaryProtocol = 0xfffff000;
const nothing = 0;
const wholePacket = 0xffffffff;
/** RFC 4861 section 4.4. */
const neighbourAdvertisement = 136;

/**
 * Lets pass: ARP; IPv4 of protocol 112 or 51; IPv6 of protocol 112, and neighbour advertisements (ICMPv6 type 136).
 * Each line is code, jump if true, jump if false, value.
 */
const instructions: readonly (readonly [number, number, number, number])[] = [
  [BPF.loadHalfAbsolute, 0, 0, ancillaryProtocol],
  [BPF.jumpIfEqual, 11, 0, ETHER_TYPE.arp],
  [BPF.jumpIfEqual, 0, 3, ETHER_TYPE.ipv4],
  [BPF.loadOctetAbsolute, 0, 0, 9],
  [BPF.jumpIfEqual, 8, 0, IPPROTO.VRRP],
  [BPF.jumpIfEqual, 7, 6, IPPROTO.AH],
  [BPF.jumpIfEqual, 0, 5, ETHER_TYPE.ipv6],
  [BPF.loadOctetAbsolute, 0, 0, 6],
  [BPF.jumpIfEqual, 4, 0, IPPROTO.VRRP],
  [BPF.jumpIfEqual, 0, 2, IPPROTO.ICMPV6],
  [BPF.loadOctetAbsolute, 0, 0, 40],
  [BPF.jumpIfEqual, 1, 0, neighbourAdvertisement],
  [BPF.give, 0, 0, nothing],
  [BPF.give, 0, 0, wholePacket],
];

function program(): Uint8Array {
  const view = new DataView(new ArrayBuffer(instructions.length * 8));
  instructions.forEach(([code, jumpTrue, jumpFalse, value], index) => {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, jumpTrue);
    view.setUint8(index * 8 + 3, jumpFalse);
    view.setUint32(index * 8 + 4, value, true);
  });
  return new Uint8Array(view.buffer);
}

export interface ListenedPacket {
  readonly interfaceIndex: number;
  readonly etherType: number;
  /** Hardware address of the sender. */
  readonly hardwareAddress: Uint8Array;
  /** This machine sent it. */
  readonly outgoing: boolean;
  /** From the IP or ARP header on. */
  readonly packet: Uint8Array;
}

export class PacketListener {
  readonly #descriptor: Descriptor;

  private constructor() {
    // With protocol 0 nothing is received before the filter is there.
    this.#descriptor = new Descriptor('packet socket', AF.PACKET, SOCK.DGRAM, 0);
    try {
      this.#descriptor.setOption(SOL.SOCKET, SO.ATTACH_FILTER, program());
      this.#descriptor.bind(packetName(0, ETHER_TYPE.all));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws SystemError EPERM without CAP_NET_RAW */
  static open(): PacketListener {
    return new PacketListener();
  }

  /** Calls `heard` for each packet; keeps the process alive until close(). @throws SystemError */
  onPacket(heard: (packet: ListenedPacket) => void): void {
    this.#descriptor.watch(() =>
      this.#descriptor.drain(
        (datagram) => deliver(() => heard(read(datagram))),
        // An interface that goes down is one with nothing to hear.
        () => undefined,
      ),
    );
  }

  /** Safe to call twice. */
  close(): void {
    this.#descriptor.close();
  }
}

function read({ data, name }: Datagram): ListenedPacket {
  const view = new DataView(name.buffer, name.byteOffset, name.byteLength);
  const type = view.getUint8(NAME.type);
  return {
    interfaceIndex: view.getInt32(NAME.index, true),
    etherType: view.getUint16(NAME.protocol, false),
    hardwareAddress: name.slice(NAME.address, NAME.address + view.getUint8(NAME.length)),
    outgoing: type === PACKET.outgoing || type === PACKET.loopback,
    packet: data,
  };
}

/** Name of an interface by its number; undefined: it is gone. */
export function interfaceNameOf(index: number): string | undefined {
  const name = addon().interfaceName(index);
  return typeof name === 'string' ? name : undefined;
}
