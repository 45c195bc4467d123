import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualPages } from '../../../scripts/manual.ts';
import { bashCompletion } from '../../../scripts/manual/completion.ts';
import { keepalivectlCommands } from '../../../scripts/manual/keepalivectl-commands.ts';
import { escapeText, prose } from '../../../scripts/manual/roff.ts';
import { keepalivedOptions } from '../../../src/cli/keepalived-options.ts';
import { allKeywords } from '../../../src/config/schema/top.ts';

const pages = manualPages();
const formatters = existsSync('/usr/bin/man') && existsSync('/usr/bin/groff');
const mandoc = existsSync('/usr/bin/mandoc');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keepalived-manual-'));
  for (const [file, text] of pages) writeFileSync(path.join(folder, file), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The page as a reader sees it, in one line. */
function shown(file: string): string {
  const env = { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '200', MAN_KEEP_FORMATTING: '' };
  const text = execFileSync('man', ['-l', path.join(folder, file)], { env, encoding: 'utf8' });
  return text.replace(/\s+/g, ' ');
}

describe('manual pages', () => {
  it.runIf(formatters).each([...pages.keys()])('%s is correct for man and groff', (file) => {
    const options = { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } } as const;
    const place = path.join(folder, file);
    const man = spawnSync('man', ['--warnings', '-E', 'UTF-8', '-Tutf8', '-Z', '-l', place], options);
    expect([man.status, man.stderr]).toEqual([0, '']);
    expect(spawnSync('groff', ['-ww', '-man', '-Tutf8', '-Z', '-K', 'utf8', place], options).stderr).toBe('');
  });

  it.runIf(mandoc).each([...pages.keys()])('%s is correct for mandoc', (file) => {
    const lint = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning,stop', path.join(folder, file)]);
    expect(`${lint.stdout.toString()}${lint.stderr.toString()}`).toBe('');
  });

  it.runIf(formatters)('show every option, keyword and note', () => {
    const keepalived = shown('keepalived.8');
    for (const { name } of keepalivedOptions.filter((option) => 'help' in option))
      expect(keepalived).toContain(`--${name}`);
    const configuration = shown('keepalived.conf.5');
    for (const { keyword, facts } of allKeywords()) {
      const note = facts.note.replaceAll('`', '').replace(/\s+/g, ' ').trim();
      expect([keyword, note].filter((text) => !configuration.includes(text))).toEqual([]);
    }
  });

  it('tell of every command and option that keepalivectl has', () => {
    const program = path.join(import.meta.dirname, '../../../dist/bin/keepalivectl');
    const help = (...words: string[]): string => execFileSync(program, [...words, '--help'], { encoding: 'utf8' });
    const optionsIn = (text: string): string[] => [...text.matchAll(/^ .*?(--[a-z-]+)/gm)].map(([, name = '']) => name);
    const commandsIn = (text: string, before: string): string[] =>
      [...text.matchAll(new RegExp(`^  ${before}([a-z-]+)`, 'gm'))].map(([, name = '']) => name);
    const first = commandsIn(help(), 'keepalivectl ');
    const names = first.flatMap((name) =>
      keepalivectlCommands.some((command) => command.name.startsWith(`${name} `))
        ? [
            ...commandsIn(help(name), `keepalivectl ${name} `).map((inner) => `${name} ${inner}`),
            // One that takes words of its own beside its commands.
            ...(help(name).includes(`keepalivectl ${name} <`) ? [name] : []),
          ]
        : [name],
    );
    expect(keepalivectlCommands.map(({ name }) => name).sort()).toEqual(names.sort());
    for (const { name, options } of keepalivectlCommands)
      expect([...options.map((option) => option.name), '--help'].sort(), name).toEqual(
        optionsIn(help(...name.split(' '))).sort(),
      );
  });
});

describe('roff', () => {
  it('lets no text become a request or an escape', () => {
    expect(escapeText('.so /etc/passwd')).toBe('\\&.so /etc/passwd');
    expect(escapeText("'quoted' \\n")).toBe('\\(aqquoted\\(aq \\en');
    expect(escapeText('one\n.br\ntwo')).toBe('one .br two');
    expect(prose('`.TP` begins')).toBe('\\fB\\&.TP\\fR begins');
  });
});

describe('the completion', () => {
  /** What bash offers behind `line`; the last word is the one being typed. */
  function offered(line: readonly string[]): string[] {
    const words = line.map((word) => `'${word}'`).join(' ');
    const script = `set -u\n${bashCompletion()}\nCOMP_WORDS=(${words}); COMP_CWORD=${line.length - 1}\n$(complete -p ${line[0] ?? ''} | sed 's/.*-F \\([^ ]*\\).*/\\1/')\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8', cwd: '/etc' })
      .split('\n')
      .filter((word) => word !== '');
  }

  it('offers options, their values and files', () => {
    expect(offered(['keepalived', '--dont-re'])).toEqual([
      '--dont-release-vrrp',
      '--dont-release-ipvs',
      '--dont-respawn',
    ]);
    expect(offered(['keepalived', '--signum', '=', 'STAT'])).toEqual(['STATS', 'STATS_CLEAR']);
    expect(offered(['keepalived', '-S', 'local7'])).toEqual(['local7']);
    expect(offered(['keepalived', '-f', '/etc/passw'])).toContain('/etc/passwd');
    expect(offered(['genhash', '--use-v'])).toEqual(['--use-virtualhost=']);
  });

  it('offers the commands of keepalivectl and their options', () => {
    expect(offered(['keepalivectl', 're'])).toEqual(expect.arrayContaining(['reload', 'replay']));
    expect(offered(['keepalivectl', 're'])).not.toContain('status');
    expect(offered(['keepalivectl', 'config', ''])).toContain('format');
    expect(offered(['keepalivectl', 'bans', ''])).toContain('remove');
    expect(offered(['keepalivectl', 'bans', 'add', '--t'])).toEqual(['--time']);
    expect(offered(['keepalivectl', 'config', 'format', '--c'])).toEqual(['--check', '--config-id']);
    expect(offered(['keepalivectl', 'status', '--'])).toEqual([
      '--socket',
      '--json',
      '--verbose',
      '--watch',
      '--ready',
      '--wait',
      '--help',
    ]);
    expect(offered(['keepalivectl', 'config', 'show', '/etc/passw'])).toContain('/etc/passwd');
  });
});
