/** What the page says of a state of the daemon. */
import { describe, expect, it } from 'vitest';
import type { VirtualServerReport } from '../../../src/check/report-types.ts';
import { History } from '../../../src/page/history.ts';
import { readQuery } from '../../../src/page/query.ts';
import { headOf, renderDocument, type Assets, type PageState } from '../../../src/page/render/document.ts';
import { Orders, selectInstances, selectServices } from '../../../src/page/selection.ts';
import { pageModel, serviceTrouble, shortLabel } from '../../../src/page/view.ts';
import { textOf, tokensOf } from '../../support/markup.ts';
import {
  at,
  instanceReport,
  now,
  pageStatus,
  serverReport,
  serviceReport,
  serviceSummary,
  type StatusParts,
} from '../../support/page-status.ts';

const assets: Assets = {
  style: 's.css',
  script: 's.js',
  icons: { good: 'g.svg', idle: 'i.svg', attention: 'a.svg', bad: 'b.svg' },
};

function modelOf(parts: StatusParts = {}, names?: ReadonlyMap<string, string>) {
  return pageModel(pageStatus(parts), { host: 'lb1', at }, names);
}

function documentOf(parts: StatusParts = {}, query = '', details: readonly VirtualServerReport[] = []): string {
  const model = modelOf(parts);
  const state: PageState = {
    model,
    orders: new Orders(model),
    details: new Map(details.map((detail) => [detail.label, detail])),
    timeline: [],
    history: new History({ steps: 6, mostSubjects: 10 }),
    steps: 6,
  };
  return renderDocument(state, readQuery(new URLSearchParams(query)), assets).toString();
}

const query = (text = '') => readQuery(new URLSearchParams(text));

describe('the verdict', () => {
  const well = serviceSummary();
  const degraded = serviceSummary({ label: '[10.0.0.2]:tcp:80', servers: { up: 2, total: 3 } });
  const down = serviceSummary({ label: '[10.0.0.3]:tcp:80', state: 'DOWN', servers: { up: 0, total: 3 } });

  it.each<[string, StatusParts, string, string]>([
    ['nothing at all', {}, 'idle', 'Nothing is configured'],
    ['a master and a service', { instances: [instanceReport()], services: [well] }, 'good', 'All is well'],
    ['a backup', { instances: [instanceReport({ state: 'BACKUP' })] }, 'good', 'All is well'],
    ['a fault', { instances: [instanceReport({ state: 'FAULT' })] }, 'bad', '1 problem'],
    ['a server of three down', { services: [well, degraded] }, 'attention', '1 thing to look at'],
    ['no quorum', { services: [well, degraded, down] }, 'bad', '2 problems'],
    ['a checks wait', { services: [serviceSummary({ suspended: true, state: 'DOWN' })] }, 'good', 'All is well'],
    [
      'a process that does not answer',
      { services: [well], processes: [{ kind: 'vrrp', state: 'silent', deaths: 0 }] },
      'bad',
      '1 problem',
    ],
    [
      'a process that died once',
      { services: [well], processes: [{ kind: 'vrrp', state: 'running', deaths: 1 }] },
      'attention',
      '1 thing to look at',
    ],
    [
      'a refused reload',
      { services: [well], lastReload: { at: 'then', outcome: 'refused', errors: ['a.conf:1:1: no', 'b'] } },
      'attention',
      '1 thing to look at',
    ],
    [
      'checks that have not run',
      { services: [well], readiness: { ready: false, waitingFor: ['3 checks have not run yet'] } },
      'attention',
      'Not ready yet',
    ],
  ])('of %s', (_what, parts, tone, text) => {
    expect(headOf(modelOf(parts))).toMatchObject({ tone, verdict: text });
  });

  it('stands in the title with the number of problems, and the worst comes first', () => {
    const model = modelOf({ services: [degraded, down] });
    expect(headOf(model).title).toBe('(2) lb1 · keepalived');
    expect(model.problems.map(({ subject }) => subject)).toEqual(['10.0.0.3:80', '10.0.0.2:80']);
  });
});

