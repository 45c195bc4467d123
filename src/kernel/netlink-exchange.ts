/**
 * Requests and their acknowledgements over one channel: many requests to a system call, one batch outstanding at a
 * time. The kernel works on a batch inside sendmsg, so its acknowledgements are there when that returns; a batch is
 * small enough for them to fit into any receive buffer.
 */
import { NLMSG, NLMSG_HEADER_LENGTH, NLM_F } from '../core/netlink/constants.ts';
import { netlinkAlign } from '../core/netlink/message.ts';
import { DaemonError } from '../core/errors.ts';
import { ERRNO } from './addon.ts';
import { SystemError } from './errors.ts';
import { NetlinkChannel } from './netlink-channel.ts';
import type { ChannelOptions, KernelMessage } from './netlink-channel.ts';
import { readAcknowledgement } from './netlink-acknowledgement.ts';
import type { Acknowledgement } from './netlink-acknowledgement.ts';

const LITTLE_ENDIAN = true;
/** Beyond this many requests to a call nothing is gained, and the loop would be kept from its timers. */
const mostRequests = 128;
const mostOctets = 65_536;
/** Up to here a batch has memory of its own: most processes never have a longer one. */
const fewOctets = 4096;
/** Datagrams taken right after sending: an acknowledgement for each request, and some data. */
const mostAnswers = 4 * mostRequests;

/** What came back for one request. */
export interface Answer {
  /** Whole messages, header included. */
  readonly messages: Uint8Array[];
  acknowledgement?: Acknowledgement;
}

interface Transaction {
  readonly requests: readonly Uint8Array[];
  /** What was answered; nothing for the most part. */
  readonly answers: Map<number, Answer>;
  readonly resolve: (answers: ReadonlyMap<number, Answer>) => void;
  readonly reject: (error: Error) => void;
  /** First request that was not sent yet. */
  next: number;
}

/** Requests `from` .. `to` (exclusive) of a transaction are with the kernel, under sequence numbers from `sequence` on. */
interface Batch {
  readonly transaction: Transaction;
  readonly from: number;
  readonly to: number;
  readonly sequence: number;
}

interface Memory {
  readonly octets: Uint8Array;
  readonly view: DataView;
}

function memoryOf(length: number): Memory {
  const octets = new Uint8Array(length);
  return { octets, view: new DataView(octets.buffer) };
}

export class NetlinkExchange {
  readonly #channel: NetlinkChannel;
  readonly #timeout: number;
  readonly #queue: Transaction[] = [];
  #batch: Batch | undefined;
  #memory: Memory | undefined;
  #sequence = 1;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #closed = false;

