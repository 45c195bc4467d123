// Formatting: once is enough, no comment is lost, the meaning stays; over made files and over the corpus where it is at hand.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { formatConfiguration, type FormatResult } from '../../src/config/format/format.ts';
import { stripComment } from '../../src/config/source/comments.ts';
import { mainFile, memoryFiles } from '../unit/config/memory.ts';
import { read, meaning } from '../unit/config/round-trip.ts';
import { configurationText } from './config-arbitraries.ts';

// Thousands of configurations, on machines that do other things too.
vi.setConfig({ testTimeout: 240_000 });

const corpus = new URL('../../../shared/corpus/', import.meta.url);
const hasCorpus = existsSync(corpus);

function format(text: string, despiteErrors = true): FormatResult {
  return formatConfiguration({
    path: mainFile,
    text,
    files: memoryFiles({}),
    environment: {},
    configId: 'node1',
    despiteErrors,
  });
}

/** The comments of a text, in order. */
function comments(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.replace(/[\r \t]+$/, '').replace(/^[ \t]+/, ''))
    .filter((line) => !/[\\@]/.test(line))
    .map((line) => line.slice(stripComment(line, 0, line.length).end).trim())
    .filter((comment) => comment !== '');
}

/** The notes that `untidy` strews over a text, in order: no value contains their words. */
const notes = (text: string): readonly string[] => text.match(/# note|! "odd" note|# alone/g) ?? [];

function holds(text: string, notesOf: (text: string) => readonly string[], compare = true): void {
  const first = format(text);
  if (first.outcome !== 'formatted') {
    // Where a brace is missing the reader goes by indentation: nobody may change that.
    if (read(text).diagnostics.some(({ code }) => code === 'CFG_MISSING_CLOSE')) return;
    expect(first, text).toMatchObject({ outcome: 'formatted' });
    return;
  }
  expect(format(first.text)).toEqual({ outcome: 'formatted', text: first.text, changed: false });
  expect(notesOf(first.text)).toEqual(notesOf(text));
  expect(first.text).not.toMatch(/[ \t]\n|\r|\n\n\n|^\n|\n\n$/);
  if (!compare) return;
  const before = read(text).configuration;
  const after = read(first.text).configuration;
  expect(after && meaning(after)).toEqual(before && meaning(before));
}

const gap = fc.constantFrom('', '', ' ', '\t', '  # note', ' ! "odd" note', '\r', '\n', '\n\n\n', '\n# alone');
const conditional = fc.constantFrom('', '', '', '', '', '@node1 ', '@^node1 ', '@other ');

/** A made configuration, its lines with blanks, comments and conditionals about them. */
const untidy = fc
  .tuple(configurationText, fc.array(fc.tuple(gap, conditional), { minLength: 1, maxLength: 40 }))
  .map(([text, around]) =>
    text
      .split('\n')
      .map((line, index) => {
        const [behind = '', before = ''] = around[index % around.length] ?? [];
        const brace = /[{}]/.test(line);
        const moved = index % 3 === 0 && line.endsWith(' {') ? `${line.slice(0, -2)}\n{` : line;
        return `${'\t'.repeat(index % 4)}${brace ? '' : before}${moved}${behind}`;
      })
      .join('\n'),
  );

const pieces = ['{', '}', '\n', '\n', ' ', '#', '!', '"', '$A=', '${A}', '$A', '\\\n', '\\', '~SEQ(i,3) ', '@node1 ', '@x ', 'include a', 'a', 'vrrp_instance', 'b c', '\r\n', '\uFEFF']; // prettier-ignore

describe('formatting', () => {
  it('of made files', () => {
    fc.assert(
      fc.property(untidy, (text) => holds(text, notes)),
      { numRuns: 150 },
    );
  });

  it('of any pieces: a form that is stable, or a refusal', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), (words) => {
        const first = format(words.join(''));
        if (first.outcome !== 'formatted') return;
        expect(format(first.text)).toEqual({ outcome: 'formatted', text: first.text, changed: false });
      }),
      { numRuns: 1500 },
    );
  });

  it('pieces are seldom refused', () => {
    const made = fc.sample(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), { numRuns: 500, seed: 7 });
    const refused = made.filter((words) => format(words.join('')).outcome !== 'formatted');
    expect(refused.length).toBeLessThan(100);
  });

  const files = hasCorpus ? readdirSync(corpus).filter((name) => name.endsWith('.conf')) : [];
  it.skipIf(!hasCorpus)(
    `of every file of ${corpus.pathname} (skipped where it is not at hand)`,
    () => {
      for (const name of files) holds(readFileSync(new URL(name, corpus), 'utf8'), comments, false);
      expect(files.length).toBeGreaterThan(0);
    },
    180_000,
  );
});
