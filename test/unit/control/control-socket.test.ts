import { mkdtempSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlSocket } from '../../../src/control/control-socket.ts';
import type { Configuration } from '../../../src/config/model.ts';
import { statusModel } from '../../support/status-models.ts';
import { keepingLog, portsWith } from './support.ts';

const said: string[] = [];
const log = keepingLog(said);
const asked: unknown[] = [];
const ports = portsWith({
  configuration: () => ({ connectionLimits: [{ name: 'web' }] }) as unknown as Configuration,
  status: () => Promise.resolve(statusModel({ pid: 4711 })),
  reload: () => Promise.resolve({ outcome: 'refused', errors: ['a.conf:1:1: wrong'] } as const),
  ask: (kind: string, question: string, command: unknown) => {
    asked.push([kind, question, command]);
    return Promise.resolve({ ok: true, result: { changed: ['web'] } } as const);
  },
});

let folder: string;
let socketPath: string;
let control: ControlSocket | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'control-'));
  socketPath = path.join(folder, 'control.sock');
  said.length = 0;
});
afterEach(() => {
  control?.close();
  control = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** Sends `text` and gives back everything that came until the connection ended or `answers` lines were there. */
function converse(text: string, answers: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let received = '';
    const finish = (): void => {
      socket.destroy();
      resolve(received.split('\n').filter((line) => line !== ''));
    };
    socket.on('connect', () => socket.write(text));
    socket.on('data', (chunk) => {
      received += chunk.toString();
      if (received.split('\n').length > answers) finish();
    });
    socket.on('close', finish);
    // A server that lets go while we still send resets the connection.
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? finish() : reject(error)));
  });
}

describe('control socket', () => {
  it('answers requests line by line, in their order', async () => {
    control = await ControlSocket.open(socketPath, {}, ports, log);
    const lines = await converse('{"version":1,"command":"status"}\n{"version":1,"command":"reload"}\n', 2);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { version: 1, ok: true, result: statusModel({ pid: 4711 }) },
      { version: 1, ok: true, result: { outcome: 'refused', errors: ['a.conf:1:1: wrong'] } },
    ]);
  });

  it.each([
    ['{"version":1,"command":"bans"}', { action: 'list' }],
    ['{"version":1,"command":"bans","action":"list","limit":"web"}', { action: 'list', limit: 'web' }],
    // Seconds here, milliseconds inside.
    [
      '{"version":1,"command":"bans","action":"add","client":"192.0.2.1","time":60}',
      { action: 'add', client: '192.0.2.1', time: 60_000 },
    ],
    ['{"version":1,"command":"bans","action":"remove","client":"::1"}', { action: 'remove', client: '::1' }],
  ])('hands %s on', async (request, command) => {
    control = await ControlSocket.open(socketPath, {}, ports, log);
    asked.length = 0;
    const [answer = ''] = await converse(`${request}\n`, 1);
    expect(JSON.parse(answer)).toEqual({ version: 1, ok: true, result: { changed: ['web'] } });
    expect(asked).toEqual([['checker', 'bans', command]]);
  });

  it.each([
    '{"version":1,"command":"bans","action":"rm"}',
    '{"version":1,"command":"bans","action":"add"}',
    '{"version":1,"command":"bans","action":"add","client":7}',
    '{"version":1,"command":"bans","action":"add","client":"192.0.2.1","time":-1}',
    '{"version":1,"command":"bans","action":"add","client":"192.0.2.1","time":1e300}',
    '{"version":1,"command":"bans","limit":[]}',
    '{"version":1,"command":"bans","clients":"192.0.2.1"}',
    '{"version":1,"command":"status","__proto__":{"a":1}}',
    '{"version":1,"command":"toString"}',
    'nonsense',
    '[]',
    '1',
    '{"version":2,"command":"status"}',
    '{"version":1,"command":"rm"}',
    '{"version":1}',
  ])('refuses %s and goes on', async (request) => {
    control = await ControlSocket.open(socketPath, {}, ports, log);
    const lines = await converse(`${request}\n{"version":1,"command":"status"}\n`, 2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ version: 1, ok: false });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ ok: true });
  });

  it('lets a client go that sends without an end, and serves the next', async () => {
    control = await ControlSocket.open(socketPath, {}, ports, log);
    expect(await converse('x'.repeat(100_000), 1)).toEqual([]);
    expect(await converse('{"version":1,"command":"status"}\n', 1)).toHaveLength(1);
  });

  it('is for its owner alone, and gone after close', async () => {
    control = await ControlSocket.open(socketPath, {}, ports, log);
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    control?.close();
    control = undefined;
    expect(existsSync(socketPath)).toBe(false);
  });

  it('leaves the socket of a living daemon alone and says so', async () => {
    control = await ControlSocket.open(socketPath, {}, ports, log);
    expect(await ControlSocket.open(socketPath, {}, ports, log)).toBeUndefined();
    expect(said.join()).toContain('belongs to another daemon');
    expect(await converse('{"version":1,"command":"status"}\n', 1)).toHaveLength(1);
  });

  it('does not remove a file that stands in its place', async () => {
    writeFileSync(socketPath, 'precious');
    expect(await ControlSocket.open(socketPath, {}, ports, log)).toBeUndefined();
    expect(existsSync(socketPath)).toBe(true);
    expect(said.join()).toContain('no control socket');
  });
});
