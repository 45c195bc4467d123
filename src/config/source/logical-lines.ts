/**
 * The whole pipeline for one logical line: conditionals, definitions, repetitions, references, includes, braces, words,
 * in the order of the reference and repeated until nothing changes (a definition may expand to any of them).
 */
import type { Reporter } from '../reporter.ts';
import { Statement } from '../statement.ts';
import { scanWords, wordAlone } from '../words.ts';
import { isBlank, stripComment } from './comments.ts';
import { Definitions, endOfName, isNamePart, parseAssignment, type SubstitutionContext } from './definitions.ts';
import { includeForms, type IncludeChecks } from './includes.ts';
import {
  maximumNesting,
  maximumProducedLines,
  maximumProducedText,
  placeInLine,
  type LineText,
  type Origin,
} from './origin.ts';
import { directoryOf } from './patterns.ts';
import { parseRepetition } from './sequences.ts';
import type { StatementSink } from './sink.ts';

const QUOTE = 34;
const DOLLAR = 36;
const AT = 64;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const TILDE = 126;

export interface LineSink extends StatementSink {
  include(
    origin: Origin,
    text: string,
    offset: number,
    form: Partial<IncludeChecks> | 'by-include-check',
    pattern: string,
  ): void;
}

export interface LineEnvironment {
  readonly configId: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly random: () => number;
}

interface CollectedDefinition {
  readonly name: string;
  readonly lines: string[];
}

export class LogicalLines {
  readonly #environment: LineEnvironment;
  readonly #reporter: Reporter;
  readonly #sink: LineSink;
  readonly #wordsAlone: boolean;
  readonly #definitions = new Definitions();
  #collected: CollectedDefinition | undefined;
  #producedLines = 0;
  #producedText = 0;
  #cut = false;
  #quoteReported: Origin | undefined;

  /** @param wordsAlone words do not keep the text of the file in memory */
  constructor(environment: LineEnvironment, reporter: Reporter, sink: LineSink, wordsAlone: boolean) {
    this.#environment = environment;
    this.#wordsAlone = wordsAlone;
    this.#reporter = reporter;
    this.#sink = sink;
  }

  /** A definition of several lines is open: every line belongs to it. */
  get collecting(): boolean {
    return this.#collected !== undefined;
  }

  /** Definitions and repetitions have made so much that every further line is left out. */
  get isCut(): boolean {
    return this.#cut;
  }

  /** An empty line ends an open definition. */
  emptyLine(): void {
    this.#finishDefinition();
  }

  /** The end of a file ends an open definition. */
  endOfFile(): void {
    this.#finishDefinition();
  }

  /** Reads a line from which comments have been cut. */
  read(line: LineText, origin: Origin): void {
    if (this.#collected) {
      this.#collect(line.text.slice(line.start, line.end));
      return;
    }
    this.#process(line, origin, 0);
  }

