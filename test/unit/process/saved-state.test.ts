import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { prepareSaveDirectory, savedStatePath } from '../../../src/process/saved-state.ts';

// reference, runtime contract, files: DIR/keepalived_{check,vrrp,bfd}.PID.N.{pre,post}.
it('saved states are named after process, pid, reload and moment', () => {
  expect(savedStatePath('/var/lib/saved', 'vrrp', 4711, 1, 'pre')).toBe('/var/lib/saved/keepalived_vrrp.4711.1.pre');
  expect(savedStatePath('/saved/', 'checker', 4712, 12, 'post')).toBe('/saved/keepalived_check.4712.12.post');
});

it('makes the directory, not those above it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'keepalived-saved-'));
  try {
    prepareSaveDirectory(path.join(folder, 'saved'));
    prepareSaveDirectory(path.join(folder, 'saved'));
    expect(existsSync(path.join(folder, 'saved'))).toBe(true);
    expect(() => prepareSaveDirectory(path.join(folder, 'a', 'b'))).toThrow('ENOENT');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
