/**
 * The control socket of the parent: a unix stream socket, one JSON object a line in both directions (docs/control.md).
 * It never reaches a protocol loop: requests are answered by the parent, which asks its children by message.
 */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import path from 'node:path';
import type { Log } from '../log/log.ts';
import { makeDirectory } from '../process/make-directory.ts';
import { ClientConnection } from './client-connection.ts';
import type { ControlPorts } from './ports.ts';
import { answerTo } from './registry.ts';

const mostClients = 32;

export class ControlSocket {
  readonly #server: Server;
  readonly #path: string;
  readonly #clients = new Set<ClientConnection>();

  private constructor(server: Server, socketPath: string) {
    this.#server = server;
    this.#path = socketPath;
  }

  /** Listens at `socketPath`, readable and writable by root alone. Trouble is logged: the daemon works without. */
  static async open(socketPath: string, ports: ControlPorts, log: Log): Promise<ControlSocket | undefined> {
    try {
      makeDirectory(path.dirname(socketPath), 0o755);
      if (await isAlive(socketPath)) {
        log.warning(`control socket ${socketPath} belongs to another daemon: this one has none`);
        return undefined;
      }
      removeSocket(socketPath);
      const server = createServer({ allowHalfOpen: true });
      const control = new ControlSocket(server, socketPath);
      server.maxConnections = mostClients;
      server.on('connection', (socket) => control.#serve(socket, ports));
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
    for (const client of this.#clients) client.close();
    this.#server.close();
    removeSocket(this.#path);
  }

  #serve(socket: Socket, ports: ControlPorts): void {
    const client = new ClientConnection(socket, (line, caller) => answerTo(line, ports, caller, 'change'));
    this.#clients.add(client);
    socket.on('close', () => this.#clients.delete(client));
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
