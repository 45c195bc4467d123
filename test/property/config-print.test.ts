// What is printed is read as the same configuration: for the examples, for made ones, and for the corpus where it is at hand.
import { existsSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { OriginRecorder } from '../../src/config/origins.ts';
import { shownText } from '../../src/config/show.ts';
import { nodeConfigurationFiles } from '../../src/process/configuration-files.ts';
import { meaning, read, roundTrip } from '../unit/config/round-trip.ts';
import { configurationText, eachKeyword } from './config-arbitraries.ts';

// Thousands of configurations, on machines that do other things too.
vi.setConfig({ testTimeout: 240_000 });

/** Real configurations beside the repository. */
const corpus = new URL('../../../shared/corpus/', import.meta.url);
const hasCorpus = existsSync(corpus);

function holdsForFile(path: string): void {
  const { configuration } = read('', { path, files: nodeConfigurationFiles });
  if (!configuration) return;
  const { first, second, printed, printedAgain } = roundTrip(configuration);
  expect(second, printed).toEqual(first);
  expect(printedAgain).toBe(printed);
}

/** What would say that a line is not the language. */
const notTheLanguage =
  /CFG_(UNKNOWN_KEYWORD|UNKNOWN_OPTION|MISSING_CLOSE|MISSING_OPEN|EXTRA_CLOSE|UNEXPECTED_OPEN|UNDEFINED_REFERENCE|MISSING_PARAMETER|MISSING_VALUE)/;

describe('print(read(x)) is read as the same configuration', () => {
  const examples = new URL('../../examples/', import.meta.url);
  const names = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.conf'));
  it.each(names)('examples/%s', (name) => holdsForFile(new URL(name, examples).pathname));

  it('for every keyword by itself', () => {
    for (const { name, text } of eachKeyword()) {
      fc.assert(
        fc.property(text, (made) => {
          const { configuration } = read(made);
          if (!configuration) return;
          const { first, second, printed, printedAgain, complaints } = roundTrip(configuration);
          expect(
            complaints.filter((complaint) => notTheLanguage.test(complaint)),
            printed,
          ).toEqual([]);
          expect(second, `${name}:\n${made}\n----- printed\n${printed}`).toEqual(first);
          expect(printedAgain).toBe(printed);
        }),
        { numRuns: 8 },
      );
    }
  });

  it('for made configurations', () => {
    fc.assert(
      fc.property(configurationText, (text) => {
        const { configuration } = read(text);
        if (!configuration) return;
        const { first, second, printed, printedAgain } = roundTrip(configuration);
        expect(second, `${text}\n----- printed\n${printed}`).toEqual(first);
        expect(printedAgain).toBe(printed);
      }),
      { numRuns: 300 },
    );
  });

  it('with comments about origins behind its lines too', () => {
    fc.assert(
      fc.property(configurationText, (text) => {
        const origins = new OriginRecorder();
        const { configuration, diagnostics } = read(text, { origins });
        if (!configuration) return;
        const { statements } = origins;
        const pieces = shownText({ configuration, statements, diagnostics, showSecrets: true, configId: 'node1' });
        const shown = [...pieces].join('');
        const again = read(shown).configuration;
        expect(again && meaning(again), shown).toEqual(meaning(configuration));
      }),
      { numRuns: 100 },
    );
  });

  const files = hasCorpus ? readdirSync(corpus).filter((name) => name.endsWith('.conf')) : [];
  it.skipIf(!hasCorpus)(`for every file of ${corpus.pathname} (skipped where it is not at hand)`, () => {
    for (const name of files) holdsForFile(new URL(name, corpus).pathname);
    expect(files.length).toBeGreaterThan(0);
  });
});
