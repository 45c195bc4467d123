/**
 * What an agent can be asked: scalars and tables in the order of their identifiers. Nothing is copied into a tree: a table
 * knows its rows and its columns, and a walk finds its way by binary search, so that tables of any size cost what is asked.
 */
import { compareOids, startsWith, type Oid } from './oid.ts';
import type { Answer, SnmpValue, Variable } from './value.ts';

/** A part of the tree of identifiers. */
export interface Subtree {
  /** Everything in it begins so. */
  readonly prefix: Oid;
  get(oid: Oid): Answer;
  /** The first value behind `oid`, or at it if `inclusive`; undefined: none. */
  next(oid: Oid, inclusive: boolean): Variable<SnmpValue> | undefined;
}

/** A value below a subtree that is there or not. */
type Reader<Subject> = (subject: Subject) => SnmpValue | undefined;

/** Columns by their number. */
export type Columns<Row> = Readonly<Record<number, Reader<Row>>>;

export interface TableRow<Row> {
  readonly index: Oid;
  readonly row: Row;
}

export class Table<Row> implements Subtree {
  readonly prefix: Oid;
  readonly #columns: readonly (readonly [number, Reader<Row>])[];
  readonly #rows: readonly TableRow<Row>[];

  /**
   * @param prefix of the conceptual row (xxxEntry)
   * @param rows in any order; of two with one index the first counts
   */
  constructor(prefix: Oid, columns: Columns<Row>, rows: readonly TableRow<Row>[]) {
    this.prefix = prefix;
    this.#columns = Object.entries(columns)
      .map(([number, read]) => [Number(number), read] as const)
      .sort(([a], [b]) => a - b);
    this.#rows = isSorted(rows) ? rows : withoutRepeats(rows.toSorted((a, b) => compareOids(a.index, b.index)));
  }

  get(oid: Oid): Answer {
    const number = oid[this.prefix.length];
    const read = this.#columns.find(([column]) => column === number)?.[1];
    if (read === undefined || !startsWith(oid, this.prefix)) return { type: 'no-such-object' };
    const index = oid.slice(this.prefix.length + 1);
    const row = this.#rows[this.#firstFrom(index)];
    const found = row !== undefined && compareOids(row.index, index) === 0 ? read(row.row) : undefined;
    return found ?? { type: 'no-such-instance' };
  }

  next(oid: Oid, inclusive: boolean): Variable<SnmpValue> | undefined {
    const inside = startsWith(oid, this.prefix);
    if (!inside && compareOids(oid, this.prefix) > 0) return undefined;
    const from = inside ? (oid[this.prefix.length] ?? 0) : 0;
    for (const [column, read] of this.#columns) {
      if (column < from) continue;
      const index = column === from && inside ? oid.slice(this.prefix.length + 1) : [];
      let at = this.#firstFrom(index);
      const first = this.#rows[at];
      if (!inclusive && first !== undefined && index.length > 0 && compareOids(first.index, index) === 0) at++;
      for (; at < this.#rows.length; at++) {
        const { index: found, row } = this.#rows[at] as TableRow<Row>;
        const value = read(row);
        if (value !== undefined) return { oid: [...this.prefix, column, ...found], value };
      }
    }
    return undefined;
  }

  /** Position of the first row whose index is not before this one. */
  #firstFrom(index: Oid): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareOids((this.#rows[middle] as TableRow<Row>).index, index) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Objects with one value each, the instance `.0` (RFC 2578 section 7.1). A table with one row whose index is 0. */
export class Scalars<Subject> extends Table<Subject> {
  constructor(prefix: Oid, columns: Columns<Subject>, subject: Subject) {
    super(prefix, columns, [{ index: [0], row: subject }]);
  }
}

/** Several subtrees as one. */
export class View implements Subtree {
  readonly prefix: Oid;
  readonly #parts: readonly Subtree[];

  constructor(prefix: Oid, parts: readonly Subtree[]) {
    this.prefix = prefix;
    this.#parts = parts.toSorted((a, b) => compareOids(a.prefix, b.prefix));
  }

  get(oid: Oid): Answer {
    const part = this.#parts.findLast(({ prefix }) => startsWith(oid, prefix));
    return part?.get(oid) ?? { type: 'no-such-object' };
  }

  next(oid: Oid, inclusive: boolean): Variable<SnmpValue> | undefined {
    let first: Variable<SnmpValue> | undefined;
    // Parts may lie inside of each other (scalars above tables): the first of all of them is the next one.
    for (const part of this.#parts) {
      const found = part.next(oid, inclusive);
      if (found !== undefined && (first === undefined || compareOids(found.oid, first.oid) < 0)) first = found;
    }
    return first;
  }
}

function isSorted(rows: readonly TableRow<unknown>[]): boolean {
  return rows.every((row, at) => at === 0 || compareOids((rows[at - 1] as TableRow<unknown>).index, row.index) < 0);
}

function withoutRepeats<Row>(rows: readonly TableRow<Row>[]): readonly TableRow<Row>[] {
  return rows.filter((row, at) => at === 0 || compareOids((rows[at - 1] as TableRow<Row>).index, row.index) !== 0);
}
