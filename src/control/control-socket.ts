/**
 * The control socket of the parent: a unix stream socket, one JSON object a line in both directions (docs/control.md).
 * It never reaches a protocol loop: requests are answered by the parent, which asks its children by message.
 */
import { lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ControlSocketConfiguration } from '../config/model.ts';
import type { Log } from '../log/log.ts';
import { makeDirectory } from '../process/make-directory.ts';
import { ClientConnection } from './client-connection.ts';
import type { ControlPorts } from './ports.ts';
import { answerTo } from './registry.ts';
import { accessOf, giveRights, peerUser, rootAlone, socketRights } from './socket-access.ts';
import type { SocketRights } from './socket-access.ts';

const mostClients = 32;

export class ControlSocket {
  readonly #server: Server;
  readonly #path: string;
  readonly #log: Log;
  readonly #clients = new Set<ClientConnection>();
  #rights = rootAlone;
  /** Those of the file; undefined: not known. */
  #given: SocketRights | undefined;

  private constructor(server: Server, socketPath: string, log: Log) {
    this.#server = server;
    this.#path = socketPath;
    this.#log = log;
  }

  /** Listens at `socketPath` for those whom the configuration lets in. Trouble is logged: the daemon works without. */
  static async open(
    socketPath: string,
    configuration: ControlSocketConfiguration,
    ports: ControlPorts,
    log: Log,
  ): Promise<ControlSocket | undefined> {
    try {
      makeDirectory(path.dirname(socketPath), 0o755);
      if (await isAlive(socketPath)) {
        log.warning(`control socket ${socketPath} belongs to another daemon: this one has none`);
        return undefined;
      }
      removeSocket(socketPath);
      const server = createServer({ allowHalfOpen: true });
      const control = new ControlSocket(server, socketPath, log);
      server.maxConnections = mostClients;
      server.on('connection', (socket) => control.#serve(socket, ports));
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        // The umask of the moment decides who may connect before chmod could.
        const mask = process.umask(0o177);
        server.listen(socketPath, () => resolve());
        process.umask(mask);
      });
      await control.follow(configuration);
      server.on('error', (error) => log.warning(`control socket: ${error.message}`));
      server.unref();
      return control;
    } catch (error) {
      log.warning(`no control socket at ${socketPath}: ${(error as Error).message}`);
      return undefined;
    }
  }

  /**
   * Lets in whom another configuration names; never fails, a reload does not depend on it. What clients that are there may
   * do is asked with each request.
   */
  async follow(configuration: ControlSocketConfiguration): Promise<void> {
    let rights = rootAlone;
    try {
      rights = await socketRights(configuration);
    } catch (error) {
      this.#log.warning((error as Error).message);
    }
    if (isDeepStrictEqual(rights, this.#given)) {
      this.#rights = rights;
      return;
    }
    // Nobody may do more, by the rights that are, with the file of those that come.
    this.#rights = rootAlone;
    this.#given = undefined;
    try {
      giveRights(this.#path, rights);
      this.#given = rights;
      this.#rights = rights;
    } catch (error) {
      this.#log.warning(`control socket ${this.#path} keeps the rights it has: ${(error as Error).message}`);
    }
  }

  close(): void {
    for (const client of this.#clients) client.close();
    this.#server.close();
    removeSocket(this.#path);
  }

  #serve(socket: Socket, ports: ControlPorts): void {
    const user = peerUser(socket);
    const client = new ClientConnection(socket, (line, caller) =>
      answerTo(line, ports, user === undefined ? caller : { ...caller, user }, accessOf(user, this.#rights)),
    );
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
