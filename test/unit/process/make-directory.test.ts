import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { makeDirectory } from '../../../src/process/make-directory.ts';

it('makes a directory with its mode under any mask, not those above it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'keepalived-directory-'));
  const mask = process.umask(0o177);
  try {
    const made = path.join(folder, 'made');
    makeDirectory(made, 0o755);
    makeDirectory(made, 0o755);
    expect(statSync(made).mode & 0o777).toBe(0o755);
    expect(process.umask()).toBe(0o177);
    expect(() => makeDirectory(path.join(folder, 'a', 'b'), 0o755)).toThrow('ENOENT');
  } finally {
    process.umask(mask);
    rmSync(folder, { recursive: true });
  }
});