  /** @param timeout milliseconds without any answer after which a transaction is given up; @throws SystemError */
  constructor(options: ChannelOptions, timeout: number) {
    this.#timeout = timeout;
    this.#channel = new NetlinkChannel(options, {
      message: (message) => this.#received(message),
      overrun: () => this.#abandon(new SystemError('recvmsg', ERRNO.ENOBUFS, 'netlink acknowledgements were lost')),
      failed: (errno) => this.#abandon(new SystemError('recvmsg', errno, 'netlink acknowledgements')),
    });
  }

  /**
   * Sends the requests in order, the first batch before returning unless another transaction is still in progress.
   * @returns what came back, by the number of the request; of those that are not in it there was no word but that all went
   * well
   */
  exchange(requests: readonly Uint8Array[]): Promise<ReadonlyMap<number, Answer>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(closedError());
      } else if (requests.length === 0) {
        resolve(new Map());
      } else {
        this.#queue.push({ requests, answers: new Map(), resolve, reject, next: 0 });
        if (this.#queue.length === 1) this.#sendBatch();
      }
    });
  }

  #sendBatch(): void {
    const transaction = this.#queue[0];
    if (transaction === undefined || this.#batch !== undefined) return;
    const batch = this.#nextBatch(transaction);
    const octets = this.#pack(batch);
    transaction.next = batch.to;
    this.#batch = batch;
    const errno = this.#channel.send(octets);
    if (errno !== 0) {
      this.#abandon(new SystemError('sendmsg', errno, 'netlink request'));
      return;
    }
    this.#channel.receive(mostAnswers);
    if (this.#batch === batch) this.#restartTimer();
  }

  #nextBatch(transaction: Transaction): Batch {
    const from = transaction.next;
    let octets = 0;
    let to = from;
    while (to < transaction.requests.length && to - from < mostRequests) {
      const length = netlinkAlign(transaction.requests[to]?.length ?? 0);
      if (to > from && octets + length > mostOctets) break;
      octets += length;
      to++;
    }
    const sequence = this.#sequence;
    this.#sequence += to - from;
    // Zero is for notifications; the numbers wrap long before a double loses any.
    if (this.#sequence > 0x7fff_ffff) this.#sequence = 1;
    return { transaction, from, to, sequence };
  }

  #pack({ transaction, from, to, sequence }: Batch): Uint8Array {
    let length = 0;
    for (let index = from; index < to; index++) length += netlinkAlign(transaction.requests[index]?.length ?? 0);
    const isMany = length > fewOctets && length <= mostOctets;
    const { octets, view } = isMany ? this.#packed() : memoryOf(length);
    let offset = 0;
    for (let index = from; index < to; index++) {
      const request = transaction.requests[index];
      if (request === undefined) continue;
      octets.set(request, offset);
      // The kernel works through a batch in order and answers every refusal, asked or not: the acknowledgement of the last
      // request says that all before it without an answer were carried out.
      const flags = index === to - 1 ? NLM_F.REQUEST | NLM_F.ACK : NLM_F.REQUEST;
      putHeader(view, offset, request.length, flags, sequence + index - from);
      offset += netlinkAlign(request.length);
    }
    return octets.subarray(0, length);
  }

  /** The kernel has taken a batch when send() returns: the next one has the same memory. */
  #packed(): Memory {
    return (this.#memory ??= memoryOf(mostOctets));
  }

  #received(message: KernelMessage): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    const position = message.sequence - batch.sequence;
    // A late answer to something that was given up, or a notification: not ours.
    if (position < 0 || position >= batch.to - batch.from) return;
    const { answers } = batch.transaction;
    const answer = answers.get(batch.from + position) ?? { messages: [] };
    answers.set(batch.from + position, answer);
    if (message.type === NLMSG.ERROR) {
      answer.acknowledgement = readAcknowledgement(message.bytes, message.flags);
      if (position === batch.to - batch.from - 1) this.#batchDone(batch);
    } else if (message.type !== NLMSG.DONE && message.type !== NLMSG.NOOP) {
      answer.messages.push(message.bytes);
    }
    if (this.#timer !== undefined) this.#restartTimer();
  }

  #batchDone(batch: Batch): void {
    this.#stopTimer();
    this.#batch = undefined;
    const { transaction } = batch;
    if (transaction.next === transaction.requests.length) {
      this.#queue.shift();
      transaction.resolve(transaction.answers);
    }
    this.#sendNextTurn();
  }

  /** The next batch goes out in the next turn of the event loop: a thousand addresses must not hold up an advertisement. */
  #sendNextTurn(): void {
    if (this.#queue.length === 0 || this.#turn !== undefined) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      this.#sendBatch();
    });
  }

  #abandon(error: Error): void {
    this.#stopTimer();
    if (this.#batch === undefined) return;
    const { transaction } = this.#batch;
    this.#batch = undefined;
    this.#queue.splice(this.#queue.indexOf(transaction), 1);
    transaction.reject(error);
    this.#sendNextTurn();
  }

  #restartTimer(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#abandon(
        new DaemonError('NETLINK_TIMEOUT', `the kernel did not answer a netlink request within ${this.#timeout} ms`),
      );
    }, this.#timeout);
    this.#timer.refresh();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopTimer();
    clearImmediate(this.#turn);
    this.#channel.close();
    this.#batch = undefined;
    for (const transaction of this.#queue.splice(0)) transaction.reject(closedError());
  }
}

/** Writes length, flags (added to those there are, but for NLM_F_ACK, which is the exchange's to ask for) and sequence number of the message at `offset`. */
export function writeHeader(octets: Uint8Array, offset: number, length: number, flags: number, sequence: number): void {
  const view = new DataView(octets.buffer, octets.byteOffset + offset, NLMSG_HEADER_LENGTH);
  putHeader(view, 0, length, flags, sequence);
}

function putHeader(view: DataView, at: number, length: number, flags: number, sequence: number): void {
  view.setUint32(at, length, LITTLE_ENDIAN);
  view.setUint16(at + 6, (view.getUint16(at + 6, LITTLE_ENDIAN) & ~NLM_F.ACK) | flags, LITTLE_ENDIAN);
  view.setUint32(at + 8, sequence, LITTLE_ENDIAN);
}

export function closedError(): DaemonError {
  return new DaemonError('NETLINK_CLOSED', 'the netlink socket was closed before the kernel answered');
}
