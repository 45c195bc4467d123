// Mistakes seen in public files and asked about by users (keepalived's issues, questions and answers), each with what a
// message must say of it and nothing besides. Exit codes are those of keepalived -t for the same files.
import { describe, expect, it } from 'vitest';
import { severityOf, type Diagnostic } from '../../../src/config/diagnostics.ts';
import { load, mainFile, model, type TestOptions } from './memory.ts';
import { blocks } from './misunderstandings/blocks.ts';
import { instance, service, type Case } from './misunderstandings/case.ts';
import { elections } from './misunderstandings/elections.ts';
import { pasted } from './misunderstandings/pasted.ts';
import { scripts } from './misunderstandings/scripts.ts';
import { servers } from './misunderstandings/servers.ts';
import { words } from './misunderstandings/words.ts';

/** What stands in this list goes away as the daemon learns to act on more keywords. */
const passing = new Set(['CFG_NO_EFFECT_YET']);

function reported(text: string, options?: TestOptions): Diagnostic[] {
  return load(text, options).diagnostics.filter(({ code }) => !passing.has(code));
}

function allWords({ message, remedy = '', consequences = [] }: Diagnostic): string {
  return [message, ...consequences, remedy].join('\n');
}

function check({ text, exit, expected, options }: Case): void {
  const found = reported(text, options);
  expect(
    found.map((diagnostic) => ({
      code: diagnostic.code,
      at: `${diagnostic.at?.line}:${diagnostic.at?.column}`,
      severity: severityOf(diagnostic),
    })),
  ).toEqual(expected.map(({ code, at, severity }) => ({ code, at, severity })));
  for (const [index, { says }] of expected.entries()) {
    for (const words of says) expect(found[index] && allWords(found[index])).toContain(words);
  }
  expect(load(text, options).exitCode).toBe(exit);
}

describe.each([
  ['elections', elections],
  ['scripts', scripts],
  ['servers', servers],
  ['words', words],
  ['what was pasted', pasted],
  ['blocks and files', blocks],
])('%s', (_name, cases) => {
  it.each(cases.map((one) => [one.title, one] as const))('%s', (_title, one) => check(one));
});

describe('what only looks like a mistake is none', () => {
  it.each([
    ['no blank before a brace, as keepalived reads it', instance().replaceAll(' {', '{')],
    ['no blank before the brace of a server', service().replaceAll(' {', '{')],
    ['a brace on a line of its own', instance().replaceAll(' {', '\n{')],
    ['no final newline', instance().trimEnd()],
    ['CRLF', instance().replaceAll('\n', '\r\n')],
    ['tabs', instance().replaceAll('  ', '\t')],
    ['UTF-8 in comments', `# Größe, ✓, “quoted”\n${instance()}`],
  ])('%s', (_title, text) => {
    expect(reported(text)).toEqual([]);
    const plain = text.includes('virtual_server') ? model(service()) : model(instance());
    const strip = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'at' ? undefined : inner)));
    expect(strip(model(text))).toEqual(strip(plain));
  });
});

describe('several mistakes', () => {
  it('are in the order of the text, with both places of what belongs together', () => {
    const text = `${service('', '    weigth 1\n')}${instance('  state master\n')}${instance()}`;
    const found = reported(text);
    expect(found.map(({ at }) => at?.line)).toEqual([6, 15, 17]);
    expect(found[2]?.related).toEqual([
      { at: { file: mainFile, line: 9, column: 1 }, message: 'the first definition' },
    ]);
  });

  it('name the file of the first place where it is another', () => {
    const other = '/etc/keepalived/a.conf';
    const [found] = reported(`include a.conf\n${instance()}`, { files: { [other]: instance() } });
    expect(found?.message).toContain(`${other}:1`);
    expect(found?.related?.[0]?.at).toEqual({ file: other, line: 1, column: 1 });
  });

  it('of a line that is made again and again are told once', () => {
    const found = reported(`~SEQ(N, 3) vrrp_script s$N { nonsense\n`);
    expect(found.filter(({ code }) => code === 'CFG_UNKNOWN_KEYWORD')).toHaveLength(1);
  });
});
