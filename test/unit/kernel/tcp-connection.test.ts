/** Bare TCP connections, against Node's own servers on loopback. */
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { TcpConnection, type TcpConnectionListener } from '../../../src/kernel/tcp-connection.ts';
import { closedPort, listen, type RunningServer } from '../check/probes/servers.ts';

let server: RunningServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Story {
  readonly events: string[];
  readonly octets: Buffer;
}

/** Connects, sends, and tells what happened until the peer closed or it failed. */
function play(port: number, send: readonly Uint8Array[] = [], source?: string): Promise<Story> {
  return new Promise((resolve) => {
    const events: string[] = [];
    const pieces: Buffer[] = [];
    const end = () => {
      connection.close();
      resolve({ events, octets: Buffer.concat(pieces) });
    };
    const listener: TcpConnectionListener = {
      connected() {
        events.push('connected');
        for (const octets of send) connection.send(octets);
      },
      received: (octets) => pieces.push(Buffer.from(octets)),
      ended() {
        events.push('ended');
        end();
      },
      failed(error) {
        events.push(error.code);
        end();
      },
    };
    const connection = new TcpConnection({ family: 'inet', destination: '127.0.0.1', port, source }, listener);
  });
}

/** Ends every connection with what it received. */
const echo = () =>
  listen(
    net.createServer({ allowHalfOpen: true }, (socket) => {
      const pieces: Buffer[] = [];
      socket.on('data', (piece: Buffer) => {
        pieces.push(piece);
        if (piece.at(-1) === 0) socket.end(Buffer.concat(pieces));
      });
    }),
  );

describe('a TCP connection', () => {
  it('sends and receives more than any buffer of the kernel holds', async () => {
    server = await echo();
    const octets = Buffer.alloc(20_000_000, 'keepalived ');
    const { events, octets: answer } = await play(server.port, [octets, Buffer.from('and more\0')]);
    expect(events).toEqual(['connected', 'ended']);
    expect(answer.equals(Buffer.concat([octets, Buffer.from('and more\0')]))).toBe(true);
  });

  it('keeps its own copy of what the kernel does not take at once', async () => {
    server = await echo();
    const octets = Buffer.alloc(20_000_000, 1);
    octets[octets.length - 1] = 0;
    const wanted = Buffer.from(octets);
    const story = play(server.port, [octets]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    octets.fill(9);
    const { octets: answer } = await story;
    expect(answer.equals(wanted)).toBe(true);
  });

  it('comes up and ends with a server that closes at once', async () => {
    server = await listen(net.createServer((socket) => socket.end()));
    expect((await play(server.port)).events).toEqual(['connected', 'ended']);
    await server.close();
    server = await listen(net.createServer((socket) => socket.end('last words')));
    expect(await play(server.port)).toEqual({ events: ['connected', 'ended'], octets: Buffer.from('last words') });
  });

  it('fails when it is refused or reset', async () => {
    expect((await play(await closedPort())).events).toEqual(['ECONNREFUSED']);
    server = await listen(
      net.createServer((socket) => {
        socket.once('data', () => socket.resetAndDestroy());
      }),
    );
    expect((await play(server.port, [Buffer.from('a')])).events).toEqual(['connected', 'ECONNRESET']);
  });

  it('cannot be made from an address that is not here', () => {
    const listener: TcpConnectionListener = { connected() {}, received() {}, ended() {}, failed() {} };
    const options = { family: 'inet', destination: '127.0.0.1', port: 1, source: '192.0.2.1' } as const;
    expect(() => new TcpConnection(options, listener)).toThrow(/EADDRNOTAVAIL/);
  });

  it('calls nobody after close()', async () => {
    server = await listen(net.createServer((socket) => socket.end('late')));
    const called: string[] = [];
    const note = (what: string) => () => {
      called.push(what);
    };
    const listener: TcpConnectionListener = {
      connected: note('connected'),
      received: note('received'),
      ended: note('ended'),
      failed: note('failed'),
    };
    new TcpConnection({ family: 'inet', destination: '127.0.0.1', port: server.port }, listener).close();
    const refused = { family: 'inet', destination: '127.0.0.1', port: await closedPort() } as const;
    new TcpConnection(refused, listener).close();
    // Another connection has come and gone: what was to be told of the first would have been.
    await play(server.port);
    expect(called).toEqual([]);
  });
});
