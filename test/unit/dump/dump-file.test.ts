import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeDumpFile } from '../../../src/process/dump/dump-file.ts';

let folder = '';
let umask = 0;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kts-dump-'));
  umask = process.umask(0o177);
});
afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true, force: true });
});

describe('writing a dump file', () => {
  it('creates it for its owner only and leaves nothing else behind', async () => {
    const file = path.join(folder, 'keepalived.data');
    await writeDumpFile(file, 'text\n');
    expect(readFileSync(file, 'utf8')).toBe('text\n');
    expect(lstatSync(file).mode & 0o7777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['keepalived.data']);
  });

  it('follows the umask the operator chose', async () => {
    process.umask(0o022);
    const file = path.join(folder, 'keepalived.json');
    await writeDumpFile(file, '[]');
    expect(lstatSync(file).mode & 0o7777).toBe(0o644);
  });

  it('takes the place of an older file at once', async () => {
    const file = path.join(folder, 'keepalived.data');
    writeFileSync(file, 'a much longer old text\n');
    const before = lstatSync(file).ino;
    await writeDumpFile(file, 'new\n');
    expect(readFileSync(file, 'utf8')).toBe('new\n');
    expect(lstatSync(file).ino).not.toBe(before);
  });

  it('refuses a symbolic link and leaves what it points to alone', async () => {
    const victim = path.join(folder, 'victim');
    const file = path.join(folder, 'keepalived.data');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, file);
    await expect(writeDumpFile(file, 'x')).rejects.toMatchObject({
      code: 'DUMP_NOT_WRITTEN',
      message: `${file} not written: it is a symbolic link, remove it`,
    });
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(readdirSync(folder).sort()).toEqual(['keepalived.data', 'victim']);
  });

  it('says in one line what is wrong with the directory', async () => {
    await expect(writeDumpFile(path.join(folder, 'absent', 'keepalived.data'), 'x')).rejects.toMatchObject({
      code: 'DUMP_NOT_WRITTEN',
    });
    mkdirSync(path.join(folder, 'keepalived.data'));
    await expect(writeDumpFile(path.join(folder, 'keepalived.data'), 'x')).rejects.toThrow('no regular file');
  });

  it('leaves no temporary file when the disk is full', async () => {
    // /dev/full answers every write with ENOSPC; a directory on a full disk behaves alike, but needs a mount.
    await expect(writeDumpFile('/proc/self/keepalived.data', 'x')).rejects.toMatchObject({ code: 'DUMP_NOT_WRITTEN' });
    expect(existsSync('/proc/self/keepalived.data')).toBe(false);
  });

  it('shows the final name to a watcher of the directory', async () => {
    const names: (string | null)[] = [];
    const watcher = watch(folder, (_event, name) => names.push(name));
    await writeDumpFile(path.join(folder, 'keepalived.json'), '[]');
    await expect.poll(() => names).toContain('keepalived.json');
    watcher.close();
  });
});
