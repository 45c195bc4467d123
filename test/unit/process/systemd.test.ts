import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectServiceManager, statusLine, watchdogInterval } from '../../../src/process/systemd.ts';

/** Prints an empty line when it listens, then each datagram as JSON. */
const manager = `
import json, socket, sys, time
path = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind('\\0' + path[1:] if path.startswith('@') else path)
print('', flush=True)
while True: print(json.dumps(s.recv(65536).decode()), flush=True)
`;

let folder: string;
let told: string[];
let end: () => void;

async function listen(place: string): Promise<void> {
  told = [];
  const child = spawn('python3', ['-c', manager, place]);
  end = () => void child.kill();
  let rest = '';
  child.stdout.on('data', (data: Buffer) => {
    const lines = `${rest}${data.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    told.push(...lines.filter((line) => line !== '').map((line) => JSON.parse(line) as string));
  });
  await once(child.stdout, 'data');
}

async function untilTold(count: number): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (told.length < count && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keepalived-systemd-'));
  end = () => undefined;
});
afterEach(() => {
  end();
  rmSync(folder, { recursive: true });
});

describe('the service manager', () => {
  it.each(['path', 'abstract name'])('gets the lines of one call in one datagram (%s)', async (kind) => {
    const place = kind === 'path' ? path.join(folder, 'notify') : `@keepalived-systemd-${process.pid}`;
    await listen(place);
    const service = connectServiceManager({ NOTIFY_SOCKET: place });
    service.notify('READY=1', 'MAINPID=4711');
    service.notify('STOPPING=1');
    await untilTold(2);
    expect(told).toEqual(['READY=1\nMAINPID=4711', 'STOPPING=1']);
  });

  it('is not known to children: its variables leave the environment, others stay', () => {
    const environment = { NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '1', WATCHDOG_PID: '2', PATH: '/bin' };
    connectServiceManager(environment, 1);
    expect(environment).toEqual({ PATH: '/bin' });
  });

  it('may be absent, gone, out of reach or badly named', () => {
    for (const place of [undefined, '', path.join(folder, 'gone'), '/proc/version', `/${'x'.repeat(200)}`])
      expect(() => connectServiceManager({ NOTIFY_SOCKET: place }).notify('READY=1')).not.toThrow();
  });

  it('hears from its watchdog at half the time it allows, from the start', async () => {
    const place = path.join(folder, 'notify');
    await listen(place);
    connectServiceManager({ NOTIFY_SOCKET: place, WATCHDOG_USEC: '40000', WATCHDOG_PID: '77' }, 77);
    await untilTold(3);
    expect(told.slice(0, 3)).toEqual(['WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
  });
});

describe('watchdogInterval', () => {
  // sd_watchdog_enabled(3): microseconds; meant for WATCHDOG_PID if that is set; half of it is recommended.
  it.each([
    [{ WATCHDOG_USEC: '30000000' }, 15_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '10' }, 15_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '11' }, undefined],
    [{ WATCHDOG_PID: '10' }, undefined],
    [{ WATCHDOG_USEC: '0' }, undefined],
    [{ WATCHDOG_USEC: 'soon' }, undefined],
    [{ WATCHDOG_USEC: '-5' }, undefined],
    [{ WATCHDOG_USEC: '1' }, 1],
    [{ WATCHDOG_USEC: '18446744073709551615' }, 2 ** 31 - 1],
  ])('%j', (environment, expected) => {
    expect(watchdogInterval(environment, 10)).toBe(expected);
  });
});

it('a status is one line, whatever the reason looks like', () => {
  expect(statusLine('not started:\n  READY=1\n')).toBe('STATUS=not started: READY=1');
});
