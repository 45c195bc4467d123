/**
 * Messages between two processes of one machine: an end of a pair of sockets that keep messages apart and in order. The
 * pair is made by a process that starts both; an end is inherited under a number that both sides know.
 */
import { ERRNO, addon } from './addon.ts';
import { Descriptor, deliver } from './descriptor.ts';
import { SystemError } from './errors.ts';
import { AF, SOCK } from './socket-constants.ts';

/** The longest message: what is received in one piece. */
export const longestMessage = 60_000;

/** Makes a pair. The descriptors are to be handed to processes, and stay open here. @throws SystemError EMFILE */
export function messageSocketPair(): readonly [one: number, other: number] {
  const pair = addon().socketpair(AF.UNIX, SOCK.SEQPACKET);
  if (typeof pair === 'number') throw new SystemError('socketpair', -pair);
  return pair;
}

export class MessageSocket {
  readonly #descriptor: Descriptor;

  /** @param number under which this process inherited its end. @throws SystemError EBADF: it did not */
  constructor(number: number) {
    this.#descriptor = new Descriptor('message socket', { inherited: number });
  }

  /**
   * Sends one message without ever waiting.
   * @returns false: the other side does not read, and its queue is full
   * @throws SystemError EMSGSIZE
   */
  send(message: Uint8Array): boolean {
    const result = addon().sendmsg(this.#descriptor.number, message);
    if (result === -ERRNO.EAGAIN || result === -ERRNO.ENOBUFS) return false;
    this.#descriptor.check(result, 'sendmsg');
    return true;
  }

  /** Throws away what was sent to a process before this one. */
  discard(): void {
    this.#descriptor.discard();
  }

  onMessage(received: (message: Uint8Array) => void): void {
    this.#descriptor.watch(() =>
      this.#descriptor.drain(
        ({ data }) => {
          // Nobody holds the other end any more; its end would be there to read for ever.
          if (data.length === 0) this.close();
          else deliver(() => received(data));
        },
        () => undefined,
      ),
    );
  }

  /** Safe to call twice. */
  close(): void {
    this.#descriptor.close();
  }
}