  /** Reports once for a line, whichever step noticed it. */
  reportUnterminatedQuote(origin: Origin, text: string, offset: number): void {
    if (this.#quoteReported?.file === origin.file && this.#quoteReported.line === origin.line) return;
    this.#quoteReported = origin;
    const quote = text.indexOf('"', offset);
    this.#reporter.atPlace(placeInLine(origin, text, quote < 0 ? offset : quote), 1, {
      code: 'CFG_UNMATCHED_QUOTE',
      class: 'unmatched-quote',
      message: 'a double quote is not closed on this line',
      remedy: 'close the quote, or remove it',
    });
  }

  #collect(line: string): void {
    const collected = this.#collected;
    if (!collected) return;
    if (line.endsWith('\\')) {
      collected.lines.push(line.slice(0, -1).trimEnd());
      return;
    }
    collected.lines.push(line);
    this.#finishDefinition();
  }

  #finishDefinition(): void {
    if (!this.#collected) return;
    this.#definitions.define(this.#collected.name, this.#collected.lines);
    this.#collected = undefined;
  }

  #process(line: LineText, origin: Origin, depth: number): void {
    let rest: LineText | undefined = line;
    while (rest && !this.#cut) {
      const expanded = this.#expand(rest, origin, depth);
      rest = expanded && this.#takeStatement(expanded, origin);
    }
  }

  /** Conditionals, definitions, repetitions and references, until none is left; undefined if that used the line up. */
  #expand(line: LineText, origin: Origin, depth: number): LineText | undefined {
    let { text, start, end } = line;
    for (let substitutions = 0; ;) {
      while (start < end && isBlank(text.charCodeAt(start))) start++;
      while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
      if (start >= end) return undefined;
      const first = text.charCodeAt(start);
      if (first === AT) {
        const after = this.#conditional(text, start, end);
        if (after < 0) return undefined;
        start = after;
        continue;
      }
      if (first === DOLLAR) {
        const assignment = parseAssignment(text, start, end);
        if (assignment) {
          this.#assign(assignment.name, text.slice(assignment.valueStart, end));
          return undefined;
        }
      }
      if (first === TILDE && this.#repeat(text.slice(start, end), origin, depth)) return undefined;
      const dollar = text.indexOf('$', start);
      if (dollar < 0 || dollar >= end) return { text, start, end };
      const result = this.#definitions.substitute(text.slice(start, end), this.#substitutionContext(origin));
      if (result.kind === 'unchanged') return { text, start, end };
      if (result.kind !== 'changed' || ++substitutions > maximumNesting) {
        const reason =
          result.kind === 'too-long' ? 'the line becomes too long' : 'definitions refer to each other without end';
        this.#reportExpansion(origin, reason);
        return undefined;
      }
      if (!this.#produce(origin, 1 + result.following.length, result.text.length)) return undefined;
      const stripped = stripComment(result.text, 0, result.text.length);
      if (result.following.length > 0) {
        this.#processAll([stripped, ...result.following.map(wholeLine)], origin, depth + 1);
        return undefined;
      }
      ({ text, start, end } = stripped);
    }
  }

  #processAll(lines: readonly LineText[], origin: Origin, depth: number): void {
    if (depth > maximumNesting) {
      this.#reportExpansion(origin, 'definitions are nested too deep');
      return;
    }
    for (const line of lines) {
      if (this.#cut) return;
      if (this.#collected) this.#collect(line.text.slice(line.start, line.end));
      else this.#process(line, origin, depth);
    }
  }

  /** Position behind an `@id` that holds, -1 if the line is to be dropped. */
  #conditional(text: string, start: number, end: number): number {
    let position = start + 1;
    const negated = text[position] === '^' || text[position] === '!';
    if (negated) position++;
    const idStart = position;
    while (position < end && !isBlank(text.charCodeAt(position))) position++;
    const id = text.slice(idStart, position);
    if (position >= end) return -1;
    return (id === this.#environment.configId) !== negated ? position : -1;
  }

  #assign(name: string, value: string): void {
    if (value.endsWith('\\')) {
      this.#collected = { name, lines: [value.slice(0, -1).trimEnd()] };
      return;
    }
    this.#definitions.define(name, [value]);
  }

  /** True if the line was a repetition, well-formed or not. */
  #repeat(line: string, origin: Origin, depth: number): boolean {
    const context = this.#substitutionContext(origin);
    const parsed = parseRepetition(line, (text) => {
      const result = this.#definitions.substitute(text, context);
      return result.kind === 'changed' ? result.text : text;
    });
    if (parsed.kind === 'none') return false;
    if (parsed.kind === 'error') {
      this.#reporter.atPlace(placeInLine(origin, line, 0), 1, {
        code: 'CFG_REPETITION',
        class: 'general',
        message: parsed.message,
      });
      return true;
    }
    if (depth >= maximumNesting) {
      this.#reportExpansion(origin, 'repetitions are nested too deep');
      return true;
    }
    const { rounds, textStart } = parsed.repetition;
    for (const round of rounds) {
      if (!this.#produce(origin, 1, line.length - textStart)) return true;
      for (const [name, value] of round) this.#definitions.define(name, [value]);
      this.#process({ text: line, start: textStart, end: line.length }, origin, depth + 1);
      if (this.#cut) return true;
    }
    return true;
  }

  #substitutionContext(origin: Origin): SubstitutionContext {
    return {
      directory: directoryOf(origin.file.name),
      configId: this.#environment.configId,
      environment: this.#environment.environment,
      random: this.#environment.random,
      complain: (message) =>
        this.#reporter.atPlace({ file: origin.file.name, line: origin.line, column: 1 }, 1, {
          code: 'CFG_DEFINITION',
          class: 'general',
          message,
        }),
    };
  }

  /** Counts what expansion makes; false once the limit is passed, reported one time. */
  #produce(origin: Origin, lines: number, characters: number): boolean {
    if (this.#cut) return false;
    this.#producedLines += lines;
    this.#producedText += characters;
    if (this.#producedLines <= maximumProducedLines && this.#producedText <= maximumProducedText) return true;
    this.#cut = true;
    this.#reportExpansion(
      origin,
      `definitions and repetitions produce more than ${maximumProducedLines} lines or ${maximumProducedText} characters; the rest is left out`,
    );
    return false;
  }

  #reportExpansion(origin: Origin, message: string): void {
    this.#reporter.atPlace({ file: origin.file.name, line: origin.line, column: 1 }, 1, {
      code: 'CFG_EXPANSION',
      class: 'general',
      message,
      remedy: 'make the definition or repetition smaller',
    });
  }

  /** Include, braces and words; returns what stands behind a brace, a logical line of its own. */
  #takeStatement({ text, start, end }: LineText, origin: Origin): LineText | undefined {
    if (this.#include(text, start, end, origin)) return undefined;
    const brace = this.#findBrace(text, start, end, origin);
    const statementEnd = brace < 0 ? end : brace;
    const scanned = scanWords(text, start, statementEnd);
    if (scanned.unmatchedQuote) this.reportUnterminatedQuote(origin, text, start);
    if (scanned.words.length > 0) {
      let last = statementEnd;
      while (last > start && isBlank(text.charCodeAt(last - 1))) last--;
      const words = this.#wordsAlone ? scanned.words.map(wordAlone) : scanned.words;
      this.#sink.statement(new Statement(words, origin.file, origin.line, text, start, last));
    }
    if (brace < 0) return undefined;
    if (text.charCodeAt(brace) === OPEN_BRACE) this.#sink.openBlock(origin.file, origin.line, text, brace);
    else this.#sink.closeBlock(origin.file, origin.line, text, brace);
    return { text, start: brace + 1, end };
  }

  #include(text: string, start: number, end: number, origin: Origin): boolean {
    if (!text.startsWith('include', start)) return false;
    let position = start;
    while (position < end && !isBlank(text.charCodeAt(position))) position++;
    if (position >= end) return false;
    const form = includeForms.get(text.slice(start, position));
    if (form === undefined) return false;
    while (position < end && isBlank(text.charCodeAt(position))) position++;
    const pattern = scanWords(text, position, end).words[0] ?? '';
    if (pattern !== '') this.#sink.include(origin, text, position, form, pattern);
    return true;
  }

  /** First brace outside double quotes. A reference to something undefined is reported and its braces are not taken for a block. */
  #findBrace(text: string, start: number, end: number, origin: Origin): number {
    let quoted = false;
    for (let position = start; position < end; position++) {
      const code = text.charCodeAt(position);
      if (code === QUOTE) quoted = !quoted;
      if (quoted) continue;
      if (code === CLOSE_BRACE) return position;
      if (code !== OPEN_BRACE) continue;
      const reference =
        position > start && text.charCodeAt(position - 1) === DOLLAR ? endOfReference(text, position, end) : -1;
      if (reference < 0) return position;
      this.#reporter.atPlace(placeInLine(origin, text, position - 1), reference - position + 2, {
        code: 'CFG_UNDEFINED_REFERENCE',
        class: 'unexpected-begin-of-block',
        message: `${text.slice(position - 1, reference + 1)} is not defined`,
        remedy: 'define it before this line with $NAME=VALUE, or quote the word',
      });
      position = reference;
    }
    return -1;
  }
}

/** Position of the `}` of `{NAME ...}` whose `{` stands at `open`, -1 if it is no reference. */
function endOfReference(text: string, open: number, end: number): number {
  const nameEnd = endOfName(text, open + 1, end);
  if (nameEnd === open + 1) return -1;
  let position = nameEnd;
  while (position < end && (isNamePart(text.charCodeAt(position)) || isBlank(text.charCodeAt(position)))) position++;
  return position < end && text.charCodeAt(position) === CLOSE_BRACE ? position : -1;
}

function wholeLine(text: string): LineText {
  return { text, start: 0, end: text.length };
}
