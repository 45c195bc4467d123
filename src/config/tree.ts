/**
 * Statements and braces to the syntax tree. The schema says which keywords open which blocks, so that one mistake (an
 * unknown block, a missing brace) gives one message and leaves the rest of the file readable (reference: grammar, section 5).
 */
import { suspectInside } from './find-again.ts';
import type { Reporter } from './reporter.ts';
import { locate, type SourceFile, type Statement } from './statement.ts';
import { placeInLine, type Origin } from './source/origin.ts';
import type { StatementSink } from './source/sink.ts';

/** What the tree needs to know of a keyword. */
export interface KeywordShape {
  /** `block`: keywords inside; `values`: whole lines inside. */
  readonly shape: 'statement' | 'block' | 'values';
  readonly nested?: BlockShape;
  /** The original has no such keyword. */
  readonly own?: true;
}

export interface BlockShape {
  find(keyword: string): KeywordShape | undefined;
}

interface Frame {
  readonly kind: 'root' | 'keywords' | 'values' | 'skipped';
  readonly statements: Statement[];
  readonly shape: BlockShape | undefined;
  /** The statement whose block this is. */
  readonly opener: Statement | undefined;
}

/** The block of `opener` has been closed by the brace at this place. */
export type BlockEnded = (opener: Statement, line: number, text: string, offset: number) => void;

function nothing(): void {}

/**
 * Builds one tree after the other: each statement of the top level is handed over whole, as soon as the next one begins,
 * so that the tree of a large configuration never exists at one time.
 */
export class TreeBuilder implements StatementSink {
  readonly #reporter: Reporter;
  readonly #top: BlockShape;
  readonly #consume: (statement: Statement) => void;
  readonly #begun: () => void;
  readonly #ended: BlockEnded;
  /** Statement of the top level that is being built. */
  readonly #current: Statement[] = [];
  readonly #frames: Frame[] = [];
  #frame: Frame;
  /** The statement that a `{` would belong to, and what it is. */
  #pending: Statement | undefined;
  #pendingShape: KeywordShape | undefined;
  /** Closing braces that are expected to be too many, because a block was taken for unclosed. */
  #forgiven = 0;

  /**
   * @param consume takes each finished statement of the top level
   * @param begun called when one begins, behind the one before
   * @param ended called when the block of one, or a block right inside it, has been closed
   */
  constructor(
    top: BlockShape,
    reporter: Reporter,
    consume: (statement: Statement) => void,
    begun: () => void = nothing,
    ended: BlockEnded = nothing,
  ) {
    this.#top = top;
    this.#reporter = reporter;
    this.#consume = consume;
    this.#begun = begun;
    this.#ended = ended;
    this.#frame = { kind: 'root', statements: this.#current, shape: top, opener: undefined };
  }

