/**
 * Against "parsed and forgotten", second half: what the keywords put into the model is read by something that acts, or
 * the keyword says that nothing acts on it yet.
 */
import { describe, expect, it } from 'vitest';
import { allKeywords } from '../../../src/config/schema/top.ts';
import { forShowOnly, needsNoAction, notInTheModel, readForOthers } from '../../data/keyword-exceptions.ts';
import { samples } from '../../data/samples/all.ts';
import { analyseModelUse, type PropertyName } from '../../support/model-consumers.ts';
import { meaning, read } from './round-trip.ts';

const use = analyseModelUse();

const own = new Set(
  allKeywords()
    .filter(({ facts }) => facts.effect === 'none-yet')
    .map(({ path, keyword }) => `${path} ${keyword}`),
);

/** Whether nothing acts on the keyword yet, by its own mark or that of a block around it. */
function isMarked(name: string): boolean {
  if (own.has(name)) return true;
  const blocks = (name.split(' ')[0] ?? '').split('/');
  return blocks.some((block, depth) => {
    const around = depth === 0 ? '(top)' : blocks.slice(0, depth).join('/');
    return own.has(`${around} ${block}`);
  });
}

const loaded = new Map<string, unknown>();

function modelOf(text: string): unknown {
  let known = loaded.get(text);
  if (known === undefined) {
    const { configuration } = read(text);
    known = configuration ? meaning(configuration) : {};
    loaded.set(text, known);
  }
  return known;
}

const changes = samples.map(({ name, without, text }) => ({ name, ...use.changed(modelOf(without), modelOf(text)) }));

function readers(properties: Iterable<PropertyName>): string[] {
  return [...properties].flatMap((property) =>
    (use.readers.get(property) ?? []).map((file) => `${property} in src/${file}`),
  );
}

describe('keywords', () => {
  it('act: something outside of src/config reads what they set', () => {
    const forgotten = changes
      .filter(({ name, differing }) => !isMarked(name) && !(name in needsNoAction) && readers(differing).length === 0)
      .map(({ name, differing }) => `${name} sets ${[...differing].join(', ')}`);
    expect(
      forgotten,
      "let something in src/ read the property; until then mark the keyword effect: 'none-yet' in src/config/schema, or list it in needsNoAction with its reason",
    ).toEqual([]);
  });

  it('do not say that nothing acts on them when something does', () => {
    const stale = changes
      .filter(({ name, differing }) => own.has(name) && !(name in readForOthers) && readers(differing).length > 0)
      .map(({ name, differing }) => `${name}: ${readers(differing).join(', ')}`);
    expect(
      stale,
      "remove effect: 'none-yet' from the keyword in src/config/schema, or list it in readForOthers with its reason",
    ).toEqual([]);
  });

  it('stand in the lists of exceptions only as long as they have to', () => {
    const bySample = new Map(changes.map((change) => [change.name, change]));
    const needless = [
      ...Object.keys(needsNoAction).filter((name) => {
        const change = bySample.get(name);
        return !change || isMarked(name) || readers(change.differing).length > 0;
      }),
      ...Object.keys(readForOthers).filter((name) => {
        const change = bySample.get(name);
        return !change || !own.has(name) || readers(change.differing).length === 0;
      }),
    ];
    expect(needless, 'remove them from test/data/keyword-exceptions.ts').toEqual([]);
  });

  it('are marked at their own place or at a block around them, those that are refused aside', () => {
    expect(Object.keys(notInTheModel).filter((name) => own.has(name))).toEqual([]);
  });
});

/** The list entry for a property: its own, or that of its type. */
function shown(property: PropertyName): string | undefined {
  const [type = ''] = property.split('.');
  return [property, type].find((name) => name in forShowOnly);
}

describe('properties of the model', () => {
  const unread = [...use.properties].filter((property) => !use.readers.has(property));

  it('are there, hundreds of them, and most are read', () => {
    expect(use.properties.size).toBeGreaterThan(400);
    expect(unread.length).toBeLessThan(use.properties.size / 2);
  });

  it('are read by something that acts, unless every keyword that sets them says that nothing does', () => {
    const forgotten = unread
      .filter((property) => shown(property) === undefined)
      .map((property) => {
        const direct = changes.filter(({ differing }) => differing.has(property));
        const setters = direct.length > 0 ? direct : changes.filter(({ further }) => further.has(property));
        const acting = setters.map(({ name }) => name).filter((name) => !isMarked(name) && !(name in needsNoAction));
        if (setters.length === 0) return `${property}: no keyword sets it`;
        return acting.length === 0 ? undefined : `${property}: set by ${acting.join(', ')}`;
      })
      .filter((line) => line !== undefined);
    expect(
      forgotten,
      'let something in src/ read the property, remove it, or list it in forShowOnly with its reason',
    ).toEqual([]);
  });

  it('stand in the list of those that are only shown as long as they have to', () => {
    const used = new Set(unread.map(shown));
    expect(Object.keys(forShowOnly).filter((name) => !used.has(name))).toEqual([]);
  });
});
