/** The table of codes in docs/configuration-diagnostics.md, and the codes that the sources use. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { diagnosticCodes } from '../src/config/diagnostic-codes.ts';

export const diagnosticsPage = 'docs/configuration-diagnostics.md';

const begin = '<!-- codes: made by `npm run docs` from src/config/diagnostic-codes.ts -->';
const end = '<!-- end of codes -->';

/** Every code that a source file other than the list names, sorted. */
export function codesInSources(root: string): string[] {
  const codes = new Set<string>();
  for (const file of globSync('src/**/*.ts', { cwd: root })) {
    if (file.endsWith('diagnostic-codes.ts')) continue;
    for (const [code] of readFileSync(path.join(root, file), 'utf8').matchAll(/\bCFG_[A-Z0-9_]+\b/g)) codes.add(code);
  }
  return [...codes].sort();
}

/**
 * Puts the table into the page.
 * @throws if the page has no place for it, or the list lacks a code that the sources under `root` use
 */
export function withCodeTable(page: string, root: string): string {
  const missing = codesInSources(root).filter((code) => diagnosticCodes[code] === undefined);
  if (missing.length > 0) throw new Error(`add to src/config/diagnostic-codes.ts: ${missing.join(', ')}`);
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${diagnosticsPage} has lost its marks`);
  const rows = Object.entries(diagnosticCodes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, meaning]) => `| \`${code}\` | ${meaning.replaceAll('|', '\\|').replaceAll('<', '&lt;')} |`);
  return [`${before}${begin}`, '', '| code | meaning |', '|---|---|', ...rows, '', `${end}${after}`].join('\n');
}
