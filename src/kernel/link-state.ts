/** Asks an interface whether it has a link, in each of the ways there are. */
import { addon } from './addon.ts';
import { Descriptor } from './descriptor.ts';
import { AF, SOCK } from './socket-constants.ts';

/** Basic mode status register of a transceiver and its link bit (linux/mii.h; IEEE 802.3 section 22.2.4.2). */
const MII_BMSR = 1;
const BMSR_LSTATUS = 0x0004;
/** What a bus without a transceiver answers. */
const nobody = 0xffff;
/** linux/if.h */
const IFF_RUNNING = 0x40;
/** asm-generic/errno.h: there is no such way here. */
const EOPNOTSUPP = 95;

export type LinkMethod = 'MII' | 'ETHTOOL' | 'IOCTL';

export class LinkStateSocket {
  readonly #descriptor: Descriptor;

  private constructor() {
    this.#descriptor = new Descriptor('socket for the state of links', AF.INET, SOCK.DGRAM, 0);
  }

  /** @throws SystemError if the kernel refuses a socket */
  static open(): LinkStateSocket {
    return new LinkStateSocket();
  }

  /** @returns 1 with a link, 0 without, a negative error number (-95, EOPNOTSUPP: the driver does not know this method) */
  ask(name: string, method: LinkMethod): number {
    const socket = this.#descriptor.number;
    switch (method) {
      case 'MII':
        return this.#askTransceiver(name);
      case 'ETHTOOL':
        return addon().ethtoolLink(socket, name);
      case 'IOCTL': {
        const flags = addon().interfaceFlags(socket, name);
        return flags < 0 ? flags : Number((flags & IFF_RUNNING) !== 0);
      }
    }
  }

  #askTransceiver(name: string): number {
    const socket = this.#descriptor.number;
    const transceiver = addon().miiAddress(socket, name);
    if (transceiver < 0) return transceiver;
    // The bit keeps a loss until it is read (latching low): the second reading is the present state.
    addon().miiRegister(socket, name, transceiver, MII_BMSR);
    const status = addon().miiRegister(socket, name, transceiver, MII_BMSR);
    if (status < 0) return status;
    return status === nobody || status === 0 ? -EOPNOTSUPP : Number((status & BMSR_LSTATUS) !== 0);
  }

  /** Safe to call twice. */
  close(): void {
    this.#descriptor.close();
  }
}
