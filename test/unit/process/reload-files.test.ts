// Expected: reference, runtime contract, sections 2, 4 and 10 (reload_file, reload_check_config, reload_time_file).
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseKeepalivedArguments } from '../../../src/cli/keepalived-arguments.ts';
import type { KeepalivedArguments } from '../../../src/cli/keepalived-arguments.ts';
import type { GlobalConfiguration } from '../../../src/config/model.ts';
import { createLog } from '../../../src/log/log.ts';
import { checkBeforeReload } from '../../../src/process/reload-check.ts';
import { whileReloadFileExists } from '../../../src/process/reload-file.ts';
import { ReloadTimer } from '../../../src/process/reload-timer.ts';
import { reloadFilePath } from '../../../src/process/settings.ts';
import { globalModel } from '../../support/models.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keepalived-reload-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const log = createLog({ ident: 'test', pid: 1, facility: 'daemon', syslog: false, console: false, level: 'info' });

function argumentsOf(...words: string[]): KeepalivedArguments {
  const parsed = parseKeepalivedArguments(words);
  if (parsed.kind !== 'run') throw new Error('no arguments of a run');
  return parsed.arguments;
}

describe('reload_file', () => {
  it('exists while the files are read, empty, and not afterwards', () => {
    const file = path.join(folder, 'reloading');
    writeFileSync(file, 'put here by who changes the configuration');
    const seen = whileReloadFileExists(file, log, () => readFileSync(file, 'utf8'));
    expect(seen).toBe('');
    expect(existsSync(file)).toBe(false);
  });

  it('goes away also if the reading fails', () => {
    const file = path.join(folder, 'reloading');
    const reading = (): void =>
      whileReloadFileExists(file, log, () => {
        throw new Error('disk');
      });
    expect(reading).toThrow('disk');
    expect(existsSync(file)).toBe(false);
  });

  it('does not empty what a symbolic link points to, and the files are read all the same', () => {
    const victim = path.join(folder, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, path.join(folder, 'reloading'));
    expect(whileReloadFileExists(path.join(folder, 'reloading'), log, () => 'read')).toBe('read');
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  const reload = { checkConfiguration: false, repeat: false };
  it.each<[Partial<GlobalConfiguration>, string | undefined]>([
    [{}, undefined],
    [{ reload: { ...reload, file: '/run/here' } }, '/run/here'],
    [{ reload: { ...reload, file: '' } }, '/run/keepalived.reload'],
    [{ reload: { ...reload, file: '' }, usePidDirectory: true }, '/run/keepalived/keepalived.reload'],
    [{ reload: { ...reload, file: '' }, instance: 'left' }, '/run/keepalived/keepalived_left.reload'],
  ])('%j: %s', (changes, expected) => {
    expect(reloadFilePath(argumentsOf(), globalModel(changes))).toBe(expected);
  });
});

describe('reload_check_config', () => {
  function check(text: string, messages?: string): number {
    const file = path.join(folder, 'keepalived.conf');
    writeFileSync(file, text);
    return checkBeforeReload(argumentsOf('-f', file), messages, log);
  }

  it('passes what the configuration test passes, and no file of messages tells of trouble', () => {
    const messages = path.join(folder, 'messages');
    writeFileSync(messages, 'of the check before');
    expect(check('global_defs {\n  router_id left\n}\n', messages)).toBe(0);
    expect(readFileSync(messages, 'utf8')).toBe('');
  });

  it('refuses with the status of the test, and the file says why', () => {
    const messages = path.join(folder, 'messages');
    expect(check('global_defs {\n  routter_id left\n}\n', messages)).toBe(5);
    expect(readFileSync(messages, 'utf8')).toContain('routter_id');
  });
});

describe('reload_time_file', () => {
  const evening = Date.UTC(2026, 4, 5, 18, 0, 0);

  function timer(text: string, repeat: boolean): { file: string; reloads: () => number; timer: ReloadTimer } {
    vi.useFakeTimers({ now: evening, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const file = path.join(folder, 'at');
    writeFileSync(file, text);
    let count = 0;
    const reloading = new ReloadTimer(log, () => count++);
    reloading.follow({ timeFile: file, repeat });
    return { file, reloads: () => count, timer: reloading };
  }

  it('reloads at the time and takes the file away', () => {
    const { file, reloads, timer: reloading } = timer('18:10:00Z\n', false);
    expect(reloading.next).toBe(evening + 600_000);
    vi.advanceTimersByTime(599_000);
    expect(reloads()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(reloads()).toBe(1);
    expect(existsSync(file)).toBe(false);
    expect(reloading.next).toBeUndefined();
    reloading.close();
  });

  it('with reload_repeat does so every day', () => {
    const { file, reloads, timer: reloading } = timer('18:10:00Z\n', true);
    vi.advanceTimersByTime(3 * 24 * 3_600_000);
    expect(reloads()).toBe(3);
    expect(existsSync(file)).toBe(true);
    reloading.close();
  });

  it('with a date does so once even then', () => {
    const { file, reloads, timer: reloading } = timer('2026-05-05 18:10:00Z\n', true);
    vi.advanceTimersByTime(3 * 24 * 3_600_000);
    expect(reloads()).toBe(1);
    expect(existsSync(file)).toBe(false);
    reloading.close();
  });

  it('follows a clock that is set', () => {
    const { reloads, timer: reloading } = timer('18:10:00Z\n', false);
    vi.setSystemTime(evening + 600_000);
    vi.advanceTimersByTime(30_000);
    expect(reloads()).toBe(1);
    reloading.close();
  });

  it('sees the file written, and removed again', async () => {
    const file = path.join(folder, 'at');
    const reloading = new ReloadTimer(log, () => undefined);
    reloading.follow({ timeFile: file, repeat: false });
    expect(reloading.next).toBeUndefined();
    writeFileSync(file, '2999-01-01 00:00:00Z\n');
    await expect.poll(() => reloading.next).toBe(Date.UTC(2999, 0, 1));
    rmSync(file);
    await expect.poll(() => reloading.next).toBeUndefined();
    reloading.close();
  });
});
