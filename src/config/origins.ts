/**
 * Where each value of a configuration comes from: its own statement, another keyword's, or the default. What was read is
 * recorded only if somebody asks (LoadOptions.origins), because a large configuration has hundreds of thousands of statements.
 */
import type { PrintedLine } from './print/printed.ts';
import { sameWords } from './print/same-words.ts';
import type { SourceLocation } from './model.ts';
import { checkerNames, inheritanceOf, isKeyed, namesOf, oppositesOf } from './schema/relations.ts';
import { locate, type Statement } from './statement.ts';
import type { BlockShape } from './tree.ts';

/** A statement as it was read. */
export interface RecordedStatement {
  readonly keyword: string;
  /** What stands behind the keyword, quotes removed. */
  readonly words: readonly string[];
  /** The statement as written. */
  readonly raw: string;
  readonly at: SourceLocation;
  readonly block: readonly RecordedStatement[];
}

export type Origin =
  /** Written so. */
  | { readonly kind: 'given'; readonly at: SourceLocation }
  /** Written, but what was written could not stay: `given` is the statement. */
  | { readonly kind: 'adjusted'; readonly at: SourceLocation; readonly given: RecordedStatement }
  /** Not written here: the value is that of another keyword (`copies`), or follows from it. */
  | { readonly kind: 'inherited'; readonly from: string; readonly copies: boolean; readonly at: SourceLocation }
  | { readonly kind: 'default' };

/** Keeps what is read. */
export class OriginRecorder {
  readonly #statements: RecordedStatement[] = [];

  /** Everything recorded at the top level, in the order of reading. */
  get statements(): readonly RecordedStatement[] {
    return this.#statements;
  }

  /** Takes a statement of the top level with everything inside. */
  record(statement: Statement): void {
    this.#statements.push(recorded(statement));
  }
}

function recorded(statement: Statement): RecordedStatement {
  return {
    keyword: statement.keyword,
    words: statement.words.slice(1),
    raw: statement.raw,
    at: locate(statement),
    block: (statement.block ?? []).map(recorded),
  };
}

/** What was read inside one printed block; looked up by keyword and by place, because there may be ten thousands. */
class Level {
  readonly name: string;
  readonly statements: readonly RecordedStatement[];
  /** The statement that opened the block, if it was written. */
  readonly opener: RecordedStatement | undefined;
  #byKeyword: Map<string, RecordedStatement[]> | undefined;
  #byPlace: Map<string, RecordedStatement[]> | undefined;

  constructor(name: string, statements: readonly RecordedStatement[], opener?: RecordedStatement) {
    this.name = name;
    this.statements = statements;
    this.opener = opener;
  }

  /** Statements of any of these keywords, in the order of reading. */
  named(names: readonly string[]): readonly RecordedStatement[] {
    const [only = ''] = names;
    this.#byKeyword ??= Map.groupBy(this.statements, ({ keyword }) => keyword);
    if (names.length === 1) return this.#byKeyword.get(only) ?? [];
    return this.statements.filter(({ keyword }) => names.includes(keyword));
  }

  /** Statements that begin at a place: one, unless a repetition made more of the line. */
  at(place: SourceLocation): readonly RecordedStatement[] {
    this.#byPlace ??= Map.groupBy(this.statements, ({ at }) => placeKey(at));
    return this.#byPlace.get(placeKey(place)) ?? [];
  }
}

function placeKey({ file, line, column }: SourceLocation): string {
  return `${line}:${column}:${file}`;
}

/** Blocks inside a block whose keywords are the outer one's (`host` of SMTP_CHECK, in old files). */
const transparentBlocks: Readonly<Record<string, readonly string[]>> = { SMTP_CHECK: ['host'] };

function isOff(statement: RecordedStatement): boolean {
  return ['off', 'false', 'no', '0'].includes(statement.words[0] ?? '');
}

