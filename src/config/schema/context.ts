/** What a keyword has at hand while it is read: the reporter, the mode, the host, and the draft of the whole configuration. */
import type { ConfigurationDraft } from '../drafts.ts';
import type { HostFacts } from '../ports.ts';
import type { Reporter } from '../reporter.ts';
import { locate, type Statement } from '../statement.ts';
import type { DiagnosticClass } from '../diagnostics.ts';
import type { BlockShape } from '../tree.ts';
import type { KeywordFacts } from './keyword.ts';
import { nearestWord } from '../nearest.ts';

/** Blocks in which a keyword is valid, for "valid in real_server, you are in virtual_server". */
export type KeywordPlaces = (keyword: string) => readonly string[];

interface NamedBlock extends BlockShape {
  readonly name: string;
  readonly keywords: ReadonlyMap<string, unknown>;
}

export class Context {
  readonly reporter: Reporter;
  readonly mode: 'run' | 'test';
  readonly host: HostFacts;
  readonly draft: ConfigurationDraft;
  readonly #places: KeywordPlaces;
  readonly #noted = new Set<KeywordFacts>();
  #silent = 0;

  constructor(
    reporter: Reporter,
    mode: 'run' | 'test',
    host: HostFacts,
    draft: ConfigurationDraft,
    places: KeywordPlaces,
  ) {
    this.reporter = reporter;
    this.mode = mode;
    this.host = host;
    this.draft = draft;
    this.#places = places;
  }

  /** An ordinary mistake: the statement, or what is wrong in it, has no effect. */
  error(statement: Statement, word: number, code: string, message: string, remedy?: string): void {
    this.report('general', statement, word, code, message, remedy);
  }

  report(
    kind: DiagnosticClass | 'note',
    statement: Statement,
    word: number,
    code: string,
    message: string,
    remedy?: string,
  ): void {
    this.reporter.at(statement, word, { code, class: kind, message, ...(remedy !== undefined && { remedy }) });
  }

  /** A mandatory argument is missing; the original exits at once with 2, and so do we. */
  missingStops(statement: Statement, form: string): void {
    this.reporter.at(statement, statement.words.length, {
      code: 'CFG_MISSING_PARAMETER',
      class: 'missing-parameter',
      message: `${statement.keyword} is missing a parameter`,
      remedy: `write "${statement.keyword} ${form}"`,
      stops: { exitCode: 2, immediately: true },
    });
  }

  /** A mandatory argument is missing where the original lives with it. */
  missing(statement: Statement, form: string): void {
    this.error(
      statement,
      statement.words.length,
      'CFG_MISSING_VALUE',
      `${statement.keyword} needs a value and is ignored`,
      `write "${statement.keyword} ${form}"`,
    );
  }

  /** The same thing defined twice: both places are named. */
  duplicate(
    statement: Statement,
    word: number,
    what: string,
    first: Statement,
    consequence = 'the second is ignored',
  ): void {
    const { file, line } = locate(first);
    const place = file === statement.file.name ? `line ${line}` : `${file}:${line}`;
    this.error(
      statement,
      word,
      'CFG_DUPLICATE',
      `${what} is already defined in ${place}; ${consequence}`,
      'keep one of the two',
    );
  }

  unknownKeyword(statement: Statement, block: NamedBlock): void {
    const { keyword } = statement;
    const where = block.name === '' ? 'at the top level' : `in ${block.name}`;
    const places = this.#places(keyword);
    const whole = statement.block ? ' (the whole block is ignored)' : '';
    let remedy: string | undefined;
    if (places.length > 0) {
      const shown = places.slice(0, 4).map((place) => (place === '' ? 'at the top level' : `in ${place}`));
      remedy = `it is valid ${shown.join(', ')}${places.length > 4 ? ' and elsewhere' : ''}; here you are ${where}`;
    } else {
      const nearest = nearestWord(keyword, block.keywords.keys());
      if (nearest !== undefined) remedy = `did you mean ${nearest}?`;
      else if (/^(<<<<<<<|=======|>>>>>>>)/.test(keyword))
        remedy = 'this is a mark of an unresolved git conflict; resolve it';
    }
    this.report(
      'unknown-keyword',
      statement,
      0,
      'CFG_UNKNOWN_KEYWORD',
      `unknown keyword ${quote(keyword)} ${where}${whole}`,
      remedy,
    );
  }

  /** Begins (1) or ends (-1) a stretch in which nothing is said about keywords without effect. */
  silence(step: 1 | -1): void {
    this.#silent += step;
  }

  /** Says once for each keyword that it is an old one or does nothing yet. */
  noteHistory(statement: Statement, blockName: string, facts: KeywordFacts): void {
    if (this.#silent > 0 || this.#noted.has(facts)) return;
    this.#noted.add(facts);
    const where = blockName === '' ? '' : ` of ${blockName}`;
    if (facts.replacement !== undefined) {
      this.report(
        'note',
        statement,
        0,
        'CFG_OLD_KEYWORD',
        `${statement.keyword}${where} is an old spelling`,
        `write ${facts.replacement}`,
      );
    }
    if (facts.effect === 'none-yet') {
      this.report(
        'note',
        statement,
        0,
        'CFG_NO_EFFECT_YET',
        `${statement.keyword}${where} is accepted but has no effect in this version`,
      );
    }
  }
}

/** A word of the configuration for a message: printable, not too long. */
export function quote(word: string): string {
  const shown = word.length > 60 ? `${word.slice(0, 60)}...` : word;
  return `"${shown.replace(/[\x00-\x1f\x7f]/g, '?')}"`;
}
