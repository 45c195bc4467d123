/**
 * A line between the parent and a process that it started: an end of a pair of stream sockets, over which messages go as
 * JSON, each behind its length. Node's channel does the same over sockets and streams of its own, which take longer to
 * load than the first messages to be said.
 */
import { EPOLL, ERRNO, addon } from './addon.ts';
import { Descriptor, deliver } from './descriptor.ts';
import { SystemError, checked } from './errors.ts';
import { AF, SO, SOCK, SOL } from './socket-constants.ts';

/** What becomes of a line. Nothing is called from within its constructor. */
export interface MessageLineListener {
  message(message: unknown): void;
  /** The other process is gone, or has closed its end; everything it said was heard. The last call. */
  ended(): void;
}

/** Octets before each message that tell how many its JSON has, little end first. */
const lengthOctets = 4;
/** Room that is kept for sending, and for receiving; longer messages get their own for as long as they need it. */
const usualRoom = 262_144;
/** UTF-8 has at most so many octets for one unit of a string. */
const octetsInUnit = 3;
/** Octets of an int. */
const socketType = 4;
/** Takings in one turn of the event loop, so that who says a lot leaves time for the rest. */
const takesPerTurn = 4;

let sendingRoom: Buffer | undefined;

/** Makes both ends. The descriptors are to be handed to processes or lines, and stay open until then. @throws SystemError EMFILE */
export function messageLinePair(): readonly [one: number, other: number] {
  const pair = addon().socketpair(AF.UNIX, SOCK.STREAM);
  if (typeof pair === 'number') throw new SystemError('socketpair', -pair);
  return pair;
}

/** A message as it goes over the line; the memory is that of all messages, unless it is a long one. */
function octetsOf(message: unknown): Buffer {
  const text = JSON.stringify(message);
  const bound = lengthOctets + text.length * octetsInUnit;
  // Counting is a look at every unit; most messages are far from that long.
  const most = bound > usualRoom ? lengthOctets + Buffer.byteLength(text) : bound;
  const room = most > usualRoom ? Buffer.allocUnsafeSlow(most) : (sendingRoom ??= Buffer.allocUnsafeSlow(usualRoom));
  const length = room.write(text, lengthOctets);
  room.writeUInt32LE(length);
  return room.subarray(0, lengthOctets + length);
}

export class MessageLine {
  readonly #descriptor: Descriptor;
  readonly #listener: MessageLineListener;
  /** What the kernel has not taken yet, in order; `#unsentOctets` are gone of the first one. */
  #unsent: Buffer[] = [];
  #unsentOctets = 0;
  #mute = false;
  readonly #flushed: (() => void)[] = [];
  #room = Buffer.allocUnsafeSlow(usualRoom);
  /** Octets in the room that are part of a message of which some are to come. */
  #held = 0;
  #hasEnded = false;

  /**
   * @param end a number from messageLinePair(), or the one under which this process inherited its end
   * @throws SystemError EBADF, ENOTSOCK: it did not
   */
  constructor(end: number, listener: MessageLineListener) {
    // The number may be one of the runtime's own, which must stay as it is.
    checked(addon().getsockopt(end, SOL.SOCKET, SO.TYPE, new Uint8Array(socketType)), 'getsockopt');
    this.#descriptor = new Descriptor('line to another process', { inherited: end });
    this.#listener = listener;
    this.#descriptor.watch((events) => this.#ready(events));
  }

  /** Queues a message; never blocks. To a process that is gone nothing is said. */
  send(message: unknown): void {
    if (this.#mute || !this.#descriptor.isOpen) return;
    const octets = octetsOf(message);
    if (this.#unsent.length > 0) {
      this.#unsent.push(Buffer.from(octets));
      return;
    }
    const sent = this.#hand(octets);
    if (sent >= octets.length || this.#mute) return;
    this.#unsent.push(Buffer.from(octets.subarray(sent)));
    this.#watch(EPOLL.IN | EPOLL.OUT);
  }

  /** Settles when everything that was said so far has left this process, or nobody is there any more to hear it. */
  flush(): Promise<void> {
    if (this.#unsent.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#flushed.push(resolve));
  }

  /** Hears all that is left of a process that has ended. */
  drain(): void {
    while (this.#take());
  }

  /** Nothing is said or heard from now on. Safe to call twice, and from within the listener. */
  close(): void {
    this.#descriptor.close();
    this.#silence();
  }

  #ready(events: number): void {
    if ((events & EPOLL.OUT) !== 0) this.#sendRest();
    if ((events & (EPOLL.IN | EPOLL.HUP | EPOLL.ERR)) === 0) return;
    for (let count = 0; count < takesPerTurn && this.#take(); count++);
  }

  /** @returns octets that the kernel has taken */
  #hand(octets: Buffer): number {
    const sent = addon().send(this.#descriptor.number, octets);
    if (sent >= 0) return sent;
    if (sent !== -ERRNO.EAGAIN) this.#silence();
    return 0;
  }

  #sendRest(): void {
    let first = this.#unsent[0];
    while (first !== undefined) {
      const rest = this.#unsentOctets === 0 ? first : first.subarray(this.#unsentOctets);
      const sent = this.#hand(rest);
      if (this.#mute) return;
      if (sent < rest.length) {
        this.#unsentOctets += sent;
        return;
      }
      this.#unsentOctets = 0;
      this.#unsent.shift();
      first = this.#unsent[0];
    }
    this.#watch(EPOLL.IN);
    this.#allGone();
  }

  /** The other side hears no more; what it has said before can still be heard. */
  #silence(): void {
    this.#mute = true;
    this.#unsent = [];
    if (this.#descriptor.isOpen) this.#watch(EPOLL.IN);
    this.#allGone();
  }

  #allGone(): void {
    for (const resolve of this.#flushed.splice(0)) resolve();
  }

  #watch(events: number): void {
    this.#descriptor.check(addon().modify(this.#descriptor.number, events), 'epoll_ctl');
  }

  /**
   * Takes what is there, as far as there is room for it, and hears the messages that are complete.
   * @returns whether there may be more
   */
  #take(): boolean {
    if (!this.#descriptor.isOpen) return false;
    const room = this.#room.subarray(this.#held);
    const length = addon().receive(this.#descriptor.number, room);
    if (length === -ERRNO.EAGAIN) return false;
    if (length <= 0) {
      this.#end();
      return false;
    }
    this.#held += length;
    this.#hear();
    return length === room.length;
  }

  #hear(): void {
    const room = this.#room;
    let at = 0;
    let wanted = 0;
    while (this.#held - at >= lengthOctets) {
      const from = at + lengthOctets;
      wanted = room.readUInt32LE(at);
      if (this.#held - from < wanted) break;
      at = from + wanted;
      wanted = 0;
      const text = room.toString('utf8', from, at);
      deliver(() => this.#listener.message(JSON.parse(text)));
      if (!this.#descriptor.isOpen) return;
    }
    const size = Math.max(usualRoom, lengthOctets + wanted);
    // Only a message that does not fit gets other room; behind it the usual one is enough again.
    if (room.length < size || (room.length > usualRoom && at > 0 && size === usualRoom))
      this.#room = Buffer.allocUnsafeSlow(size);
    if (this.#room !== room || at > 0) room.copy(this.#room, 0, at, this.#held);
    this.#held -= at;
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.close();
    deliver(() => this.#listener.ended());
  }
}
