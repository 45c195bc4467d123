/** What the examination of a machine has found: one value a finding, worst first. */
import type { SourceLocation } from '../config/model.ts';

/** error: it does not work; warning: it will not, or not always; note: good to know; ok: examined, and well. */
export const severities = ['error', 'warning', 'note', 'ok'] as const;
export type Severity = (typeof severities)[number];

/** A setting of the kernel and the value it should have. */
export interface Setting {
  /** Below /proc/sys, with slashes: "net/ipv4/conf/eth0.100/rp_filter". */
  readonly path: string;
  readonly value: string;
}

/** What a topic says; the topic's name is added by whoever asked it. */
export interface TopicFinding {
  /** Stable name, for programs and for the manual. */
  readonly code: string;
  readonly severity: Severity;
  /** What is so, in one sentence without a full stop. */
  readonly what: string;
  /** Why it matters, in one sentence. */
  readonly why?: string;
  /** Interfaces, instances, services and places in files that it is about. */
  readonly where?: readonly string[];
  /** Commands, or what to write; one a line. */
  readonly remedies?: readonly string[];
  /** What mends it, if settings of the kernel do; the commands for them need not be in `remedies`. */
  readonly settings?: readonly Setting[];
}

export interface Finding extends TopicFinding {
  readonly topic: string;
}

/** A setting's name as sysctl(8) has it: dots between the parts, a slash where a part (an interface) has a dot itself. */
export function settingName(path: string): string {
  return path.replace(/[./]/g, (separator) => (separator === '/' ? '.' : '/'));
}

/** The commands that mend a finding: its settings first. */
export function remediesOf({ remedies = [], settings = [] }: TopicFinding): readonly string[] {
  return [...settings.map(({ path, value }) => `sysctl -w ${settingName(path)}=${value}`), ...remedies];
}

/** Worst first; what is equally bad stays in its order. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

/** "keepalived.conf:12", for people and for editors. */
export function placeText({ file, line }: SourceLocation): string {
  return `${file}:${line}`;
}

/** An instance and where it is written. */
export function instancePlace({ name, at }: { readonly name: string; readonly at: SourceLocation }): string {
  return `vrrp_instance ${name} (${placeText(at)})`;
}

/** All is well, and it was looked at. */
export function well(code: string, what: string, where?: readonly string[]): TopicFinding {
  return { code, severity: 'ok', what, ...(where && { where }) };
}

/** "a", "a and b", "a, b and 3 more": no list of a finding is endless. */
export function listed(names: readonly string[], most = 4): string {
  const unique = [...new Set(names)];
  if (unique.length > most) return `${unique.slice(0, most - 1).join(', ')} and ${unique.length - most + 1} more`;
  return unique.length < 2 ? (unique[0] ?? '') : `${unique.slice(0, -1).join(', ')} and ${unique.at(-1) ?? ''}`;
}
