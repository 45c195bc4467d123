/** What all sockets of this folder share: opening in a namespace, options with typed errors, receiving, closing. */
import { ERRNO, EPOLL, addon } from './addon.ts';
import { SystemError, checked } from './errors.ts';
import { SO, SOL } from './socket-constants.ts';

/** The largest datagram of IP, and more than the kernel ever puts into one netlink datagram (32 KiB). */
const receiveLength = 65_536;
const receiveData = new Uint8Array(receiveLength);
const receiveName = new Uint8Array(128);
const receiveControl = new Uint8Array(512);
const receiveLengths = new Int32Array(3);
/** Datagrams taken in one turn of the event loop, so that a flood cannot keep it from the timers. */
const datagramsPerTurn = 64;
/** Datagrams taken by one system call where many come together; memory for them is touched only as far as they go. */
const together = 16;
const nameSize = 32;
const controlSize = 256;
/** Numbers for each of them: octets, length of the name, length of the control data, flags. */
const numbers = 4;
const manyData = new Uint8Array(together * receiveLength);
const manyNames = new Uint8Array(together * nameSize);
const manyControls = new Uint8Array(together * controlSize);
const manyLengths = new Int32Array(together * numbers);
let manyInUse = false;
/** More than any receive buffer of ours holds. */
const mostDiscarded = 10_000;

/** One received datagram. `data` is memory of its own; `name` and `control` are gone with the next datagram. */
export interface Datagram {
  readonly data: Uint8Array;
  readonly name: Uint8Array;
  readonly control: Uint8Array;
  /** MSG_* bits. */
  readonly flags: number;
}

function datagramAt(place: number): Datagram {
  const at = place * numbers;
  const data = place * receiveLength;
  const name = place * nameSize;
  const control = place * controlSize;
  return {
    data: manyData.slice(data, data + (manyLengths[at] ?? 0)),
    name: manyNames.subarray(name, name + (manyLengths[at + 1] ?? 0)),
    control: manyControls.subarray(control, control + (manyLengths[at + 2] ?? 0)),
    flags: manyLengths[at + 3] ?? 0,
  };
}

/** Runs a listener; what it throws becomes an uncaught exception of its own and disturbs nobody else. */
export function deliver(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** A socket's descriptor. */
export class Descriptor {
  readonly number: number;
  readonly #subject: string;
  #open = true;

  /**
   * @param subject what the socket is, in words, for errors
   * @param domain AF_* of a new one, or the number of one that this process was started with
   * @throws SystemError
   */
  constructor(
    subject: string,
    domain: number | { readonly inherited: number },
    type = 0,
    protocol = 0,
    namespacePath?: string,
  ) {
    this.#subject = subject;
    if (typeof domain !== 'number') {
      this.number = checked(addon().inherit(domain.inherited), 'fcntl', subject);
      return;
    }
    this.number =
      namespacePath === undefined
        ? checked(addon().socket(domain, type, protocol), 'socket', subject)
        : checked(
            addon().socketInNamespace(namespacePath, domain, type, protocol),
            'socket',
            `${subject} in ${namespacePath}`,
          );
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** @throws SystemError */
  bind(name: Uint8Array): void {
    this.check(addon().bind(this.number, name), 'bind');
  }

  /** @throws SystemError */
  setOption(level: number, option: number, value: number | Uint8Array): void {
    this.check(addon().setsockopt(this.number, level, option, value), 'setsockopt');
  }

  /** SO_BINDTODEVICE. @throws SystemError ENODEV */
  bindToInterface(name: string): void {
    const result = addon().setsockopt(this.number, SOL.SOCKET, SO.BINDTODEVICE, new TextEncoder().encode(`${name}\0`));
    if (result < 0) throw new SystemError('setsockopt', -result, `${this.#subject} on interface ${name}`);
  }

  /** @param force beyond net.core.rmem_max where privileged, else as far as it goes */
  setReceiveBuffer(bytes: number, force = true): void {
    if (!force || addon().setsockopt(this.number, SOL.SOCKET, SO.RCVBUFFORCE, bytes) < 0) {
      this.setOption(SOL.SOCKET, SO.RCVBUF, bytes);
    }
  }

  /** Throws the refusal of a call on this descriptor. */
  check(result: number, syscall: string): number {
    return checked(result, syscall, this.#subject);
  }

  /** Takes one datagram: positive error number, or the datagram; undefined if there is none. */
  receive(): Datagram | number | undefined {
    if (!this.#open) return undefined;
    const result = addon().recvmsg(this.number, receiveData, receiveName, receiveControl, receiveLengths);
    if (result < 0) return result === -ERRNO.EAGAIN ? undefined : -result;
    const [nameLength = 0, controlLength = 0, flags = 0] = receiveLengths;
    return {
      data: receiveData.slice(0, result),
      name: receiveName.subarray(0, nameLength),
      control: receiveControl.subarray(0, controlLength),
      flags,
    };
  }

  /**
   * Calls `take` for each datagram and `fail` for each error (positive number) until there is nothing left, the turn is over
   * or it is enough.
   */
  drain(
    take: (datagram: Datagram) => void,
    fail: (errno: number) => void,
    most = datagramsPerTurn,
    enough: () => boolean = () => false,
  ): void {
    for (let count = 0; count < most; count++) {
      const received = this.receive();
      if (received === undefined) return;
      if (typeof received === 'number') fail(received);
      else take(received);
      if (enough()) return;
    }
  }

  /** The same for sockets to which many datagrams come at once: one system call for a handful of them. */
  drainTogether(take: (datagram: Datagram) => void, fail: (errno: number) => void): void {
    // Whoever takes one may drain another socket.
    if (manyInUse) {
      this.drain(take, fail);
      return;
    }
    manyInUse = true;
    try {
      for (let count = 0; count < datagramsPerTurn && this.#open; count += together) {
        const received = addon().recvmmsg(this.number, manyData, manyNames, manyControls, manyLengths);
        if (received < 0 && received !== -ERRNO.EAGAIN) fail(-received);
        // An error may stand before further datagrams; they are taken in the next turn.
        for (let place = 0; place < received && this.#open; place++) take(datagramAt(place));
        if (received < together) return;
      }
    } finally {
      manyInUse = false;
    }
  }

  /** Throws away what is queued. */
  discard(): void {
    for (let count = 0; count < mostDiscarded && this.receive() !== undefined; count++);
  }

  /** Calls `ready` whenever there is something to receive (or what `events` asks for), or an error. Keeps the process alive until close. */
  watch(ready: (events: number) => void, events: number = EPOLL.IN): void {
    this.check(addon().watch(this.number, events, ready, true), 'epoll_ctl');
  }

  /** Gives the descriptor to somebody who will close it. */
  release(): number {
    this.#open = false;
    addon().release(this.number);
    return this.number;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    addon().close(this.number);
  }
}
