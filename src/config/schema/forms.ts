/** Builders of keyword entries, one for each form of argument; each puts what it read into the draft. */
import type { ScriptDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { splitScriptWords } from '../script-words.ts';
import {
  parsePrefix,
  parseBoolean,
  readInteger,
  readSeconds,
  type NumberRange,
  type ReadAddress,
  type SecondsRange,
} from '../values.ts';
import { quote, type Context } from './context.ts';
import type { BlockSchema } from './keyword.ts';
import { type Keyword, type KeywordFacts, type LineWords } from './keyword.ts';

/** Optional facts of an entry. */
export interface Extra extends Partial<KeywordFacts> {
  /** What a missing argument means: the original exits with 2, reports an error, or takes a default. */
  readonly missing?: 'stops' | 'error';
  readonly words?: LineWords;
  readonly wordGroups?: Readonly<Record<string, LineWords>>;
}

type Setter<D, V> = (draft: D, value: V, statement: Statement, context: Context) => void;

/** For a keyword that only this program knows. */
export const ours = { own: true } as const;

function facts(
  note: string,
  form: string,
  extra: Extra | undefined,
): KeywordFacts & Pick<Extra, 'words' | 'wordGroups'> {
  const { missing: _missing, ...rest } = extra ?? {};
  return { note, form, ...rest };
}

/** Reports the missing argument; returns true if there is one. */
function hasArgument(statement: Statement, context: Context, form: string, extra: Extra | undefined): boolean {
  if (statement.words.length > 1) return true;
  if (extra?.missing === 'error') context.missing(statement, form);
  else context.missingStops(statement, form);
  return false;
}

/** A keyword without argument; what follows it is ignored. */
export function flag<D>(note: string, set: Setter<D, true>, extra?: Extra): Keyword<D> {
  return {
    ...facts(note, '(none)', extra),
    shape: 'statement',
    read: (draft, statement, context) => set(draft, true, statement, context),
  };
}

/** An optional boolean: no argument means true; a word that is none leaves the setting. */
export function bool<D>(note: string, set: Setter<D, boolean>, extra?: Extra): Keyword<D> {
  return {
    ...facts(note, '<bool?>', extra),
    shape: 'statement',
    read: (draft, statement, context) => {
      const word = statement.words[1];
      const value = word === undefined ? true : parseBoolean(word);
      if (value === undefined) {
        context.error(
          statement,
          1,
          'CFG_INVALID_BOOLEAN',
          `${statement.keyword}: ${quote(word ?? '')} is neither true nor false`,
          'write on, true, yes, off, false or no in lower case',
        );
        return;
      }
      set(draft, value, statement, context);
    },
  };
}

export interface IntegerForm extends NumberRange {
  /** Values below or above that the original replaces by a bound, with an error. */
  readonly clamp?: boolean;
  /** Taken when there is no argument. */
  readonly absent?: number;
  readonly unit?: string;
}

function rangeForm(range: IntegerForm): string {
  const unit = range.unit === undefined ? '' : `${range.unit} `;
  const bounds = range.max >= 4294967295 ? (range.min > 0 ? `from ${range.min}` : '') : `${range.min}..${range.max}`;
  return `<${unit}int${range.absent === undefined ? '' : '?'} ${bounds}>`.replace(' >', '>');
}

export function integer<D>(note: string, range: IntegerForm, set: Setter<D, number>, extra?: Extra): Keyword<D> {
  const form = extra?.form ?? rangeForm(range);
  const accepted = range.clamp === true ? { min: -Infinity, max: Infinity } : range;
  return {
    ...facts(note, form, extra),
    shape: 'statement',
    read: (draft, statement, context) => {
      if (statement.words.length < 2) {
        if (range.absent !== undefined) set(draft, range.absent, statement, context);
        else hasArgument(statement, context, form, extra);
        return;
      }
      const value = readInteger(context, statement, 1, accepted);
      if (value === undefined) return;
      const clamped = Math.min(Math.max(value, range.min), range.max);
      if (clamped !== value) {
        context.report(
          'invalid-number',
          statement,
          1,
          'CFG_CLAMPED',
          `${statement.keyword}: ${value} is out of the range ${range.min} to ${range.max}; ${clamped} is used`,
        );
      }
      set(draft, clamped, statement, context);
    },
  };
}

/** Decimal seconds, handed on as milliseconds. */
export function seconds<D>(note: string, range: SecondsRange, set: Setter<D, number>, extra?: Extra): Keyword<D> {
  const bounds = Number.isFinite(range.max) ? ` ${range.min}..${range.max}` : range.min > 0 ? ` from ${range.min}` : '';
  const form = extra?.form ?? `<secs float${bounds}>`;
  return {
    ...facts(note, form, extra),
    shape: 'statement',
    read: (draft, statement, context) => {
      if (!hasArgument(statement, context, form, extra)) return;
      const value = readSeconds(context, statement, 1, range);
      if (value !== undefined) set(draft, value, statement, context);
    },
  };
}

/** One word, as it is. */
export function text<D>(note: string, set: Setter<D, string>, extra?: Extra): Keyword<D> {
  const form = extra?.form ?? '<string>';
  return {
    ...facts(note, form, extra),
    shape: 'statement',
    read: (draft, statement, context) => {
      if (!hasArgument(statement, context, form, extra)) return;
      const value = statement.words[1] ?? '';
      adviseOnPunctuation(statement, value, context);
      set(draft, value, statement, context);
    },
  };
}

/** A text may be anything, and still nobody means the `;` or `=` of another language. */
function adviseOnPunctuation(statement: Statement, value: string, context: Context): void {
  const assigned = value === '=' && statement.words.length > 2;
  const ended = value.length > 1 && value.endsWith(';');
  if (!assigned && !ended) return;
  context.report(
    'advice',
    statement,
    1,
    'CFG_PUNCTUATION',
    `${statement.keyword}: ${assigned ? 'the value is "="; what stands behind it is not read' : `the ";" is a part of the value ${quote(value)}`}`,
    ended ? `write ${value.slice(0, -1)}, without ";"` : undefined,
  );
}

/** One word or none. */
export function optionalText<D>(note: string, set: Setter<D, string | undefined>, extra?: Extra): Keyword<D> {
  return {
    ...facts(note, extra?.form ?? '<string?>', extra),
    shape: 'statement',
    read: (draft, statement, context) => set(draft, statement.words[1], statement, context),
  };
}

/** One of a list of words. */
export function choice<D, const W extends string>(
  note: string,
  words: readonly W[],
  set: Setter<D, W>,
  extra?: Extra & { readonly ignoreCase?: boolean },
): Keyword<D> {
  const { ignoreCase = false, ...rest } = extra ?? {};
  const form = rest.form ?? words.join(' or ');
  return {
    ...facts(note, form, rest),
    shape: 'statement',
    read: (draft, statement, context) => {
      if (!hasArgument(statement, context, form, rest)) return;
      const word = statement.words[1] ?? '';
      const found = words.find(
        (candidate) => candidate === word || (ignoreCase && candidate.toLowerCase() === word.toLowerCase()),
      );
      if (found !== undefined) {
        set(draft, found, statement, context);
        return;
      }
      const meant = words.find((candidate) => candidate.toLowerCase() === word.toLowerCase());
      context.error(
        statement,
        1,
        'CFG_INVALID_WORD',
        `${statement.keyword}: ${quote(word)} is not one of ${words.join(', ')}`,
        meant === undefined ? undefined : `write ${meant}, case matters`,
      );
    },
  };
}

export function address<D>(note: string, set: Setter<D, ReadAddress>, extra?: Extra): Keyword<D> {
  const form = extra?.form ?? '<ip>';
  return {
    ...facts(note, form, extra),
    shape: 'statement',
    read: (draft, statement, context) => {
      if (!hasArgument(statement, context, form, extra)) return;
      const parsed = readAddress(statement, 1, context);
      if (parsed) set(draft, parsed, statement, context);
      else invalidAddress(statement, 1, context);
    },
  };
}

/** An address at a place where a network's length means nothing: as in the original, one that is there is overlooked. */
export function readAddress(statement: Statement, word: number, context: Context): ReadAddress | undefined {
  const text = statement.words[word] ?? '';
  const parsed = parsePrefix(text);
  if (!parsed) return undefined;
  const { address: value, family, explicitLength } = parsed;
  if (explicitLength) {
    context.report(
      'note',
      statement,
      word,
      'CFG_PREFIX_IGNORED',
      `${quote(text)}: a prefix length means nothing here and is ignored`,
      `write ${value}`,
    );
  }
  return { address: value, family };
}

export function invalidAddress(statement: Statement, word: number, context: Context): void {
  context.error(
    statement,
    word,
    'CFG_INVALID_ADDRESS',
    `${statement.keyword}: ${quote(statement.words[word] ?? '')} is not an IP address`,
    'write a numeric IPv4 or IPv6 address',
  );
}

/** A keyword whose words the setter reads itself. */
export function custom<D>(
  note: string,
  form: string,
  read: (draft: D, statement: Statement, context: Context) => void,
  extra?: Extra,
): Keyword<D> {
  return {
    ...facts(note, form, extra),
    shape: 'statement',
    read: (draft, statement, context) => {
      if (extra?.missing !== undefined && !hasArgument(statement, context, form, extra)) return;
      read(draft, statement, context);
    },
  };
}

/** `COMMAND [USER [GROUP]]`, read with the quoting of scripts. A second one is reported and ignored. */
export function script<D>(
  note: string,
  owner: (draft: D) => string,
  present: (draft: D) => ScriptDraft | undefined,
  set: (draft: D, value: ScriptDraft) => void,
  extra?: Extra,
): Keyword<D> {
  const form = extra?.form ?? '<cmd> <user?> <group?>';
  return {
    ...facts(note, form, extra),
    shape: 'statement',
    read: (draft, statement, context) => {
      if (!hasArgument(statement, context, form, extra)) return;
      const first = present(draft);
      if (first) {
        context.duplicate(statement, 0, `${statement.keyword} of ${owner(draft)}`, first.statement);
        return;
      }
      const read = readScript(statement, context, owner(draft));
      if (!read) return;
      context.draft.scripts.push(read);
      set(draft, read);
    },
  };
}

/** Reads a command line; undefined after reporting. Arguments are quoted twice: the command as a word, then its own words. */
export function readScript(
  statement: Statement,
  context: Context,
  owner: string,
  takesUser = true,
): ScriptDraft | undefined {
  const outer = splitScriptWords(statement.raw);
  const inner = outer.ok ? splitScriptWords(outer.words[1] ?? '') : outer;
  if (!outer.ok || !inner.ok) {
    context.report(
      'unmatched-quote',
      statement,
      1,
      'CFG_SCRIPT_QUOTE',
      `${statement.keyword}: a quote is not closed; the line is ignored`,
      'close the quote, or write \\ before it',
    );
    return undefined;
  }
  if (inner.words.length === 0) {
    context.error(statement, 1, 'CFG_EMPTY_SCRIPT', `${statement.keyword} names no program and is ignored`);
    return undefined;
  }
  const [, , user, group] = takesUser ? outer.words : [];
  const rest = outer.words.slice(takesUser ? 4 : 2);
  if (rest.length > 0) {
    context.report(
      'advice',
      statement,
      takesUser ? 4 : 2,
      'CFG_SCRIPT_ARGUMENTS',
      `${owner}: ${statement.keyword} runs ${quote(inner.words.join(' '))} alone; ${quote(rest.join(' '))} is not read`,
      'put the command and its arguments into quotes',
    );
  }
  return {
    statement,
    owner,
    argv: inner.words,
    ...(user !== undefined && { user }),
    ...(group !== undefined && { group }),
  };
}

/** A block of keywords. `open` makes the draft, or reports why the block is skipped and returns undefined. */
export function block<P, C>(
  note: string,
  schema: BlockSchema<C>,
  open: (parent: P, statement: Statement, context: Context) => C | undefined,
  close?: (child: C, statement: Statement, context: Context, parent: P) => void,
  extra?: Extra,
): Keyword<P> {
  return {
    ...facts(note, extra?.form ?? 'block', extra),
    shape: 'block',
    nested: schema,
    read: (parent, statement, context) => {
      const child = open(parent, statement, context);
      if (child === undefined) return;
      schema.read(child, statement.block ?? [], context);
      close?.(child, statement, context, parent);
    },
  };
}

/** A block whose lines are values. Each line is handed over whole; its words all belong to it. */
export function lines<D>(
  note: string,
  form: string,
  line: (draft: D, statement: Statement, context: Context) => void,
  extra?: Extra & { readonly begin?: (draft: D, statement: Statement, context: Context) => void },
): Keyword<D> {
  const { begin, ...rest } = extra ?? {};
  return {
    ...facts(note, form, rest),
    shape: 'values',
    read: (draft, statement, context) => {
      if (statement.words.length > 1) {
        context.error(
          statement,
          1,
          'CFG_EXTRA_PARAMETERS',
          `${statement.keyword} takes no words before its "{"; ${quote(statement.words.slice(1).join(' '))} is ignored`,
        );
      }
      begin?.(draft, statement, context);
      for (const inner of statement.block ?? []) line(draft, inner, context);
    },
  };
}
