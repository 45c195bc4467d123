/**
 * Against "parsed and forgotten": the language has every keyword of the list, and every keyword reaches the checked
 * model and comes back out of it.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allKeywords } from '../../../src/config/schema/top.ts';
import { notInTheModel, pathsNotInTheModel, printedAs } from '../../data/keyword-exceptions.ts';
import { samples } from '../../data/samples/all.ts';
import { meaning, read, roundTrip } from './round-trip.ts';

const [, ...rows] = readFileSync(new URL('../../data/keywords.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');

/** `path keyword` of every line of the list. */
const listed = rows.map((row) => row.split('\t').slice(0, 2).join(' '));

/** What keepalived does not know. */
const own = allKeywords()
  .filter(({ facts }) => facts.own === true)
  .map(({ path, keyword }) => `${path} ${keyword}`);

const entries = new Map(allKeywords().map((entry) => [`${entry.path} ${entry.keyword}`, entry]));

function isExcepted(name: string): boolean {
  return name in notInTheModel || (name.split(' ')[0] ?? '') in pathsNotInTheModel;
}

describe('the list of keywords and the schema', () => {
  it('has every keyword of the list in the schema, at its place', () => {
    const missing = listed.filter((name) => !entries.has(name));
    expect(missing, 'add an entry to the schema of the block (src/config/schema)').toEqual([]);
  });

  it('has every keyword of the schema in the list, and 873 of them, but for its own', () => {
    const known = new Set(listed);
    expect(own.filter((name) => known.has(name))).toEqual([]);
    for (const name of own) known.add(name);
    const unlisted = [...entries.keys()].filter((name) => !known.has(name));
    expect(unlisted, 'the original knows no such keyword, or test/data/keywords.tsv lacks it').toEqual([]);
    expect(listed).toHaveLength(873);
    expect(known.size).toBe(873 + own.length);
  });
});

describe('samples', () => {
  it('are there for every keyword of the list that reaches the model', () => {
    const sampled = new Set(samples.map(({ name }) => name));
    const missing = [...listed, ...own].filter((name) => !sampled.has(name) && !isExcepted(name));
    expect(missing, 'write a sample into test/data/samples').toEqual([]);
  });

  it('are there for no other', () => {
    const known = new Set([...listed, ...own]);
    expect(samples.map(({ name }) => name).filter((name) => !known.has(name) || isExcepted(name))).toEqual([]);
  });
});

describe('exceptions', () => {
  it('name keywords of the list', () => {
    const known = new Set(listed);
    expect(Object.keys(notInTheModel).filter((name) => !known.has(name))).toEqual([]);
    const sampled = new Set(samples.flatMap(({ name, keyword }) => [name, keyword]));
    expect(Object.keys(printedAs).filter((name) => !sampled.has(name))).toEqual([]);
  });
});

/** The words of the printed text, as anything that stands between blanks and braces. */
function words(text: string): Set<string> {
  return new Set(text.split(/[\s{}"]+/));
}

/** How the keyword is to be found in the printed text; empty for what has no word of its own. */
function expectedWord(name: string, keyword: string): string {
  if (keyword.startsWith('<')) return '';
  return printedAs[name] ?? printedAs[keyword] ?? replacement(name) ?? keyword;
}

/** The keyword to write today; some replacements are a sentence of several. */
function replacement(name: string): string | undefined {
  const words = entries.get(name)?.facts.replacement;
  return words?.includes(' ') === true ? undefined : words;
}

/** What may be said of a sound sample. */
const bearable = new Set(['note', 'advice', 'warning', 'deprecated', 'security']);

describe.each(samples)('$name', ({ name, keyword, without, text }) => {
  it('changes the model, and is printed so that it is read as the same again', () => {
    const before = read(without).configuration;
    const loaded = read(text);
    expect(loaded.configuration, 'the sample must load').toBeDefined();
    expect(before, 'the sample without the keyword must load').toBeDefined();
    if (!loaded.configuration || !before) return;
    expect(
      meaning(loaded.configuration),
      `${name} is read and then forgotten: let its entry in src/config/schema write into the draft, and the check (src/config/check) put that into the model`,
    ).not.toEqual(meaning(before));
    const mistakes = loaded.diagnostics
      .filter((found) => !bearable.has(found.class) && found.code !== 'CFG_DEPRECATED')
      .map(({ message }) => message);
    expect(mistakes, 'the sample must be sound').toEqual([]);
    const { first, second, printed } = roundTrip(loaded.configuration);
    const word = expectedWord(name, keyword);
    if (word !== '')
      expect(words(printed).has(word), `${name} is not printed as "${word}": add it to src/config/print`).toBe(true);
    expect(second).toEqual(first);
  });
});
