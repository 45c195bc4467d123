/** Follows the links and addresses of one network namespace. */
import type { NetlinkFormatError } from '../core/netlink/message.ts';
import { encodeDumpAddresses } from '../network/address-codec.ts';
import { RTNLGRP } from '../network/constants.ts';
import { InterfaceTable } from '../network/interface-table.ts';
import type { InterfaceTableChange } from '../network/interface-table.ts';
import { encodeDumpLinks } from '../network/link-codec.ts';
import type { KernelAddress, Link } from '../network/types.ts';
import { NetlinkSocket } from './netlink-socket.ts';

export interface InterfaceMonitorOptions {
  /** Path of a network namespace (/run/netns/NAME); the process's own if absent. */
  readonly namespacePath?: string;
  /** Receive buffer for notifications in octets (vrrp_netlink_monitor_rcv_bufs). */
  readonly receiveBufferBytes?: number;
  /** Told of messages that could not be read, and of dumps that failed after the start. */
  readonly onProblem?: (error: Error) => void;
}

type Listener<T> = (current: T) => void;

export class InterfaceMonitor {
  readonly #socket: NetlinkSocket;
  readonly #table: InterfaceTable;
  readonly #onProblem: (error: Error) => void;
  readonly #linkListeners: Listener<readonly Link[]>[] = [];
  readonly #addressListeners: Listener<readonly KernelAddress[]>[] = [];
  /** Notifications that arrive while the tables are read; undefined otherwise. */
  #held: Uint8Array[] | undefined;
  #resyncing: Promise<void> | undefined;
  #lost = false;
  #closed = false;
  #pending = { links: false, addresses: false };
  #flushScheduled = false;

  private constructor(socket: NetlinkSocket, onProblem: (error: Error) => void) {
    this.#socket = socket;
    this.#onProblem = onProblem;
    this.#table = new InterfaceTable((error: NetlinkFormatError) => {
      onProblem(error);
    });
  }

  /**
   * Subscribes, then reads links and addresses once.
   * @throws SystemError if the kernel refuses
   */
  static async open(options: InterfaceMonitorOptions = {}): Promise<InterfaceMonitor> {
    const { namespacePath, receiveBufferBytes, onProblem = () => undefined } = options;
    const socket = NetlinkSocket.open({
      protocol: 'route',
      groups: [RTNLGRP.LINK, RTNLGRP.IPV4_IFADDR, RTNLGRP.IPV6_IFADDR],
      ...(namespacePath !== undefined && { namespacePath }),
      ...(receiveBufferBytes !== undefined && { receiveBufferBytes }),
    });
    const monitor = new InterfaceMonitor(socket, onProblem);
    try {
      socket.onMessage((message) => {
        monitor.#notified(message);
      });
      socket.onOverrun(() => {
        monitor.#overrun();
      });
      await monitor.resync();
    } catch (error) {
      monitor.close();
      throw error;
    }
    return monitor;
  }

  /** All links, as last heard. */
  get links(): readonly Link[] {
    return this.#table.links;
  }

  /** All addresses, as last heard. */
  get addresses(): readonly KernelAddress[] {
    return this.#table.addresses;
  }

  /** Calls `listener` with all links whenever one of them appears, goes or changes; once for changes that come together. */
  onLinks(listener: Listener<readonly Link[]>): void {
    this.#linkListeners.push(listener);
  }

  /** Calls `listener` with all addresses whenever one of them appears, goes or changes. */
  onAddresses(listener: Listener<readonly KernelAddress[]>): void {
    this.#addressListeners.push(listener);
  }

  #notified(message: Uint8Array): void {
    if (this.#held) this.#held.push(message);
    else this.#changed(this.#table.apply(message));
  }

  #changed(change: InterfaceTableChange): void {
    if (change === 'nothing') return;
    if (change !== 'addresses') this.#pending.links = true;
    if (change !== 'links') this.#pending.addresses = true;
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    queueMicrotask(() => {
      this.#flush();
    });
  }

  #flush(): void {
    this.#flushScheduled = false;
    const { links, addresses } = this.#pending;
    this.#pending = { links: false, addresses: false };
    if (this.#closed) return;
    // Links first: an address means nothing before its interface is known.
    if (links) for (const listener of this.#linkListeners) listener(this.links);
    if (addresses) for (const listener of this.#addressListeners) listener(this.addresses);
  }

  #overrun(): void {
    if (this.#resyncing) this.#lost = true;
    else {
      this.resync().catch((error: unknown) => {
        if (!this.#closed) this.#onProblem(error instanceof Error ? error : new Error(String(error)));
      });
    }
  }

  /** Reads links and addresses anew; after lost notifications it does so by itself. Rejects if the kernel refuses. */
  resync(): Promise<void> {
    this.#resyncing ??= this.#read().finally(() => {
      this.#resyncing = undefined;
    });
    return this.#resyncing;
  }

  async #read(): Promise<void> {
    do {
      this.#lost = false;
      this.#held = [];
      try {
        const links = await this.#socket.dump(encodeDumpLinks());
        const addresses = await this.#socket.dump(encodeDumpAddresses());
        const held = this.#held;
        this.#held = undefined;
        this.#changed(this.#table.replace([...links, ...addresses], held));
      } catch (error) {
        const held = this.#held ?? [];
        this.#held = undefined;
        for (const message of held) this.#changed(this.#table.apply(message));
        throw error;
      }
      // Notifications were lost while the tables were read: what was replayed is not complete.
    } while (this.#lost && !this.#closed);
  }

  /** Settles when everything is known that the kernel had done before this call. */
  async catchUp(): Promise<void> {
    this.#socket.catchUp();
    await this.#resyncing?.catch(() => undefined);
  }

  /** Ends the subscription; safe to call twice. */
  close(): void {
    this.#closed = true;
    this.#socket.close();
  }
}
