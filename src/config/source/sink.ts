/** What the reader hands on: statements and braces in the order of the text. */
import type { SourceFile, Statement } from '../statement.ts';

export interface StatementSink {
  statement(statement: Statement): void;
  /** `{` at text[offset], in a physical line of a file. */
  openBlock(file: SourceFile, line: number, text: string, offset: number): void;
  /** `}` at text[offset]. */
  closeBlock(file: SourceFile, line: number, text: string, offset: number): void;
}
