/** Walks over tables: RFC 3416 section 4.2.2 against the plain way, all values in a sorted list. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerRequest } from '../../../../src/notify/snmp/agentx/requests.ts';
import { compareOids, type Oid } from '../../../../src/notify/snmp/oid.ts';
import { gauge, integer, type SnmpValue, type Variable } from '../../../../src/notify/snmp/value.ts';
import { Scalars, Table, View, type Subtree } from '../../../../src/notify/snmp/view.ts';

const root: Oid = [1, 3, 6, 1, 4, 1, 99];
const header = { sessionId: 1, transactionId: 1, packetId: 1 };

interface Cell {
  readonly index: Oid;
  readonly values: Readonly<Record<number, number>>;
}

const index = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 });
const cells = fc.uniqueArray(
  fc.record({
    index,
    values: fc.dictionary(fc.constantFrom('1', '2', '5'), fc.nat()),
  }),
  { selector: ({ index: each }) => each.join('.'), maxLength: 8 },
);

function table(prefix: Oid, rows: readonly Cell[]): Subtree {
  const read = (column: number) => (row: Cell) => {
    const value = row.values[column];
    return value === undefined ? undefined : gauge(value);
  };
  return new Table(
    prefix,
    { 5: read(5), 1: read(1), 2: read(2) },
    rows.map((row) => ({ index: row.index, row })),
  );
}

function plain(prefix: Oid, rows: readonly Cell[]): Variable<SnmpValue>[] {
  return rows.flatMap((row) =>
    Object.entries(row.values).map(([column, value]) => ({
      oid: [...prefix, Number(column), ...row.index],
      value: gauge(value),
    })),
  );
}

describe('a view', () => {
  it('is walked in order, from anywhere, as a sorted list would be', () => {
    const somewhere = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 6 }).map((tail) => [...root, ...tail]);
    fc.assert(
      fc.property(cells, cells, somewhere, fc.boolean(), (first, second, start, include) => {
        const view = new View(root, [
          table([...root, 4, 1], second),
          table([...root, 2, 1], first),
          new Scalars([...root, 3], { 1: () => integer(7) }, undefined),
        ]);
        const all: Variable<SnmpValue>[] = [
          ...plain([...root, 2, 1], first),
          { oid: [...root, 3, 1, 0], value: integer(7) },
          ...plain([...root, 4, 1], second),
        ].sort((a, b) => compareOids(a.oid, b.oid));
        const expected = all.find(({ oid }) => {
          const order = compareOids(oid, start);
          return include ? order >= 0 : order > 0;
        });
        expect(view.next(start, include)).toEqual(expected);
        const there = all.find(({ oid }) => compareOids(oid, start) === 0);
        if (there) expect(view.get(start)).toEqual(there.value);
        else expect(view.get(start).type).toMatch(/^no-such-/);
        const walked = answerRequest(
          {
            ...header,
            type: 'get-bulk',
            nonRepeaters: 0,
            maxRepetitions: 500,
            ranges: [{ start: root, include: false, end: undefined }],
          },
          view,
        );
        expect(walked.slice(0, -1)).toEqual(all);
        expect(walked.at(-1)?.value.type).toBe('end-of-view');
      }),
    );
  });

  it('tells an object that it does not have from a row that is not there', () => {
    const view = table([...root, 1], [{ index: [1], values: { 1: 5 } }]);
    expect(view.get([...root, 1, 3, 1])).toEqual({ type: 'no-such-object' });
    expect(view.get([...root, 1, 1, 2])).toEqual({ type: 'no-such-instance' });
    expect(view.get([...root, 1, 2, 1])).toEqual({ type: 'no-such-instance' });
  });

  it('ends a range before its end', () => {
    const view = table([...root, 1], [{ index: [1], values: { 1: 5 } }]);
    const ranges = [{ start: root, include: false, end: [...root, 1, 1, 1] }];
    expect(answerRequest({ ...header, type: 'get-next', ranges }, view)).toEqual([
      { oid: root, value: { type: 'end-of-view' } },
    ]);
  });
});
