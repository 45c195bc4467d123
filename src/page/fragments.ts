/** The page in pieces with a name each, and what differs between two moments: what a reader's browser is sent. */
import type { Html } from './html.ts';

export interface Piece {
  readonly id: string;
  readonly markup: string;
}

/** A section, and rows in it that can change one by one. */
export interface Section {
  readonly id: string;
  readonly html: Html;
  /** The section without its rows. */
  readonly frame: string;
  readonly rows: readonly Piece[];
}

/** A section of one piece. */
export function wholeSection(id: string, markup: Html): Section {
  return { id, html: markup, frame: markup.toString(), rows: [] };
}

/**
 * @param rows in their order
 * @param render the section around rows
 */
export function sectionOfRows(
  id: string,
  rows: readonly { readonly id: string; readonly markup: Html }[],
  render: (rows: readonly Html[]) => Html,
): Section {
  return {
    id,
    html: render(rows.map(({ markup }) => markup)),
    frame: render([]).toString(),
    rows: rows.map((row) => ({ id: row.id, markup: row.markup.toString() })),
  };
}

/** What to replace so that `before` becomes `after`. Sections never come or go; without `before` it is all of them. */
export function differences(before: readonly Section[] | undefined, after: readonly Section[]): Piece[] {
  const known = new Map((before ?? []).map((section) => [section.id, section]));
  return after.flatMap((section): Piece[] => {
    const { id, frame, html, rows } = section;
    const old = known.get(id);
    const sameRows = old?.rows.length === rows.length && rows.every((row, index) => row.id === old.rows[index]?.id);
    if (old?.frame !== frame || !sameRows) return [{ id, markup: html.toString() }];
    return rows.filter((row, index) => row.markup !== old.rows[index]?.markup);
  });
}
