/** The same connection as kernel/tcp-connection.ts, with TLS over it. */
import net from 'node:net';
import tls from 'node:tls';
import type { Milliseconds } from '../../core/time.ts';
import type { TcpConnectionListener } from '../../kernel/tcp-connection.ts';
import { openTcpDescriptor } from '../../kernel/tcp-descriptor.ts';
import { tcpOptionsOf, type ConnectionTarget } from './connection.ts';
import type { TlsOptions } from './http-exchange.ts';
import { checkCiphers } from './tls-client.ts';

/** What becomes of the connection; nothing is called from within the constructor, nor after close(). */
export interface TlsConnectionListener extends Omit<TcpConnectionListener, 'failed'> {
  /** The handshake is over: octets may be sent. */
  secured(): void;
  failed(error: Error): void;
}

/** A server that does not take the goodbye is left after this time. */
const longestLeave: Milliseconds = 1000;

export class TlsConnection {
  readonly #options: TlsOptions;
  readonly #listener: TlsConnectionListener;
  #socket: net.Socket;
  #secured = false;
  #closed = false;

  /**
   * Starts connecting.
   * @throws SystemError if the socket cannot be made as asked for: trouble of this machine, not of the server
   */
  constructor(target: ConnectionTarget, options: TlsOptions, listener: TlsConnectionListener) {
    this.#options = options;
    this.#listener = listener;
    const socket = connectTo(target);
    this.#socket = socket;
    socket.on('error', (error) => this.#failed(error));
    socket.once('connect', () => {
      if (this.#closed) return;
      this.#listener.connected();
      this.#secure(socket);
    });
  }

  /** What is checked is the service, not its certificate: any is good. */
  #secure(socket: net.Socket): void {
    const { serverName, context } = this.#options;
    const secured = tls.connect({
      socket,
      rejectUnauthorized: false,
      ...(context === undefined ? { ciphers: checkCiphers } : { secureContext: context }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    });
    this.#socket = secured;
    secured.on('error', (error: Error) => this.#failed(error));
    secured.on('data', (octets: Buffer) => {
      if (!this.#closed) this.#listener.received(octets);
    });
    secured.once('end', () => this.#ended());
    // A server may also close without TLS' own goodbye.
    secured.once('close', () => this.#ended());
    secured.once('secureConnect', () => {
      this.#secured = true;
      if (!this.#closed) this.#listener.secured();
    });
  }

  /** Copies the octets. */
  send(octets: Uint8Array): void {
    this.#socket.write(Buffer.from(octets));
  }

  /** Safe to call twice, and from within the listener. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#options.orderly === true && this.#secured) takeLeave(this.#socket);
    else this.#socket.destroy();
  }

  #ended(): void {
    if (!this.#closed) this.#listener.ended();
  }

  #failed(error: Error): void {
    if (!this.#closed) this.#listener.failed(error);
  }
}

/**
 * A stream of Node's, over which it can speak TLS. Starts connecting; the socket emits `connect` or `error`.
 * @throws if the socket cannot be made as asked for (no such interface, no permission for a mark): trouble of this
 * machine, not of the server.
 */
function connectTo(target: ConnectionTarget): net.Socket {
  const socket = new net.Socket({ fd: openTcpDescriptor(tcpOptionsOf(target)) });
  return socket.connect({ host: target.address, port: target.port, autoSelectFamily: false });
}

/** Says goodbye and closes when that has gone out. */
function takeLeave(socket: net.Socket): void {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), longestLeave);
  socket.once('close', () => clearTimeout(timer));
  socket.end(() => socket.destroy());
}
