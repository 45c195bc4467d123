import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { History } from '../../../src/page/history.ts';

describe('the last minutes', () => {
  it('are kept for each subject, the oldest first, in steps that all share', () => {
    const history = new History({ steps: 3, mostSubjects: 10 });
    history.record([['a', 1]]);
    history.record([
      ['a', 2],
      ['b', 7],
    ]);
    expect(history.of('a')).toEqual([1, 2]);
    expect(history.of('b')).toEqual([undefined, 7]);
    history.record([
      ['a', undefined],
      ['b', 8],
    ]);
    history.record([
      ['a', 4],
      ['b', 9],
    ]);
    expect(history.of('a')).toEqual([2, undefined, 4]);
    expect(history.of('b')).toEqual([7, 8, 9]);
    expect(history.of('c')).toEqual([]);
  });

  it('forget who is gone, and a newcomer does not get his figures', () => {
    const history = new History({ steps: 3, mostSubjects: 1 });
    history.record([['a', 1]]);
    history.record([['b', 2]]);
    expect(history.of('a')).toEqual([]);
    // There was no room for it while the other one stood there.
    history.record([['b', 3]]);
    expect(history.of('b')).toEqual([undefined, undefined, 3]);
  });

  it('take the octets of their numbers and no more, for 5,000 services', () => {
    const history = new History({ steps: 60, mostSubjects: 25_000 });
    const all = Array.from({ length: 5_000 }, (_, index) => [`service ${index}`, index] as const);
    for (let step = 0; step < 70; step++) history.record(all);
    expect(history.subjects).toBe(5_000);
    expect(history.octets).toBeLessThan(2 * 5_000 * 60 * 4);
    expect(history.of('service 4999')).toHaveLength(60);
  });

  it('are what a plain list of the last steps says', () => {
    const names = ['a', 'b', 'c', 'd'];
    const step = fc.dictionary(
      fc.constantFrom(...names),
      fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const history = new History({ steps: 4, mostSubjects: 4 });
        for (const each of steps) history.record(Object.entries(each));
        for (const name of names) {
          if (!(name in (steps.at(-1) ?? {}))) continue;
          const present = steps.length - steps.findLastIndex((each) => !(name in each)) - 1;
          const last = steps
            .slice(-4)
            .map((each, index, kept) => (kept.length - index <= present ? each[name] : undefined));
          expect(history.of(name)).toEqual(last);
        }
      }),
    );
  });
});
