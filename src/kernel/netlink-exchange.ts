/**
 * Requests and their acknowledgements over one channel: many requests to a system call, one batch outstanding at a
 * time. The kernel works on a batch inside sendmsg, so its acknowledgements are there when that returns; a batch is
 * small enough for them to fit into any receive buffer.
 */
import { NLMSG, NLMSG_HEADER_LENGTH, NLM_F } from '../core/netlink/constants.ts';
import { MessageMemory, netlinkAlign } from '../core/netlink/message.ts';
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
/** Batches of a stream in one turn of the event loop: some milliseconds. Each turn costs as much as a batch. */
const batchesOfStream = 8;
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

/** Requests that are made when they are sent, in any number. */
export interface RequestStream {
  /**
   * Puts the next requests into the memory, which is empty, behind one another.
   * @param ends takes the place behind each request; as many as it has room for are asked for at most
   * @returns how many there are; 0: that was all
   */
  fill(memory: MessageMemory, ends: Int32Array): number;
  /** What the kernel said to a request of the last batch, by its place there; of others no word comes but that all went well. */
  answered(place: number, acknowledgement: Acknowledgement): void;
}

interface Conversation {
  readonly reject: (error: Error) => void;
}

interface Transaction extends Conversation {
  readonly requests: readonly Uint8Array[];
  /** What was answered; nothing for the most part. */
  readonly answers: Map<number, Answer>;
  readonly resolve: (answers: ReadonlyMap<number, Answer>) => void;
  /** First request that was not sent yet. */
  next: number;
}

interface Streaming extends Conversation {
  readonly stream: RequestStream;
  readonly resolve: () => void;
}

/**
 * Requests that are with the kernel, under sequence numbers from `sequence` on; of a transaction those from `from` on.
 */
interface Batch {
  readonly of: Transaction | Streaming;
  readonly from: number;
  readonly count: number;
  readonly sequence: number;
  readonly octets: Uint8Array;
}

