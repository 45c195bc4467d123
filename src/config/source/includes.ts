/** The `include*` forms: which problems are fatal, and the files a pattern names (reference: grammar, section 6). */
import type { ConfigurationFiles, FileProblem } from '../ports.ts';
import { expandBraces, hasWildcard, resolveName } from './patterns.ts';

/** Classes of problem: unreadable, no such file, a wildcard without match, a brace alternative without match. */
export interface IncludeChecks {
  readonly read: boolean;
  readonly match: boolean;
  readonly wildcardMatch: boolean;
  readonly braceMatch: boolean;
}

export const noIncludeChecks: IncludeChecks = { read: false, match: false, wildcardMatch: false, braceMatch: false };
export const allIncludeChecks: IncludeChecks = { read: true, match: true, wildcardMatch: true, braceMatch: true };

/** What each spelling makes fatal; plain `include` follows `include_check`. */
export const includeForms: ReadonlyMap<string, Partial<IncludeChecks> | 'by-include-check'> = new Map<
  string,
  Partial<IncludeChecks> | 'by-include-check'
>([
  ['include', 'by-include-check'],
  ['includer', { read: true }],
  ['includem', { read: true, match: true }],
  ['includew', { read: true, match: true, wildcardMatch: true }],
  ['includeb', { read: true, braceMatch: true }],
  ['includea', allIncludeChecks],
]);

/** The main file's own classes. */
export const mainFileChecks: IncludeChecks = { read: true, match: true, wildcardMatch: true, braceMatch: false };

const checkWords: ReadonlyMap<string, keyof IncludeChecks> = new Map<string, keyof IncludeChecks>([
  ['read', 'read'],
  // The manual's spelling.
  ['readable', 'read'],
  ['match', 'match'],
  ['wildcard_match', 'wildcardMatch'],
  ['brace_match', 'braceMatch'],
]);

/** Applies the words of an `include_check` statement; `unknown` are words that mean nothing. */
export function applyIncludeCheck(
  current: IncludeChecks,
  words: readonly string[],
): { readonly checks: IncludeChecks; readonly unknown: readonly number[] } {
  if (words.length < 2) return { checks: allIncludeChecks, unknown: [] };
  let checks = { ...current };
  let cleared = false;
  const unknown: number[] = [];
  for (let index = 1; index < words.length; index++) {
    const word = words[index] ?? '';
    const sign = word.startsWith('+') || word.startsWith('-') ? word.slice(0, 1) : '';
    const name = checkWords.get(word.slice(sign.length));
    if (name === undefined) {
      unknown.push(index);
      continue;
    }
    // The first bare word starts from nothing.
    if (sign === '' && !cleared) {
      checks = { ...noIncludeChecks };
      cleared = true;
    }
    checks[name] = sign !== '-';
  }
  return { checks, unknown };
}

export interface IncludeProblem {
  readonly class: keyof IncludeChecks;
  readonly message: string;
}

export interface IncludedFiles {
  readonly paths: readonly string[];
  readonly problems: readonly IncludeProblem[];
}

/** Finds the files that an include names. Directories that a wildcard matched are skipped silently, as the original does. */
export function findIncludedFiles(pattern: string, directory: string, files: ConfigurationFiles): IncludedFiles {
  const paths: string[] = [];
  const problems: IncludeProblem[] = [];
  const alternatives = expandBraces(pattern);
  for (const alternative of alternatives) {
    const wildcard = hasWildcard(alternative);
    const found = files.glob(resolveName(directory, alternative));
    paths.push(...(wildcard ? found.filter((path) => !files.isDirectory(path)) : found));
    if (found.length > 0) continue;
    if (alternatives.length > 1) {
      problems.push({ class: 'braceMatch', message: `no file matches ${alternative}, one alternative of ${pattern}` });
    } else if (wildcard) {
      problems.push({ class: 'wildcardMatch', message: `no file matches ${pattern}` });
    } else {
      problems.push({ class: 'match', message: `there is no file ${pattern}` });
    }
  }
  return { paths, problems };
}

const problemTexts: Readonly<Record<FileProblem, string>> = {
  missing: 'there is no file',
  unreadable: 'cannot read',
  directory: 'expected a file, found a directory:',
  'not-regular': 'not a regular file:',
  executable: 'a configuration file must not be executable:',
};

/** A sentence about a file that could not be read. */
export function describeFileProblem(path: string, problem: FileProblem, detail: string): string {
  return `${problemTexts[problem]} ${path}${detail === '' ? '' : ` (${detail})`}`;
}
