/**
 * The control socket of the parent: a unix stream socket, one JSON object a line in both directions (docs/control.md).
 * It never reaches a protocol loop: requests are answered by the parent, which asks its children by message.
 */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import path from 'node:path';
import type { Log } from '../log/log.ts';
import type { BanAnswer, BanCommand } from './limits/messages.ts';
import { makeDirectory } from './make-directory.ts';
import type { ReloadOutcome } from './parent.ts';

export const controlProtocolVersion = 1;
/** Longest request line in octets; more is a client gone wrong. */
const longestRequest = 4096;
const mostClients = 16;
/** In seconds; nft and ipset count in milliseconds of 32 bits. */
const longestBan = 2_147_483;
/** A client that says nothing for this long is let go, in milliseconds. */
const idleTimeout = 60_000;

/** What can be asked. */
export interface ControlHandler {
  status(): Promise<unknown>;
  reload(): Promise<ReloadOutcome>;
  bans(command: BanCommand): Promise<BanAnswer>;
}

interface Request {
  readonly version?: unknown;
  readonly command?: unknown;
  /** Of `bans`. */
  readonly action?: unknown;
  readonly client?: unknown;
  readonly limit?: unknown;
  readonly time?: unknown;
}

/** What a request of `bans` asks for; or what is wrong with it. */
function banCommand({ action = 'list', client, limit, time }: Request): BanCommand | string {
  if (limit !== undefined && typeof limit !== 'string') return 'limit is the name of a connection_limit';
  const named = limit === undefined ? {} : { limit };
  if (action === 'list') return { action, ...named };
  if (action !== 'add' && action !== 'remove') return 'action is list, add or remove';
  if (typeof client !== 'string') return 'client is an address or a prefix';
  if (action === 'remove') return { action, client, ...named };
  if (time !== undefined && (typeof time !== 'number' || !(time >= 0 && time <= longestBan))) return 'time is seconds';
  return { action, client, ...named, ...(time !== undefined && { time: time * 1000 }) };
}

export class ControlSocket {
  readonly #server: Server;
  readonly #path: string;
  readonly #clients = new Set<Socket>();

  private constructor(server: Server, socketPath: string) {
    this.#server = server;
    this.#path = socketPath;
  }

  /** Listens at `socketPath`, readable and writable by root alone. Trouble is logged: the daemon works without. */
  static async open(socketPath: string, handler: ControlHandler, log: Log): Promise<ControlSocket | undefined> {
    try {
      makeDirectory(path.dirname(socketPath), 0o755);
      if (await isAlive(socketPath)) {
        log.warning(`control socket ${socketPath} belongs to another daemon: this one has none`);
        return undefined;
      }
      removeSocket(socketPath);
      const server = createServer();
      const control = new ControlSocket(server, socketPath);
      server.maxConnections = mostClients;
      server.on('connection', (socket) => control.#serve(socket, handler));
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        // The umask of the moment decides who may connect before chmod could.
        const mask = process.umask(0o177);
        server.listen(socketPath, () => resolve());
        process.umask(mask);
      });
      chmodSync(socketPath, 0o600);
      server.on('error', (error) => log.warning(`control socket: ${error.message}`));
      server.unref();
      return control;
    } catch (error) {
      log.warning(`no control socket at ${socketPath}: ${(error as Error).message}`);
      return undefined;
    }
  }

  close(): void {
    for (const client of this.#clients) client.destroy();
    this.#server.close();
    removeSocket(this.#path);
  }

  #serve(socket: Socket, handler: ControlHandler): void {
    this.#clients.add(socket);
    let pending = '';
    let busy: Promise<void> = Promise.resolve();
    socket.setEncoding('utf8');
    socket.setTimeout(idleTimeout, () => socket.destroy());
    socket.on('close', () => this.#clients.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (text: string) => {
      pending += text;
      const lines = pending.split('\n');
      pending = lines.pop() ?? '';
      if (pending.length > longestRequest) {
        socket.destroy();
        return;
      }
      for (const line of lines) {
        busy = busy.then(async () => {
          const answer =
            line.length > longestRequest ? refusal('the request is too long') : await answerTo(line, handler);
          if (!socket.destroyed) socket.write(`${JSON.stringify({ version: controlProtocolVersion, ...answer })}\n`);
        });
      }
    });
  }
}

type Answer = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: string };

function refusal(error: string): Answer {
  return { ok: false, error };
}

async function answerTo(line: string, handler: ControlHandler): Promise<Answer> {
  let request: Request;
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== 'object' || parsed === null) return refusal('a request is a JSON object');
    request = parsed;
  } catch {
    return refusal('a request is one JSON object on one line');
  }
  if (request.version !== controlProtocolVersion)
    return refusal(`this daemon speaks version ${controlProtocolVersion}`);
  try {
    switch (request.command) {
      case 'status':
        return { ok: true, result: await handler.status() };
      case 'reload':
        return { ok: true, result: await handler.reload() };
      case 'bans': {
        const command = banCommand(request);
        return typeof command === 'string' ? refusal(command) : await handler.bans(command);
      }
      default:
        return refusal('unknown command; known: status, reload, bans');
    }
  } catch (error) {
    return refusal((error as Error).message);
  }
}

/** True if somebody answers at this socket. */
function isAlive(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Removes a socket left over; anything else in its place stays, and listening then fails with a message. */
function removeSocket(socketPath: string): void {
  try {
    if (lstatSync(socketPath).isSocket()) unlinkSync(socketPath);
  } catch {
    // Nothing there.
  }
}
