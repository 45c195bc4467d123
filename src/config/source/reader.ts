/**
 * Files to statements: the reading pipeline of the configuration language (reference: configuration grammar, sections
 * 1 to 9). Plain lines, which are nearly all of a large configuration, take a short way; everything with
 * a comment, quote, definition, conditional, repetition or include goes through LogicalLines.
 */
import type { Reporter } from '../reporter.ts';
import type { ConfigurationFiles } from '../ports.ts';
import type { SourceFile, Statement } from '../statement.ts';
import { isBlank, stripComment } from './comments.ts';
import {
  allIncludeChecks,
  applyIncludeCheck,
  describeFileProblem,
  findIncludedFiles,
  mainFileChecks,
  noIncludeChecks,
  type IncludeChecks,
} from './includes.ts';
import { LogicalLines, type LineSink } from './logical-lines.ts';
import { maximumFiles, maximumIncludeDepth, maximumLineOctets, placeInLine, type Origin } from './origin.ts';
import { directoryOf } from './patterns.ts';
import { PlainLines } from './plain-lines.ts';
import type { StatementSink } from './sink.ts';
import { reportStrangeCharacters } from './typography.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Knows lines whose meaning need not be read again. */
export interface LineSkipper {
  /** The line behind those that were skipped. */
  readonly line: number;
  /**
   * Asked at the beginning of each line that means what it says.
   * @param read reads one line, and tells where the next one begins
   * @returns where reading goes on; -1: here
   */
  skip(file: SourceFile, line: number, start: number, read: (line: number, start: number) => number): number;
}

export interface ReaderOptions {
  readonly files: ConfigurationFiles;
  readonly configId: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly random: () => number;
  readonly allIncludesFatal: boolean;
}

/** Exit code of the original when a file it must have cannot be read. */
const includeExitCode = 6;

export class SourceReader {
  readonly #options: ReaderOptions;
  readonly #sink: StatementSink;
  readonly #reporter: Reporter;
  readonly #plainLines: PlainLines;
  readonly #lines: LogicalLines;
  readonly #filesRead: string[] = [];
  /** Files being read, outermost first. */
  readonly #stack: string[] = [];
  #includeChecks: IncludeChecks;
  #includesCut = false;
  #entangled = 0;
  readonly #skipper: LineSkipper | undefined;

  constructor(options: ReaderOptions, sink: StatementSink, reporter: Reporter, skipper?: LineSkipper) {
    this.#skipper = skipper;
    this.#options = options;
    this.#sink = sink;
    this.#reporter = reporter;
    this.#includeChecks = options.allIncludesFatal ? allIncludeChecks : noIncludeChecks;
    const wordsAlone = skipper !== undefined;
    this.#plainLines = new PlainLines(sink, wordsAlone);
    const lineSink: LineSink = {
      statement: (statement) => this.#emit(statement),
      openBlock: (file, line, text, offset) => sink.openBlock(file, line, text, offset),
      closeBlock: (file, line, text, offset) => sink.closeBlock(file, line, text, offset),
      include: (origin, text, offset, form, pattern) => this.#include(origin, text, offset, form, pattern),
    };
    this.#lines = new LogicalLines(options, reporter, lineSink, wordsAlone);
  }

  /** Every file read, in the order of reading. */
  get filesRead(): readonly string[] {
    return this.#filesRead;
  }

  /** How many lines were read that may mean something else in another place, or are more than one statement or brace. */
  get entangled(): number {
    return this.#entangled;
  }

  /** What a line means is told by the line alone: no definition of several lines is open, and nothing is left out. */
  get isFree(): boolean {
    return !this.#lines.collecting && !this.#lines.isCut;
  }

