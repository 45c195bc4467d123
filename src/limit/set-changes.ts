/** What makes the elements that a set has those that it should have. */
import type { Element, Elements } from './engine.ts';

export interface SetChanges {
  /** Also those whose time or note is another now; they are taken out first. */
  readonly add: readonly (readonly [text: string, element: Element])[];
  readonly remove: readonly string[];
}

/** Times that differ by less are the same: they were rounded on their way through the kernel. */
const sameTime = 2_000;

function same(one: Element, other: Element): boolean {
  if (one.origin !== other.origin) return false;
  if (one.until === undefined || other.until === undefined) return one.until === other.until;
  return Math.abs(one.until - other.until) < sameTime;
}

/** The difference of two states of a set. */
export function setChanges(present: Elements, wanted: Elements): SetChanges {
  const add: [string, Element][] = [];
  const remove: string[] = [];
  for (const [text, element] of wanted) {
    const there = present.get(text);
    if (there === undefined) add.push([text, element]);
    else if (!same(there, element)) {
      remove.push(text);
      add.push([text, element]);
    }
  }
  for (const text of present.keys()) if (!wanted.has(text)) remove.push(text);
  return { add, remove };
}
