/**
 * What this daemon understands of a configuration, printed as a state dump, against the dump that Debian's keepalived
 * 2.2.7 wrote of the same file. dumps/NAME.PROCESS.data is made by `npm run corpus:model -- --golden`.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareFields, fieldsOf } from '../../scripts/corpus-model/compare.ts';
import { configuredFields, differenceText, explanationOf } from '../../scripts/corpus-model/differences.ts';
import { loadOurs, ourDumps, type OurDumps } from '../../scripts/corpus-model/ours.ts';

const folder = path.join(import.meta.dirname, 'dumps');
const original = (name: string, kind: keyof OurDumps): string =>
  readFileSync(path.join(folder, `${name}.${kind}.data`), 'utf8');

function ours(name: string, kind: keyof OurDumps): string {
  const { configuration } = loadOurs(path.join(folder, `${name}.conf`));
  if (configuration === undefined) throw new Error(`${name}.conf is refused`);
  return ourDumps(configuration)[kind];
}

const compare = (theirs: string, own: string) =>
  compareFields(configuredFields(fieldsOf(theirs)), configuredFields(fieldsOf(own)));

/** The least number of fields that follow from the file: an empty dump must not pass. */
const dumps = [
  ['global', 'check', 130],
  ['global', 'parent', 90],
  ['vrrp', 'vrrp', 350],
  ['vrrp', 'bfd', 90],
  ['check', 'check', 420],
] as const;

describe('a state dump', () => {
  it.each(dumps)('of %s.conf by the process %s says what the original says', (name, kind, leastFields) => {
    const { fields, differences } = compare(original(name, kind), ours(name, kind));
    expect(fields).toBeGreaterThan(leastFields);
    const open = differences.filter((difference) => explanationOf(name, difference) === undefined);
    expect(open.map((difference) => `[${difference.block}] ${differenceText(difference)}`)).toEqual([]);
  });

  it.each([
    ['   Priority = 140', '   Priority = 141', 'VRRP Instance = V4'],
    ['     V4, weight -30\n', '', 'VRRP Script = chk_web'],
    ['     198.51.100.11 dev eth1 scope link\n', '', 'VRRP Instance = V4'],
    [' umask = 0177', ' umask = 0022', ''],
  ])('with %j changed to %j is seen to differ', (text, other, block) => {
    const theirs = original('vrrp', 'vrrp');
    expect(theirs).toContain(text);
    const { differences } = compare(theirs, theirs.replace(text, other));
    expect(differences).toHaveLength(1);
    expect(differences[0]?.block).toBe(block);
    expect(explanationOf('vrrp', differences[0]!)).toBeUndefined();
  });
});