  /**
   * Reads the main file or files.
   * @returns whether anything was read; if not, the reason has been reported
   */
  readMain(pattern: string): boolean {
    const { files } = this.#options;
    const absolute = files.absolute(pattern);
    const { paths, problems } = findIncludedFiles(absolute, '/', files);
    for (const problem of problems) {
      this.#reportMain(problem.message, mainFileChecks[problem.class]);
    }
    let readAny = false;
    for (const path of paths) {
      const result = files.read(path);
      if (result.ok) {
        readAny = true;
        this.#readFile({ name: path, text: result.text });
      } else {
        this.#reportMain(
          describeFileProblem(path, result.problem, result.detail),
          true,
          result.problem === 'unreadable',
        );
      }
    }
    return readAny;
  }

  #reportMain(message: string, fatal: boolean, unreadable = false): void {
    this.#reporter.general({
      code: unreadable ? 'CFG_MAIN_FILE_UNREADABLE' : 'CFG_MAIN_FILE',
      class: 'file-not-found',
      message: `configuration: ${message}`,
      remedy: 'name an existing, readable, non-executable file with --use-file',
      ...(fatal && { stops: { exitCode: includeExitCode, immediately: false } }),
    });
  }

  #include(
    origin: Origin,
    text: string,
    offset: number,
    form: Partial<IncludeChecks> | 'by-include-check',
    pattern: string,
  ): void {
    const checks = form === 'by-include-check' ? this.#includeChecks : form;
    const complain = (message: string, fatal: boolean) =>
      this.#reporter.atPlace(placeInLine(origin, text, offset), pattern.length, {
        code: 'CFG_INCLUDE',
        class: fatal ? 'file-not-found' : 'note',
        message: `include: ${message}`,
        remedy: pattern.startsWith('/')
          ? 'correct the name, or remove the line'
          : `the name is relative to ${directoryOf(origin.file.name)}; correct it, or write a full path`,
        ...(fatal && { stops: { exitCode: includeExitCode, immediately: true } }),
      });
    const { files } = this.#options;
    const { paths, problems } = findIncludedFiles(pattern, directoryOf(origin.file.name), files);
    for (const problem of problems) complain(problem.message, checks[problem.class] === true);
    for (const path of paths) {
      if (this.#includesCut) return;
      if (
        this.#stack.includes(path) ||
        this.#stack.length >= maximumIncludeDepth ||
        this.#filesRead.length >= maximumFiles
      ) {
        const loop = this.#stack.includes(path);
        this.#includesCut = !loop;
        this.#reporter.atPlace(placeInLine(origin, text, offset), pattern.length, {
          code: 'CFG_INCLUDE_LOOP',
          class: 'general',
          message: loop
            ? `${path} includes itself`
            : `more than ${maximumIncludeDepth} files deep or ${maximumFiles} files in all`,
          remedy: 'remove this include',
        });
        continue;
      }
      const result = files.read(path);
      if (!result.ok) {
        complain(describeFileProblem(path, result.problem, result.detail), checks.read === true);
        continue;
      }
      const saved = this.#includeChecks;
      this.#readFile({ name: path, text: result.text });
      this.#includeChecks = saved;
    }
  }

  #readFile(read: SourceFile): void {
    this.#filesRead.push(read.name);
    this.#stack.push(read.name);
    let file = read;
    if (file.text.charCodeAt(0) === 0xfeff) {
      file = { name: file.name, text: file.text.slice(1) };
      this.#reporter.atPlace({ file: file.name, line: 1, column: 1 }, 1, {
        code: 'CFG_BYTE_ORDER_MARK',
        class: 'warning',
        message:
          'the file begins with a byte-order mark; it is ignored here, keepalived takes it for a part of the first word',
        remedy: 'save the file as UTF-8 without a byte-order mark',
      });
    }
    this.#readLines(file);
    this.#lines.endOfFile();
    this.#stack.pop();
  }

  #readLines(file: SourceFile): void {
    const { text } = file;
    const length = text.length;
    if (this.#skipper !== undefined) {
      this.#readOthers(file, this.#skipper);
      return;
    }
    let line = 0;
    for (let start = 0; start < length;) {
      line++;
      const next = this.#lines.collecting ? -1 : this.#plainLines.read(file, line, start);
      start = next >= 0 ? next : this.#readAnyLine(file, line, start);
    }
  }

  /** Reads the lines whose meaning is not known. */
  #readOthers(file: SourceFile, skipper: LineSkipper): void {
    const { length } = file.text;
    const read = (line: number, start: number): number => this.#readLine(file, line, start);
    for (let line = 1, start = 0; start < length;) {
      const next = this.isFree ? skipper.skip(file, line, start, read) : -1;
      if (next >= 0) {
        ({ line } = skipper);
        start = next;
      } else {
        start = this.#readLine(file, line, start);
        line++;
      }
    }
  }

  /** @returns where the next line begins */
  #readLine(file: SourceFile, line: number, start: number): number {
    const next = this.#lines.collecting ? -1 : this.#plainLines.read(file, line, start);
    return next >= 0 ? next : this.#readAnyLine(file, line, start);
  }

  /** @returns where the next line begins */
  #readAnyLine(file: SourceFile, line: number, start: number): number {
    const { text } = file;
    const lineFeed = text.indexOf('\n', start);
    const next = lineFeed < 0 ? text.length : lineFeed + 1;
    let end = lineFeed < 0 ? text.length : lineFeed;
    while (end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN) end--;
    this.#readWhole(file, line, start, end);
    return next;
  }

  #readWhole(file: SourceFile, line: number, start: number, end: number): void {
    const { text } = file;
    const origin: Origin = { file, line };
    if (end - start > maximumLineOctets / 3 && octetsOf(text, start, end) > maximumLineOctets) {
      this.#reporter.atPlace(placeInLine(origin, text, start), 1, {
        code: 'CFG_LINE_TOO_LONG',
        class: 'general',
        message: `the line has more than ${maximumLineOctets} octets and is ignored`,
        remedy: 'split the line',
      });
      return;
    }
    if (text.slice(start, end).includes('\0')) {
      this.#reporter.atPlace(placeInLine(origin, text, start), 1, {
        code: 'CFG_NUL',
        class: 'general',
        message: 'the line contains a NUL character and is ignored',
        remedy: 'save the configuration as plain text',
      });
      return;
    }
    if (start === end) {
      this.#lines.emptyLine();
      return;
    }
    const stripped = stripComment(text, start, end, afterNegation(text, start, end));
    if (stripped.unterminatedQuote) this.#lines.reportUnterminatedQuote(origin, text, stripped.start);
    if (stripped.start === stripped.end) return;
    reportStrangeCharacters(stripped, origin, this.#reporter);
    if (this.#lines.collecting || isEntangled(text.slice(stripped.start, stripped.end))) this.#entangled++;
    this.#lines.read(stripped, origin);
  }

  #emit(statement: Statement): void {
    // include_check acts while reading, wherever it stands.
    if (statement.keyword === 'include_check') {
      const { checks } = applyIncludeCheck(this.#includeChecks, statement.words);
      this.#includeChecks = this.#options.allIncludesFatal ? allIncludeChecks : checks;
    }
    this.#sink.statement(statement);
  }
}

/**
 * Where comments may begin: the `!` of `@!id` at the start of a line is no comment. (The original has no `@!` and drops
 * such lines whole, so nobody can have them with another meaning.)
 */
function afterNegation(text: string, start: number, end: number): number {
  let first = start;
  while (first < end && isBlank(text.charCodeAt(first))) first++;
  return text[first] === '@' && text[first + 1] === '!' ? first + 2 : start;
}

/** What definitions, conditionals, repetitions and includes begin with, and braces that are not the only end of a line. */
const entangling = /[$@~]|include|[{}][^]*[^ \t]|[^ \t][^]*\}/;

function isEntangled(line: string): boolean {
  return entangling.test(line);
}

/** Length in UTF-8. */
function octetsOf(text: string, start: number, end: number): number {
  let octets = 0;
  for (let position = start; position < end; position++) {
    const code = text.charCodeAt(position);
    // A surrogate counts two: a pair is four octets.
    octets += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 2 : 3;
    if (code === LINE_FEED) break;
  }
  return octets;
}
