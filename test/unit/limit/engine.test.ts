import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../../src/core/ip-address.ts';
import { blacklistLine, parseBlacklist } from '../../../src/limit/blacklist.ts';
import { LimitEngine } from '../../../src/limit/engine.ts';
import type { LimitIntent } from '../../../src/limit/engine.ts';
import { allowed, neverBanned } from '../../../src/limit/never-banned.ts';
import { parsePrefixText } from '../../../src/limit/prefix-table.ts';
import { setChanges } from '../../../src/limit/set-changes.ts';
import { limitModel } from '../../support/limit-model.ts';
import { configurationModel, instanceModel, realServerModel, virtualServerModel } from '../../support/models.ts';

/** Addresses as counted: masked already. */
function clients(table: Readonly<Record<string, number>>) {
  return Object.entries(table).map(([address, connections]) => ({
    bytes: parseIpAddress(address)?.bytes ?? new Uint8Array(4),
    connections,
  }));
}

function told(intents: readonly LimitIntent[]): string[] {
  return intents.flatMap((intent) =>
    intent.type === 'event' ? [`${intent.event.client} ${intent.event.to}: ${intent.event.reason}`] : [],
  );
}

function prefix(text: string) {
  const found = parsePrefixText(text);
  if (!found) throw new Error(text);
  return found;
}

