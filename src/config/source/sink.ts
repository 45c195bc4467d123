/** What the reader hands on: statements and braces in the order of the text. */
import type { Statement } from '../statement.ts';
import type { Origin } from './origin.ts';

export interface StatementSink {
  statement(statement: Statement): void;
  /** `{` at text[offset]. */
  openBlock(origin: Origin, text: string, offset: number): void;
  /** `}` at text[offset]. */
  closeBlock(origin: Origin, text: string, offset: number): void;
}
