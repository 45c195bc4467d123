/** The status page in its process: what it asks is asked of the parent. */
import type { StatusForPage } from '../../page/model.ts';
import type { VirtualServerReport } from '../../check/report-types.ts';
import type { HistoryEntry } from '../../events/history.ts';
import { now } from '../../kernel/clock.ts';
import type { WebFeature } from '../feature.ts';
import type { ParentLine } from '../parent-line.ts';
import { StatusPageFeature, type PageEnvironment } from './feature.ts';
import type { PageSettings } from './settings.ts';

function environmentOf(parent: ParentLine): PageEnvironment {
  return {
    now,
    wallClock: () => Date.now(),
    summary: async () =>
      (await parent.ask({ about: 'page', query: { detail: 'summary', traffic: true } })) as StatusForPage,
    services: async (names) => {
      const query = { detail: 'full', names, traffic: true } as const;
      const { checker } = (await parent.ask({ about: 'page', query })) as {
        readonly checker?: { readonly virtualServers?: readonly VirtualServerReport[] } | null;
      };
      return checker?.virtualServers ?? [];
    },
    serverNames: async () => new Map((await parent.ask({ about: 'server-names' })) as readonly [string, string][]),
    events: async (after, most) => {
      const entries = (await parent.ask({ about: 'events', after, most })) as readonly HistoryEntry[];
      return entries.map(({ event, sequence, time }) => ({ event, sequence, time: Date.parse(time) }));
    },
  };
}

/** @throws Error when the parent wants a page and has not said which */
export function makeStatusPage(settings: PageSettings | undefined, parent: ParentLine): WebFeature {
  if (settings === undefined) throw new Error('the settings of the status page are missing');
  const page = new StatusPageFeature(settings, environmentOf(parent));
  return {
    name: 'status-page',
    get routes() {
      return page.routes;
    },
    configured: ({ statusPage }) => {
      if (statusPage !== undefined) page.reconfigure(statusPage);
    },
    event: () => page.lookSoon(),
    eventsLost: () => page.lookSoon(),
    close: () => page.close(),
  };
}