  statement(statement: Statement): void {
    if (this.#pendingShape !== undefined && this.#pendingShape.shape !== 'statement') this.#missingBrace(statement);
    const frame = this.#frame;
    if (frame.kind === 'root') {
      this.#handOver();
      this.#begun();
    }
    frame.statements.push(statement);
    this.#pending = statement;
    this.#pendingShape = frame.shape?.find(statement.keyword);
  }

  openBlock(file: SourceFile, line: number, text: string, offset: number): void {
    const pending = this.#pending;
    if (!pending) {
      if (this.#frame.kind !== 'skipped') this.#unexpectedBrace({ file, line }, text, offset);
      this.#push({ kind: 'skipped', statements: [], shape: undefined, opener: undefined });
      return;
    }
    const block: Statement[] = [];
    pending.block = block;
    const known = this.#pendingShape;
    if (known?.shape === 'block') {
      this.#push({ kind: 'keywords', statements: block, shape: known.nested, opener: pending });
    } else if (known?.shape === 'values') {
      this.#push({ kind: 'values', statements: block, shape: undefined, opener: pending });
    } else if (known === undefined && this.#recoverFromMissingEnd(pending)) {
      this.openBlock(file, line, text, offset);
    } else {
      if (known !== undefined || this.#frame.kind === 'values') this.#unexpectedBrace({ file, line }, text, offset);
      this.#push({ kind: 'skipped', statements: block, shape: undefined, opener: pending });
    }
  }

  closeBlock(file: SourceFile, line: number, text: string, offset: number): void {
    if (this.#pendingShape !== undefined && this.#pendingShape.shape !== 'statement') this.#missingBrace(undefined);
    this.#pending = undefined;
    this.#pendingShape = undefined;
    const outer = this.#frames.pop();
    if (outer) {
      const { opener } = this.#frame;
      this.#frame = outer;
      if (opener !== undefined && this.#frames.length <= 1) this.#ended(opener, line, text, offset);
      return;
    }
    if (this.#forgiven > 0) {
      this.#forgiven--;
      return;
    }
    this.#reporter.atPlace(placeInLine({ file, line }, text, offset), 1, {
      code: 'CFG_EXTRA_CLOSE',
      class: 'unexpected-end-of-block',
      message: 'this "}" closes nothing',
      remedy: 'remove it, or look for a "{" missing before',
    });
  }

  /** Blocks that are open. */
  get depth(): number {
    return this.#frames.length;
  }

  /** The statement whose block is the innermost that is open. */
  get opener(): Statement | undefined {
    return this.#frame.opener;
  }

  /** Whether another statement of the top level may begin now: no block is open, none is to be opened. */
  get isAtTop(): boolean {
    return (
      this.#frames.length === 0 &&
      this.#forgiven === 0 &&
      (this.#pendingShape === undefined || this.#pendingShape.shape === 'statement')
    );
  }

  /** Hands over what has been read at the top level, where isAtTop says that it is whole. */
  finishTop(): void {
    this.#handOver();
    this.#pending = undefined;
    this.#pendingShape = undefined;
  }

  /** To be called once, behind the last file. */
  endOfInput(): void {
    if (this.#pendingShape !== undefined && this.#pendingShape.shape !== 'statement') this.#missingBrace(undefined);
    const open = [...this.#frames.slice(1), this.#frame];
    for (const frame of open) {
      if (frame.opener) this.#reportUnclosed(frame.opener, 'the end of the file', open.length === 1);
      else if (frame.kind === 'skipped') {
        this.#reporter.general({
          code: 'CFG_MISSING_CLOSE',
          class: 'missing-end-of-block',
          message: 'a "}" is missing',
        });
      }
    }
    this.#handOver();
  }

  /** Gives the finished statement of the top level away. */
  #handOver(): void {
    const finished = this.#current.pop();
    if (finished) this.#consume(finished);
  }

  #push(frame: Frame): void {
    this.#frames.push(this.#frame);
    this.#frame = frame;
    this.#pending = undefined;
    this.#pendingShape = undefined;
  }

  #unexpectedBrace(origin: Origin, text: string, offset: number): void {
    const after = this.#pending ? ` after ${this.#pending.keyword}` : '';
    this.#reporter.atPlace(placeInLine(origin, text, offset), 1, {
      code: 'CFG_UNEXPECTED_OPEN',
      class: 'unexpected-begin-of-block',
      message: `there is no block${after}: the "{" and everything up to its "}" is ignored`,
      remedy: 'remove the braces',
    });
  }

  /** A block keyword was not followed by `{`. `next` is the statement that came instead, if one did. */
  #missingBrace(next: Statement | undefined): void {
    const opener = this.#pending;
    const known = this.#pendingShape;
    this.#pending = undefined;
    this.#pendingShape = undefined;
    if (!opener || !known) return;
    // What follows is read as the block's contents where the original does so, or where it cannot be anything else.
    const isOutside = next !== undefined && this.#frame.shape?.find(next.keyword) !== undefined;
    const belongs =
      next !== undefined &&
      (known.shape === 'values'
        ? known.own === undefined || !isOutside
        : known.nested?.find(next.keyword) !== undefined && !isOutside);
    this.#reporter.at(opener, opener.words.length, {
      code: 'CFG_MISSING_OPEN',
      class: known.shape === 'values' && (belongs || !known.own) ? 'note' : 'missing-begin-of-block',
      message: `${opener.keyword} begins a block, but no "{" follows`,
      remedy:
        known.shape === 'values' && opener.words.length > 1
          ? `write "${opener.keyword} {", ${opener.words.slice(1).join(' ')} on a line of its own, and "}"`
          : `write "${opener.words.join(' ')} {"`,
    });
    if (!belongs) return;
    opener.block = [];
    this.#push({
      kind: known.shape === 'values' ? 'values' : 'keywords',
      statements: opener.block,
      shape: known.nested,
      opener,
    });
  }

  /**
   * A block of the top level begins inside another block, no further right than that one: then a `}` was forgotten.
   * @returns whether the statement was moved to the top level
   */
  #recoverFromMissingEnd(pending: Statement): boolean {
    const frame = this.#frame;
    if ((frame.kind !== 'keywords' && frame.kind !== 'values') || !frame.opener) return false;
    const wanted = this.#top.find(pending.keyword);
    if (wanted === undefined || wanted.shape === 'statement') return false;
    const outermost = this.#frames[1]?.opener ?? frame.opener;
    if (locate(pending).column > locate(outermost).column) return false;
    frame.statements.pop();
    pending.block = undefined;
    const unclosed = [...this.#frames.slice(1), frame];
    for (const open of unclosed) {
      if (!open.opener) continue;
      this.#reportUnclosed(open.opener, `${pending.keyword} in line ${pending.line}`, unclosed.length === 1);
    }
    this.#forgiven += this.#frames.length;
    this.#frames.length = 0;
    this.#handOver();
    this.#frame = { kind: 'root', statements: this.#current, shape: this.#top, opener: undefined };
    this.#current.push(pending);
    this.#pending = pending;
    this.#pendingShape = wanted;
    return true;
  }

  /** @param alone no other block is open, so that the one that lacks its brace may be one inside it */
  #reportUnclosed(opener: Statement, before: string, alone: boolean): void {
    const name = opener.words.slice(0, 2).join(' ');
    // A block inside it may be the one that lacks its brace: the `}` of the outer one then closed that.
    const suspect = alone ? suspectInside(opener) : undefined;
    if (suspect) {
      const { words } = suspect.opener;
      this.#reporter.at(suspect.opener, 0, {
        code: 'CFG_MISSING_CLOSE',
        class: 'missing-end-of-block',
        message: `the block that ${words.slice(0, 2).join(' ')} begins here seems not to be closed: the "}" in line ${suspect.closeLine} closes it but stands under ${suspect.meant.words.slice(0, 2).join(' ')} in line ${suspect.meant.line}, so that ${name} is not closed before ${before}`,
        remedy: `add the missing "}" before line ${suspect.closeLine}`,
        related: [{ at: locate(opener), message: 'the block that is left open' }],
      });
      return;
    }
    this.#reporter.at(opener, 0, {
      code: 'CFG_MISSING_CLOSE',
      class: 'missing-end-of-block',
      message: `the block that ${name} begins here is not closed before ${before}`,
      remedy: 'add the missing "}"',
    });
  }
}
