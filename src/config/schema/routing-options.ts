/** Options that lines of routes and lines of rules have in common. */
import type { RouteDraft, RuleDraft } from '../drafts.ts';
import { lineOptionBuilders, type LineOption } from './lines.ts';
import { agree, nameOrNumber, readName, readRealms, readTrackGroup } from './route-values.ts';

type D = RouteDraft | RuleDraft;

const { option, value } = lineOptionBuilders<D>();

export const tos: LineOption<D> = value(
  nameOrNumber,
  'Type of service.',
  (_draft, cursor) => readName(cursor, 'rt_dsfield'),
  (draft, found) => (draft.tos = found),
  '0',
);

/** @param note what it is for */
export function realms(note: string): LineOption<D> {
  return value(
    '{<from>/}<to>',
    note,
    (draft, cursor) => {
      const found = readRealms(cursor);
      return found && agree(draft, 'inet', cursor) ? found : undefined;
    },
    (draft, found) => (draft.realms = found),
  );
}

export function noTrack(what: 'route' | 'rule'): LineOption<D> {
  const note = `The instance does not care if the ${what} vanishes.`;
  return option('(none)', note, (draft) => void (draft.noTrack = true), 'off');
}

/** @param needs the option that names its interface */
export function trackGroup(needs: 'dev' | 'iif'): LineOption<D> {
  const note = `Instances that are in fault while its interface is down; needs ${needs}.`;
  return option('<name>', note, readTrackGroup, 'none');
}
