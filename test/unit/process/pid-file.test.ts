import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PidFile } from '../../../src/process/pid-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pid-file-'));
  file = path.join(folder, 'keepalived.pid');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Another process tries to take the same file; its exit status is 7 if it was refused as locked. */
function rival(): number | null {
  const module = path.resolve(import.meta.dirname, '../../../src/process/pid-file.ts');
  const script = `const { PidFile } = await import(${JSON.stringify(module)});
    try { PidFile.create(${JSON.stringify(file)}); } catch (error) { process.exit(error.code === 'PID_FILE_LOCKED' ? 7 : 8); }`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script]).status;
}

describe('pid file', () => {
  it('holds the pid and a newline, readable by all whatever the umask', () => {
    const mask = process.umask(0o177);
    const pidFile = PidFile.create(file);
    process.umask(mask);
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    pidFile.remove();
    expect(existsSync(file)).toBe(false);
  });

  it('refuses a second daemon while the first lives, and not its leftover', () => {
    const pidFile = PidFile.create(file);
    expect(rival()).toBe(7);
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
    pidFile.remove();
    writeFileSync(file, '99999999\n');
    expect(rival()).toBe(0);
  });

  it('does not follow a link', () => {
    const target = path.join(folder, 'target');
    writeFileSync(target, 'precious');
    symlinkSync(target, file);
    expect(() => PidFile.create(file)).toThrow(expect.objectContaining({ code: 'PID_FILE_UNWRITABLE' }) as Error);
    expect(readFileSync(target, 'utf8')).toBe('precious');
  });

  it('waits for a holder that leaves, and tells it once', async () => {
    const holder = PidFile.create(file);
    let told = 0;
    const obtained = PidFile.obtain(file, 20_000, () => {
      told += 1;
      setTimeout(() => holder.remove(), 200);
    });
    (await obtained).remove();
    expect(told).toBe(1);
    await expect(
      (() => {
        const other = PidFile.create(file);
        return PidFile.obtain(file, 0, () => undefined).finally(() => other.remove());
      })(),
    ).rejects.toMatchObject({ code: 'PID_FILE_LOCKED' });
  });

  it('leaves the file of another daemon alone that took its place', () => {
    const first = PidFile.create(file);
    rmSync(file);
    const second = PidFile.create(file);
    first.remove();
    expect(existsSync(file)).toBe(true);
    second.remove();
    expect(existsSync(file)).toBe(false);
  });
});
