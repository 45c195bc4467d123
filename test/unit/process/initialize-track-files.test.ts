// Manual page of keepalived.conf: the file is made with the value (default 0) if it is not there; overwrite writes it anew.
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VrrpTrackFile } from '../../../src/config/model.ts';
import { initializeTrackFiles } from '../../../src/process/initialize-track-files.ts';
import { at } from '../../support/models.ts';
import { MemoryLog } from '../notify/memory-log.ts';

describe('init_file', () => {
  let folder: string;
  let log: MemoryLog;
  const place = (name: string): string => path.join(folder, name);
  const file = (name: string, initialize?: VrrpTrackFile['initialize']): VrrpTrackFile => ({
    name,
    path: place(name),
    weight: 1,
    reverse: false,
    ...(initialize && { initialize }),
    at,
  });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'kts-init-'));
    log = new MemoryLog();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('makes a file that is not there', async () => {
    await initializeTrackFiles([file('a', { value: -3, overwrite: false }), file('b')], log);
    expect(readFileSync(place('a'), 'utf8')).toBe('-3\n');
    expect(statSync(place('a')).mode & 0o111).toBe(0);
    expect(() => statSync(place('b'))).toThrow('ENOENT');
  });

  it('leaves one that is there, unless it is to be overwritten', async () => {
    writeFileSync(place('a'), '7777\n');
    writeFileSync(place('b'), '7777\n');
    await initializeTrackFiles(
      [file('a', { value: 1, overwrite: false }), file('b', { value: 1, overwrite: true })],
      log,
    );
    expect(readFileSync(place('a'), 'utf8')).toBe('7777\n');
    expect(readFileSync(place('b'), 'utf8')).toBe('1\n');
    expect(log.lines).toEqual([]);
  });

  it('follows no link, and tells of what it cannot write', async () => {
    writeFileSync(place('precious'), 'keep me');
    symlinkSync(place('precious'), place('a'));
    await initializeTrackFiles(
      [file('a', { value: 1, overwrite: true }), file('nowhere/b', { value: 1, overwrite: false })],
      log,
    );
    expect(readFileSync(place('precious'), 'utf8')).toBe('keep me');
    expect(log.lines).toHaveLength(2);
    expect(log.lines[0]).toMatch(/^warning track_file .*init_file cannot write/);
  });
});