describe('a connection limit', () => {
  it('bans who has more than the limit, once, and says why', () => {
    const engine = new LimitEngine(limitModel());
    const intents = engine.counted(clients({ '192.0.2.1': 101, '192.0.2.2': 100, '2001:db8::1': 5_000 }), 1_000);
    expect(told(intents)).toEqual([
      '192.0.2.1 BANNED: 101 established connections, more than 100; for 3600 s',
      '2001:db8::1 BANNED: 5000 established connections, more than 100; for 3600 s',
    ]);
    expect([...engine.wanted()]).toEqual([
      ['192.0.2.1', { origin: 'count', until: 3_601_000 }],
      ['2001:db8::1', { origin: 'count', until: 3_601_000 }],
    ]);
    expect(engine.counted(clients({ '192.0.2.1': 101, '2001:db8::1': 60 }), 11_000)).toEqual([]);
  });

  it('releases who has fallen below release_below, or whose time is over', () => {
    const engine = new LimitEngine(limitModel());
    engine.counted(clients({ '192.0.2.1': 200, '192.0.2.2': 200 }), 0);
    expect(told(engine.counted(clients({ '192.0.2.1': 49, '192.0.2.2': 50 }), 10_000))).toEqual([
      '192.0.2.1 FREE: 49 established connections, fewer than 50',
    ]);
    expect(engine.nextTimeout()).toBe(3_600_000);
    expect(engine.timeout(3_599_999)).toEqual([]);
    expect(told(engine.timeout(3_600_000))).toEqual(['192.0.2.2 FREE: its time is over']);
    expect(engine.wanted().size).toBe(0);
    // It has not changed its ways.
    expect(told(engine.counted(clients({ '192.0.2.2': 200 }), 3_610_000))).toHaveLength(1);
  });

  it('bans for ever with ban_time 0, without release_below whatever is counted', () => {
    const { releaseBelow: _none, ...rest } = limitModel({ banTime: 0 });
    const engine = new LimitEngine(rest);
    engine.counted(clients({ '192.0.2.1': 200 }), 0);
    engine.counted([], 1e12);
    expect(engine.nextTimeout()).toBeUndefined();
    expect([...engine.wanted()]).toEqual([['192.0.2.1', { origin: 'count' }]]);
  });

  it('never bans what is protected, nor a prefix with something protected in it', () => {
    const configuration = configurationModel({
      instances: [instanceModel({ name: 'VI_1', unicastPeers: [{ address: '10.0.0.2' }] })],
      virtualServers: [virtualServerModel({ realServers: [realServerModel({ address: '172.16.1.2' })] })],
    });
    const limit = limitModel({ allow: [prefix('198.51.100.0/24')], clientPrefix: { inet: 24, inet6: 64 } });
    const engine = new LimitEngine(limit);
    engine.protect([...neverBanned(configuration), ...allowed(limit)], 0);
    const table = { '10.0.0.0': 500, '172.16.1.0': 500, '192.168.1.0': 500, '198.51.100.0': 500, '203.0.113.0': 500 };
    expect(told(engine.counted(clients(table), 0))).toEqual([
      '203.0.113.0/24 BANNED: 500 established connections, more than 100; for 3600 s',
    ]);
    expect(engine.add(prefix('10.0.0.0/8'), undefined, 0)).toBe(
      '10.0.0.0/8 is never banned: a peer of vrrp_instance VI_1',
    );
    expect(engine.add(prefix('198.51.100.7'), undefined, 0)).toContain('allowed by connection_limit web');
    // An address that comes to this machine is released.
    const own = { prefix: prefix('203.0.113.9'), what: 'an address of this machine' };
    expect(told(engine.protect([own], 1))).toEqual(['203.0.113.0/24 FREE: it is an address of this machine']);
  });

  it('follows the blacklist: no time, nothing twice, protected lines refused with their number', () => {
    const engine = new LimitEngine(limitModel());
    engine.protect([{ prefix: prefix('10.0.0.1'), what: 'an address of this machine' }], 0);
    engine.counted(clients({ '192.0.2.1': 200, '192.0.2.9': 200 }), 0);
    const intents = engine.blacklist(
      parseBlacklist('192.0.2.0/29\n192.0.2.3\n# all of it\n10.0.0.0/8\n2001:db8::/32\nnonsense\n'),
    );
    const lines = intents.flatMap((intent) => (intent.type === 'log' ? [intent.line.message] : []));
    expect(lines).toEqual([
      'connection_limit web: /etc/blacklist bans 2 addresses and prefixes',
      '/etc/blacklist:6: "nonsense" is neither an address nor a prefix; the line is skipped',
      '/etc/blacklist:4: 10.0.0.0/8 is never banned: an address of this machine',
    ]);
    expect([...engine.wanted().keys()].sort()).toEqual(['192.0.2.0/29', '192.0.2.9', '2001:db8::/32']);
    // Whom the file bans is not banned once more, and only the file releases it.
    expect(told(engine.counted(clients({ '192.0.2.1': 200, '192.0.2.9': 200 }), 1))).toEqual([]);
    expect(engine.remove(prefix('192.0.2.0/29'), 1)).toBe(
      '192.0.2.0/29 stands in /etc/blacklist: remove its line there',
    );
    engine.blacklist(parseBlacklist(''));
    expect([...engine.wanted().keys()]).toEqual(['192.0.2.9']);
    expect(told(engine.counted(clients({ '192.0.2.1': 200, '192.0.2.9': 200 }), 2))).toHaveLength(1);
  });

  it('obeys an operator, whose bans no count ends', () => {
    const engine = new LimitEngine(limitModel());
    engine.counted(clients({ '192.0.2.1': 200 }), 0);
    expect(told(engine.add(prefix('192.0.2.0/24'), 60_000, 0) as LimitIntent[])).toEqual([
      '192.0.2.0/24 BANNED: banned by an operator; for 60 s',
    ]);
    expect(engine.add(prefix('192.0.2.1'), 0, 0)).toBe('192.0.2.1 is banned already, with 192.0.2.0/24');
    expect([...engine.wanted().keys()]).toEqual(['192.0.2.0/24']);
    expect(engine.counted([], 1)).toEqual([]);
    expect(engine.remove(prefix('192.0.2.7'), 1)).toBe('192.0.2.7 is not banned');
    expect(told(engine.remove(prefix('192.0.2.0/24'), 1) as LimitIntent[])).toEqual([
      '192.0.2.0/24 FREE: released by an operator',
    ]);
  });

  it('takes over what a former run has left in the set', () => {
    const engine = new LimitEngine(limitModel());
    engine.blacklist(parseBlacklist('198.51.100.1\n'));
    const before = new Map([
      ['192.0.2.1', { origin: 'count', remaining: 5_000 } as const],
      ['192.0.2.2', { origin: 'operator' } as const],
      // Entries of a blacklist that the file has no more.
      ['192.0.2.3', {}],
      ['198.51.100.1', {}],
    ]);
    engine.found(before, 1_000);
    expect(Object.fromEntries(engine.wanted())).toEqual({
      '198.51.100.1': {},
      '192.0.2.1': { origin: 'count', until: 6_000 },
      '192.0.2.2': { origin: 'operator' },
    });
    expect(engine.nextTimeout()).toBe(6_000);
  });

  it('keeps bans over a reload, unless clients are told apart in another way', () => {
    const engine = new LimitEngine(limitModel());
    engine.counted(clients({ '192.0.2.1': 200 }), 0);
    expect(engine.reconfigure(limitModel({ maxEstablished: 500, interval: 1_000 }), 1)).toEqual([]);
    expect(engine.wanted().size).toBe(1);
    expect(told(engine.reconfigure(limitModel({ clientPrefix: { inet: 24, inet6: 64 } }), 2))).toEqual([
      '192.0.2.1 FREE: client_prefix has changed',
    ]);
  });

  it('tells the first of very many one by one, and the others to FIFOs only', () => {
    const engine = new LimitEngine(limitModel());
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`10.1.${index >> 8}.${index & 255}`, 999]),
    );
    const intents = engine.counted(clients(many), 0);
    const events = intents.flatMap((intent) => (intent.type === 'event' ? [intent.event] : []));
    expect(events).toHaveLength(500);
    expect(events.filter(({ muted }) => muted !== true)).toHaveLength(20);
    expect(intents).toContainEqual({
      type: 'log',
      line: { level: 'warning', message: 'connection_limit web: 500 clients are banned' },
    });
  });

  it('hands bans to the file if it is asked to', () => {
    const engine = new LimitEngine(limitModel({ append: true }));
    const intents = engine.counted(clients({ '192.0.2.1': 200, '192.0.2.2': 10 }), 0);
    expect(intents.filter(({ type }) => type === 'append')).toMatchObject([{ bans: [{ connections: 200 }] }]);
  });
});

