/** What a reader's browser is sent makes of the page before it the page of now. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences, sectionOfRows, wholeSection, type Section } from '../../../src/page/fragments.ts';
import { html } from '../../../src/page/html.ts';

const rowsSection = (title: string, rows: readonly (readonly [string, number])[]): Section =>
  sectionOfRows(
    'rows',
    rows.map(([name, value]) => ({ id: `row-${name}`, markup: html`<p id="row-${name}">${value}</p>` })),
    (all) =>
      html`<div id="rows">
        <h2>${title}</h2>
        ${all}
      </div>`,
  );

const view = (title: string, rows: readonly (readonly [string, number])[], other: string): Section[] => [
  rowsSection(title, rows),
  wholeSection('other', html`<div id="other">${other}</div>`),
];

/** As the browser does it: an element is replaced by the one with its id. */
function applied(before: readonly Section[], pieces: readonly { id: string; markup: string }[]): string {
  let page = before.map((section) => section.html.toString()).join('');
  for (const { id, markup } of pieces) {
    const element = new RegExp(`<(p|div) id="${id}">[^]*?</\\1>`);
    expect(page).toMatch(element);
    page = page.replace(element, () => markup);
  }
  return page;
}

const rows = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(3)), { selector: ([name]) => name });
const views = fc.tuple(fc.constantFrom('one', 'two'), rows, fc.constantFrom('x', 'y'));

describe('the differences of two views', () => {
  it('make the one of the other', () => {
    fc.assert(
      fc.property(views, views, (before, after) => {
        const wanted = view(...after);
        expect(applied(view(...before), differences(view(...before), wanted))).toBe(
          wanted.map((section) => section.html.toString()).join(''),
        );
      }),
    );
  });

  it('are nothing where nothing differs, everything at first, and one row where one row differs', () => {
    const one = view(
      't',
      [
        ['a', 1],
        ['b', 2],
      ],
      'x',
    );
    expect(
      differences(
        one,
        view(
          't',
          [
            ['a', 1],
            ['b', 2],
          ],
          'x',
        ),
      ),
    ).toEqual([]);
    expect(differences(undefined, one).map(({ id }) => id)).toEqual(['rows', 'other']);
    expect(
      differences(
        one,
        view(
          't',
          [
            ['a', 1],
            ['b', 3],
          ],
          'x',
        ),
      ),
    ).toEqual([{ id: 'row-b', markup: '<p id="row-b">3</p>' }]);
    expect(
      differences(
        one,
        view(
          't',
          [
            ['b', 2],
            ['a', 1],
          ],
          'x',
        ),
      ).map(({ id }) => id),
    ).toEqual(['rows']);
  });
});
