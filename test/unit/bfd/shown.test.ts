/** Where a session can be seen besides the dump: status for people, status page, events. */
import { describe, expect, it } from 'vitest';
import { formatDetails, formatOverview } from '../../../src/cli/status/text.ts';
import { eventText } from '../../../src/events/event-text.ts';
import { History } from '../../../src/page/history.ts';
import { readQuery } from '../../../src/page/query.ts';
import { renderDocument } from '../../../src/page/render/document.ts';
import { Orders } from '../../../src/page/selection.ts';
import { pageModel } from '../../../src/page/view.ts';
import { textOf } from '../../support/markup.ts';
import { pageStatus } from '../../support/page-status.ts';
import { statusModel } from '../../support/status-models.ts';
import { Wire } from './wire.ts';

const paper = { width: Infinity, colour: false };

/** What people see of the left machine at this moment. */
function shown({ left, now }: Wire) {
  const bfd = { now, time: '2026-01-02T00:00:00.000Z', sessions: left.engine.status(), strangers: {} };
  const model = pageModel(pageStatus({ bfd }), { host: 'lb1', at: Date.UTC(2026, 0, 2) });
  const state = {
    model,
    orders: new Orders(model),
    details: new Map(),
    timeline: [],
    history: new History({ steps: 6, mostSubjects: 10 }),
    steps: 6,
  };
  const assets = { style: 's', script: 's', icons: { good: 'g', idle: 'i', attention: 'a', bad: 'b' } };
  return {
    overview: formatOverview(statusModel({ bfd }), paper),
    details: formatDetails(statusModel({ bfd }), paper, true),
    page: textOf(renderDocument(state, readQuery(new URLSearchParams()), assets).toString()),
  };
}

describe('a session', () => {
  it('that is up is shown with its timing', () => {
    const { details, overview, page } = shown(new Wire({}, { minTx: 50, minRx: 20 }).establish());
    expect(overview).toMatch(/^BFD\n {2}peer {2}Up {2}\d+ s {2}with 192\.0\.2\.2: \S.*$/m);
    // RFC 5880 section 6.8.7: the slower of what the one wants and the other takes; section 6.8.4: five of the other's.
    expect(details).toContain('sends every 20 ms, hears every 50 ms, is down after 250 ms without a packet');
    expect(page).toContain('BFD sessions up 1 of 1');
    expect(page).toMatch(/peer 192\.0\.2\.2 .*Up.* sends every 20 ms, hears every 50 ms, down after 250 ms/);
  });

  it('that went down is shown and told with its reason', () => {
    const wire = new Wire().establish();
    wire.right.mute = true;
    wire.advance(100);
    const { overview, page } = shown(wire);
    expect(overview).toMatch(/^ {2}peer {2}Down .* with 192\.0\.2\.2: no packet from 192\.0\.2\.2/m);
    expect(page).toContain('BFD sessions up 0 of 1');
    expect(page).toMatch(/BFD session peer .*no packet from 192\.0\.2\.2/);
    expect(wire.left.events.map(eventText)).toEqual([
      expect.stringMatching(/^BFD session peer: Up -> Down \(no packet from 192\.0\.2\.2.*\)$/) as string,
    ]);
  });
});
