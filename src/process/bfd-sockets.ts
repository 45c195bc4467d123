/**
 * The UDP sockets of BFD: one to listen for each family and port that some session has, one to send from for each session
 * (RFC 5881 section 4: a source port of its own, from the upper range, the same for all its packets).
 */
import type { BfdPacketMeta, BfdTransport } from '../bfd/types.ts';
import { SOURCE_PORTS } from '../bfd/wire/constants.ts';
import type { MonotonicMs } from '../core/time.ts';
import { ERRNO } from '../kernel/addon.ts';
import { SystemError } from '../kernel/errors.ts';
import { TimedSend } from '../kernel/timed-send.ts';
import { UdpSocket } from '../kernel/udp-socket.ts';

/** A flood of other packets must not push out the one that keeps a session up. */
const receiveBuffer = 1 << 20;
/** Internetwork control (RFC 4594 section 3.1), as advertisements of VRRP have it. */
const trafficClass = 0xc0;
const portsTried = 1000;

export interface BfdSocketListener {
  packet(octets: Uint8Array, meta: BfdPacketMeta, at: MonotonicMs): void;
  /** Something could not be opened or sent; said once for each place until it works again. */
  trouble(message: string): void;
}

interface Sender {
  readonly transport: BfdTransport;
  readonly socket: UdpSocket;
  readonly target: Uint8Array;
}

function listenerKey({ family, port }: BfdTransport): string {
  return `${family} ${port}`;
}

function sameWay(a: BfdTransport, b: BfdTransport): boolean {
  return a.neighbor === b.neighbor && a.source === b.source && a.port === b.port;
}

export class BfdSockets {
  readonly #listener: BfdSocketListener;
  readonly #listening = new Map<string, UdpSocket>();
  readonly #senders = new Map<string, Sender>();
  #transports = new Map<string, BfdTransport>();
  readonly #ahead = new Map<string, TimedSend>();
  readonly #troubled = new Set<string>();

  constructor(listener: BfdSocketListener) {
    this.#listener = listener;
  }

  /** Makes the sockets those of `transports`; what can stay stays. */
  reconcile(transports: readonly BfdTransport[]): void {
    this.#transports = new Map(transports.map((transport) => [transport.session, transport]));
    for (const [session, sender] of this.#senders) {
      const wanted = this.#transports.get(session);
      if (wanted !== undefined && sameWay(sender.transport, wanted)) {
        sender.socket.setTtl(wanted.ttl);
        continue;
      }
      sender.socket.close();
      this.#senders.delete(session);
    }
    const listening = new Map(transports.map((transport) => [listenerKey(transport), transport]));
    for (const [key, socket] of this.#listening) {
      if (listening.has(key)) continue;
      socket.close();
      this.#listening.delete(key);
    }
    for (const [key, transport] of listening) if (!this.#listening.has(key)) this.#listen(key, transport);
  }

  /** Sends a packet of a session. A refusal by the kernel is reported once and is no error: the next one may pass. */
  send(session: string, packet: Uint8Array): void {
    try {
      const sender = this.#senders.get(session) ?? this.#open(session);
      if (sender === undefined) return;
      sender.socket.send(packet, sender.target);
      this.#troubled.delete(session);
    } catch (error) {
      this.#refused(session, error as Error);
    }
  }

  /** Lets a packet go by itself at its moment. What cannot is sent when its time has come. */
  sendAhead(session: string, packet: Uint8Array, at: MonotonicMs, until: MonotonicMs): void {
    const sender = this.#senders.get(session);
    if (sender === undefined) return;
    try {
      const datagram = sender.socket.datagram(packet, sender.target);
      this.#ahead.set(session, new TimedSend(datagram, at, until, this.#ahead.size + 1));
    } catch {
      // It is tried again at its time, and then it is told why not.
    }
  }

  /** BfdEnvironment.wentAhead. What the kernel refused has not gone: who sends it again tells why. */
  readonly wentAhead = (session: string): MonotonicMs | undefined => {
    const wentAt = this.#ahead.get(session)?.take();
    this.#ahead.delete(session);
    if (wentAt !== undefined) this.#troubled.delete(session);
    return wentAt;
  };

  #refused(session: string, error: Error): void {
    if (this.#troubled.has(session)) return;
    this.#troubled.add(session);
    this.#listener.trouble(`(${session}) BFD packet not sent: ${error.message}`);
  }

  /** Descriptor and state of a session's socket, for dumps. */
  senderOf(session: string): { readonly descriptor?: number; readonly troubled: boolean } {
    const descriptor = this.#senders.get(session)?.socket.descriptor;
    return { troubled: this.#troubled.has(session), ...(descriptor !== undefined && { descriptor }) };
  }

  /** Descriptors that packets come in by. */
  get listeningDescriptors(): readonly number[] {
    return [...this.#listening.values()].map((socket) => socket.descriptor);
  }

  close(): void {
    for (const { socket } of this.#senders.values()) socket.close();
    for (const socket of this.#listening.values()) socket.close();
    this.#senders.clear();
    this.#listening.clear();
  }

  #listen(key: string, { family, port }: BfdTransport): void {
    try {
      const socket = new UdpSocket({ family, port, receive: true });
      this.#listening.set(key, socket);
      socket.setReceiveBuffer(receiveBuffer);
      socket.onDatagram((octets, { receivedAt, source, ttl }) =>
        this.#listener.packet(octets, { family, source, port, ttl }, receivedAt),
      );
      this.#troubled.delete(key);
    } catch (error) {
      // Another daemon's, or no IPv6: tried again at the next reload.
      if (this.#troubled.has(key)) return;
      this.#troubled.add(key);
      this.#listener.trouble(
        `no BFD packets can come in at UDP port ${port} (${family === 'inet' ? 'IPv4' : 'IPv6'}): ${(error as Error).message}; sessions of it stay down`,
      );
    }
  }

  /** Opened with the first packet, and tried again with each: the address may come later. */
  #open(session: string): Sender | undefined {
    const transport = this.#transports.get(session);
    if (transport === undefined) return undefined;
    const { family, neighbor, port, source, ttl } = transport;
    const range = SOURCE_PORTS.last - SOURCE_PORTS.first + 1;
    const first = Math.floor(Math.random() * range);
    for (let tried = 0; ; tried++) {
      const sourcePort = SOURCE_PORTS.first + ((first + tried) % range);
      try {
        const socket = new UdpSocket({
          family,
          port: sourcePort,
          receive: false,
          ttl,
          trafficClass,
          ...(source !== undefined && { address: source }),
        });
        const sender = { transport, socket, target: socket.target(neighbor, port) };
        this.#senders.set(session, sender);
        return sender;
      } catch (error) {
        const isTaken = error instanceof SystemError && error.errno === ERRNO.EADDRINUSE;
        if (!isTaken || tried >= portsTried) throw error;
      }
    }
  }
}
