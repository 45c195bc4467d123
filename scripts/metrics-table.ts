/** The table of metrics in docs/metrics.md. */
import { families, type Family } from '../src/metrics/families.ts';

export const metricsPage = 'docs/metrics.md';

const begin = '<!-- metrics: made by `npm run docs` from src/metrics/families.ts -->';
const end = '<!-- end of metrics -->';

/** Puts the table into the page. @throws if the page has no place for it */
export function withMetricsTable(page: string): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${metricsPage} has lost its marks`);
  const rows = Object.entries(families as Readonly<Record<string, Family>>).map(
    ([name, { exporter, help, labels, type }]) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(' ')} | ${help}${exporter ? ' (exporter)' : ''} |`,
  );
  const head = ['| metric | type | labels | what |', '|---|---|---|---|'];
  return [`${before}${begin}`, '', ...head, ...rows, '', `${end}${after}`].join('\n');
}
