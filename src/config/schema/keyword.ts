/**
 * What one keyword is: the single place for its form, default, history and effect. The parser, the diagnostics, the
 * defaults in messages, the reference pages and the completeness tests all read these entries.
 */
import type { BlockShape, KeywordShape } from '../tree.ts';
import type { Statement } from '../statement.ts';
import type { Context } from './context.ts';

/** What is known of a keyword apart from what it does. */
export interface KeywordFacts {
  /** In our own words, for the reference page. */
  readonly note: string;
  /** Arguments in the notation of the reference: `<1..255>`, `<bool?>`, `(none)`, `block`. */
  readonly form: string;
  readonly default?: string;
  /** First version of keepalived that knows it, if later than 2.2.7. */
  readonly since?: string;
  /** What to write today; its presence makes the keyword an old one. */
  readonly replacement?: string;
  /** Present: keepalived knows no such keyword, and stops or ignores it. Off unless written. */
  readonly own?: true;
  /** `none-yet`: accepted and checked, nothing acts on it in this version. */
  readonly effect?: 'none-yet';
}

/** A word that may stand inside a line of a value block or behind a keyword (`dev`, `weight`, `<IPADDR>`). */
export type LineWords = Readonly<Record<string, KeywordFacts>>;

export interface Keyword<Draft> extends KeywordFacts, KeywordShape {
  /** Entries of the words inside the lines or arguments, for completeness. */
  readonly words?: LineWords;
  /** Further entries below those words (`nexthop`, `encap` of routes). */
  readonly wordGroups?: Readonly<Record<string, LineWords>>;
  /** Applies the statement to the draft of its block; reports what is wrong with it. */
  readonly read: (draft: Draft, statement: Statement, context: Context) => void;
}

/** One kind of block with all its keywords. */
export class BlockSchema<Draft> implements BlockShape {
  readonly name: string;
  readonly keywords: ReadonlyMap<string, Keyword<Draft>>;

  constructor(name: string, keywords: Readonly<Record<string, Keyword<Draft>>>) {
    this.name = name;
    this.keywords = new Map(Object.entries(keywords));
  }

  find(keyword: string): Keyword<Draft> | undefined {
    return this.keywords.get(keyword);
  }

  /** Applies the statements of one block to its draft, in order. */
  read(draft: Draft, statements: readonly Statement[], context: Context): void {
    for (const statement of statements) this.readOne(draft, statement, context);
  }

  /** Applies one statement. What stood inside it is let go: drafts keep statements for their places only. */
  readOne(draft: Draft, statement: Statement, context: Context): void {
    this.#apply(draft, statement, context);
    statement.block = undefined;
  }

  #apply(draft: Draft, statement: Statement, context: Context): void {
    const keyword = this.keywords.get(statement.keyword);
    if (keyword === undefined) {
      context.unknownKeyword(statement, this);
      return;
    }
    if (keyword.replacement === undefined && keyword.effect === undefined) {
      keyword.read(draft, statement, context);
      return;
    }
    context.noteHistory(statement, this.name, keyword);
    // One note for a block that does nothing is enough; what stands inside says it no more.
    const silent = keyword.shape === 'block' && keyword.effect === 'none-yet';
    if (silent) context.silence(1);
    keyword.read(draft, statement, context);
    if (silent) context.silence(-1);
  }
}

/** One entry of the whole language, as the completeness test and the reference pages see it. */
export interface SchemaEntry {
  /** `(top)`, `vrrp_instance`, `virtual_server/real_server/HTTP_GET`, ... */
  readonly path: string;
  readonly keyword: string;
  readonly facts: KeywordFacts;
}

interface WalkableBlock {
  readonly keywords: ReadonlyMap<string, KeywordFacts & KeywordShape & WalkableWords>;
}

interface WalkableWords {
  readonly words?: LineWords;
  readonly wordGroups?: Readonly<Record<string, LineWords>>;
}

function isBlockSchema(shape: unknown): shape is WalkableBlock {
  return shape instanceof BlockSchema;
}

/** Every entry below a block, blocks before their contents. */
export function* walkSchema(block: WalkableBlock, path = ''): Generator<SchemaEntry> {
  for (const [keyword, entry] of block.keywords) {
    yield { path: path === '' ? '(top)' : path, keyword, facts: entry };
    const inner = path === '' ? keyword : `${path}/${keyword}`;
    for (const [word, facts] of Object.entries(entry.words ?? {})) yield { path: inner, keyword: word, facts };
    for (const [group, words] of Object.entries(entry.wordGroups ?? {})) {
      for (const [word, facts] of Object.entries(words)) yield { path: `${inner}/${group}`, keyword: word, facts };
    }
    if (isBlockSchema(entry.nested)) yield* walkSchema(entry.nested, inner);
  }
}
