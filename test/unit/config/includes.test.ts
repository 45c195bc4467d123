// Reference: configuration grammar, section 6.
import { describe, expect, it } from 'vitest';
import { codes, load, mainFile, model, routerId, type FileTable } from './memory.ts';

const file = (value: string) => `global_defs {\nrouter_id ${value}\n}\n`;

describe('include', () => {
  it('reads relative to the file that names it, nested', () => {
    const files: FileTable = {
      '/etc/keepalived/conf.d/a.conf': 'include sub/b.conf\n',
      '/etc/keepalived/conf.d/sub/b.conf': file('${_PWD}'),
    };
    expect(routerId('include conf.d/a.conf', { files })).toBe('/etc/keepalived/conf.d/sub');
    expect(model('include conf.d/a.conf', { files }).files).toEqual([
      mainFile,
      '/etc/keepalived/conf.d/a.conf',
      '/etc/keepalived/conf.d/sub/b.conf',
    ]);
  });

  it('takes patterns in the order of names, and brace alternatives in theirs', () => {
    const files: FileTable = { '/etc/keepalived/b.inc': file('b'), '/etc/keepalived/a.inc': file('a') };
    expect(routerId('include *.inc', { files })).toBe('b');
    expect(routerId('include {b,a}.inc', { files })).toBe('a');
  });

  it('works inside a block, and places mistakes in the file included', () => {
    const files: FileTable = { '/etc/keepalived/g.inc': 'router_id x\nnonsense\n' };
    const { diagnostics } = load('global_defs {\n  include g.inc\n}\n', { files });
    expect(diagnostics.map(({ at }) => at)).toEqual([{ file: '/etc/keepalived/g.inc', line: 2, column: 1 }]);
  });

  it('skips directories that a wildcard matches', () => {
    const files: FileTable = { '/etc/keepalived/x.d': { problem: 'directory' } };
    expect(codes('includea *.d', { files })).toEqual([]);
  });

  it('is cut where a file includes itself, directly or not', () => {
    const files: FileTable = {
      '/etc/keepalived/a': 'include b\n',
      '/etc/keepalived/b': 'include a\ninclude keepalived.conf\n',
    };
    expect(codes('include a', { files })).toEqual(['CFG_INCLUDE_LOOP', 'CFG_INCLUDE_LOOP']);
  });
});

describe('fatal classes', () => {
  const problems = {
    unreadable: ['bad.conf', 'r'],
    missing: ['none.conf', 'm'],
    wildcard: ['none*.conf', 'w'],
    brace: ['{good,none}.conf', 'b'],
  } as const;
  const fatal: Readonly<Record<string, string>> = {
    include: '',
    includer: 'r',
    includem: 'rm',
    includew: 'rmw',
    includeb: 'rb',
    includea: 'rmwb',
  };
  const files: FileTable = {
    '/etc/keepalived/bad.conf': { problem: 'executable' },
    '/etc/keepalived/good.conf': '',
  };

  for (const [form, classes] of Object.entries(fatal)) {
    for (const [problem, [pattern, letter]] of Object.entries(problems)) {
      const code = classes.includes(letter) ? 6 : 0;
      it(`${form} of ${problem} ends the test with ${code}`, () => {
        const result = load(`${form} ${pattern}`, { files });
        expect(result.exitCode).toBe(code);
        // What is not fatal is said all the same.
        expect(result.diagnostics).toHaveLength(1);
      });
    }
  }

  it('follow include_check for plain include', () => {
    const check = (words: string) => load(`global_defs {\ninclude_check ${words}\n}\ninclude none.conf\n`).exitCode;
    expect(check('')).toBe(6);
    expect(check('match')).toBe(6);
    expect(check('read')).toBe(0);
    expect(check('+match')).toBe(6);
    expect(load('global_defs {\ninclude_check\ninclude_check -match\n}\ninclude none.conf\n').exitCode).toBe(0);
  });

  it('restores include_check behind a file', () => {
    const table: FileTable = { '/etc/keepalived/strict': 'global_defs {\ninclude_check\n}\n' };
    expect(load('include strict\ninclude none.conf\n', { files: table }).exitCode).toBe(0);
  });

  it('are all on with -e', () => {
    expect(load('include none.conf\n', { allIncludesFatal: true }).exitCode).toBe(6);
  });
});

describe('the main file', () => {
  it.each(['missing', 'directory', 'executable'] as const)(
    'that is %s: the test ends with 0, a run with 6',
    (problem) => {
      const files: FileTable = problem === 'missing' ? {} : { '/etc/keepalived/main': { problem } };
      const options = { files, path: '/etc/keepalived/main' };
      expect(load('', { ...options }).exitCode).toBe(0);
      expect(load('', { ...options }).diagnostics).toHaveLength(1);
      expect(load('', { ...options, mode: 'run' }).exitCode).toBe(6);
      expect(load('', { ...options, mode: 'run' }).configuration).toBeUndefined();
      expect(load('', { ...options, allIncludesFatal: true }).exitCode).toBe(4);
    },
  );

  it('that may not be read: the test ends with 4', () => {
    const files: FileTable = { '/etc/keepalived/main': { problem: 'unreadable' } };
    expect(load('', { files, path: '/etc/keepalived/main' }).exitCode).toBe(4);
  });

  it('may be a pattern', () => {
    const files: FileTable = { '/k/1.conf': file('one'), '/k/2.conf': 'nonsense\n' };
    const result = load('', { files, path: '/k/*.conf' });
    expect(result.configuration?.global.routerId).toBe('one');
    expect(result.diagnostics[0]?.at?.file).toBe('/k/2.conf');
  });
});
