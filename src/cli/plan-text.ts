/** A plan for people: a line an item, its settings and what follows below it. */
import type { ItemChange, KernelWrite, PlanSummary } from '../plan/types.ts';

const signs = { added: '+', changed: '~', removed: '-' } as const;

/** One item with what belongs to it. */
export function changeLines({ consequences, kind, name, of, settings, what }: ItemChange): string[] {
  const title = [kind, name].filter((word) => word !== '').join(' ');
  return [
    `${signs[what]} ${title}${of === undefined ? '' : ` of ${of}`}`,
    ...settings.map(({ after, before, within }) => {
      const where = within === '' ? '' : `${within}: `;
      if (before === undefined) return `    ${where}+ ${after ?? ''}`;
      if (after === undefined) return `    ${where}- ${before}`;
      // A secret looks the same before and afterwards.
      return before === after ? `    ${where}${before} (another one)` : `    ${where}${before} -> ${after}`;
    }),
    ...consequences.map((text) => `    => ${text}`),
  ];
}

export function writeLine({ kind, subject }: KernelWrite): string {
  return `  ${kind} ${subject}`;
}

/** What stands below the items. */
export function summaryLines({ masterships, warnings, writes }: PlanSummary, omitted: number): string[] {
  const supposed = Object.keys(writes).some((kind) => /service|destination/.test(kind));
  const counted = Object.entries(writes).map(([kind, count]) => `${count} ${kind}`);
  return [
    ...(omitted > 0 ? [`... and ${omitted} more changes (--verbose lists them)`] : []),
    ...masterships.flatMap(({ instance, outcome, reason }) =>
      outcome === 'stays' ? [] : [`mastership of ${instance}: ${reason}`],
    ),
    ...stayText(masterships.filter(({ outcome }) => outcome === 'stays')),
    ...warnings.map((text) => `warning: ${text}`),
    `writes to the kernel: ${counted.length === 0 ? 'none' : counted.join(', ')}${supposed ? ' (as if all servers were up)' : ''}`,
  ];
}

/** Instances that are named one by one. */
const mostStaying = 5;

function stayText(staying: PlanSummary['masterships']): string[] {
  if (staying.length === 0) return [];
  const names = staying.slice(0, mostStaying).map(({ instance }) => instance);
  const rest = staying.length - names.length;
  return [`mastership does not move: ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`];
}
