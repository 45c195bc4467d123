/**
 * Text in the exposition format of Prometheus (version 0.0.4), and in OpenMetrics 1.0: what little differs between them is
 * that a counter's family is named without `_total` there, and that an end is written.
 */
import type { HistogramFigures } from './histogram.ts';
import { familyOf, type FamilyName } from './families.ts';

export type ExpositionFormat = 'prometheus' | 'openmetrics';

/** What the answer is said to be. */
export const contentTypes: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** OpenMetrics only for who names it; everybody understands the other. */
export function formatFor(accept: string | undefined): ExpositionFormat {
  return accept !== undefined && /application\/openmetrics-text\s*(;[^,]*)?(,|$)/i.test(accept)
    ? 'openmetrics'
    : 'prometheus';
}

const special = /[\\"\n]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** A label's value as it stands between quotes. Half of a surrogate pair is no text. */
export function labelValue(text: string): string {
  return text.toWellFormed().replace(special, (character) => escapes[character] ?? character);
}

/** The braces with the labels of a metric; nothing without labels. */
export function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return '';
  return `{${names.map((name, index) => `${name}="${labelValue(values[index] ?? '')}"`).join(',')}}`;
}

/** A number: the format's words for what has no digits. */
export function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/** HELP and TYPE of a family. */
export function headOf(name: FamilyName, format: ExpositionFormat): string {
  const { help, type } = familyOf(name);
  const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
  return `# HELP ${family} ${help.replaceAll('\\', '\\\\')}\n# TYPE ${family} ${type}\n`;
}

/** One sample. @param labels as labelText() writes them */
export function sampleText(name: string, labels: string, value: number): string {
  return `${name}${labels} ${numberText(value)}\n`;
}

/** The samples of one histogram. */
export function histogramText(
  name: FamilyName,
  values: readonly string[],
  { counts, sum }: HistogramFigures,
  bounds: readonly number[],
): string {
  const { labels } = familyOf(name);
  let below = 0;
  let text = '';
  for (const [index, count] of counts.entries()) {
    below += count;
    const bound = bounds[index];
    const bucket = labelText([...labels, 'le'], [...values, bound === undefined ? '+Inf' : numberText(bound)]);
    text += sampleText(`${name}_bucket`, bucket, below);
  }
  const own = labelText(labels, values);
  return text + sampleText(`${name}_sum`, own, sum) + sampleText(`${name}_count`, own, below);
}

/** Behind the last family. */
export function endOf(format: ExpositionFormat): string {
  return format === 'openmetrics' ? '# EOF\n' : '';
}
