/** The file of blacklist_file: one address or prefix a line; # ; and ! begin comments. */
import type { AddressPrefix } from '../config/model.ts';
import { parsePrefixText } from './prefix-table.ts';

export interface BlacklistProblem {
  /** From 1. */
  readonly line: number;
  readonly reason: string;
}

export interface Blacklist {
  /** In the order of the file, each with its line. */
  readonly entries: readonly { readonly prefix: AddressPrefix; readonly line: number }[];
  /** The first of them; there may be as many as lines. */
  readonly problems: readonly BlacklistProblem[];
  readonly problemCount: number;
}

/** Problems that are kept. */
const mostProblems = 20;
const longestShown = 40;
/** Wider than this is a slip: it would shut out a continent. */
const widest = { inet: 4, inet6: 4 } as const;

/**
 * What marks a line that we have appended for a ban that ends: it is a note for people and other programs. The set of the
 * kernel knows how long it lasts.
 */
const timedMark = /^[#;!] keepalived: .* until /;

function shown(text: string): string {
  const cut = text.length > longestShown ? `${text.slice(0, longestShown)}...` : text;
  return `"${cut.replaceAll(/[^\x20-\x7e]/g, '?')}"`;
}

/** Reads a file. Never throws for what is in it. */
export function parseBlacklist(text: string): Blacklist {
  const entries: { prefix: AddressPrefix; line: number }[] = [];
  const problems: BlacklistProblem[] = [];
  let problemCount = 0;
  const problem = (line: number, reason: string): void => {
    problemCount++;
    if (problems.length < mostProblems) problems.push({ line, reason });
  };
  let line = 0;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    line++;
    const whole = text.slice(start, end);
    start = end + 1;
    const comment = whole.search(/[#;!]/);
    const word = (comment < 0 ? whole : whole.slice(0, comment)).trim();
    if (word === '' || (comment >= 0 && timedMark.test(whole.slice(comment)))) continue;
    const prefix = parsePrefixText(word);
    if (prefix === undefined) problem(line, `${shown(word)} is neither an address nor a prefix`);
    else if (prefix.length < widest[prefix.family]) problem(line, `${shown(word)} is too wide`);
    else entries.push({ prefix, line });
  }
  return { entries, problems, problemCount };
}

export const emptyBlacklist: Blacklist = { entries: [], problems: [], problemCount: 0 };

/** Whether two readings of the file mean the same. */
export function sameBlacklist(one: Blacklist, other: Blacklist): boolean {
  return (
    one.problemCount === other.problemCount &&
    one.entries.length === other.entries.length &&
    one.entries.every(({ line, prefix }, index) => {
      const there = other.entries[index];
      return there?.line === line && there.prefix.address === prefix.address && there.prefix.length === prefix.length;
    })
  );
}

export interface AppendedBan {
  readonly limit: string;
  readonly address: string;
  readonly connections: number;
  /** ISO 8601. */
  readonly at: string;
  /** Absent: until the line is removed. */
  readonly until?: string;
}

/** A line for the end of the file. */
export function blacklistLine({ address, at, connections, limit, until }: AppendedBan): string {
  const end = until === undefined ? '' : ` until ${until}`;
  return `${address} # keepalived: connection_limit ${limit.replaceAll(/[^\x21-\x7e]/g, '_')}, ${connections} connections, ${at}${end}\n`;
}
