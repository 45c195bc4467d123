import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepalivedOptions } from '../../../src/cli/keepalived-options.ts';
import { scanCommandLine, type OptionDescription } from '../../../src/cli/long-options.ts';

/** What getopt(1) of util-linux, which is getopt_long(3), makes of a line; `undefined` if it finds fault with it. */
function gnuGetopt(options: readonly OptionDescription[], argv: readonly string[]): string[] | undefined {
  const marks = { none: '', required: ':', optional: '::' } as const;
  const short = options
    .map((option) => (option.letter === undefined ? '' : option.letter + marks[option.value]))
    .join('');
  const long = options.map((option) => option.name + marks[option.value]).join(',');
  const run = spawnSync('getopt', ['-q', '-o', short, '-l', long, '--', ...argv], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim().split(/\s+/) : undefined;
}

/** Our reading in getopt's form of output: options as typed (letter or full name), values behind, words last. */
function ours(options: readonly OptionDescription[], argv: readonly string[]): [string[], string[]] | undefined {
  const found: string[] = [];
  const words: string[] = [];
  for (const step of scanCommandLine(argv, options)) {
    if (step.kind === 'error') return undefined;
    if (step.kind === 'word') words.push(step.word);
    else
      found.push(step.occurrence.option.name, ...(step.occurrence.value === undefined ? [] : [step.occurrence.value]));
  }
  return [found, words];
}

/** getopt(1) quotes values and words, and not options; an optional value that is absent comes as ''. */
function namesOf(options: readonly OptionDescription[], output: readonly string[]): [string[], string[]] {
  const end = output.indexOf('--');
  const plain = (word: string): string => word.replace(/^'(.*)'$/, '$1');
  const nameOf = (word: string): string => {
    if (word.startsWith("'")) return plain(word);
    return word.startsWith('--') ? word.slice(2) : (options.find(({ letter }) => `-${letter}` === word)?.name ?? word);
  };
  return [
    output
      .slice(0, end)
      .filter((word) => word !== "''")
      .map(nameOf),
    output.slice(end + 1).map(plain),
  ];
}

describe('scanning a command line', () => {
  const words = fc.constantFrom(
    ...[
      '-n',
      '-lnD',
      '-lnDDS3',
      '-f',
      '-fx.conf',
      '-nfx.conf',
      '--use-file=x',
      '--use-file',
      '--use',
      '--u',
      '--log-d',
    ],
    ...[
      '--log',
      '--dont-r',
      '--dont-release-v',
      '--vrrp',
      '--vrrp_',
      '--config-t',
      '--config-test=out',
      '-tout',
      '-t',
      'word',
    ],
    ...[
      '--sig',
      '--v',
      '--vers',
      '--no_',
      '--no-s',
      '--core-dump',
      '--core-dump-p=x',
      '--all',
      '--bogus',
      '-K',
      '--',
      'a',
      '-',
    ],
  );

  it('agrees with getopt_long on which options, values and words a line has', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 5 }), (argv) => {
        const expected = gnuGetopt(keepalivedOptions, argv);
        const actual = ours(keepalivedOptions, argv);
        expect(actual, argv.join(' ')).toEqual(expected && namesOf(keepalivedOptions, expected));
      }),
      { numRuns: 150 },
    );
  });

  it('takes an empty value for a missing one', () => {
    expect([...scanCommandLine(['--use-file='], keepalivedOptions)]).toEqual([
      { kind: 'error', message: 'Missing parameter for option --use-file' },
    ]);
  });
});
