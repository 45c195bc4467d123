import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { codesInSources, diagnosticsPage, withCodeTable } from '../../../scripts/diagnostic-codes.ts';
import { referencePages } from '../../../scripts/reference-pages.ts';
import { metricsPage, withMetricsTable } from '../../../scripts/metrics-table.ts';
import { diagnosticCodes } from '../../../src/config/diagnostic-codes.ts';
import { allKeywords } from '../../../src/config/schema/top.ts';

const root = path.join(import.meta.dirname, '../../..');
const directory = path.join(root, 'docs/reference');
const stale = 'docs/reference is not what src/config/schema says: run "npm run docs" and commit docs';

describe('docs/reference', () => {
  const pages = referencePages();

  it('is what the schema says', () => {
    expect(readdirSync(directory).sort(), stale).toEqual([...pages.keys()].sort());
    for (const [file, text] of pages)
      expect(readFileSync(path.join(directory, file), 'utf8') === text, `${stale} (${file})`).toBe(true);
  });

  it('has every keyword of the language, with its note', () => {
    const all = [...pages.values()].join('\n');
    for (const { keyword, path: where } of allKeywords())
      expect(all, `${where} ${keyword}`).toContain(`\`${keyword}\``);
  });

  it('links only to pages and sections that are there', () => {
    for (const [file, text] of pages) {
      for (const [, target = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
        const [name = '', section] = target.split('#');
        if (name.startsWith('../')) continue;
        const page = pages.get(name === '' ? file : name);
        expect(page, `${file} links to ${target}`).toBeDefined();
        if (section === undefined) continue;
        const titles = [...(page ?? '').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
          title
            .toLowerCase()
            .replace(/[^a-z0-9_ -]/g, '')
            .replaceAll(' ', '-'),
        );
        expect(titles, `${file} links to ${target}`).toContain(section);
      }
    }
  });
});

describe(diagnosticsPage, () => {
  it('explains every code that the sources use, and no other', () => {
    const codes = codesInSources(root);
    expect(codes.length).toBeGreaterThan(100);
    expect(Object.keys(diagnosticCodes).sort(), 'src/config/diagnostic-codes.ts').toEqual(codes);
  });

  it('shows the list', () => {
    const page = readFileSync(path.join(root, diagnosticsPage), 'utf8');
    expect(withCodeTable(page, root) === page, `${diagnosticsPage} is stale: run "npm run docs"`).toBe(true);
  });
});

describe(metricsPage, () => {
  it('has every metric that there is', () => {
    const page = readFileSync(path.join(root, metricsPage), 'utf8');
    expect(withMetricsTable(page) === page, `${metricsPage} is stale: run "npm run docs"`).toBe(true);
  });
});
