/**
 * Finds the statements of a block again in its text. The tree lets them go once they are read, because a configuration
 * may have hundreds of thousands; a message that wants to point at one of them, or to explain one mistake by another,
 * looks it up here. Slow, and only used when something is to be said.
 */
import { isBlank, stripComment } from './source/comments.ts';
import { Statement } from './statement.ts';
import { scanWords } from './words.ts';

const QUOTE = 34;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Text beyond this is not searched: the block was not closed, or is too large to be worth it. */
const maximumSearch = 200_000;

export interface InnerStatement {
  readonly statement: Statement;
  /** Line of its `}` if it is a block, else its own. */
  readonly lastLine: number;
}

/** Position of the next brace outside double quotes in text[from..to), -1 if there is none. */
function nextBrace(text: string, from: number, to: number): number {
  let quoted = false;
  for (let position = from; position < to; position++) {
    const code = text.charCodeAt(position);
    if (code === QUOTE) quoted = !quoted;
    else if (!quoted && (code === OPEN_BRACE || code === CLOSE_BRACE)) return position;
  }
  return -1;
}

type Piece =
  | { readonly kind: 'statement'; readonly line: number; readonly from: number; readonly to: number }
  | { readonly kind: 'open'; readonly line: number; readonly from: number }
  | { readonly kind: 'close'; readonly line: number; readonly from: number };

/** Statements and braces of the text from a position on; comments are left out, definitions are not expanded. */
function* pieces(text: string, position: number, firstLine: number): Generator<Piece> {
  const limit = Math.min(text.length, position + maximumSearch);
  for (let line = firstLine, start = position; start < limit; line++) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const stripped = stripComment(text, start, end);
    // With an escape inside, the stripped line is another text; its places would be wrong.
    const plain = stripped.text === text;
    let from = plain ? stripped.start : start;
    let to = plain ? stripped.end : end;
    while (to > from && (isBlank(text.charCodeAt(to - 1)) || text[to - 1] === '\r')) to--;
    while (from < to) {
      while (from < to && isBlank(text.charCodeAt(from))) from++;
      const brace = nextBrace(text, from, to);
      let statementEnd = brace < 0 ? to : brace;
      while (statementEnd > from && isBlank(text.charCodeAt(statementEnd - 1))) statementEnd--;
      if (statementEnd > from) yield { kind: 'statement', line, from, to: statementEnd };
      if (brace < 0) break;
      yield { kind: text.charCodeAt(brace) === OPEN_BRACE ? 'open' : 'close', line, from: brace };
      from = brace + 1;
    }
    start = end + 1;
  }
}

/**
 * The statements directly inside a block, in order. Empty if the block came out of a definition: then the file does not
 * show it.
 */
export function statementsInside(opener: Statement): InnerStatement[] {
  const { file, text } = opener;
  if (text !== file.text) return [];
  const inner: { statement: Statement; lastLine: number }[] = [];
  let depth = 0;
  for (const piece of pieces(text, opener.end, opener.line)) {
    if (piece.kind === 'open') depth++;
    else if (piece.kind === 'close') {
      depth--;
      if (depth <= 0) break;
      const last = inner.at(-1);
      if (last && depth === 1) last.lastLine = piece.line;
    } else if (depth === 0) break;
    else if (depth === 1) {
      const { words } = scanWords(text, piece.from, piece.to);
      if (words.length > 0) {
        const statement = new Statement(words, file, piece.line, text, piece.from, piece.to);
        inner.push({ statement, lastLine: piece.line });
      }
    }
  }
  return inner;
}

/** The last statement with a keyword directly inside a block, which is the one that counts; undefined if the file shows none. */
export function findInside(opener: Statement, keyword: string): Statement | undefined {
  return statementsInside(opener).findLast(({ statement }) => statement.keyword === keyword)?.statement;
}

export interface SuspectBlock {
  readonly opener: Statement;
  /** Line of the `}` that seems to be meant for another block. */
  readonly closeLine: number;
  /** The statement whose block that `}` stands under. */
  readonly meant: Statement;
}

/** Blanks before the first character of the line that holds a position. */
function indentation(text: string, position: number): string {
  const start = position === 0 ? 0 : text.lastIndexOf('\n', position - 1) + 1;
  let end = start;
  while (isBlank(text.charCodeAt(end))) end++;
  return text.slice(start, end);
}

/**
 * Which block inside one that is not closed lacks its `}`, by indentation: the first `}` at the beginning of a line that
 * closes a block further right and stands under one further out.
 */
export function suspectInside(outer: Statement): SuspectBlock | undefined {
  const { file, text } = outer;
  if (text !== file.text) return undefined;
  const open: { readonly opener: Statement; readonly indent: string }[] = [];
  let pending: Statement | undefined = outer;
  for (const piece of pieces(text, outer.end, outer.line)) {
    if (piece.kind === 'statement') {
      const { words } = scanWords(text, piece.from, piece.to);
      if (words.length > 0) pending = new Statement(words, file, piece.line, text, piece.from, piece.to);
    } else if (piece.kind === 'open') {
      if (!pending) return undefined;
      open.push({ opener: pending, indent: indentation(text, pending.start) });
      pending = undefined;
    } else {
      const closed = open.pop();
      if (!closed) return undefined;
      const indent = indentation(text, piece.from);
      const beginsLine = text.lastIndexOf('\n', piece.from) + 1 + indent.length === piece.from;
      if (beginsLine && indent !== closed.indent) {
        const meant = open.findLast((frame) => frame.indent === indent);
        if (meant) return { opener: closed.opener, closeLine: piece.line, meant: meant.opener };
      }
    }
  }
  return undefined;
}

/** The last statement with a keyword at the top level of the file that a statement stands in; undefined if there is none. */
export function findAtTop({ file }: Statement, keyword: string): Statement | undefined {
  let depth = 0;
  let found: Statement | undefined;
  for (const piece of pieces(file.text, 0, 1)) {
    if (piece.kind === 'open') depth++;
    else if (piece.kind === 'close') depth = Math.max(0, depth - 1);
    else if (depth === 0) {
      const { words } = scanWords(file.text, piece.from, piece.to);
      if (words[0] === keyword) found = new Statement(words, file, piece.line, file.text, piece.from, piece.to);
    }
  }
  return found;
}
