// keepalivectl config show and config format as programs: outputs, exit codes, and what happens to files.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonConfiguration } from '../../../src/config/show.ts';

const main = new URL('../../../src/main.ts', import.meta.url).pathname;
const node = process.execPath;

interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function keepalivectl(...argv: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(node, [main, 'keepalivectl', 'config', ...argv], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

let directory = '';
const file = (name: string): string => join(directory, name);

function put(name: string, text: string | Buffer, mode = 0o640): string {
  writeFileSync(file(name), text);
  chmodSync(file(name), mode);
  return file(name);
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kts-config-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const sound = `global_defs {
vrrp_garp_master_delay 7
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  authentication {
    auth_type PASS
    auth_pass verysecret
  }
  virtual_ipaddress { 10.0.0.1/24 }
}
`;

describe('config show', () => {
  it('prints values with their origins, and hides secrets', () => {
    const { status, out, err } = keepalivectl('show', put('a.conf', sound));
    expect(status).toBe(0);
    expect(out).toMatch(/^ {4}virtual_router_id 51 +# a\.conf:6$/m);
    expect(out).toMatch(/^ {4}garp_master_delay 7 +# from vrrp_garp_master_delay, a\.conf:2$/m);
    expect(out).toMatch(/^ {4}down_timer_adverts 3 +# default$/m);
    expect(out).toMatch(/^ {8}auth_pass \*+ +# adjusted: a\.conf:9 has /m);
    expect(out + err).not.toContain('verys');
    expect(err).toContain('CFG_PASSWORD_TOO_LONG');
  });

  it('shows secrets if asked', () => {
    expect(keepalivectl('show', '--show-secrets', put('a.conf', sound)).out).toMatch(/auth_pass verysecr .*verysecret/);
  });

  it('is text that is shown as the same again', () => {
    const values = (text: string): string => text.replace(/ *#.*$/gm, '');
    const first = keepalivectl('show', '--show-secrets', put('a.conf', sound)).out;
    expect(values(keepalivectl('show', '--show-secrets', put('b.conf', first)).out)).toBe(values(first));
  });

  it('--json has a version, every origin, and no secrets', () => {
    const { out } = keepalivectl('show', '--json', '-i', 'lb7', put('a.conf', sound));
    const shown = JSON.parse(out) as JsonConfiguration;
    expect(shown).toMatchObject({
      format: 'keepalived-configuration',
      version: 1,
      configId: 'lb7',
      files: [file('a.conf')],
      secretsHidden: true,
    });
    const instance = shown.statements.find(({ keyword }) => keyword === 'vrrp_instance');
    expect(instance).toMatchObject({ words: ['VI_1'], origin: { kind: 'given', line: 4 } });
    const of = (keyword: string) => instance?.statements?.find((statement) => statement.keyword === keyword);
    expect(of('interface')).toMatchObject({
      words: ['eth0'],
      origin: { kind: 'given', file: file('a.conf'), line: 5 },
    });
    expect(of('garp_master_delay')).toMatchObject({
      words: ['7'],
      origin: { kind: 'inherited', keyword: 'vrrp_garp_master_delay', line: 2 },
    });
    expect(of('down_timer_adverts')).toMatchObject({ origin: { kind: 'default' } });
    expect(of('authentication')?.statements?.[1]).toMatchObject({
      words: ['********'],
      origin: { kind: 'adjusted', given: ['auth_pass', '********'], line: 9 },
    });
    expect(shown.diagnostics.map(({ code }) => code)).toContain('CFG_PASSWORD_TOO_LONG');
    expect(out).not.toContain('verys');
  });

  it('what does not start is told as by the test, with its exit status', () => {
    const path = put('a.conf', 'vrrp_instance A {\nvirtual_router_id 1\n}\nvirtual_server {\n}\n');
    const { status, out, err } = keepalivectl('show', path);
    expect(out).toBe('');
    expect(status).toBe(2);
    expect(err).toContain('CFG_MISSING_PARAMETER');
  });

  it('a file that is not there is an error', () => {
    expect(keepalivectl('show', file('none'))).toMatchObject({ status: 6, out: '' });
  });
});

describe('config format', () => {
  const untidy = 'global_defs\n{\nrouter_id a # me\n}\n';
  const tidy = 'global_defs {\n    router_id a # me\n}\n';

  it('rewrites a file; mode and owner stay, nothing else is left behind', () => {
    const path = put('a.conf', untidy, 0o604);
    if (process.geteuid?.() === 0) chownSync(path, 1, 2);
    const before = statSync(path);
    expect(keepalivectl('format', path)).toMatchObject({ status: 0, out: `${path} formatted\n`, err: '' });
    expect(readFileSync(path, 'utf8')).toBe(tidy);
    const { mode, uid, gid } = statSync(path);
    expect({ mode, uid, gid }).toEqual({ mode: before.mode, uid: before.uid, gid: before.gid });
    expect(readdirSync(directory)).toEqual(['a.conf']);
  });

  it('leaves a file that is in the form, and its times, alone', () => {
    const path = put('a.conf', tidy);
    const { mtimeMs, ino } = statSync(path);
    expect(keepalivectl('format', path)).toMatchObject({ status: 0, out: '' });
    expect(statSync(path)).toMatchObject({ mtimeMs, ino });
  });

  it('--check and --stdout write nothing', () => {
    const [a, b] = [put('a.conf', untidy), put('b.conf', tidy)];
    expect(keepalivectl('format', '--check', a, b)).toMatchObject({
      status: 1,
      out: `${a} is not in canonical form\n`,
    });
    expect(keepalivectl('format', '--check', b)).toMatchObject({ status: 0, out: '' });
    expect(keepalivectl('format', '--stdout', a)).toMatchObject({ status: 0, out: tidy });
    expect(readFileSync(a, 'utf8')).toBe(untidy);
  });

  it('says that it followed a link, and leaves the link', () => {
    const path = put('a.conf', untidy);
    symlinkSync('a.conf', file('link.conf'));
    expect(keepalivectl('format', file('link.conf')).out).toBe(`${file('link.conf')} (a link to ${path}) formatted\n`);
    expect(readlinkSync(file('link.conf'))).toBe('a.conf');
    expect(lstatSync(path).isFile()).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(tidy);
  });

  it('tells of other names that keep the old text', () => {
    const path = put('a.conf', untidy);
    linkSync(path, file('b.conf'));
    expect(keepalivectl('format', path).err).toContain('hard links');
    expect(readFileSync(file('b.conf'), 'utf8')).toBe(untidy);
  });

  it('refuses a file with errors, with its diagnostics, and formats the others', () => {
    const bad = put('a.conf', 'global_defs {\nruoter_id a\n}\n');
    const good = put('b.conf', untidy);
    const { status, out, err } = keepalivectl('format', bad, good);
    expect({ status, out }).toEqual({ status: 1, out: `${good} formatted\n` });
    expect(err).toContain('CFG_UNKNOWN_KEYWORD');
    expect(err).toContain('--despite-errors');
    expect(readFileSync(bad, 'utf8')).toBe('global_defs {\nruoter_id a\n}\n');
  });

  it('a piece that another file includes is formatted despite its errors', () => {
    const path = put('a.conf', 'real_server 10.0.0.1 80\n{\n}\n');
    expect(keepalivectl('format', '--despite-errors', path).status).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('real_server 10.0.0.1 80 {\n}\n');
  });

  it('keeps every octet of a comment that is not UTF-8', () => {
    const comment = Buffer.from([0x23, 0x20, 0xfc, 0xe9, 0x0a]);
    const path = put('a.conf', Buffer.concat([Buffer.from('global_defs\n{\nrouter_id a\n}\n'), comment]));
    expect(keepalivectl('format', path).status).toBe(0);
    expect(readFileSync(path)).toEqual(Buffer.concat([Buffer.from('global_defs {\n    router_id a\n}\n'), comment]));
  });

  it('what cannot be read or written is told', () => {
    const { status, err } = keepalivectl('format', file('none.conf'), directory);
    expect(status).toBe(1);
    expect(err).toContain(`${file('none.conf')} cannot be read`);
    expect(err).toContain('not a regular file');
  });

  it.skipIf(process.geteuid?.() !== 0)('needs no root, but may not take a file from its owner', () => {
    const path = put('a.conf', untidy, 0o666);
    chmodSync(directory, 0o777);
    const run = spawnSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', node, main, 'keepalivectl', 'config', 'format', path], { encoding: 'utf8' }); // prettier-ignore
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('stays as it is');
    expect(readFileSync(path, 'utf8')).toBe(untidy);
    expect(readdirSync(directory)).toEqual(['a.conf']);
  });
});

it('the help names both', () => {
  const help = execFileSync(node, [main, 'keepalivectl', 'config', '--help'], { encoding: 'utf8' });
  expect(help).toContain('config show [file]');
  expect(help).toContain('config format <files..>');
});
