/** Lines made of words with options (`10.0.0.1/24 dev eth0 label eth0:1`): one entry an option, read by a cursor. */
import type { Statement } from '../statement.ts';
import { nearestWord } from '../nearest.ts';
import { readInteger, type NumberRange } from '../values.ts';
import { quote, type Context } from './context.ts';
import type { KeywordFacts, LineWords } from './keyword.ts';

/** Walks the words of one statement. */
export class Cursor {
  readonly statement: Statement;
  readonly context: Context;
  /** Index of the word last taken. */
  word: number;

  constructor(statement: Statement, context: Context, word: number) {
    this.statement = statement;
    this.context = context;
    this.word = word;
  }

  get current(): string {
    return this.statement.words[this.word] ?? '';
  }

  /** The next word without taking it. */
  peek(): string | undefined {
    return this.statement.words[this.word + 1];
  }

  /** Takes the next word; undefined at the end. */
  next(): string | undefined {
    if (this.word + 1 >= this.statement.words.length) return undefined;
    this.word++;
    return this.statement.words[this.word];
  }

  /** Takes the argument of an option. Without one the original exits with 2, and so do we. */
  argument(form: string): string | undefined {
    const option = this.current;
    const value = this.next();
    if (value === undefined) {
      this.context.reporter.at(this.statement, this.statement.words.length, {
        code: 'CFG_MISSING_PARAMETER',
        class: 'missing-parameter',
        message: `${option} is missing a parameter`,
        remedy: `write "${option} ${form}"`,
        stops: { exitCode: 2, immediately: true },
      });
    }
    return value;
  }

  integer(form: string, range: NumberRange): number | undefined {
    return this.argument(form) === undefined ? undefined : readInteger(this.context, this.statement, this.word, range);
  }

  error(code: string, message: string, remedy?: string): void {
    this.context.error(this.statement, this.word, code, message, remedy);
  }
}

export interface LineOption<D> extends KeywordFacts {
  /** Reads what follows; false if the whole line is to be dropped. */
  readonly read: (draft: D, cursor: Cursor) => boolean | void;
}

export type LineOptions<D> = Readonly<Record<string, LineOption<D>>>;

/** Facts of words that are positions rather than options. */
export function positional(
  words: Readonly<Record<string, readonly [form: string, note: string, extra?: Partial<KeywordFacts>]>>,
): LineWords {
  return Object.fromEntries(
    Object.entries(words).map(([word, [form, note, extra]]) => [word, { form, note, ...extra }]),
  );
}

/**
 * Reads the options of a line from the word behind `from`.
 * @returns false if an option said that the line must be dropped
 */
export function readOptions<D>(
  draft: D,
  options: LineOptions<D>,
  statement: Statement,
  from: number,
  context: Context,
  unknown: (cursor: Cursor) => boolean = (cursor) => unknownOption(cursor, Object.keys(options)),
): boolean {
  const cursor = new Cursor(statement, context, from);
  while (cursor.next() !== undefined) {
    const option = Object.hasOwn(options, cursor.current) ? options[cursor.current] : undefined;
    if (option === undefined) {
      if (!unknown(cursor)) return false;
      continue;
    }
    if (option.effect === 'none-yet') context.noteHistory(statement, statement.keyword, option);
    if (option.read(draft, cursor) === false) return false;
  }
  return true;
}

function unknownOption(cursor: Cursor, known: readonly string[]): boolean {
  const nearest = nearestWord(cursor.current, known);
  const remedy = nearest === undefined ? undefined : `did you mean ${nearest}?`;
  cursor.error('CFG_UNKNOWN_OPTION', `unknown option ${quote(cursor.current)}; it is ignored`, remedy);
  return true;
}

/** Builders of the options of one kind of line. */
export interface LineOptionBuilders<D> {
  readonly option: (form: string, note: string, read: LineOption<D>['read'], defaultValue?: string) => LineOption<D>;
  /** An option whose value is kept if it could be read; else the line is dropped. */
  readonly value: <V>(
    form: string,
    note: string,
    read: (draft: D, cursor: Cursor) => V | undefined,
    set: (draft: D, found: V) => void,
    defaultValue?: string,
  ) => LineOption<D>;
  /** The same under another name. */
  readonly synonym: (entry: LineOption<D>, of: string) => LineOption<D>;
}

export function lineOptionBuilders<D>(): LineOptionBuilders<D> {
  const option: LineOptionBuilders<D>['option'] = (form, note, read, defaultValue) => ({
    form,
    note,
    read,
    ...(defaultValue !== undefined && { default: defaultValue }),
  });
  return {
    option,
    value: (form, note, read, set, defaultValue) =>
      option(
        form,
        note,
        (draft, cursor) => {
          const found = read(draft, cursor);
          if (found === undefined) return false;
          set(draft, found);
          return true;
        },
        defaultValue,
      ),
    synonym: (entry, of) => ({ ...entry, note: `Synonym of ${of}.` }),
  };
}
