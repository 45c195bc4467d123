// Whatever stands in the files: diagnostics or a model, no exception, in bounded time; the meaning does not depend on blanks.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allKeywords } from '../../src/config/schema/top.ts';
import { formatDiagnostic } from '../../src/config/format-diagnostic.ts';
import { instance, load, mainFile, service } from '../unit/config/memory.ts';

const keywords = [...new Set(allKeywords().map(({ keyword }) => keyword))];
const values = [
  '1',
  '0',
  '-1',
  '255',
  '1.5',
  '10.0.0.1',
  '10.0.0.0/24',
  'fe80::1',
  'eth0',
  'lo',
  'VI_1',
  'yes',
  'MASTER',
  'TCP',
  'weight',
  '"a b"',
  "'",
  '\\',
  '99999999999',
];
const pieces = [
  '{',
  '}',
  '\n',
  '\n',
  '#',
  '!',
  '"',
  '$A=',
  '${A}',
  '$A',
  '\\\n',
  '~SEQ(i,3) ',
  '~LST(v,a,b) ',
  '@node1 ',
  '@^node1 ',
  'include keepalived.conf',
  'include *',
  '\0',
  '\r\n',
  '\uFEFF',
  '\u00fc',
  '${_RANDOM 1 5}',
];

/** Text that looks like a configuration, more or less. */
const likely = fc
  .array(
    fc.oneof(
      { arbitrary: fc.constantFrom(...keywords), weight: 4 },
      { arbitrary: fc.constantFrom(...values), weight: 3 },
      { arbitrary: fc.constantFrom(...pieces), weight: 5 },
    ),
    {
      maxLength: 120,
    },
  )
  .map((words) => words.join(' '));

/** A sound file with some characters replaced. */
const sound =
  instance(
    'track_interface {\neth1 weight 5\n}\nauthentication {\nauth_type PASS\nauth_pass x\n}\nnotify "/usr/bin/true a"',
  ) + service('quorum 1', 'HTTP_GET {\nurl {\npath /\n}\n}');
const damaged = fc
  .array(
    fc.tuple(fc.nat(sound.length - 1), fc.nat(3), fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 }))),
    { maxLength: 6 },
  )
  .map((edits) => edits.reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), sound));

function holds(text: string): void {
  for (const mode of ['test', 'run'] as const) {
    const result = load(text, { mode });
    expect([0, 2, 4, 5, 6]).toContain(result.exitCode);
    const stopped = result.diagnostics.some((diagnostic) => diagnostic.stops !== undefined);
    expect(result.configuration === undefined).toBe(stopped);
    const lines = text.split('\n').length;
    for (const diagnostic of result.diagnostics) {
      expect(diagnostic.message).not.toBe('');
      if (diagnostic.at?.file === mainFile) {
        expect(diagnostic.at.line).toBeGreaterThan(0);
        expect(diagnostic.at.line).toBeLessThanOrEqual(lines);
        expect(diagnostic.at.column).toBeGreaterThan(0);
      }
      formatDiagnostic(diagnostic, text, { colour: true });
    }
    // The model travels between processes as JSON.
    if (result.configuration) expect(JSON.parse(JSON.stringify(result.configuration))).toEqual(result.configuration);
  }
}

describe('any text', () => {
  it.each([
    ['characters', fc.string({ maxLength: 400, unit: 'binary' })],
    ['words of the language', likely],
    ['a damaged configuration', damaged],
  ])('made of %s', (_name, arbitrary) => {
    fc.assert(fc.property(arbitrary, holds), { numRuns: 300 });
  });

  it('of one repeated piece, long, is read in bounded time', () => {
    const started = performance.now();
    for (const piece of [...pieces, 'a', '{ ', '$A=$A$A\n$A\n', 'vrrp_instance {', '~SEQ(i, 9)'])
      holds(piece.repeat(1500));
    expect(performance.now() - started).toBeLessThan(60_000);
  });
});

describe('the meaning', () => {
  const meaning = (text: string) =>
    JSON.stringify(load(text).configuration, (key, value: unknown) =>
      key === 'at' || key === 'interfaces' ? undefined : value,
    );

  it('does not depend on blanks, comments and line ends', () => {
    const expected = meaning(sound);
    const noise = fc.constantFrom('', ' ', '\t', ' # x', ' ! y "q"', '\r');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('', ' ', '\t  '), noise), {
          minLength: sound.split('\n').length,
          maxLength: sound.split('\n').length,
        }),
        (around) => {
          const text = sound
            .split('\n')
            .map((line, index) => `${around[index]?.[0] ?? ''}${line}${around[index]?.[1] ?? ''}`)
            .join('\n');
          expect(meaning(text)).toBe(expected);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('does not depend on definitions standing for words', () => {
    const words = ['eth0', '51', '10.0.0.51/24', 'PASS', '80'];
    fc.assert(
      fc.property(fc.subarray(words), (chosen) => {
        let text = sound;
        chosen.forEach((word, index) => {
          text = `$D${index}=${word}\n${text
            .split('\n')
            .map((line) =>
              line
                .split(' ')
                .map((part) => (part === word ? `\${D${index}}` : part))
                .join(' '),
            )
            .join('\n')}`;
        });
        expect(meaning(text)).toBe(meaning(sound));
      }),
      { numRuns: 30 },
    );
  });
});
