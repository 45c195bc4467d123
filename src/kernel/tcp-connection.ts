/**
 * One outgoing TCP connection on a bare descriptor, for checks: two thousand of them a second are made, used for some
 * octets and closed. Node's own sockets are streams and cost four times the processor time of the exchange itself.
 */
import { addon, EPOLL, ERRNO } from './addon.ts';
import type { Descriptor } from './descriptor.ts';
import { SystemError } from './errors.ts';
import { passingInternetName } from './socket-address.ts';
import { SO, SOL } from './socket-constants.ts';
import { openTcpSocket, scopeOf, type ProbeDescriptorOptions } from './tcp-descriptor.ts';

export interface TcpConnectionOptions extends ProbeDescriptorOptions {
  /** Canonical text. */
  readonly destination: string;
  readonly port: number;
}

/** What becomes of a connection. Nothing is called from within the constructor, nor after close(). */
export interface TcpConnectionListener {
  connected(): void;
  /** The octets are gone after the call: their memory is that of all connections. */
  received(octets: Buffer): void;
  /** The peer has closed its side; everything it sent was received. */
  ended(): void;
  /** Refused, reset, unreachable. The last call. */
  failed(error: SystemError): void;
}

const receiveBuffer = Buffer.allocUnsafeSlow(65_536);
/** Receive calls in one turn of the event loop: a server that sends without end must not keep it from the others. */
const receivesPerTurn = 16;
const errorOctets = new Uint8Array(4);

/** Edges instead of levels: one registration serves connecting, sending and receiving. */
const watchedEvents = EPOLL.IN | EPOLL.OUT | EPOLL.RDHUP | EPOLL.ET;

export class TcpConnection {
  readonly #descriptor: Descriptor;
  readonly #listener: TcpConnectionListener;
  /** Octets that the kernel has not taken yet. */
  #unsent: Uint8Array | undefined;
  #connected = false;
  #next: NodeJS.Immediate | undefined;

  /**
   * Starts connecting.
   * @throws SystemError EADDRNOTAVAIL, EADDRINUSE, ENODEV, EPERM, EMFILE if the socket cannot be made as asked for: trouble
   * of this machine. What connect() answers goes to the listener. DaemonError ADDRESS_INVALID
   */
  constructor(options: TcpConnectionOptions, listener: TcpConnectionListener) {
    this.#listener = listener;
    const { family, destination, port } = options;
    const descriptor = openTcpSocket(options);
    this.#descriptor = descriptor;
    try {
      const name = passingInternetName(family, destination, port, family === 'inet6' ? scopeOf(options) : 0);
      const result = addon().connect(descriptor.number, name);
      if (result < 0 && result !== -ERRNO.EINPROGRESS) {
        this.#next = setImmediate(() => this.#fail('connect', -result));
        return;
      }
      descriptor.watch((events) => this.#ready(events), watchedEvents);
    } catch (error) {
      descriptor.close();
      throw error;
    }
  }

  /** Hands octets to the kernel, or keeps a copy of what it does not take. Once connected. */
  send(octets: Uint8Array): void {
    if (this.#unsent !== undefined) this.#unsent = Buffer.concat([this.#unsent, octets]);
    else this.#flush(octets);
  }

  /** Safe to call twice, and from within the listener. */
  close(): void {
    clearImmediate(this.#next);
    this.#descriptor.close();
  }

  #ready(events: number): void {
    if (!this.#connected) {
      if ((events & (EPOLL.ERR | EPOLL.HUP)) !== 0 && this.#failedToConnect()) return;
      if ((events & EPOLL.OUT) === 0) return;
      this.#connected = true;
      this.#listener.connected();
    }
    if (!this.#descriptor.isOpen) return;
    if (this.#unsent !== undefined && (events & EPOLL.OUT) !== 0) this.#flush(this.#unsent);
    if ((events & (EPOLL.IN | EPOLL.RDHUP | EPOLL.HUP | EPOLL.ERR)) !== 0) this.#receive((events & EPOLL.RDHUP) !== 0);
  }

  /** A connection that came up and was closed at once reports that it hung up, but no error. */
  #failedToConnect(): boolean {
    const length = addon().getsockopt(this.#descriptor.number, SOL.SOCKET, SO.ERROR, errorOctets);
    const errno = length < 0 ? -length : new DataView(errorOctets.buffer).getInt32(0, true);
    if (errno !== 0) this.#fail('connect', errno);
    return errno !== 0;
  }

  #flush(octets: Uint8Array): void {
    if (!this.#descriptor.isOpen) return;
    const sent = addon().send(this.#descriptor.number, octets);
    if (sent >= octets.length) this.#unsent = undefined;
    else if (sent >= 0 || sent === -ERRNO.EAGAIN) this.#unsent = Buffer.from(octets.subarray(Math.max(0, sent)));
    else this.#next = setImmediate(() => this.#fail('send', -sent));
  }

  /**
   * Takes what is there.
   * @param toTheEnd the peer has closed: the end is read in this turn, however short a piece before it is
   */
  #receive(toTheEnd: boolean): void {
    if (!this.#descriptor.isOpen) return;
    for (let count = 0; count < receivesPerTurn; count++) {
      const length = addon().receive(this.#descriptor.number, receiveBuffer);
      if (length > 0) {
        this.#listener.received(receiveBuffer.subarray(0, length));
        if (!this.#descriptor.isOpen) return;
        // Nothing is left behind a short piece of a stream (epoll(7)); more will be another edge.
        if (length < receiveBuffer.length && !toTheEnd) return;
      } else {
        if (length === 0) this.#listener.ended();
        else if (length !== -ERRNO.EAGAIN) this.#fail('recv', -length);
        return;
      }
    }
    this.#next = setImmediate(() => this.#receive(toTheEnd));
  }

  #fail(syscall: string, errno: number): void {
    if (!this.#descriptor.isOpen) return;
    this.close();
    this.#listener.failed(new SystemError(syscall, errno));
  }
}
