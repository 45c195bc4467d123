import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spawnProcess, type ProcessEnd } from '../../../src/kernel/spawn.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kts-spawn-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly pid: number;
  readonly end: Promise<ProcessEnd>;
}

function run(words: readonly string[], descriptors: readonly number[] = [-1, 1, 2], environment = {}): Run {
  const { promise, resolve } = Promise.withResolvers<ProcessEnd>();
  const pid = spawnProcess('/bin/sh', ['sh', ...words], environment, descriptors, (...end) => resolve(end));
  return { pid, end: promise };
}

/** What a shell writes to its standard output. */
async function outputOf(script: string, more: readonly number[] = [], environment = {}): Promise<string> {
  const file = path.join(folder, 'output');
  const output = openSync(file, 'w');
  const { end } = run(['-c', script], [-1, output, 2, ...more], environment);
  closeSync(output);
  expect(await end).toEqual([0, null]);
  return readFileSync(file, 'utf8');
}

describe('a process that is started', () => {
  it('ends with its status, or by its signal', async () => {
    expect(await run(['-c', 'exit 7']).end).toEqual([7, null]);
    const { end, pid } = run(['-c', 'sleep 60']);
    process.kill(pid, 'SIGKILL');
    expect(await end).toEqual([null, 'SIGKILL']);
  });

  it('is told apart from others that end at the same time, and leaves no zombie', async () => {
    const all = Array.from({ length: 12 }, (_value, number) => run(['-c', `exit ${number}`]));
    expect(await Promise.all(all.map(({ end }) => end))).toEqual(all.map((_run, number) => [number, null]));
    for (const { pid } of all) expect(() => process.kill(pid, 0)).toThrow(expect.objectContaining({ code: 'ESRCH' }));
  });

  it('that cannot be started is an error that names it', () => {
    expect(() => spawnProcess('/does/not/exist', ['exist'], {}, [], () => undefined)).toThrow(
      expect.objectContaining({ code: 'ENOENT', message: expect.stringContaining('/does/not/exist') as string }),
    );
  });

  it('has the environment it was given, and nothing to read', async () => {
    const written = await outputOf('cat; /usr/bin/env', [], { WORD: 'a b=c', PATH: '/usr/bin:/bin' });
    expect(written).toMatch(/^WORD=a b=c$/m);
    expect(written).not.toMatch(/^HOME=/m);
  });

  it('has the descriptors that it was given under their numbers, and no others', async () => {
    const files = ['three', 'four', 'five'].map((name) => path.join(folder, name));
    for (const file of files) writeFileSync(file, path.basename(file));
    const opened = files.map((file) => openSync(file, 'r'));
    // Backwards: the numbers of the one side are in the way of the other's.
    const given = opened.toReversed();
    expect(await outputOf('cat <&3; echo; cat <&4; echo; cat <&5', given)).toBe('five\nfour\nthree');
    const before = readdirSync('/proc/self/fd').length;
    expect((await outputOf('exec /bin/ls /proc/self/fd', given)).trim().split('\n')).toEqual(
      expect.arrayContaining(['0', '1', '2', '3', '4', '5']),
    );
    expect(readdirSync('/proc/self/fd')).toHaveLength(before);
    for (const descriptor of opened) closeSync(descriptor);
  });

  it('has no signal ignored or blocked, whatever this process does with them', async () => {
    const listener = (): void => undefined;
    process.on('SIGHUP', listener);
    const status = await outputOf('exec /bin/cat /proc/self/status');
    process.off('SIGHUP', listener);
    const of = (name: string): bigint =>
      BigInt(`0x${new RegExp(`^${name}:\\s*(\\w+)`, 'm').exec(status)?.[1] ?? 'none'}`);
    expect([of('SigBlk'), of('SigIgn') & 0x7fffffffn]).toEqual([0n, 0n]);
  });
});
