/** `npm run docs`: writes docs/reference and the tables in docs/configuration-diagnostics.md and docs/metrics.md anew. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { diagnosticsPage, withCodeTable } from './diagnostic-codes.ts';
import { metricsPage, withMetricsTable } from './metrics-table.ts';
import { referencePages } from './reference-pages.ts';

const root = path.join(import.meta.dirname, '..');
const directory = path.join(root, 'docs/reference');

mkdirSync(directory, { recursive: true });
const pages = referencePages();
for (const file of readdirSync(directory)) if (!pages.has(file)) rmSync(path.join(directory, file));
for (const [file, text] of pages) writeFileSync(path.join(directory, file), text);

const diagnostics = path.join(root, diagnosticsPage);
writeFileSync(diagnostics, withCodeTable(readFileSync(diagnostics, 'utf8'), root));
const metrics = path.join(root, metricsPage);
writeFileSync(metrics, withMetricsTable(readFileSync(metrics, 'utf8')));
process.stdout.write(
  `docs: ${pages.size} pages of docs/reference, the codes in ${diagnosticsPage}, the table in ${metricsPage}\n`,
);
