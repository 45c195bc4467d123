/**
 * The HTTP server: GET and HEAD of exact paths, nothing else. Nothing is read from disk, so there is nothing to climb out
 * of; a request has no body; and whoever is slow, loud or many is let go before it costs anything.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { now } from '../kernel/clock.ts';
import type { WebReply, WebRequest, WebRoute, WebStream } from './feature.ts';
import { RequestRate } from './request-rate.ts';
import { readTarget } from './target.ts';

/** Times in milliseconds. */
export interface FrontLimits {
  readonly headerOctets: number;
  /** From the first octet of a request to the end of its headers. */
  readonly headerTime: number;
  /** A connection without a request. */
  readonly idleTime: number;
  /** A client that takes nothing of its answer. */
  readonly stallTime: number;
  readonly connections: number;
  readonly connectionsOfClient: number;
  readonly requestsPerSecond: number;
  readonly requestBurst: number;
}

export const defaultLimits: FrontLimits = {
  headerOctets: 8_192,
  headerTime: 5_000,
  // Longer than the usual interval of a scrape.
  idleTime: 65_000,
  stallTime: 30_000,
  connections: 128,
  connectionsOfClient: 32,
  requestsPerSecond: 20,
  requestBurst: 100,
};

const rememberedClients = 1_024;
const plainText = 'text/plain; charset=utf-8';

/** What every answer says unless its route says otherwise. */
const commonHeaders: OutgoingHttpHeaders = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

export type Routes = ReadonlyMap<string, WebRoute>;

export class HttpFront {
  readonly #limits: FrontLimits;
  readonly #complain: (message: string) => void;
  readonly #servers: Server[] = [];
  readonly #rate: RequestRate;
  readonly #connections = new Map<string, number>();

  /** @param complain gets what went wrong inside, for the log */
  constructor(complain: (message: string) => void, limits: FrontLimits = defaultLimits) {
    this.#limits = limits;
    this.#complain = complain;
    this.#rate = new RequestRate(limits.requestsPerSecond, limits.requestBurst, rememberedClients);
  }

  /**
   * Serves what comes in at a place; with `fd`, at a socket that is bound already. Routes may change later.
   * @returns the address, as Node has it
   * @throws Error of Node, if nothing can be heard there
   */
  async listen(
    place: { readonly fd: number } | { readonly host: string; readonly port: number },
    routes: Routes,
  ): Promise<ReturnType<Server['address']>> {
    const { headerOctets, headerTime, idleTime, stallTime, connections } = this.#limits;
    const server = createServer(
      {
        maxHeaderSize: headerOctets,
        headersTimeout: headerTime,
        requestTimeout: headerTime,
        keepAliveTimeout: idleTime,
        connectionsCheckingInterval: Math.min(1_000, headerTime),
        noDelay: true,
      },
      (request, response) => void this.#answer(request, response, routes),
    );
    server.timeout = stallTime + idleTime;
    server.maxConnections = connections;
    server.on('connection', (socket) => this.#count(socket));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
      refuseBrokenRequest(error.code, socket as Socket),
    );
    server.on('error', (error) => this.#complain(`HTTP: ${error.message}`));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ ...place }, () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
    this.#servers.push(server);
    return server.address();
  }

  /** Hears nobody any more; answers under way have `grace` milliseconds. */
  async close(grace: number): Promise<void> {
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    const timer = setTimeout(() => {
      for (const server of this.#servers) server.closeAllConnections();
    }, grace);
    for (const server of this.#servers) server.closeIdleConnections();
    await Promise.all(closed);
    clearTimeout(timer);
  }

  #count(socket: Socket): void {
    const client = clientOf(socket);
    const count = (this.#connections.get(client) ?? 0) + 1;
    this.#connections.set(client, count);
    socket.once('close', () => {
      const left = (this.#connections.get(client) ?? 1) - 1;
      if (left > 0) this.#connections.set(client, left);
      else this.#connections.delete(client);
    });
    // Who comes over a unix socket was let in by its permissions.
    if (client !== unixClient && count > this.#limits.connectionsOfClient) socket.destroy();
  }

  async #answer(request: IncomingMessage, response: ServerResponse, routes: Routes): Promise<void> {
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const target = readTarget(request.url ?? '');
    const { method } = request;
    const reply = new Reply(request, response, this.#limits.stallTime);
    if (!this.#rate.allows(clientOf(request.socket), now())) {
      reply.send(429, plainText, 'Too many requests\n', { 'Retry-After': '1' });
      return;
    }
    if (target === undefined) {
      reply.send(400, plainText, 'Bad request\n', { Connection: 'close' });
      return;
    }
    const route = routes.get(target.path);
    if (route === undefined) {
      reply.send(404, plainText, 'Not found\n');
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') {
      reply.send(405, plainText, 'Only GET and HEAD\n', { Allow: 'GET, HEAD', Connection: 'close' });
      return;
    }
    if (hasBody(request)) {
      reply.send(400, plainText, 'Bad request\n', { Connection: 'close' });
      return;
    }
    const webRequest: WebRequest = { method, ...target, headers: request.headers, client: clientOf(request.socket) };
    try {
      await route(webRequest, reply);
    } catch (error) {
      this.#complain(`HTTP: ${target.path}: ${(error as Error).message}`);
      if (response.headersSent) response.destroy();
      else reply.send(503, plainText, 'Not available at the moment\n', { 'Retry-After': '5' });
    }
  }
}

const unixClient = 'unix';

function clientOf(socket: Socket): string {
  return socket.remoteAddress ?? unixClient;
}

/** Nobody who asks to read has anything to send. */
function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

const brokenRequests: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

function refuseBrokenRequest(code: string | undefined, socket: Socket): void {
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = brokenRequests[code ?? ''] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

class Reply implements WebReply {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #stallTime: number;

  constructor(request: IncomingMessage, response: ServerResponse, stallTime: number) {
    this.#request = request;
    this.#response = response;
    this.#stallTime = stallTime;
  }

  send(status: number, type: string, body: string | Uint8Array, headers: OutgoingHttpHeaders = {}): void {
    const octets = typeof body === 'string' ? Buffer.from(body) : body;
    this.#head(status, type, { 'Content-Length': octets.length, ...headers });
    this.#response.end(this.#request.method === 'HEAD' ? undefined : octets);
  }

  begin(status: number, type: string, headers: OutgoingHttpHeaders = {}): WebStream {
    this.#head(status, type, headers);
    this.#response.flushHeaders();
    return new ResponseStream(this.#response);
  }

  #head(status: number, type: string, headers: OutgoingHttpHeaders): void {
    this.#request.socket.setTimeout(this.#stallTime);
    this.#response.writeHead(status, { ...commonHeaders, 'Content-Type': type, ...headers });
  }
}

class ResponseStream implements WebStream {
  readonly #response: ServerResponse;
  #drained: Promise<void> | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get closed(): boolean {
    return this.#response.destroyed || this.#response.writableEnded;
  }

  write(piece: string | Uint8Array): boolean {
    return !this.closed && this.#response.write(piece);
  }

  drained(): Promise<void> {
    if (this.closed || !this.#response.writableNeedDrain) return Promise.resolve();
    this.#drained ??= new Promise((resolve) => {
      const done = (): void => {
        this.#response.off('drain', done).off('close', done);
        this.#drained = undefined;
        resolve();
      };
      this.#response.once('drain', done).once('close', done);
    });
    return this.#drained;
  }

  end(): void {
    this.#response.end();
  }

  onClose(listener: () => void): void {
    this.#response.once('close', listener);
  }
}
