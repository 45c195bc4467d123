/** Rows of samples to tables, and to the one object that `--json` prints. Pure. */
import type { Judgement } from './bars.ts';
import { judge } from './bars.ts';
import type { ContenderName } from './contenders.ts';
import type { Measurement, Row } from './measurement.ts';
import type { Summary } from './statistics.ts';
import { summarize } from './statistics.ts';

export interface Result {
  readonly measurement: Pick<Measurement, 'name' | 'title'>;
  readonly rows: readonly Row[];
}

const names: readonly ContenderName[] = ['keepalived', 'keepalived-ts'];

function summaryOf(row: Row, name: ContenderName): Summary | undefined {
  const samples = row.samples[name];
  return samples.length === 0 ? undefined : summarize(samples);
}

/**
 * The judgements on this daemon's figures in a row; none if it was not measured. Where keepalived misses the same bar
 * in the same run, the text says so: then it may be the machine that is busy.
 */
export function verdicts(row: Row): Judgement[] {
  const ours = summaryOf(row, 'keepalived-ts');
  if (ours === undefined) return [];
  const original = summaryOf(row, 'keepalived');
  return row.bars.map((bar) => {
    const { met, text } = judge(bar, ours, original, row.unit);
    const both = !met && original !== undefined && !judge(bar, original, original, row.unit).met;
    return { met, text: both ? `${text} (keepalived misses it too)` : text };
  });
}

/** Three significant digits are more than a shared machine gives. */
export function figure(value: number): string {
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2);
}

const columns = ['daemon', 'n', 'min', 'median', 'p99', 'max', 'bar'] as const;

function linesOf(row: Row): string[][] {
  return names.flatMap((name) => {
    const summary = summaryOf(row, name);
    if (summary === undefined) return [];
    const judged = name === 'keepalived-ts' ? verdicts(row) : [];
    const bar = judged.map(({ met, text }) => `${text}: ${met ? 'met' : 'MISSED'}`).join(', ') || '-';
    const figures = [summary.min, summary.median, summary.p99, summary.max].map(figure);
    return [[name, String(summary.count), ...figures, bar]];
  });
}

/** One table a measurement, the daemons of a row under one another. */
export function table(result: Result): string {
  const blocks = result.rows.map((row) => ({ row, lines: linesOf(row) }));
  const titles = blocks.map(({ row }) => `${row.title} (${row.unit})`);
  const first = Math.max(...titles.map((title) => title.length));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...blocks.flatMap(({ lines }) => lines.map((line) => (line[index] ?? '').length))),
  );
  const format = (head: string, cells: readonly string[]): string =>
    `  ${head.padEnd(first)}  ${cells
      .map((cell, index) =>
        index >= 1 && index <= 5 ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')}`.trimEnd();
  const out = [`${result.measurement.name}: ${result.measurement.title}`, format('', columns)];
  blocks.forEach(({ row, lines }, block) => {
    lines.forEach((line, index) => out.push(format(index === 0 ? (titles[block] ?? '') : '', line)));
    for (const remark of row.remarks) out.push(`  ${' '.repeat(first)}  note: ${remark}`);
  });
  return out.join('\n');
}

/** Everything that was measured, samples included, for programs to read. */
export function toJson(results: readonly Result[], about: Readonly<Record<string, unknown>>): string {
  const measurements = results.map(({ measurement, rows }) => ({
    name: measurement.name,
    title: measurement.title,
    rows: rows.map((row) => ({
      title: row.title,
      unit: row.unit,
      daemons: Object.fromEntries(
        names
          .filter((name) => row.samples[name].length > 0)
          .map((name) => [name, { summary: summaryOf(row, name), samples: row.samples[name] }]),
      ),
      bars: verdicts(row),
      remarks: row.remarks,
    })),
  }));
  return JSON.stringify({ ...about, measurements }, undefined, 2);
}
