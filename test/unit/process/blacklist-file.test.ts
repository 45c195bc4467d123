import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { appendLines, BlacklistFile } from '../../../src/process/limits/blacklist-file.ts';

const patience = { within: 20_000, every: 20 };
let folder: string;
let file: string;
let followed: BlacklistFile | undefined;
const said: string[] = [];
/** Addresses of the last content that was told. */
let told: string[] | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'blacklist-'));
  file = path.join(folder, 'static_blacklist');
  said.length = 0;
  told = undefined;
});
afterEach(() => {
  followed?.close();
  followed = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function follow(): Promise<BlacklistFile> {
  const one = new BlacklistFile(
    file,
    (level, message) => said.push(`${level}: ${message}`),
    ({ entries }) => (told = entries.map(({ prefix: { address } }) => address)),
  );
  followed = one;
  await one.open();
  return one;
}

async function becomes(...addresses: readonly string[]): Promise<void> {
  await until(`${addresses.join()} instead of ${told?.join()}`, patience, () => told?.join() === addresses.join());
}

describe('the blacklist file', () => {
  it('is followed: written, added to, replaced, removed and back', async () => {
    writeFileSync(file, '192.0.2.1\n');
    await follow();
    expect(told).toEqual(['192.0.2.1']);
    appendFileSync(file, '192.0.2.2\n');
    await becomes('192.0.2.1', '192.0.2.2');
    for (const last of [3, 4, 5]) {
      writeFileSync(`${file}.new`, `192.0.2.${last}\n`);
      renameSync(`${file}.new`, file);
      await becomes(`192.0.2.${last}`);
    }
    writeFileSync(file, '192.0.2.6\n192.0.2.7\n');
    await becomes('192.0.2.6', '192.0.2.7');
    unlinkSync(file);
    await becomes();
    expect(said).toEqual([`warning: ${file} does not exist: nobody is banned by it`]);
    writeFileSync(file, '192.0.2.8\n');
    await becomes('192.0.2.8');
  });

  it('may come later, its folder with it', async () => {
    file = path.join(folder, 'etc', 'firewall', 'static_blacklist');
    const one = await follow();
    expect(told).toEqual([]);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '192.0.2.1\n');
    // The folder was not there to be watched: the daemon looks at every interval.
    await until('the file is seen', patience, async () => {
      await one.look();
      return told?.join() === '192.0.2.1';
    });
  });

  it('counts on as it was when it cannot be read', async () => {
    writeFileSync(file, '192.0.2.1\n');
    await follow();
    unlinkSync(file);
    mkdirSync(file);
    await until('a complaint', patience, () => said.some((line) => line.includes('no regular file')));
    expect(told).toEqual(['192.0.2.1']);
  });

  it('is added to without a change being told that means nothing', async () => {
    writeFileSync(file, '192.0.2.1');
    const one = await follow();
    await one.append('192.0.2.9 # keepalived: connection_limit web, 101 connections, now until later\n192.0.2.2\n');
    await becomes('192.0.2.1', '192.0.2.2');
    expect(readFileSync(file, 'utf8').split('\n')[0]).toBe('192.0.2.1');
  });
});

describe('appending', () => {
  it('makes the file, and ends a line that has no end', async () => {
    await appendLines(file, 'a\n');
    writeFileSync(file, 'a\nb');
    await appendLines(file, 'c\n');
    expect(readFileSync(file, 'utf8')).toBe('a\nb\nc\n');
  });

  it.each([
    ['symbolic link', (target: string) => symlinkSync(target, file), 'symbolic link'],
    ['hard link', (target: string) => linkSync(target, file), 'hard link'],
    ['folder', () => mkdirSync(file), 'EISDIR'],
  ])('follows no %s', async (_what, place, reason) => {
    const target = path.join(folder, 'target');
    writeFileSync(target, 'precious\n');
    place(target);
    await expect(appendLines(file, '192.0.2.1\n')).rejects.toThrow(reason);
    expect(readFileSync(target, 'utf8')).toBe('precious\n');
  });
});
