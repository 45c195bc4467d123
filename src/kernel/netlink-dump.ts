/** Reads whole tables over one channel, one after the other; a table that changed under the reading is read again. */
import { NLMSG, NLM_F } from '../core/netlink/constants.ts';
import { DaemonError } from '../core/errors.ts';
import { SystemError } from './errors.ts';
import { readAcknowledgement, readDone } from './netlink-acknowledgement.ts';
import { NetlinkChannel } from './netlink-channel.ts';
import type { ChannelOptions, KernelMessage } from './netlink-channel.ts';
import { closedError, writeHeader } from './netlink-exchange.ts';

/** A table that changes during so many readings in a row is changing all the time. */
const mostAttempts = 10;

export interface DumperOptions extends ChannelOptions {
  /** NETLINK_GET_STRICT_CHK */
  readonly strict: boolean;
}

interface Dump {
  readonly request: Uint8Array;
  readonly resolve: (messages: readonly Uint8Array[]) => void;
  readonly reject: (error: Error) => void;
  messages: Uint8Array[];
  interrupted: boolean;
  attempts: number;
}

export class NetlinkDumper {
  readonly #options: DumperOptions;
  #channel: NetlinkChannel;
  readonly #timeout: number;
  readonly #queue: Dump[] = [];
  #sequence = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param timeout milliseconds without any answer after which a dump is given up; @throws SystemError */
  constructor(options: DumperOptions, timeout: number) {
    this.#options = options;
    this.#timeout = timeout;
    this.#channel = this.#openChannel();
  }

  #openChannel(): NetlinkChannel {
    const channel = new NetlinkChannel(this.#options, {
      message: (message) => this.#received(message),
      overrun: () => {
        this.#abort();
        this.#again('messages were lost');
      },
      failed: (errno) => {
        this.#abort();
        this.#finish(new SystemError('recvmsg', errno, 'netlink dump'));
      },
    });
    if (this.#options.strict) channel.checkStrictly();
    return channel;
  }

  /** A dump that was not read to its end still runs in the kernel, which refuses another one on that descriptor. */
  #abort(): void {
    this.#channel.close();
    this.#channel = this.#openChannel();
  }

  dump(request: Uint8Array): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(closedError());
        return;
      }
      this.#queue.push({ request: request.slice(), resolve, reject, messages: [], interrupted: false, attempts: 0 });
      if (this.#queue.length === 1) this.#start();
    });
  }

  #start(): void {
    const dump = this.#queue[0];
    if (dump === undefined) return;
    dump.attempts++;
    dump.messages = [];
    dump.interrupted = false;
    // A new number each time: what is left of an abandoned dump is then recognised and passed over.
    this.#sequence = (this.#sequence % 0x7fff_ffff) + 1;
    writeHeader(dump.request, 0, dump.request.length, NLM_F.REQUEST | NLM_F.DUMP, this.#sequence);
    const errno = this.#channel.send(dump.request);
    if (errno !== 0) this.#finish(new SystemError('sendmsg', errno, 'netlink dump'));
    else this.#restartTimer();
  }

  #received(message: KernelMessage): void {
    const dump = this.#queue[0];
    if (dump === undefined || message.sequence !== this.#sequence) return;
    if ((message.flags & NLM_F.DUMP_INTR) !== 0) dump.interrupted = true;
    if (message.type === NLMSG.ERROR || message.type === NLMSG.DONE) {
      const read = message.type === NLMSG.DONE ? readDone : readAcknowledgement;
      const { errno, message: words } = read(message.bytes, message.flags);
      if (errno !== 0) this.#finish(new SystemError('netlink dump', errno, undefined, words));
      else if (dump.interrupted) this.#again('the table changed while it was read');
      else this.#finish();
    } else if (message.type !== NLMSG.NOOP) {
      dump.messages.push(message.bytes);
      this.#restartTimer();
    }
  }

  #again(why: string): void {
    const dump = this.#queue[0];
    if (dump === undefined) return;
    if (dump.attempts < mostAttempts) this.#start();
    else
      this.#finish(
        new DaemonError('NETLINK_DUMP_INCONSISTENT', `${why}, ${dump.attempts} times in a row; try again later`),
      );
  }

  #finish(error?: Error): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const dump = this.#queue.shift();
    if (dump === undefined) return;
    if (error === undefined) dump.resolve(dump.messages);
    else dump.reject(error);
    this.#start();
  }

  #restartTimer(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#abort();
      this.#finish(
        new DaemonError('NETLINK_TIMEOUT', `the kernel did not continue a netlink dump within ${this.#timeout} ms`),
      );
    }, this.#timeout);
    this.#timer.refresh();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#channel.close();
    clearTimeout(this.#timer);
    for (const dump of this.#queue.splice(0)) dump.reject(closedError());
  }
}