export class NetlinkExchange {
  readonly #channel: NetlinkChannel;
  readonly #timeout: number;
  readonly #queue: (Transaction | Streaming)[] = [];
  #batch: Batch | undefined;
  #memory: MessageMemory | undefined;
  readonly #ends = new Int32Array(mostRequests);
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
      if (requests.length === 0 && !this.#closed) resolve(new Map());
      else this.#enqueue({ requests, answers: new Map(), resolve, reject, next: 0 });
    });
  }

  /** Sends the requests of a stream in order, the first batches before returning unless something else is in progress. */
  stream(stream: RequestStream): Promise<void> {
    return new Promise((resolve, reject) => this.#enqueue({ stream, resolve, reject }));
  }

  #enqueue(conversation: Transaction | Streaming): void {
    if (this.#closed) {
      conversation.reject(closedError());
      return;
    }
    this.#queue.push(conversation);
    if (this.#queue.length === 1) this.#sendBatches();
  }

  #sendBatches(): void {
    const first = this.#queue[0];
    if (first === undefined) return;
    const most = 'stream' in first ? batchesOfStream : 1;
    for (let count = 0; count < most && this.#batch === undefined && this.#queue[0] === first; count++) {
      this.#sendBatch(first);
    }
    // Unanswered ones are waited for.
    if (this.#batch === undefined) this.#sendNextTurn();
  }

  #sendBatch(first: Transaction | Streaming): void {
    let batch: Batch | undefined;
    try {
      batch = 'stream' in first ? this.#batchOfStream(first) : this.#batchOf(first);
    } catch (error) {
      this.#queue.shift();
      first.reject(error as Error);
      return;
    }
    if (batch === undefined) {
      this.#queue.shift();
      if ('stream' in first) first.resolve();
      return;
    }
    this.#batch = batch;
    const errno = this.#channel.send(batch.octets);
    if (errno !== 0) {
      this.#abandon(new SystemError('sendmsg', errno, 'netlink request'));
      return;
    }
    this.#channel.receive(mostAnswers, () => this.#batch !== batch);
    if (this.#batch === batch) this.#restartTimer();
  }

  #batchOf(transaction: Transaction): Batch {
    const { requests, next: from } = transaction;
    let length = 0;
    let to = from;
    while (to < requests.length && to - from < mostRequests) {
      const more = netlinkAlign(requests[to]?.length ?? 0);
      if (to > from && length + more > mostOctets) break;
      length += more;
      to++;
    }
    transaction.next = to;
    const isMany = length > fewOctets && length <= mostOctets;
    const memory = isMany ? this.#packed() : new MessageMemory(length);
    memory.used = Math.max(memory.used, length);
    const { octets, view } = memory;
    const sequence = this.#sequenceOf(to - from);
    let offset = 0;
    for (let index = from; index < to; index++) {
      const request = requests[index];
      if (request === undefined) continue;
      octets.set(request, offset);
      putHeader(view, offset, request.length, flagsAt(index === to - 1), sequence + index - from);
      offset += netlinkAlign(request.length);
    }
    return { of: transaction, from, count: to - from, sequence, octets: octets.subarray(0, length) };
  }

  /** Undefined: that was all. */
  #batchOfStream(streaming: Streaming): Batch | undefined {
    const memory = this.#packed();
    memory.reset();
    const ends = this.#ends;
    const count = streaming.stream.fill(memory, ends);
    if (count === 0) return undefined;
    const sequence = this.#sequenceOf(count);
    let start = 0;
    for (let place = 0; place < count; place++) {
      const end = ends[place] ?? start;
      putHeader(memory.view, start, end - start, flagsAt(place === count - 1), sequence + place);
      start = end;
    }
    return { of: streaming, from: 0, count, sequence, octets: memory.octets.subarray(0, start) };
  }

  #sequenceOf(count: number): number {
    const sequence = this.#sequence;
    this.#sequence += count;
    // Zero is for notifications; the numbers wrap long before a double loses any.
    if (this.#sequence > 0x7fff_ffff) this.#sequence = 1;
    return sequence;
  }

  /** The kernel has taken a batch when send() returns: the next one has the same memory. */
  #packed(): MessageMemory {
    return (this.#memory ??= new MessageMemory(mostOctets));
  }

  #received(message: KernelMessage): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    const position = message.sequence - batch.sequence;
    // A late answer to something that was given up, or a notification: not ours.
    if (position < 0 || position >= batch.count) return;
    const isVerdict = message.type === NLMSG.ERROR;
    if ('stream' in batch.of) {
      if (isVerdict) batch.of.stream.answered(position, readAcknowledgement(message.bytes, message.flags));
    } else keepAnswer(batch.of.answers, batch.from + position, message);
    if (isVerdict && position === batch.count - 1) this.#batchDone(batch);
    if (this.#timer !== undefined) this.#restartTimer();
  }

  #batchDone({ of: conversation }: Batch): void {
    this.#stopTimer();
    this.#batch = undefined;
    if (!('stream' in conversation) && conversation.next === conversation.requests.length) {
      this.#queue.shift();
      conversation.resolve(conversation.answers);
    }
    this.#sendNextTurn();
  }

  /** The next batch goes out in the next turn of the event loop: a thousand addresses must not hold up an advertisement. */
  #sendNextTurn(): void {
    if (this.#queue.length === 0 || this.#turn !== undefined) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      this.#sendBatches();
    });
  }

  #abandon(error: Error): void {
    this.#stopTimer();
    if (this.#batch === undefined) return;
    const conversation = this.#batch.of;
    this.#batch = undefined;
    this.#queue.splice(this.#queue.indexOf(conversation), 1);
    conversation.reject(error);
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
    for (const conversation of this.#queue.splice(0)) conversation.reject(closedError());
  }
}

/**
 * The kernel works through a batch in order and answers every refusal, asked or not: the acknowledgement of the last request
 * says that all before it without an answer were carried out.
 */
function flagsAt(isLast: boolean): number {
  return isLast ? NLM_F.REQUEST | NLM_F.ACK : NLM_F.REQUEST;
}

function keepAnswer(answers: Map<number, Answer>, number: number, { bytes, flags, type }: KernelMessage): void {
  const answer = answers.get(number) ?? { messages: [] };
  answers.set(number, answer);
  if (type === NLMSG.ERROR) answer.acknowledgement = readAcknowledgement(bytes, flags);
  else if (type !== NLMSG.DONE && type !== NLMSG.NOOP) answer.messages.push(bytes);
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
