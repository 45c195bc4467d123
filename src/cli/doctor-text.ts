/** What `keepalivectl doctor` prints: for somebody who is tired, worst first, one block a finding. */
import { remediesOf, settingName } from '../doctor/finding.ts';
import type { Finding, Setting, Severity } from '../doctor/finding.ts';
import { folded } from './status/layout.ts';

const indent = '         ';
const titles: Readonly<Record<Severity, string>> = { error: 'ERROR', warning: 'WARNING', note: 'note', ok: 'ok' };
/** SGR: red, yellow, blue, green. */
const colours: Readonly<Record<Severity, number>> = { error: 31, warning: 33, note: 34, ok: 32 };
const narrowest = 40;

export interface DoctorTextOptions {
  /** Columns that prose is wrapped to; commands stay whole. */
  readonly width: number;
  readonly colour: boolean;
  /** What is well, too. */
  readonly verbose: boolean;
}

export interface Summary {
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
}

export function summaryOf(findings: readonly Finding[]): Summary {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  return { errors: count('error'), warnings: count('warning'), notes: count('note') };
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** "2 errors, 1 warning, no notes" */
export function summaryText({ errors, notes, warnings }: Summary): string {
  if (errors + warnings + notes === 0) return 'nothing found';
  return [counted(errors, 'error'), counted(warnings, 'warning'), counted(notes, 'note')].join(', ');
}

/** A sentence as it stands in text. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

function block(finding: Finding, { colour, width }: DoctorTextOptions): string {
  const { severity, topic, what, where = [], why } = finding;
  const room = Math.max(narrowest, width - indent.length);
  const title = titles[severity].padEnd(indent.length);
  const head = colour ? `\u001b[1;${colours[severity]}m${title}\u001b[0m` : title;
  const lines = [...folded(`${topic}: ${what}`, room)];
  if (why !== undefined) lines.push(...folded(sentence(why), room));
  if (where.length > 0) lines.push(...folded(`at ${where.join(', ')}`, room));
  const commands = remediesOf(finding).map((remedy) => `-> ${remedy}`);
  return [...lines, ...commands].map((line, index) => `${index === 0 ? head : indent}${line}\n`).join('');
}

/** @param findings worst first */
export function formatFindings(findings: readonly Finding[], options: DoctorTextOptions): string {
  const shown = findings.filter(({ severity }) => severity !== 'ok');
  const well = options.verbose ? findings.filter(({ severity }) => severity === 'ok') : [];
  const blocks = [
    ...shown.map((finding) => block(finding, options)),
    well.map((each) => block(each, options)).join(''),
  ];
  return blocks.filter((text) => text !== '').join('\n');
}

/** For /etc/sysctl.d: what was set, so that it survives a reboot. */
export function sysctlFile(settings: readonly Setting[]): string {
  const lines = new Map(settings.map(({ path, value }) => [path, `${settingName(path)} = ${value}`]));
  return `${[...lines.values()].join('\n')}\n`;
}

export interface DoctorReport {
  readonly version: 1;
  readonly findings: readonly Finding[];
  readonly summary: Summary;
  /** Seconds. */
  readonly listenedFor: number;
}

/** For programs: remedies are complete commands, those of settings included. */
export function reportOf(findings: readonly Finding[], listenedFor: number, verbose: boolean): DoctorReport {
  return {
    version: 1,
    findings: findings
      .filter(({ severity }) => verbose || severity !== 'ok')
      .map((finding) => ({ ...finding, remedies: remediesOf(finding) })),
    summary: summaryOf(findings),
    listenedFor,
  };
}