describe('the blacklist file', () => {
  it('has one address or prefix a line, and comments', () => {
    const { entries, problemCount } = parseBlacklist(
      '192.0.2.1\r\n  10.1.2.3/8  # a whole network\n;\n! x\n\n2001:DB8::1 ; office\n192.0.2.1/32\n::ffff:1.2.3.4/128',
    );
    expect(entries.map(({ line, prefix: { address, length } }) => `${line} ${address}/${length}`)).toEqual([
      '1 192.0.2.1/32',
      '2 10.0.0.0/8',
      '6 2001:db8::1/128',
      '7 192.0.2.1/32',
      '8 ::ffff:1.2.3.4/128',
    ]);
    expect(problemCount).toBe(0);
  });

  it.each([
    ['example.com', 'neither'],
    ['1.2.3', 'neither'],
    ['1.2.3.4/33', 'neither'],
    ['1.2.3.4/', 'neither'],
    ['1.2.3.4/+8', 'neither'],
    ['1.2.3.4 5.6.7.8', 'neither'],
    ['01.2.3.4', 'neither'],
    ['0.0.0.0/0', 'too wide'],
    ['::/1', 'too wide'],
    ['\u0000'.repeat(1_000), 'neither'],
  ])('reports %j with its line', (text, reason) => {
    const { entries, problems } = parseBlacklist(`192.0.2.1\n${text}\n192.0.2.2\n`);
    expect(entries).toHaveLength(2);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.line).toBe(2);
    expect(problems[0]?.reason).toContain(reason);
  });

  it('understands the lines that were appended: those with an end are notes', () => {
    const ban = { limit: 'a b', address: '192.0.2.1', connections: 151, at: '2026-01-31T12:00:00.000Z' };
    const timed = blacklistLine({ ...ban, until: '2026-01-31T13:00:00.000Z' });
    expect(timed).toBe(
      '192.0.2.1 # keepalived: connection_limit a_b, 151 connections, 2026-01-31T12:00:00.000Z until 2026-01-31T13:00:00.000Z\n',
    );
    expect(parseBlacklist(timed).entries).toEqual([]);
    expect(parseBlacklist(blacklistLine(ban)).entries).toHaveLength(1);
  });

  it('is read with a hundred thousand lines, nested prefixes put together', () => {
    const lines = Array.from(
      { length: 100_000 },
      (_, index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    );
    const engine = new LimitEngine(limitModel());
    engine.blacklist(parseBlacklist(`${lines.join('\n')}\n10.0.0.0/24\nx\n`));
    expect(engine.status(0).listed).toBe(100_000 - 256 + 1);
    expect(engine.wanted().has('10.0.0.0/24')).toBe(true);
    expect(engine.wanted().has('10.0.0.255')).toBe(false);
    expect(engine.wanted().has('10.0.1.0')).toBe(true);
  });
});

describe('changes of a set', () => {
  it('are what is missing, what is too much, and what lasts another time', () => {
    const present = new Map([
      ['a', {}],
      ['b', { until: 10_000 }],
      ['c', { until: 10_000, origin: 'count' } as const],
      ['d', {}],
    ]);
    const wanted = new Map([
      ['a', {}],
      // The kernel counts in seconds: this is the same time.
      ['b', { until: 10_900 }],
      ['c', { until: 90_000, origin: 'count' } as const],
      ['e', { origin: 'operator' } as const],
    ]);
    expect(setChanges(present, wanted)).toEqual({
      add: [
        ['c', { until: 90_000, origin: 'count' }],
        ['e', { origin: 'operator' }],
      ],
      remove: ['c', 'd'],
    });
    expect(setChanges(wanted, wanted)).toEqual({ add: [], remove: [] });
  });
});