describe('an instance', () => {
  it('says why in the words of the engine, without its state once more', () => {
    const explanation =
      "BACKUP: 10.9.0.1 advertises 150 > 90; own 150 - 60 chk_nginx failed 3x, exit 1 'connection refused'";
    const text = textOf(
      documentOf({
        instances: [
          instanceReport({
            state: 'BACKUP',
            explanation,
            effectivePriority: 90,
            masterAddress: '10.9.0.1',
            masterPriority: 150,
          }),
        ],
      }),
    );
    expect(text).toContain(
      "VI_1 VRID 51 on eth0 BACKUP 60 s 10.9.0.1 advertises 150 > 90; own 150 - 60 chk_nginx failed 3x, exit 1 'connection refused' 90 of 150 10.9.0.1 priority 150",
    );
  });

  it('says what is remarkable: a live change, an address of somebody else, what it drops', () => {
    const address = { address: '10.0.0.1', prefixLength: 24, interface: 'eth0', excluded: false } as const;
    const model = modelOf({
      instances: [
        instanceReport({
          override: { words: 'priority 50', since: now },
          addresses: [
            { ...address, wanted: true, kernel: 'duplicate' },
            { ...address, address: '10.0.0.2', wanted: true, kernel: 'absent' },
            { ...address, address: '10.0.0.3', wanted: false, kernel: 'present' },
            { ...address, address: '10.0.0.4', wanted: true, kernel: 'present' },
          ],
          refusals: [{ code: 'ttl', reason: 'invalid TTL 64, expected 255', count: 1, source: '192.0.2.9', at: now }],
        }),
      ],
    });
    expect(model.instances[0]?.remarks).toEqual([
      'priority 50, by keepalivectl and not in the file',
      '10.0.0.1 has another owner (duplicate address detection)',
      '10.0.0.2 belongs here and is not on this machine',
      '10.0.0.3 is on this machine and does not belong here',
      'dropped 1 advertisement: invalid TTL 64, expected 255 (last from 192.0.2.9)',
    ]);
  });

  it('is shown whatever is searched for, unless there are more than fit', () => {
    const few = modelOf({ instances: [instanceReport()] });
    expect(selectInstances(few, query('q=nothing')).shown).toHaveLength(1);
    const names = Array.from({ length: 60 }, (_, index) => `VI_${index}`);
    const many = modelOf({
      instances: names.map((name) => instanceReport({ name, state: name === 'VI_59' ? 'FAULT' : 'BACKUP' })),
    });
    const all = selectInstances(many, query());
    expect([all.found, all.shown.length, all.shown[0]?.name]).toEqual([60, 50, 'VI_59']);
    expect(selectInstances(many, query('q=vi_42')).shown.map(({ name }) => name)).toEqual(['VI_42']);
    expect(selectInstances(many, query('show=problems')).shown.map(({ name }) => name)).toEqual(['VI_59']);
  });
});

describe('beside services and instances', () => {
  const draining = (count: number) =>
    Array.from({ length: count }, (_, server) => ({
      virtualServer: '[10.0.0.1]:tcp:80',
      server: `[192.168.0.${server}]:tcp:8080`,
      since: now - 90_000,
      until: now + 60_000,
      connections: 1234,
    }));

  it('stand servers that a reload took away, with what they have left and until when', () => {
    const text = textOf(documentOf({ services: [serviceSummary()], draining: draining(1) }));
    expect(text).toContain('Draining servers 1');
    expect(text).toContain('192.168.0.0:8080 10.0.0.1:80 90 s 1,234 03:05:05');
    expect(textOf(documentOf({ draining: draining(200) }))).toContain('The first 50 of 200.');
  });

  it('stands what is set beside the file and has no target', () => {
    const model = modelOf({ waitingChanges: [{ subject: 'instance VI_9', what: 'release' }] });
    expect(model.problems).toEqual([
      {
        tone: 'attention',
        subject: 'instance VI_9',
        text: 'release was set with keepalivectl and waits: it is not in the configuration',
      },
    ]);
  });
});

