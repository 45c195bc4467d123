import { chmodSync, linkSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../../../src/log/log.ts';
import { Recorder } from '../../../src/process/recorder.ts';

let folder: string;
let file: string;
let said: string[];
const log = {
  notice: (text: string) => said.push(text),
  warning: (text: string) => said.push(text),
  error: (text: string) => said.push(text),
} as unknown as Log;

beforeEach(() => {
  said = [];
  folder = mkdtempSync(path.join(tmpdir(), 'recorder-'));
  file = path.join(folder, 'recording');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const head = '{"format":"keepalived-recording","version":1}';
const lines = (): string[] => readFileSync(file, 'utf8').split('\n');

describe('a recording on disk', () => {
  it('is for its owner alone, a line a call', async () => {
    const recorder = Recorder.open(file, log);
    recorder?.record({ call: 'start', now: 1 });
    recorder?.record({ call: 'stop', now: 2.5 });
    await recorder?.close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(lines()).toEqual([head, '{"call":"start","now":1}', '{"call":"stop","now":2.5}', '']);
  });

  it('goes on where the process before it ended', async () => {
    for (const now of [1, 2]) {
      const recorder = Recorder.open(file, log);
      recorder?.record({ call: 'start', now });
      await recorder?.close();
    }
    expect(lines()).toEqual([head, '{"call":"start","now":1}', '{"call":"start","now":2}', '']);
  });

  it('goes on behind the half line of a process that was killed', async () => {
    writeFileSync(file, `${head}\n{"call":"sta`, { mode: 0o600 });
    const recorder = Recorder.open(file, log);
    recorder?.record({ call: 'start', now: 2 });
    await recorder?.close();
    expect(lines()).toEqual([head, '{"call":"sta', '{"call":"start","now":2}', '']);
  });

  it('is written to its end at once when the process dies', () => {
    const recorder = Recorder.open(file, log);
    recorder?.record({ call: 'timeout', now: 1, failure: 'defect' });
    recorder?.closeNow();
    expect(lines()).toEqual([head, '{"call":"timeout","now":1,"failure":"defect"}', '']);
  });

  it('holds more than one batch in order', async () => {
    const recorder = Recorder.open(file, log);
    for (let now = 0; now < 1000; now++) recorder?.record({ call: 'timeout', now });
    await recorder?.close();
    expect(
      lines()
        .slice(1, -1)
        .map((line) => (JSON.parse(line) as { now: number }).now),
    ).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  it('ends at its limit, and says so in the log and in itself', async () => {
    const recorder = Recorder.open(file, log, 2000);
    for (let now = 0; now < 1000; now++) recorder?.record({ call: 'timeout', now });
    await recorder?.close();
    await expect.poll(() => lines().at(-2)).toMatch(/^\{"end":"it has reached/);
    expect(statSync(file).size).toBeLessThan(2100);
    expect(said.at(-1)).toMatch(/recording to .* ends: it has reached/);
  });

  it.each([
    ['a symbolic link', () => symlinkSync(path.join(folder, 'other'), file), /ELOOP/],
    [
      'a second name of another file',
      () => {
        writeFileSync(path.join(folder, 'other'), '', { mode: 0o600 });
        linkSync(path.join(folder, 'other'), file);
      },
      /hard link/,
    ],
    [
      'a file of another kind',
      () => writeFileSync(file, 'root:x:0:0:root:/root:/bin/bash\n'.repeat(3), { mode: 0o600 }),
      /no recording/,
    ],
    [
      'a file that others may read',
      () => {
        writeFileSync(file, `${head}\n`);
        chmodSync(file, 0o644);
      },
      /chmod 600/,
    ],
  ])('%s is left alone, and the daemon runs without', (_, prepare, reason) => {
    prepare();
    expect(Recorder.open(file, log)).toBeUndefined();
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^nothing is recorded: /);
    expect(said[0]).toMatch(reason);
  });
});
