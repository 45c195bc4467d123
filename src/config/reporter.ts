/** Collects what the reader has to say, with places resolved to line and column. */
import { mergeConsequences, type Found } from './consequences.ts';
import type { Diagnostic, DiagnosticKind, RelatedPlace } from './diagnostics.ts';
import type { SourceLocation } from './model.ts';
import { locateWord, type Statement } from './statement.ts';

/** What a caller says about a mistake; the place comes from the statement. */
export interface Complaint {
  readonly code: string;
  readonly class: DiagnosticKind;
  readonly message: string;
  readonly remedy?: string;
  readonly related?: readonly RelatedPlace[];
  readonly stops?: { readonly exitCode: number; readonly immediately: boolean };
}

/** More than this many messages help nobody, and junk must not fill the memory. */
const maximumDiagnostics = 2000;
/** Room beyond that for what must not be missed: something was cut off, or stops the daemon. */
const reserve = 200;

export class Reporter {
  readonly #found: Found[] = [];
  #leftOut = 0;

  /** Reports at a word of a statement (0 is the keyword; a word that is not there points behind the last one). */
  at(statement: Statement, word: number, complaint: Complaint): void {
    if (this.#isFull(complaint)) return;
    const { at, length } = locateWord(statement, word);
    this.#found.push({ diagnostic: { ...complaint, at, length }, statement });
  }

  /** Reports at a place that belongs to no statement (a brace, a line that was dropped). */
  atPlace(at: SourceLocation, length: number, complaint: Complaint): void {
    if (this.#isFull(complaint)) return;
    this.#found.push({ diagnostic: { ...complaint, at, length } });
  }

  /** Reports what has no place. */
  general(complaint: Complaint): void {
    if (this.#isFull(complaint)) return;
    this.#found.push({ diagnostic: complaint });
  }

  /** Adds a diagnostic made elsewhere. */
  add(diagnostic: Diagnostic): void {
    if (!this.#isFull(diagnostic)) this.#found.push({ diagnostic });
  }

  /** How often something was reported. */
  get count(): number {
    return this.#found.length + this.#leftOut;
  }

  #isFull({ code, stops }: Complaint): boolean {
    const important = stops !== undefined || code === 'CFG_EXPANSION';
    if (this.#found.length < maximumDiagnostics + (important ? reserve : 0)) return false;
    this.#leftOut++;
    return true;
  }

  /**
   * Everything reported, in the order of the text: files in the order they were read, then lines; what has no place last.
   * What only follows from another mistake is told with that one.
   * @param files the files in reading order
   */
  result(files: readonly string[]): readonly Diagnostic[] {
    const order = new Map(files.map((name, index) => [name, index]));
    const rank = (diagnostic: Diagnostic) => (diagnostic.at ? (order.get(diagnostic.at.file) ?? -1) : Infinity);
    const sorted = this.#found
      .map((found, index) => ({ ...found, index, rank: rank(found.diagnostic) }))
      .sort((a, b) => {
        if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
        const lines = (a.diagnostic.at?.line ?? 0) - (b.diagnostic.at?.line ?? 0);
        return lines || (a.diagnostic.at?.column ?? 0) - (b.diagnostic.at?.column ?? 0) || a.index - b.index;
      });
    const diagnostics = mergeConsequences(sorted);
    if (this.#leftOut > 0) {
      diagnostics.push({ code: 'CFG_MORE', class: 'general', message: `${this.#leftOut} more messages are left out` });
    }
    return diagnostics;
  }
}
