/** Whatever things are called and whatever they say: the page has the same tags and attributes, and is one message a change. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences } from '../../src/page/fragments.ts';
import { History } from '../../src/page/history.ts';
import { elementId } from '../../src/page/model.ts';
import { readQuery } from '../../src/page/query.ts';
import { renderDocument, sections, type Assets, type PageState } from '../../src/page/render/document.ts';
import { Orders } from '../../src/page/selection.ts';
import { timelineEntry } from '../../src/page/timeline.ts';
import { pageModel } from '../../src/page/view.ts';
import { skeleton, textOf } from '../support/markup.ts';
import {
  at,
  instanceReport,
  now,
  pageStatus,
  serverReport,
  serviceReport,
  serviceSummary,
} from '../support/page-status.ts';

const assets: Assets = { style: 's', script: 'j', icons: { good: 'g', idle: 'i', attention: 'a', bad: 'b' } };

/** One name for everything: of hosts, files, instances, groups, services, servers, sessions, and in every sentence. */
function stateOf(name: string): PageState {
  const label = `[${name}]`;
  const status = pageStatus({
    files: [name],
    release: name,
    processes: [{ kind: name, state: 'silent', deaths: 1 }],
    lastReload: { at: name, outcome: 'refused', errors: [name, name] },
    readiness: { ready: false, waitingFor: [name] },
    instances: [
      instanceReport({
        name,
        explanation: `FAULT: ${name}`,
        state: 'FAULT',
        group: name,
        interfaces: [{ name, state: 'up' }],
        masterAddress: name,
        override: { words: name, since: now },
        trackers: [
          {
            kind: 'script',
            name,
            of: 'instance',
            state: 'bad',
            weight: 0,
            reverse: false,
            contribution: -1,
            fault: true,
            awaited: false,
            words: name,
          },
        ],
        ranking: [{ address: name, priority: 1, self: false }],
        refusals: [{ code: 'x', reason: name, count: 1, source: name, at: now }],
        addresses: [
          { address: name, prefixLength: 1, interface: name, excluded: true, wanted: true, kernel: 'present' },
        ],
      }),
    ],
    services: [serviceSummary({ label, name, explanation: `DOWN: ${name}`, state: 'DOWN' })],
    connectionLimits: [{ name, banned: 1, listed: 1 }],
  });
  const model = pageModel(status, { host: name, at });
  const server = serverReport({
    label: name,
    explanation: `DOWN: ${name}`,
    state: 'DOWN',
    weightExplanation: name,
    override: { words: name, since: now },
  });
  const event = {
    kind: 'vrrp-instance',
    instance: name,
    from: 'BACKUP',
    to: 'MASTER',
    priority: 1,
    at: 0,
    reason: name,
  } as const;
  const entry = timelineEntry({ sequence: 1, time: at, event });
  return {
    model,
    orders: new Orders(model),
    details: new Map([
      [label, serviceReport(label, [server], { scheduler: name, sorryServer: { label: name, active: true } })],
    ]),
    timeline: entry === undefined ? [] : [entry],
    history: new History({ steps: 6, mostSubjects: 10 }),
    steps: 6,
  };
}

const pieces = fc.constantFrom(
  '<',
  '>',
  '"',
  "'",
  '&',
  '&lt;',
  '</script>',
  '<script>',
  '<!--',
  ']]>',
  ' onx=',
  '=',
  '`',
  '\0',
  '\u2028',
  '\n',
  '\r',
  '\ud800',
  '$&',
  '${',
  'é',
  '%',
  '#',
);
const hostile = fc.oneof(
  fc
    .array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
);
const plain = stateOf('name');

function documentOf(state: PageState, search: string): string {
  return renderDocument(state, readQuery(new URLSearchParams({ q: search, open: `[${search}]` })), assets).toString();
}

describe('no name breaks out of the page', () => {
  it('of anything, nor out of what is searched for', () => {
    const wanted = skeleton(documentOf(plain, ''));
    expect(wanted.length).toBeGreaterThan(100);
    fc.assert(
      fc.property(hostile, (name) => {
        expect(skeleton(documentOf(stateOf(name), ''))).toEqual(wanted);
      }),
    );
    const searched = skeleton(documentOf(plain, 'nothing'));
    fc.assert(
      fc.property(
        hostile.filter((text) => text.trim() !== '' && !'[name] name :'.includes(text.trim().toLowerCase())),
        (text) => {
          expect(skeleton(documentOf(plain, text))).toEqual(searched);
        },
      ),
    );
  });

  it('and what is written there can be read there', () => {
    expect(textOf(documentOf(stateOf('<b>&amp;"\''), ''))).toContain('<b>&amp;"\' VRID 51');
  });

  it('nor out of a message of the stream, which is one line', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const view = sections(stateOf(name), readQuery(new URLSearchParams()), { now: undefined });
        const message = JSON.stringify({ pieces: differences(undefined, view) });
        expect(message).not.toMatch(/[\r\n]/);
        expect(JSON.parse(message)).toEqual({ pieces: differences(undefined, view) });
      }),
    );
  });

  it('nor makes an identifier that is none, or that of something else', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        expect(elementId('service', one)).toMatch(/^service-[A-Za-z0-9._]*$/);
        expect(elementId('service', one) === elementId('service', other)).toBe(one === other);
      }),
    );
  });
});
