import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orders, queryText, readQuery } from '../../../src/page/query.ts';

const read = (text: string) => readQuery(new URLSearchParams(text));

describe('the address of a view', () => {
  it('is read back as what was written', () => {
    const queries = fc.record({
      search: fc.string({ maxLength: 100 }).map((text) => text.trim()),
      problemsOnly: fc.boolean(),
      order: fc.constantFrom(...orders),
      page: fc.integer({ min: 1, max: 200 }),
      open: fc.uniqueArray(fc.string({ unit: 'grapheme' }), { maxLength: 20 }),
    });
    fc.assert(
      fc.property(queries, (query) => {
        const back = read(queryText({ ...query, words: [] }).slice(1));
        expect(back).toMatchObject(query);
      }),
    );
  });

  it('says nothing of what is as ever', () => {
    expect(queryText(read(''))).toBe('?');
  });

  it.each(['page=0', 'page=-1', 'page=1.5', 'page=x', 'page=1e99', 'order=constructor', 'show=x', 'open=', 'q=%00'])(
    'survives %s',
    (text) => {
      expect(read(text)).toMatchObject({ page: 1, order: 'problems', problemsOnly: false });
    },
  );

  it('has bounds: of the search, and of what is unfolded', () => {
    expect(read(`q=${'x'.repeat(500)}`).search).toHaveLength(100);
    const open = Array.from({ length: 60 }, (_, index) => `open=${index}`).join('&');
    expect(read(open).open).toHaveLength(20);
    // A link that unfolds one more has the one that was asked for.
    expect(queryText({ ...read(open), open: [...read(open).open, 'new'] })).toContain('open=new');
  });
});
