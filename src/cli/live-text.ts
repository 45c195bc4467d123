/** Answers about live changes for people. */
import type { LiveChangeAnswer, LiveCleared, LiveList, LiveSet } from '../control/live-fields.ts';
import { formatAge } from './age.ts';

/** What was set, a line each, and what there is to know about it. */
export function formatSet({ notes, set }: LiveSet): string {
  return text([
    ...set.map((change) => `${change.subject}: ${change.reason}`),
    ...notes.map((note) => `note: ${note}`),
    'it holds over reloads and ends with the daemon',
  ]);
}

export function formatCleared({ cleared }: LiveCleared): string {
  if (cleared.length === 0) return 'nothing was set beside the file\n';
  return text(cleared.map(({ subject, what }) => `${subject}: ${what} taken back, the file counts again`));
}

/** Empty without changes: scripts count lines. */
export function formatList({ changes }: LiveList): string {
  return changes.length === 0 ? '' : text(changes.map(listLine));
}

/** Lines of a reload: more are a list of its own. */
const mostKept = 10;

/** What a reload leaves in force, those that wait for their target first. */
export function formatKept(live: readonly LiveChangeAnswer[] = []): string {
  if (live.length === 0) return '';
  const waiting = live.filter((change) => change.waiting === true);
  const shown = [...waiting, ...live.filter((change) => change.waiting !== true)];
  const rest = shown.length - mostKept;
  return text([
    'set beside the file, and not touched by this:',
    ...shown.slice(0, mostKept).map((change) => `  ${listLine(change)}`),
    ...(rest > 0 ? [`  and ${rest} more: keepalivectl server list, keepalivectl vrrp list`] : []),
  ]);
}

/** One change with how long it has been so. */
export function listLine({ age, by, left, subject, waiting, what }: LiveChangeAnswer): string {
  const facts = [
    `for ${formatAge(age * 1000)}`,
    ...(left === undefined ? [] : [`ends in ${formatAge(left * 1000)}`]),
    ...(by === undefined || by === 0 ? [] : [by === 'SNMP' ? 'by SNMP, ends with a reload' : `by uid ${by}`]),
    ...(waiting === true ? ['waits: it is not in the configuration'] : []),
  ];
  return `${subject}: ${what} (${facts.join(', ')})`;
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
