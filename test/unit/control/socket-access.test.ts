import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlSocket } from '../../../src/control/control-socket.ts';
import { socketRights } from '../../../src/control/socket-access.ts';
import { statusModel } from '../../support/status-models.ts';
import { keepingLog, portsWith } from './support.ts';

const root = process.geteuid?.() === 0;
const said: string[] = [];
const nobodyGroup = 65534;
let folder: string;
let socketPath: string;
let control: ControlSocket | undefined;
const ports = portsWith({
  status: () => Promise.resolve(statusModel()),
  reload: () => Promise.resolve({ outcome: 'applied', summary: '' } as const),
});

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'access-'));
  // Others must get as far as the socket.
  chmodSync(folder, 0o755);
  socketPath = path.join(folder, 'control.sock');
  said.length = 0;
});
afterEach(() => {
  control?.close();
  control = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const bits = (): number => statSync(socketPath).mode & 0o777;

describe('rights of the control socket', () => {
  it('follow from mode and group', async () => {
    expect(await socketRights({})).toEqual({ mode: 0o600, others: 'read' });
    expect(await socketRights({ mode: 0o666 })).toEqual({ mode: 0o666, others: 'read' });
    const group = { name: String(nobodyGroup), mayChange: false };
    expect(await socketRights({ group })).toEqual({ mode: 0o660, gid: nobodyGroup, others: 'read' });
    const changing = { name: String(nobodyGroup), mayChange: true };
    expect(await socketRights({ group: changing })).toMatchObject({ mode: 0o660, others: 'change' });
    // Members cannot be told from everybody else.
    expect(await socketRights({ group: changing, mode: 0o666 })).toMatchObject({ others: 'read' });
    await expect(socketRights({ group: { name: 'no-such-group', mayChange: true } })).rejects.toThrow('no-such-group');
  });

  it.runIf(root)('are given to the file, also with a reload', async () => {
    control = await ControlSocket.open(socketPath, {}, ports, keepingLog(said));
    expect(bits()).toBe(0o600);
    await control?.follow({ group: { name: String(nobodyGroup), mayChange: false } });
    expect([bits(), statSync(socketPath).gid]).toEqual([0o660, nobodyGroup]);
    await control?.follow({ group: { name: 'no-such-group', mayChange: false } });
    expect([bits(), statSync(socketPath).gid, said.join()]).toEqual([
      0o600,
      0,
      expect.stringContaining('there is no group no-such-group'),
    ]);
  });

  it.runIf(root)('let members look and nothing else, unless configured', async () => {
    control = await ControlSocket.open(socketPath, {}, ports, keepingLog(said));
    const asNobody = (command: string): Promise<string> => {
      const client = `
        const socket = require('node:net').connect(${JSON.stringify(socketPath)});
        socket.on('error', (error) => console.log(error.code));
        socket.on('data', (text) => { console.log(String(text)); socket.destroy(); });
        socket.write('{"version":1,"command":"${command}"}\\n');`;
      const { promise, resolve } = Promise.withResolvers<string>();
      const child = spawn(process.execPath, ['-e', client], { uid: nobodyGroup, gid: nobodyGroup });
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      child.on('close', () => resolve(text.trim()));
      return promise;
    };
    expect(await asNobody('status')).toBe('EACCES');
    const name = String(nobodyGroup);
    await control?.follow({ group: { name, mayChange: false } });
    expect(await asNobody('status')).toContain('"ok":true');
    expect(await asNobody('reload')).toContain('you may only look');
    await control?.follow({ group: { name, mayChange: true } });
    expect(await asNobody('reload')).toContain('"ok":true');
    await control?.follow({ mode: 0o666 });
    expect(await asNobody('status')).toContain('"ok":true');
    expect(await asNobody('reload')).toContain('you may only look');
  });
});
