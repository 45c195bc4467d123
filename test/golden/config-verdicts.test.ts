// Exit codes of Debian's keepalived 2.2.7 (`keepalived -t` in a network namespace with lo, eth0 and eth1; programs in
// /usr/bin and /bin as on a plain Debian 12). Left out: what later versions judge otherwise, and what crashes it.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allKeywords } from '../../src/config/schema/top.ts';
import { load } from '../unit/config/memory.ts';

interface Verdict {
  readonly exit: number;
  readonly text: readonly string[];
}

const verdicts = JSON.parse(readFileSync(new URL('config/verdicts.json', import.meta.url), 'utf8')) as Record<
  string,
  Verdict
>;

describe('exit code of the configuration test', () => {
  it.each(Object.entries(verdicts))('%s', (_name, { exit, text }) => {
    expect(load(text.join('\n')).exitCode).toBe(exit);
  });
});

describe('the schema', () => {
  const listed = readFileSync(new URL('config/keywords.tsv', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

  it('has every keyword of keepalived 2.4.3 once, and no others but those that are marked as its own', () => {
    const listedOnes = allKeywords().filter(({ facts }) => facts.own !== true);
    const known = listedOnes.map(({ path, keyword }) => `${path}\t${keyword}`);
    expect(known.toSorted()).toEqual(listed.toSorted());
    expect(listed).toHaveLength(873);
  });

  it('says something about each', () => {
    for (const { facts } of allKeywords()) {
      expect(facts.note.length).toBeGreaterThan(4);
      expect(facts.form).not.toBe('');
    }
  });
});
