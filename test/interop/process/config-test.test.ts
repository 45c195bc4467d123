/** `keepalived -t` as a whole process: it reads, writes its messages, and does nothing else, for root and for others. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonReport } from '../../../src/config/json-diagnostics.ts';

const daemon = path.join(import.meta.dirname, '../../../dist/bin/keepalived');
const folder = mkdtempSync(path.join(tmpdir(), 'kts-config-test-'));
// Tools write a temporary file beside the real one and have it checked.
const file = path.join(folder, 'keepalived.conf.tmp.Xy12');
const nobody = 65534;

const text = `global_defs {
  router_idd x
}
vrrp_instance VI_1 {
  interface kts-not-there
  virtual_router_id 51
  virtual_ipaddress {
    10.0.0.1/24
  }
}
`;

beforeAll(() => {
  chmodSync(folder, 0o755);
  writeFileSync(file, text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function test(words: readonly string[], uid = 0, environment: Readonly<Record<string, string>> = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(daemon, words, {
    uid,
    gid: uid,
    cwd: '/',
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...environment },
  });
  return { status, stdout, stderr };
}

/** System calls that reach outside: sockets, signals to others, and whatever changes a file system. */
const forbidden =
  /^\d+ +(socket|connect|bind|sendto|sendmsg|sendmmsg|kill|tkill|pidfd_send_signal|setns|unshare|mount|mkdir|mkdirat|mknod|mknodat|unlink|unlinkat|rename|renameat2?|link|linkat|symlink|symlinkat|chmod|fchmodat|chown|fchownat|truncate|setsid|fork|vfork)\(/;
const opensForWriting = /^\d+ +open(?:at)?\(.*\b(O_WRONLY|O_RDWR|O_CREAT)\b/;

describe('keepalived -t', () => {
  it.each([
    ['root', 0],
    ['nobody', nobody],
  ])('as %s opens no socket, sends no signal and makes no file', (_name, uid) => {
    const trace = path.join(folder, `trace-${uid}`);
    writeFileSync(trace, '');
    chownSync(trace, uid, uid);
    const { status } = spawnSync('strace', ['-f', '-qq', '-o', trace, daemon, '-t', '-f', file], {
      uid,
      gid: uid,
      cwd: '/',
      encoding: 'utf8',
    });
    expect(status).toBe(5);
    const calls = readFileSync(trace, 'utf8').split('\n');
    expect(calls.some((call) => call.includes(file))).toBe(true);
    expect(calls.filter((call) => forbidden.test(call))).toEqual([]);
    // The runtime opens /dev/null for reading and writing where a standard descriptor is closed.
    expect(calls.filter((call) => opensForWriting.test(call) && !call.includes('"/dev/null"'))).toEqual([]);
  });

  it('prints nothing but messages, on standard error', () => {
    const { status, stdout, stderr } = test(['-t', '-f', file]);
    expect({ status, stdout }).toEqual({ status: 5, stdout: '' });
    expect(stderr.split('\n').filter((line) => line.startsWith(file))).toHaveLength(2);
    expect(stderr).toContain(`${file}:2:3: error: `);
    expect(stderr).not.toContain('\x1b');
  });

  it('prints nothing about a file without mistakes', () => {
    const sound = path.join(folder, 'sound');
    writeFileSync(sound, 'global_defs {\n  router_id x\n}\n');
    expect(test(['-t', '-f', sound], nobody)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('appends to a file, and does not follow a link', () => {
    const log = path.join(folder, 'log');
    for (let run = 0; run < 2; run++) expect(test([`-t${log}`, '-f', file])).toMatchObject({ status: 5, stderr: '' });
    expect(
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith(file)),
    ).toHaveLength(4);
    const link = path.join(folder, 'link');
    spawnSync('ln', ['-s', log, link]);
    expect(test([`-t${link}`, '-f', file])).toMatchObject({ status: 1 });
  });

  it('--no-interfaces: a missing interface is a note and does not count', () => {
    const other = path.join(folder, 'other-machine');
    writeFileSync(other, text.replace('router_idd', 'router_id'));
    expect(test(['-t', '-f', other])).toMatchObject({ status: 5 });
    const { status, stderr } = test(['-t', '-f', other, '--no-interfaces']);
    expect(status).toBe(0);
    expect(stderr).toMatch(/:5:13: note: .*kts-not-there/);
  });

  it('--config-format=json: one line on standard output, also without mistakes', () => {
    const { status, stdout, stderr } = test(['-t', '-f', file, '--config-format=json']);
    expect(stderr).toBe('');
    expect(stdout.endsWith('}\n')).toBe(true);
    const report = JSON.parse(stdout) as JsonReport;
    expect(report).toMatchObject({ version: 1, exitCode: status, errors: 2, warnings: 0, notes: 0 });
    expect(report.diagnostics[0]).toEqual({
      code: 'CFG_UNKNOWN_KEYWORD',
      severity: 'error',
      class: 'unknown-keyword',
      file,
      line: 2,
      column: 3,
      endColumn: 13,
      message: 'unknown keyword "router_idd" in global_defs',
      remedy: 'did you mean router_id?',
    });
    const missing = test(['-t', '-f', path.join(folder, 'missing'), '--config-format=json']);
    expect(missing.status).toBe(0);
    expect((JSON.parse(missing.stdout) as JsonReport).diagnostics.map(({ code }) => code)).toEqual(['CFG_MAIN_FILE']);
  });

  it('colours when told, never by itself into a pipe', () => {
    expect(test(['-t', '-f', file, '--colour=always']).stderr).toContain('\x1b[1;31merror:\x1b[0m');
    // script(1) gives it a terminal.
    const terminal = (environment: Readonly<Record<string, string>>): string =>
      spawnSync('script', ['-qec', `${daemon} -t -f ${file}`, '/dev/null'], {
        encoding: 'utf8',
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', TERM: 'xterm', ...environment },
      }).stdout;
    expect(terminal({})).toContain('\x1b[1;31merror:');
    expect(terminal({ NO_COLOR: '1' })).not.toContain('\x1b[1;31m');
    expect(terminal({ NO_COLOR: '1' })).toContain('error:');
  });
});
