/**
 * The first step of formatting: which statements share a line. Each statement gets a line of its own, with the `{` of its
 * block behind it, and `}` stands alone. Lines whose text means something before it is cut into statements (definitions,
 * conditionals, repetitions, includes, escapes) stay as they are. Lines with references are broken up only on trial: a
 * definition of several lines is replaced at the end of a line only.
 */
import { parseAssignment } from '../source/definitions.ts';
import { includeForms } from '../source/includes.ts';
import { stripComment } from '../source/comments.ts';

/** One line of the result, without indentation. */
export interface BrokenLine {
  readonly text: string;
  /** Steps of indentation beyond the block it stands in: lines of a definition that goes on. */
  readonly extra: number;
}

interface Pending {
  text: string;
  extra: number;
  /** Where ` {` could still be put: behind the statement, before its comment. */
  joinAt?: number;
}

function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

/** `${NAME}` and `${NAME parameters}`, at a position. */
const reference = /\$\{[A-Za-z_][A-Za-z0-9_]*[A-Za-z0-9_ \t]*\}/y;

/** Positions of the braces outside double quotes and references. */
function bracePositions(code: string): number[] {
  const positions: number[] = [];
  let quoted = false;
  for (let position = 0; position < code.length; position++) {
    const char = code[position];
    reference.lastIndex = position;
    if (char === '$' && reference.test(code)) position = reference.lastIndex - 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '{' || char === '}')) positions.push(position);
  }
  return positions;
}

function depthChange(code: string): number {
  return bracePositions(code).reduce((sum, position) => sum + (code[position] === '{' ? 1 : -1), 0);
}

function isInclude(code: string): boolean {
  return includeForms.has(/^[^ \t]*/.exec(code)?.[0] ?? '');
}

/** A definition, perhaps behind conditionals: whether it goes on in the next line. */
function opensDefinition(code: string): boolean {
  const text = code.replace(/^(?:@[^ \t]+[ \t]+)*/, '');
  return parseAssignment(text, 0, text.length) !== undefined && code.endsWith('\\');
}

/** Whether the words of a line, and perhaps references among them, are all there is to it. */
function isPlain(code: string, references: boolean): boolean {
  return (
    !/[\\\0]/.test(code) && !/^([@~]|\$[^{])/.test(code) && (references || !code.includes('$')) && !isInclude(code)
  );
}

/** The texts between braces. */
function pieces(code: string): string[] {
  const positions = [-1, ...bracePositions(code)];
  return positions.map((position, index) => trimBlanks(code.slice(position + 1, positions[index + 1])));
}

class LineBreaker {
  readonly #lines: Pending[] = [];
  readonly #references: boolean;
  /** Inside a definition of several lines: the steps of indentation of its next line; undefined outside. */
  #definitionDepth: number | undefined;

  constructor(references: boolean) {
    this.#references = references;
  }

  get lines(): readonly BrokenLine[] {
    while (this.#lines.at(-1)?.text === '') this.#lines.pop();
    return this.#lines;
  }

  add(raw: string): void {
    const text = trimBlanks(raw);
    if (this.#definitionDepth !== undefined && raw !== '') {
      // A line of blanks does not end the definition; an empty one would.
      if (text !== '') this.#continueDefinition(text, this.#definitionDepth);
      return;
    }
    this.#definitionDepth = undefined;
    if (text === '') {
      if (this.#lines.length > 0 && this.#lines.at(-1)?.text !== '') this.#push('');
      return;
    }
    const scanFrom = text.startsWith('@!') ? 2 : 0;
    const stripped = stripComment(text, 0, text.length, scanFrom);
    const untouched = stripped.text !== text || stripped.unterminatedQuote;
    const code = stripped.text.slice(stripped.start, stripped.end);
    // What stands behind a brace is a line of its own, with all that may mean.
    if (code === '' || untouched || !pieces(code).every((piece) => isPlain(piece, this.#references))) {
      this.#push(text);
      if (code !== '' && opensDefinition(code)) this.#definitionDepth = Math.max(1, depthChange(code));
      return;
    }
    this.#breakLine(code, text.slice(stripped.end));
  }

  #push(text: string, extra = 0): Pending {
    const line = { text, extra };
    this.#lines.push(line);
    return line;
  }

  #continueDefinition(text: string, depth: number): void {
    const stripped = stripComment(text, 0, text.length);
    const code = stripped.text.slice(stripped.start, stripped.end);
    const closing = /^}/.test(code) ? 1 : 0;
    this.#push(text, Math.max(0, depth - closing));
    if (code === '') return;
    this.#definitionDepth = code.endsWith('\\') ? Math.max(0, depth + depthChange(code)) : undefined;
  }

  /** @param comment the comment with the blanks before it; may be empty */
  #breakLine(code: string, comment: string): void {
    const produced: Pending[] = [];
    let from = 0;
    let joined: Pending | undefined;
    for (const position of bracePositions(code)) {
      const statement = trimBlanks(code.slice(from, position));
      from = position + 1;
      if (code[position] === '}') {
        if (statement !== '') produced.push(this.#push(statement));
        produced.push(this.#push('}'));
      } else if (statement !== '') {
        produced.push(this.#push(`${statement} {`));
      } else {
        joined = produced.length === 0 ? this.#join(comment) : undefined;
        produced.push(joined ?? this.#push('{'));
      }
    }
    const rest = trimBlanks(code.slice(from));
    if (rest !== '') {
      const line = this.#push(rest);
      if (isPlain(rest, false)) line.joinAt = rest.length;
      produced.push(line);
    }
    if (comment === '') return;
    const [first] = produced;
    // Blanks before the comment are the author's as long as the line is.
    if (first) first.text += produced.length === 1 && !joined ? comment : ` ${trimBlanks(comment)}`;
  }

  /** Puts a `{` that begins a line behind the statement of the line before, unless two comments would meet. */
  #join(comment: string): Pending | undefined {
    const before = this.#lines.at(-1);
    if (before?.joinAt === undefined) return undefined;
    const rest = before.text.slice(before.joinAt);
    if (rest !== '' && comment !== '') return undefined;
    before.text = `${before.text.slice(0, before.joinAt)} {${rest}`;
    delete before.joinAt;
    return before;
  }
}

/**
 * Cuts a text into the lines of its canonical form.
 * @param references whether lines with references are broken up too
 */
export function breakLines(text: string, references: boolean): readonly BrokenLine[] {
  const breaker = new LineBreaker(references);
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) breaker.add(line.replace(/\r+$/, ''));
  return breaker.lines;
}

/** Identities that the conditionals of lines name, without repetitions. */
export function namedIdentities(lines: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const line of lines) for (const [, id = ''] of line.matchAll(/(?<=^|[ \t])@[\^!]?([^ \t]+)/g)) found.add(id);
  return [...found];
}

/** A name that no definition has, for conditionals that none of them names. */
export function freshIdentity(identities: readonly string[]): string {
  let name = 'other';
  while (identities.includes(name)) name += '-other';
  return name;
}