/** Each with the one behind it. */
function* withNext<T>(items: Iterable<T>): Generator<readonly [T, next: T | undefined]> {
  let held: { readonly item: T } | undefined;
  for (const item of items) {
    if (held !== undefined) yield [held.item, item];
    held = { item };
  }
  if (held !== undefined) yield [held.item, undefined];
}

class OriginFinder {
  readonly found = new Map<PrintedLine, Origin>();
  readonly #root: Level;
  readonly #used = new Set<RecordedStatement>();

  constructor(statements: readonly RecordedStatement[]) {
    this.#root = new Level('', statements);
  }

  /**
   * Looks at one line of the top level after the other, each with its block: `found` has what belongs to it.
   * @param lines those of a keyword together
   */
  *lines(lines: Iterable<PrintedLine>, shape: BlockShape): Generator<PrintedLine> {
    let before: string | undefined;
    for (const [line, next] of withNext(lines)) {
      const alone = line.keyword !== before && line.keyword !== next?.keyword;
      before = line.keyword;
      this.#line(line, alone, shape, [this.#root]);
      yield line;
      this.found.clear();
    }
  }

  #block(lines: readonly PrintedLine[], shape: BlockShape | undefined, levels: readonly Level[]): void {
    const openers = Map.groupBy(lines, ({ keyword }) => keyword);
    for (const line of lines) this.#line(line, openers.get(line.keyword)?.length === 1, shape, levels);
  }

  /** @param alone whether no other line beside it has the keyword */
  #line(line: PrintedLine, alone: boolean, shape: BlockShape | undefined, levels: readonly Level[]): void {
    if (line.block) this.#opener(line, alone, shape, levels);
    else this.#statement(line, levels);
  }

  /**
   * A line that opens a block: finds the statements that opened it, then the origins of what is inside.
   * @param alone whether no other block beside it has the keyword
   */
  #opener(line: PrintedLine, alone: boolean, shape: BlockShape | undefined, levels: readonly Level[]): void {
    const level = levels[0] ?? this.#root;
    const names = namesOf(level.name, line.keyword);
    const known = shape?.find(line.keyword);
    const candidates = line.at
      ? level.at(line.at).filter(({ keyword }) => names.includes(keyword))
      : level.named(names);
    const opened = line.at || !alone ? this.#oneOf(candidates, line) : candidates;
    const [first] = opened;
    this.found.set(line, first ? { kind: 'given', at: first.at } : { kind: 'default' });
    for (const statement of opened) this.#used.add(statement);
    const inside = opened.flatMap(({ block }) => block);
    if (known?.shape === 'values') {
      this.#values(line, inside, first);
      return;
    }
    const transparent = transparentBlocks[line.keyword] ?? [];
    const more = inside.filter(({ keyword }) => transparent.includes(keyword)).flatMap(({ block }) => block);
    const inner = new Level(line.keyword, [...inside, ...more], first);
    this.#block(line.block ?? [], known?.nested, [inner, ...levels]);
  }

  /** The one statement that opened a block of which there are several: by what is written behind it and inside. */
  #oneOf(candidates: readonly RecordedStatement[], line: PrintedLine): RecordedStatement[] {
    const unused = candidates.filter((statement) => !this.#used.has(statement));
    // One statement may have made several blocks: a checker for each host of an old SMTP_CHECK.
    const free = unused.length > 0 ? unused : candidates;
    if (free.length < 2) return [...free];
    const likeness = (statement: RecordedStatement): number =>
      (line.block ?? []).filter((inner) =>
        statement.block.some((other) => other.keyword === inner.keyword && sameWords(inner, other)),
      ).length + (sameWords(line, statement) ? 1000 : 0);
    const [best] = free.toSorted((a, b) => likeness(b) - likeness(a));
    return best ? [best] : [];
  }

  /** Lines of a value block: each comes from the line that begins with the same word. */
  #values(line: PrintedLine, inside: readonly RecordedStatement[], opener: RecordedStatement | undefined): void {
    const level = new Level(line.keyword, inside, opener);
    for (const inner of line.block ?? []) {
      const written =
        (inner.at && level.at(inner.at)[0]) ??
        level.named([inner.keyword])[0] ??
        inside.find(({ words }) => words.includes(inner.keyword)) ??
        opener;
      this.found.set(inner, written ? { kind: 'given', at: written.at } : { kind: 'default' });
    }
  }

  #statement(line: PrintedLine, levels: readonly Level[]): void {
    const level = levels[0] ?? this.#root;
    this.found.set(line, this.#written(line, level) ?? this.#inherited(line, levels) ?? { kind: 'default' });
  }

  #written(line: PrintedLine, level: Level): Origin | undefined {
    const names = namesOf(level.name, line.keyword);
    const cancelling = oppositesOf(level.name, line.keyword);
    const written = level.named(cancelling.length === 1 ? names : [...names, ...cancelling]);
    if (isKeyed(level.name, line.keyword)) {
      const own = written.find(({ words }) => words[0] === line.words[0]);
      return own && { kind: 'given', at: own.at };
    }
    const same = written.findLast((statement) => names.includes(statement.keyword) && sameWords(line, statement));
    const last = written.at(-1);
    // Of two that cancel each other only the last has a say.
    if (same && (cancelling.length === 1 || same === last)) return { kind: 'given', at: same.at };
    return last && { kind: 'adjusted', at: last.at, given: last };
  }

  #inherited(line: PrintedLine, levels: readonly Level[]): Origin | undefined {
    const { copies = [], follows = [] } = inheritanceOf(levels[0]?.name ?? '', line.keyword);
    for (const from of copies) {
      const source = this.#source(from, levels).at(-1);
      if (source) return { kind: 'inherited', from: source.keyword, copies: true, at: source.at };
    }
    for (const from of follows) {
      const source = this.#source(from, levels).at(-1);
      if (source && !isOff(source)) return { kind: 'inherited', from: source.keyword, copies: false, at: source.at };
    }
    return undefined;
  }

  /**
   * The statements of `block/keyword`: of an enclosing block if there is one, else of the block that is named beside (the
   * track_file of a FILE_CHECK), else of the first. `block` alone is the line that opens an enclosing block.
   */
  #source(from: string, levels: readonly Level[]): readonly RecordedStatement[] {
    const [block = '', keyword] = from.split('/');
    const level = levels.find(
      ({ name }) => name === block || (block === '(checker)' && (checkerNames as readonly string[]).includes(name)),
    );
    if (keyword === undefined) return level?.opener ? [level.opener] : [];
    const names = namesOf(level?.name ?? block, keyword);
    if (level) return level.named(names);
    const wanted = ({ keyword: other }: RecordedStatement): boolean => names.includes(other);
    const reference = levels[0]?.named([block]).at(-1)?.words[0];
    const blocks = this.#root
      .named([block])
      .filter((statement) => reference === undefined || statement.words[0] === reference);
    const found = blocks.map(({ block: inside }) => inside.filter(wanted)).filter((inside) => inside.length > 0);
    return block === 'global_defs' ? found.flat() : (found[0] ?? []);
  }
}

/** A line of the top level, and where it and each line of its block come from; the map is that of the next line later. */
export interface LineWithOrigins {
  readonly line: PrintedLine;
  readonly origins: ReadonlyMap<PrintedLine, Origin>;
}

/**
 * Finds where each printed line comes from.
 * @param lines those of a keyword together
 * @param shape the top level of the schema
 */
export function* originsOf(
  lines: Iterable<PrintedLine>,
  statements: readonly RecordedStatement[],
  shape: BlockShape,
): Generator<LineWithOrigins> {
  const finder = new OriginFinder(statements);
  for (const line of finder.lines(lines, shape)) yield { line, origins: finder.found };
}
