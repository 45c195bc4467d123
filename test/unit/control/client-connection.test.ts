import { createServer } from 'node:net';
import { connect } from 'node:net';
import type { Server, Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, Unreachable } from '../../../src/cli/control/client.ts';
import { ClientConnection } from '../../../src/control/client-connection.ts';
import type { Respond } from '../../../src/control/client-connection.ts';
import { done } from '../../../src/control/protocol.ts';

let folder: string;
let socketPath: string;
let server: Server;
const clients: Socket[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'client-'));
  socketPath = path.join(folder, 'control.sock');
});
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function serve(respond: Respond): Promise<void> {
  server = createServer({ allowHalfOpen: true }, (socket) => void new ClientConnection(socket, respond));
  return new Promise((resolve) => server.listen(socketPath, resolve));
}

function client(): Socket {
  const socket = connect(socketPath);
  socket.on('error', () => undefined);
  clients.push(socket);
  return socket;
}

function everything(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  return new Promise((resolve) => socket.on('close', () => resolve(text)));
}

describe('a client of the control socket', () => {
  it('has its answers, in their order, when it says no more', async () => {
    await serve((line) => Promise.resolve(done(line)));
    const socket = client();
    socket.end('a\nb\n');
    expect(await everything(socket)).toBe(
      '{"version":1,"ok":true,"result":"a"}\n{"version":1,"ok":true,"result":"b"}\n',
    );
  });

  it('gets parts before the answer', async () => {
    await serve((line, caller) => {
      for (let number = 1; number <= 3; number++) caller.part({ number });
      return Promise.resolve(done(`${(JSON.parse(line) as { command: string }).command} is over`));
    });
    const parts: unknown[] = [];
    const answer = await ask(socketPath, { command: 'count' }, { part: (part) => parts.push(part) });
    expect(parts).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }]);
    expect(answer).toEqual({ version: 1, ok: true, result: 'count is over' });
  });

  it('is noticed when it leaves a command that goes on', async () => {
    const left = Promise.withResolvers<void>();
    await serve((_line, caller) => {
      caller.part('first');
      return new Promise((resolve) =>
        caller.gone.addEventListener('abort', () => {
          left.resolve();
          resolve(done(null));
        }),
      );
    });
    const control = new AbortController();
    const answer = ask(socketPath, { command: 'follow' }, { part: () => control.abort(), signal: control.signal });
    expect(await answer).toEqual({ ok: true, result: null });
    await left.promise;
  });

  it('that does not read is let go, and nothing piles up for it', async () => {
    const most = Promise.withResolvers<number>();
    await serve(async (_line, caller) => {
      let sent = 0;
      while (!caller.gone.aborted && sent < 1000) {
        caller.part('x'.repeat(100_000));
        sent++;
        await new Promise((resolve) => setImmediate(resolve));
      }
      most.resolve(sent);
      return done(null);
    });
    const socket = client();
    socket.pause();
    socket.write('follow\n');
    // 4 MiB and what fits into the socket itself.
    expect(await most.promise).toBeLessThan(100);
  });

  it('does not get the next answer before it has read this one', async () => {
    let begun = 0;
    await serve(() => {
      begun++;
      return Promise.resolve(done('x'.repeat(5_000_000)));
    });
    const socket = client();
    socket.pause();
    socket.write('big\n'.repeat(500));
    await new Promise((resolve) => socket.once('connect', resolve));
    while (begun === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(begun).toBe(1);
    let lines = 0;
    socket.on('data', (chunk) => {
      for (const octet of chunk) if (octet === 10) lines++;
    });
    socket.resume();
    while (lines < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('that sends a line without an end is let go', async () => {
    await serve(() => Promise.resolve(done(null)));
    const socket = client();
    socket.write('x'.repeat(100_000));
    expect(await everything(socket)).toBe('');
  });
});

describe('ask', () => {
  it('says that nobody listens', async () => {
    await serve(() => Promise.resolve(done(null)));
    await expect(ask(path.join(folder, 'none'), { command: 'status' })).rejects.toThrow(Unreachable);
    await expect(ask(path.join(folder, 'none'), { command: 'status' })).rejects.toThrow('is keepalived running?');
  });

  it('reads an answer of many chunks', async () => {
    const result = Array.from({ length: 20_000 }, (_, index) => `öffentlich ${index} \u{1f600}`);
    await serve(() => Promise.resolve(done(result)));
    expect(await ask(socketPath, { command: 'status' })).toEqual({ version: 1, ok: true, result });
  });

  it('does not wait for ever for a daemon that closes', async () => {
    server = createServer((socket) => socket.end('{"version":1,"ok":true,"par'));
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    await expect(ask(socketPath, { command: 'status' })).rejects.toThrow('closed the connection without an answer');
  });
});
