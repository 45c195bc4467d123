import { mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseTrackFile, TrackFiles } from '../../../src/process/track-files.ts';
import type { Log } from '../../../src/log/log.ts';

describe('the number in a track file', () => {
  // strtol(3) with base 0.
  it.each([
    ['12', 12],
    ['-7\n', -7],
    ['  +3 rubbish', 3],
    ['0x1f', 31],
    ['-0X10', -16],
    ['010', 8],
    ['0', 0],
    ['09', 0],
    ['', undefined],
    ['up', undefined],
    ['- 5', undefined],
  ])('%j is %s', (text, value) => {
    expect(parseTrackFile(text)).toBe(value);
  });
});

describe('track files', () => {
  let folder: string;
  let files: TrackFiles;
  const seen: (readonly [string, number | undefined])[] = [];
  const at = { file: 'test', line: 1, column: 1 };
  const watched = (name: string): Parameters<TrackFiles['follow']>[0][number] => ({
    name,
    path: path.join(folder, name),
    weight: 1,
    reverse: false,
    at,
  });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'track-'));
    seen.length = 0;
    files = new TrackFiles({ warning: () => undefined } as unknown as Log, (name, value) => seen.push([name, value]));
  });
  afterEach(() => {
    files.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are read at the start, after writing, replacing and removing', async () => {
    writeFileSync(path.join(folder, 'a'), '5\n');
    await files.follow([watched('a'), watched('b')]);
    expect(new Map(seen)).toEqual(
      new Map([
        ['a', 5],
        ['b', undefined],
      ]),
    );
    writeFileSync(path.join(folder, 'a'), '6\n');
    await vi.waitFor(() => expect(seen.at(-1)).toEqual(['a', 6]));
    writeFileSync(path.join(folder, 'other'), '9');
    renameSync(path.join(folder, 'other'), path.join(folder, 'b'));
    await vi.waitFor(() => expect(seen.at(-1)).toEqual(['b', 9]));
    unlinkSync(path.join(folder, 'a'));
    await vi.waitFor(() => expect(seen.at(-1)).toEqual(['a', undefined]));
  });

  it('that are being written are not taken for empty ones', async () => {
    const file = path.join(folder, 'a');
    writeFileSync(file, '5\n');
    await files.follow([watched('a')]);
    for (const number of [6, 7, 8]) {
      truncateSync(file);
      await new Promise((resolve) => setTimeout(resolve, 40));
      writeFileSync(file, String(number));
      await vi.waitFor(() => expect(seen.at(-1)).toEqual(['a', number]));
    }
    expect(seen.map(([, value]) => value)).not.toContain(undefined);
    truncateSync(file);
    await vi.waitFor(() => expect(seen.at(-1)).toEqual(['a', undefined]));
  });

  it('keep their number when the next does not fit 32 bits', async () => {
    const file = path.join(folder, 'a');
    writeFileSync(file, '-2147483648');
    await files.follow([watched('a')]);
    writeFileSync(file, '-2147483649');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen).toEqual([['a', -2_147_483_648]]);
  });

  it('in a directory that comes later, goes and returns', { timeout: 30_000 }, async () => {
    const lines: string[] = [];
    const log = {
      warning: (line: string) => lines.push(`warning ${line}`),
      notice: (line: string) => lines.push(`notice ${line}`),
    };
    files = new TrackFiles(log as unknown as Log, (name, value) => seen.push([name, value]));
    const directory = path.join(folder, 'later');
    const file = { ...watched('a'), path: path.join(directory, 'a') };
    const patience = { timeout: 10_000 };
    await files.follow([file]);
    expect(seen).toEqual([['a', undefined]]);
    mkdirSync(directory);
    writeFileSync(file.path, '5');
    await vi.waitFor(() => expect(seen.at(-1)).toEqual(['a', 5]), patience);
    writeFileSync(file.path, '6');
    await vi.waitFor(() => expect(seen.at(-1)).toEqual(['a', 6]), patience);
    rmSync(directory, { recursive: true });
    await vi.waitFor(() => expect(seen.at(-1)).toEqual(['a', undefined]), patience);
    mkdirSync(directory);
    writeFileSync(file.path, '7');
    await vi.waitFor(() => expect(seen.at(-1)).toEqual(['a', 7]), patience);
    writeFileSync(file.path, '8');
    await vi.waitFor(() => expect(seen.at(-1)).toEqual(['a', 8]), patience);
    expect(lines.filter((line) => line.startsWith('warning')).length).toBeLessThanOrEqual(2);
    expect(lines.at(0)).toMatch(/^warning track files in .*later are not watched: ENOENT.*tried again every second$/);
  });

  it('that are no longer followed say nothing', async () => {
    await files.follow([watched('a')]);
    await files.follow([]);
    seen.length = 0;
    writeFileSync(path.join(folder, 'a'), '5\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen).toEqual([]);
  });
});
