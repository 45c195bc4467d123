/** What a keyword has at hand while it is read: the reporter, the mode, the host, and the draft of the whole configuration. */
import type { ConfigurationDraft } from '../drafts.ts';
import type { CheckDefaults } from '../model.ts';
import type { HostFacts } from '../ports.ts';
import type { Reporter } from '../reporter.ts';
import { locate, type Statement } from '../statement.ts';
import type { DiagnosticKind } from '../diagnostics.ts';
import type { BlockShape } from '../tree.ts';
import type { KeywordFacts } from './keyword.ts';
import { nearestWord } from '../nearest.ts';
import { betterRemedy, foreignLine, formerName } from '../remedies.ts';

/** A block in which a keyword is valid; `` is the top level. */
export interface KeywordPlace {
  readonly block: string;
  /** First version of keepalived that knows it there. */
  readonly since?: string;
}

/** Blocks in which a keyword is valid, for "valid in real_server, you are in virtual_server". */
export type KeywordPlaces = (keyword: string) => readonly KeywordPlace[];

function history(since: string | undefined): string {
  if (since === undefined) return '';
  return /^\d/.test(since) ? ` (since ${since})` : ` (${since})`;
}

function blockName(block: string): string {
  return block === '' ? 'at the top level' : `in ${block}`;
}

/** Blocks named in a remedy; a keyword such as weight is valid in many. */
const maximumPlacesShown = 4;

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
  /** How often somebody asked for something to be said that is said once a configuration. */
  onceOnly = 0;
  /** What the last server said of its checks: the next one mostly says the same, and tens of thousands share it. */
  lastCheckDefaults: CheckDefaults | undefined;

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
    kind: DiagnosticKind,
    statement: Statement,
    word: number,
    code: string,
    message: string,
    remedy?: string,
  ): void {
    const foreign = word === 0 ? foreignLine(statement) : undefined;
    if (foreign) {
      this.reporter.at(statement, 0, { ...foreign, class: kind });
      return;
    }
    const better = betterRemedy(code, statement, word) ?? remedy;
    this.reporter.at(statement, word, { code, class: kind, message, ...(better !== undefined && { remedy: better }) });
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
    this.reporter.at(statement, word, {
      code: 'CFG_DUPLICATE',
      class: 'general',
      message: `${what} is already defined in ${this.placeOf(first, statement)}; ${consequence}`,
      remedy: 'keep one of the two',
      related: [{ at: locate(first), message: 'the first definition' }],
    });
  }

  /** Where a statement stands, for a message at another one: `line 3`, or with its file if that is another. */
  placeOf(statement: Statement, seenFrom: Statement): string {
    const { file, line } = locate(statement);
    return file === seenFrom.file.name ? `line ${line}` : `${file}:${line}`;
  }

  unknownKeyword(statement: Statement, block: NamedBlock): void {
    const { keyword } = statement;
    const where = blockName(block.name);
    const whole = statement.block ? ' (the whole block is ignored)' : '';
    const remedy = this.#remedyOfUnknown(statement, block, where);
    this.report(
      'unknown-keyword',
      statement,
      0,
      'CFG_UNKNOWN_KEYWORD',
      `unknown keyword ${quote(keyword)} ${where}${whole}`,
      remedy,
    );
  }

  #remedyOfUnknown({ keyword, words }: Statement, block: NamedBlock, where: string): string | undefined {
    const known = (word: string): boolean => block.keywords.has(word);
    const since = (word: string): string =>
      history(this.#places(word).find((place) => place.block === block.name)?.since);
    // `priority: 100`, `priority=100`, `nopreempt;`
    const [, bare = '', mark = '', value = ''] = /^([A-Za-z0-9_-]+)([:=;,]+)(.*)$/.exec(keyword) ?? [];
    if (known(bare))
      return `write "${[bare, ...(value === '' ? [] : [value]), ...words.slice(1)].join(' ')}", without "${mark}"`;
    if (keyword === ';') return 'remove the ";": a line ends by itself';
    const renamed = formerName(keyword, known);
    if (renamed !== undefined) return `its name is ${renamed}${since(renamed)}`;
    const places = this.#places(keyword);
    if (places.length > 0) {
      const shown = places
        .slice(0, maximumPlacesShown)
        .map((place) => `${blockName(place.block)}${history(place.since)}`);
      const more = places.length > maximumPlacesShown ? ' and elsewhere' : '';
      return `it is valid ${shown.join(', ')}${more}; here you are ${where}`;
    }
    const nearest = nearestWord(keyword, block.keywords.keys());
    return nearest === undefined ? undefined : `did you mean ${nearest}${since(nearest)}?`;
  }

  /** Begins (1) or ends (-1) a stretch in which nothing is said about keywords without effect. */
  silence(step: 1 | -1): void {
    this.#silent += step;
  }

  /** Says once for each keyword that it is an old one or does nothing yet. */
  noteHistory(statement: Statement, blockName: string, facts: KeywordFacts): void {
    this.onceOnly++;
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
