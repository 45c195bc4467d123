import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UnixDatagramSocket } from '../../../src/kernel/unix-datagram-socket.ts';

/** Binds a datagram socket, waits for a line on standard input, then prints what it can read without waiting. */
const receiver = `
import os, socket, sys
path = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind('\\0' + path[1:] if path.startswith('@') else path)
print('bound', flush=True)
sys.stdin.readline()
s.setblocking(False)
try:
    while True: print(s.recv(65536).decode(), flush=True)
except BlockingIOError: pass
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keepalived-datagram-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Receiver {
  /** Lets it read, and gives the datagrams. */
  finish(): Promise<string[]>;
}

async function startReceiver(place: string): Promise<Receiver> {
  const child = spawn('python3', ['-c', receiver, place]);
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  await once(child.stdout, 'data');
  return {
    finish: async () => {
      child.stdin.end('\n');
      await once(child, 'close');
      return output.trim().split('\n').slice(1);
    },
  };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('unix datagram socket', () => {
  it('sends to a path and to an abstract name', async () => {
    for (const place of [path.join(folder, 'log'), `@keepalived-test-${process.pid}`]) {
      const listening = await startReceiver(place);
      const socket = UnixDatagramSocket.open(place);
      expect([socket.send(bytes('<30>one')), socket.send(bytes('<30>two'))]).toEqual(['sent', 'sent']);
      expect(await listening.finish()).toEqual(['<30>one', '<30>two']);
      socket.close();
    }
  });

  it('drops and says so when the receiver is behind, without waiting', async () => {
    const place = path.join(folder, 'log');
    const listening = await startReceiver(place);
    const socket = UnixDatagramSocket.open(place);
    const outcomes = Array.from({ length: 2_000 }, () => socket.send(bytes('x')));
    const sent = outcomes.filter((outcome) => outcome === 'sent').length;
    expect(outcomes.at(-1)).toBe('full');
    expect(await listening.finish()).toHaveLength(sent);
    socket.close();
  });

  it('says when nobody listens, and reaches a listener that comes (again) later', async () => {
    const place = path.join(folder, 'log');
    const socket = UnixDatagramSocket.open(place);
    expect(socket.send(bytes('lost'))).toBe('unreachable');
    const first = await startReceiver(place);
    expect(socket.send(bytes('first'))).toBe('sent');
    expect(await first.finish()).toEqual(['first']);
    expect(existsSync(place)).toBe(true);
    expect(socket.send(bytes('lost'))).toBe('unreachable');
    rmSync(place);
    const second = await startReceiver(place);
    expect(socket.send(bytes('second'))).toBe('sent');
    expect(await second.finish()).toEqual(['second']);
    socket.close();
    expect(socket.send(bytes('closed'))).toBe('unreachable');
  });

  it('throws for a datagram that can never fit', async () => {
    const place = path.join(folder, 'log');
    const listening = await startReceiver(place);
    const socket = UnixDatagramSocket.open(place);
    expect(() => socket.send(new Uint8Array(4 << 20))).toThrow(expect.objectContaining({ code: 'EMSGSIZE' }));
    socket.close();
    await listening.finish();
  });
});
