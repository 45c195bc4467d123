// Words to text and back, in both kinds of quoting.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockLine,
  line,
  scriptLine,
  scriptWordsLine,
  seconds,
  valueBlock,
  valueLine,
  type PrintedLine,
} from '../../../src/config/print/printed.ts';
import { printText } from '../../../src/config/print/text.ts';
import { splitScriptWords } from '../../../src/config/script-words.ts';
import { model } from './memory.ts';

const awkward = ['', ' ', 'a b', '#', 'a#b', '!', '$A', '${A}', '$A=1', '~SEQ(i,3)', '@id', '{', '}', "'", "it's", '\\', 'a\\b', '\\#', 'include', 'includer', '\u00fc', 'a\tb', '<', '`', '%']; // prettier-ignore

const recipients = (words: readonly string[]): PrintedLine[] => [
  blockLine('global_defs', [], valueBlock('notification_email', [valueLine(words)])),
];

describe('ordinary words', () => {
  it.each(awkward)('%j is read again, first and later in a line', (word) => {
    const text = printText(recipients([word, word, 'end']));
    expect(model(text).global.mail.recipients).toEqual([word, word, 'end']);
  });

  it('all that can stand in a file: no double quote, no line end, no backslash before a closing quote', () => {
    const word = fc
      .string({ unit: 'grapheme', maxLength: 12 })
      .filter((text) => !/["\n\r\0]|\\$/.test(text) && !/\$\{?_/.test(text));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        expect(model(printText(recipients(words))).global.mail.recipients).toEqual(words);
      }),
      { numRuns: 500 },
    );
  });
});

describe('commands', () => {
  const notifyOf = (argv: readonly string[]) =>
    model(
      printText([blockLine('global_defs', [], scriptLine('startup_script', { argv, user: 'root', group: 'root' }))]),
    ).global.startupScript;

  it.each([
    [['/usr/bin/true', '']],
    [['/usr/bin/true', 'a b', '"', "'", `"'`]],
    [['/usr/bin/true', '\\', '\\\\', '\\n', 'a\\']],
    [['/usr/bin/true', '#', '!', '{}', '$A', '${_PWD}', '$_PWD', '~', '@x', '\n', '\t', '\x07', '\u00fc']],
  ])('%j', (argv) => {
    expect(notifyOf(argv)).toMatchObject({ argv, user: 'root', group: 'root' });
  });

  it('any arguments', () => {
    const argument = fc.string({ unit: 'grapheme', maxLength: 10 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 4 }), (rest) => {
        expect(notifyOf(['/usr/bin/true', ...rest])?.argv).toEqual(['/usr/bin/true', ...rest]);
      }),
      { numRuns: 500 },
    );
  });

  it('plain ones stay as a person would write them', () => {
    expect(printText(scriptLine('notify', { argv: ['/etc/notify.sh'] }))).toBe('notify /etc/notify.sh\n');
    expect(printText(scriptLine('notify', { argv: ['/etc/notify.sh', 'a', 'b c'], user: 'root' }))).toBe(
      `notify "/etc/notify.sh a 'b c'" root\n`,
    );
  });

  it('one word read with their quoting, such as a regex', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (pattern) => {
        const text = printText([scriptWordsLine('regex', pattern)]).trimEnd();
        expect(splitScriptWords(text)).toEqual({ ok: true, words: ['regex', pattern] });
      }),
      { numRuns: 500 },
    );
  });
});

describe('the text', () => {
  it('has four blanks a level, blocks apart, and comments behind', () => {
    const inner = line('b', 1, 'x y');
    const text = printText([line('a', 1), line('c', 2), blockLine('d', ['n'], [inner]), line('e')], {
      comment: (printed) => (printed === inner ? 'why\nnot' : undefined),
    });
    expect(text).toBe(`a 1\nc 2\n\nd n {\n${'    b 1 "x y"'.padEnd(48)} # why?not\n}\n\ne\n`);
  });

  it('a comment stands above where the line cannot carry one', () => {
    expect(printText([line('a', 'b \\')], { comment: () => 'c' })).toBe('# c\na "b \\"\n');
  });

  it.each([
    [1500, '1.5'],
    [60_000, '60'],
    [0, '0'],
    [0.001, '0.000001'],
    [40_950, '40.95'],
    [1e13, '10000000000'],
  ])('%d ms are %s s', (milliseconds, text) => expect(seconds(milliseconds)).toBe(text));
});
