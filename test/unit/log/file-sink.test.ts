import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileSink, openLogFile } from '../../../src/log/file-sink.ts';
import { consoleDate } from '../../../src/log/timestamps.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kts-log-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const text = { structured: false, close: true };
const record = (message: string, time = Date.now()) => ({
  level: 'info' as const,
  message,
  time,
  json: '{"msg":"x"}\n',
});

describe('dates of console lines', () => {
  it('are those of date(1) in the C locale', () => {
    for (const time of [0, 1_795_298_211_000, Date.UTC(2026, 1, 3, 4, 5, 6)]) {
      const expected = execFileSync('date', ['-d', `@${time / 1000}`, '+%a %b %e %H:%M:%S %Y'], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C' },
      }).trim();
      expect(consoleDate(time)).toBe(expected);
    }
  });
});

describe('a log file', () => {
  it('gets lines of date and text', async () => {
    const file = path.join(folder, 'log');
    const sink = new FileSink(() => openLogFile(file), text);
    // A line of Debian's keepalived 2.2.7 with -l, in the same form.
    const time = new Date(2026, 10, 21, 21, 57, 23).getTime();
    sink.write(record('(VI_1) Entering MASTER STATE', time));
    await sink.close(1_000);
    expect(readFileSync(file, 'utf8')).toBe('Sat Nov 21 21:57:23 2026: (VI_1) Entering MASTER STATE\n');
    expect(lstatSync(file).mode & 0o077).toBe(0);
  });

  it('can be JSON', async () => {
    const file = path.join(folder, 'log');
    const sink = new FileSink(() => openLogFile(file), { structured: true, close: true });
    sink.write(record('x'));
    await sink.close(1_000);
    expect(readFileSync(file, 'utf8')).toBe('{"msg":"x"}\n');
  });

  it('keeps the order of many lines', async () => {
    const file = path.join(folder, 'log');
    const sink = new FileSink(() => openLogFile(file), text);
    const count = 5_000;
    for (let i = 0; i < count; i++) sink.write(record(`line ${i}`));
    await sink.close(5_000);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => line.replace(/^.*: /, ''))).toEqual(
      Array.from({ length: count }, (_, i) => `line ${i}`),
    );
  });

  it('goes on in a new file after it was moved away', async () => {
    const file = path.join(folder, 'log');
    const sink = new FileSink(() => openLogFile(file), text);
    sink.write(record('before'));
    await expect.poll(() => readFileSync(file, 'utf8')).toContain('before');
    renameSync(file, `${file}.1`);
    sink.reopen();
    sink.write(record('after'));
    await sink.close(1_000);
    expect(readFileSync(file, 'utf8')).toContain('after');
    expect(readFileSync(`${file}.1`, 'utf8')).not.toContain('after');
  });

  it('is not written through a symbolic link', () => {
    symlinkSync(path.join(folder, 'victim'), path.join(folder, 'log'));
    expect(() => openLogFile(path.join(folder, 'log'))).toThrow('ELOOP');
  });
});

describe('a destination that fails', () => {
  it.each([
    ['cannot be opened', () => openLogFile('/nonexistent/log')],
    ['is full (/dev/full)', () => openSync('/dev/full', 'w')],
    ['is closed', () => 1_000_000],
  ])('%s: neither throws nor delays the end', async (_name, open) => {
    const sink = new FileSink(open, { structured: false, close: false });
    for (let i = 0; i < 100; i++) sink.write(record(`line ${i}`));
    const begun = performance.now();
    await sink.close(5_000);
    expect(performance.now() - begun).toBeLessThan(2_500);
  });

  it('tells how many lines were lost once it works again', async () => {
    const file = path.join(folder, 'log');
    let full = true;
    const sink = new FileSink(() => (full ? openSync('/dev/full', 'w') : openLogFile(file)), text);
    sink.write(record('lost'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    full = false;
    sink.write(record('kept'));
    await sink.close(2_000);
    const written = readFileSync(file, 'utf8');
    expect(written).toContain('kept');
    expect(written).toContain('1 log line was lost');
  });
});

describe('a reader that stopped reading', () => {
  it('costs lines but never a wait', async () => {
    const fifo = path.join(folder, 'pipe');
    execFileSync('mkfifo', [fifo]);
    const reader = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    // Non-blocking as somebody may have made the terminal: the sink sees EAGAIN when the pipe is full.
    const sink = new FileSink(() => openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK), text);
    const begun = performance.now();
    for (let i = 0; i < 20_000; i++) sink.write(record(`line ${i}`));
    expect(performance.now() - begun).toBeLessThan(5_000);
    await sink.close(100);
    const buffer = Buffer.alloc(1_000);
    expect(readSync(reader, buffer)).toBeGreaterThan(0);
    expect(buffer.toString('utf8')).toContain('line 0');
    closeSync(reader);
  });
});