describe('services', () => {
  const label = (index: number): string => `[10.0.${index >> 8}.${index & 255}]:tcp:80`;
  const services = Array.from({ length: 10_000 }, (_, index) =>
    serviceSummary({
      label: label(index),
      since: now - index,
      ...(index === 7_777 && { state: 'DOWN' as const, servers: { up: 0, total: 3 } }),
    }),
  );
  const names = new Map([[label(42), '192.168.42.1:8080 192.168.42.2:8080']]);
  const model = modelOf({ services }, names);
  const sorted = new Orders(model);
  const labels = (text: string): string[] => selectServices(sorted, query(text)).shown.map((each) => each.label);

  it('are 50 a page, what is not well first', () => {
    const first = selectServices(sorted, query());
    expect([first.shown.length, first.found, first.pages, first.page]).toEqual([50, 10_000, 200, 1]);
    expect(labels('').slice(0, 3)).toEqual([label(7_777), label(0), label(1)]);
    expect(labels('page=200')).toHaveLength(50);
    expect(selectServices(sorted, query('page=999')).page).toBe(200);
  });

  it.each([
    ['q=10.0.3.7', [label(3 * 256 + 7), ...Array.from({ length: 10 }, (_, index) => label(3 * 256 + 70 + index))]],
    ['q=192.168.42.2', [label(42)]],
    ['q=TCP 192.168.42', [label(42)]],
    ['q=10.0.3.7 192.168', []],
    ['show=problems', [label(7_777)]],
    ['show=problems&q=10.0.0.1', []],
  ])('are found with %s', (text, wanted) => {
    expect(labels(text)).toEqual(wanted);
  });

  it('stand in the order that is asked for, addresses as numbers', () => {
    expect(labels('order=name').slice(0, 3)).toEqual([label(0), label(1), label(2)]);
    expect(labels('order=since').slice(0, 2)).toEqual([label(0), label(1)]);
    const few = new Orders(
      modelOf({
        services: [2, 10, 9].map((host) => serviceSummary({ label: `[10.0.0.${host}]:tcp:80` })),
      }),
    );
    expect(selectServices(few, query('order=name')).shown.map(({ name }) => name)).toEqual([
      '10.0.0.2:80',
      '10.0.0.9:80',
      '10.0.0.10:80',
    ]);
  });

  it('are a page of bounded size for a reader without a script, with ways to all others', () => {
    const markup = documentOf({ services }, 'page=3');
    expect(markup.length).toBeLessThan(400_000);
    const rows = tokensOf(markup).filter((token) => token.attributes.get('class')?.startsWith('service ') === true);
    expect(rows).toHaveLength(50);
    const links = tokensOf(markup).flatMap(({ attributes }) => attributes.get('href') ?? []);
    expect(links).toContain('?page=2#services');
    expect(links).toContain('?page=4#services');
    expect(textOf(markup)).toContain('page 3 of 200');
  });

  it('say what is wrong with the servers that are known', () => {
    const summary = serviceSummary({ servers: { up: 1, total: 3 } });
    const [service] = modelOf({ services: [summary] }).services;
    const broken = serverReport({
      state: 'DOWN',
      explanation: 'DOWN: HTTP_GET connection refused, 3 of 10 probes failed',
    });
    const other = serverReport({ label: '[192.168.0.2]:tcp:8080', override: { words: 'maint', since: now } });
    const detail = serviceReport(summary.label, [broken, { ...broken, label: '[192.168.0.3]:tcp:8080' }, other]);
    expect(serviceTrouble(service!, undefined)).toBe('1 of 3 servers, weight 1, quorum 1');
    expect(serviceTrouble(service!, detail)).toBe(
      '1 of 3 servers, weight 1, quorum 1; 192.168.0.1:8080 is down (HTTP_GET connection refused, 3 of 10 probes failed); 1 more; 192.168.0.2:8080: maint by keepalivectl',
    );
  });

  it('are folded, and unfolded by the address of the page', () => {
    const summary = serviceSummary();
    const detail = serviceReport(
      summary.label,
      Array.from({ length: 30 }, (_, index) => serverReport({ label: `[192.168.0.${index}]:tcp:8080` })),
    );
    const inside = (markup: string) => tokensOf(markup).find(({ attributes }) => attributes.get('class') === 'inside');
    const folded = documentOf({ services: [summary] }, '', [detail]);
    expect(inside(folded)?.attributes.has('hidden')).toBe(true);
    expect(textOf(folded)).toContain('10 more servers');
    const open = documentOf({ services: [summary] }, `open=${encodeURIComponent(summary.label)}`, [detail]);
    expect(inside(open)?.attributes.has('hidden')).toBe(false);
    expect(textOf(open)).toContain('192.168.0.29:8080');
  });
});

it.each([
  ['[10.0.0.1]:tcp:80', '10.0.0.1:80'],
  ['[2001:db8::1]:udp:53', '[2001:db8::1]:53'],
  ['FWM 7', 'FWM 7'],
  ['[web]:0', '[web]:0'],
])('%s is called %s', (label, name) => {
  expect(shortLabel(label)).toBe(name);
});
