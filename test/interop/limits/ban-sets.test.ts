/** The sets of the kernel: nftables of ours and of others, ipset; real packets, restarts, a hundred thousand entries. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import type { BanSet, ConnectionLimit } from '../../../src/config/model.ts';
import type { Element, Elements } from '../../../src/limit/engine.ts';
import { BanSets } from '../../../src/process/limits/ban-sets.ts';
import { Machine, patience } from '../process/machine.ts';
import { limitModel } from '../../support/limit-model.ts';

const cleanUp = new CleanUp();
/** The balancer, and a client with the address 10.88.0.2. */
let balancer: Machine;
let client: Machine;
const clientAddress = '10.88.0.2';
const table = 'keepalived_limits';
const said: string[] = [];

beforeAll(async () => {
  [balancer, client] = await Machine.pair(cleanUp);
});
beforeEach(async () => {
  said.length = 0;
  await balancer.run(['nft', 'flush', 'ruleset']);
  await balancer.run(['ipset', 'destroy']);
});
afterAll(async () => {
  expect(await cleanUp.run()).toEqual([]);
});

function banSets(): BanSets {
  return new BanSets(
    async ({ arguments: words, input, program }) => (await balancer.run([program, ...words], { input })).stdout,
    (_level, message) => said.push(message),
  );
}

function limit(set: BanSet, changes: Partial<ConnectionLimit> = {}): ConnectionLimit {
  return limitModel({ set, ...changes });
}

const own: BanSet = { kind: 'nftables', name: 'web' };

function wanted(elements: Readonly<Record<string, Element>>): ReadonlyMap<string, Elements> {
  return new Map([['web', new Map(Object.entries(elements))]]);
}

/** The answer to two echo requests of the client. */
async function ping(target = '10.88.0.1'): Promise<'answer' | 'unreachable' | 'silence'> {
  const { code, stdout } = await client.run(['ping', '-n', '-c', '2', '-i', '0.2', '-W', '1', target], {
    accept: 'any',
  });
  return code === 0 ? 'answer' : /unreachable/i.test(stdout) ? 'unreachable' : 'silence';
}

async function nft(...words: readonly string[]): Promise<string> {
  return (await balancer.run(['nft', ...words], { accept: 'any' })).stdout;
}

describe('sets and rules of ours', () => {
  it('stop the packets of a client, and let them through again', async () => {
    const sets = banSets();
    expect(await sets.configure([limit(own)], table, 0)).toEqual(new Map([['web', new Map()]]));
    expect(await sets.write(wanted({ '192.0.2.9': {} }), 0)).toBe(true);
    expect(await ping()).toBe('answer');
    expect(await sets.write(wanted({ [clientAddress]: { origin: 'count', until: 3_600_000 } }), 0)).toBe(true);
    expect(await ping()).toBe('silence');
    expect(await sets.write(wanted({ '10.88.0.0/24': {}, '2001:db8::/32': {}, '2001:db9::1': {} }), 0)).toBe(true);
    expect(await ping()).toBe('silence');
    expect(await nft('list', 'table', 'ip6', table)).toMatch(/2001:db9::1[^]*2001:db8::\/32/);
    expect(await sets.write(wanted({}), 0)).toBe(true);
    expect(await ping()).toBe('answer');
    expect(said).toEqual([]);
  });

  it('stop the packets of an IPv6 client, and of its prefix', async () => {
    for (const [machine, address] of [
      [balancer, 'fd00:88::1/64'],
      [client, 'fd00:88::2/64'],
    ] as const) {
      await machine.run(['sysctl', '-q', '-w', 'net.ipv6.conf.eth0.disable_ipv6=0']);
      await machine.ip(`addr replace ${address} dev eth0 nodad`);
    }
    const sets = banSets();
    await sets.configure([limit(own)], table, 0);
    await sets.write(wanted({ [clientAddress]: {} }), 0);
    await until('IPv6 goes through', { within: patience }, async () => (await ping('fd00:88::1')) === 'answer');
    for (const banned of ['fd00:88::2', 'fd00:88::/64']) {
      // Neighbour discovery is not stopped: it is the client's packets that are not answered.
      expect(await sets.write(wanted({ [banned]: { origin: 'count', until: 3_600_000 } }), 0)).toBe(true);
      expect([await ping('fd00:88::1'), await ping()]).toEqual(['silence', 'answer']);
    }
    expect(await sets.write(wanted({}), 0)).toBe(true);
    await until('IPv6 goes through again', { within: patience }, async () => (await ping('fd00:88::1')) === 'answer');
    expect(said).toEqual([]);
  });

  it('count by prefix, and reject instead of dropping', async () => {
    const sets = banSets();
    await sets.configure([limit(own, { action: 'reject', clientPrefix: { inet: 24, inet6: 64 } })], table, 0);
    // Of the length by which clients are told apart, and another one.
    await sets.write(wanted({ '10.88.0.0/24': { origin: 'count' }, '192.0.2.1': {}, '2001:db8:0:1::/64': {} }), 0);
    expect(await ping()).toBe('unreachable');
    await sets.write(wanted({ '192.0.2.1': {} }), 0);
    expect(await ping()).toBe('answer');
  });

  it('let packets pass with action log, and count those of banned clients alone', async () => {
    const sets = banSets();
    await sets.configure([limit(own, { action: 'log' })], table, 0);
    /** Packets that each rule of the family has met: that of whole addresses, that of prefixes. */
    const counted = async (): Promise<number[]> => {
      const rules = await nft('list', 'chain', 'ip', table, 'web_banned');
      return [...rules.matchAll(/counter packets (\d+) .* log prefix "keepalived web: "/g)].map((match) =>
        Number(match[1]),
      );
    };
    expect(await sets.write(wanted({ '192.0.2.9': {}, '192.0.2.0/28': {} }), 0)).toBe(true);
    expect([await ping(), await counted()]).toEqual(['answer', [0, 0]]);
    expect(await sets.write(wanted({ [clientAddress]: { origin: 'count', until: 3_600_000 } }), 0)).toBe(true);
    expect(await ping()).toBe('answer');
    const [ofAddress = 0, ofPrefix] = await counted();
    expect(ofAddress).toBeGreaterThanOrEqual(2);
    expect(ofPrefix).toBe(0);
    expect(await sets.write(wanted({ '10.88.0.0/24': {} }), 0)).toBe(true);
    expect(await ping()).toBe('answer');
    expect((await counted())[1]).toBeGreaterThanOrEqual(2);
    expect(said).toEqual([]);
  });

  it('are found by the next start, each with what it is and the time it has left', async () => {
    const before = banSets();
    await before.configure([limit(own)], table, 0);
    const elements = {
      '192.0.2.1': { origin: 'count', until: 100_000 },
      '192.0.2.0/28': {},
      '2001:db8::1': { origin: 'operator' },
      '2001:db8:1::/48': { origin: 'operator', until: 100_000 },
    } as const;
    await before.write(wanted(elements), 0);
    await before.close(0);
    const found = (await banSets().configure([limit(own)], table, 0)).get('web');
    expect([...(found?.keys() ?? [])].sort()).toEqual(Object.keys(elements).sort());
    expect(found?.get('2001:db8::1')).toEqual({ origin: 'operator' });
    expect(found?.get('192.0.2.0/28')).toEqual({});
    for (const text of ['192.0.2.1', '2001:db8:1::/48']) {
      const { remaining = 0 } = found?.get(text) ?? {};
      expect(remaining).toBeGreaterThan(10_000);
      expect(remaining).toBeLessThanOrEqual(100_000);
    }
  });

  it('are made again when somebody has removed them, with everyone in them', async () => {
    const sets = banSets();
    await sets.configure([limit(own)], table, 0);
    await sets.write(wanted({ [clientAddress]: {} }), 0);
    expect(await sets.verify()).toBe(true);
    await nft('delete', 'table', 'ip', table);
    expect(await ping()).toBe('answer');
    expect(await sets.verify()).toBe(false);
    expect(await sets.write(wanted({ [clientAddress]: {} }), 0)).toBe(true);
    expect(await ping()).toBe('silence');
    // Or when a change meets no table.
    await nft('delete', 'table', 'ip', table);
    const more = wanted({ [clientAddress]: {}, '192.0.2.1': {} });
    expect(await sets.write(more, 0)).toBe(false);
    expect(await sets.write(more, 0)).toBe(true);
    expect(await ping()).toBe('silence');
  });

  it('go with their limit, and at the stop if nobody is banned', async () => {
    const sets = banSets();
    await sets.configure([limit(own)], table, 0);
    await sets.write(wanted({ [clientAddress]: {} }), 0);
    await sets.configure([], table, 0);
    await sets.write(new Map(), 0);
    expect(await nft('list', 'tables')).toBe('');
    await sets.configure([limit(own)], table, 0);
    await sets.write(wanted({}), 0);
    expect(await nft('list', 'tables')).toContain(table);
    await sets.close(0);
    expect(await nft('list', 'tables')).toBe('');
  });

  it('take a hundred thousand entries, and a change of one of them', async () => {
    const sets = banSets();
    await sets.configure([limit(own)], table, 0);
    const entries: [string, Element][] = Array.from({ length: 100_000 }, (_, index) => [
      `100.${64 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`,
      {},
    ]);
    const all = new Map(entries);
    expect(await sets.write(new Map([['web', all]]), 0)).toBe(true);
    const more = new Map([...entries.slice(1), [clientAddress, { origin: 'count', until: 60_000 }] as const]);
    expect(await sets.write(new Map([['web', more]]), 0)).toBe(true);
    expect(await ping()).toBe('silence');
    const there = async (address: string): Promise<boolean> =>
      (await nft('get', 'element', 'ip', table, 'web_ipv4', `{ ${address} }`)) !== '';
    expect(await there('100.64.0.0')).toBe(false);
    expect(await there('100.64.0.1')).toBe(true);
    expect(await there('100.65.134.159')).toBe(true);
    expect((await banSets().configure([limit(own)], table, 0)).get('web')?.size).toBe(100_000);
  });

  it('refuse connections beyond the limit by themselves with enforce kernel', async () => {
    const sets = banSets();
    const services = [{ family: 'inet', address: '10.88.0.1', port: 9000, count: 1 }] as const;
    await sets.configure(
      [limit(own, { enforceInKernel: true, maxEstablished: 3, action: 'reject', services })],
      table,
      0,
    );
    expect(await sets.write(wanted({}), 0)).toBe(true);
    const listen =
      "require('net').createServer((s)=>s.on('error',()=>0)).listen(9000,'10.88.0.1',()=>console.log('up'))";
    const server = balancer.start('server', [process.execPath, '-e', listen]);
    await until('the server listens', { within: patience }, () => server.lines.some(({ text }) => text === 'up'));
    const connect = `(async () => { const said = [];
      for (let i = 0; i < 5; i++) said.push(await new Promise((done) => {
        const s = require('net').connect(9000, '10.88.0.1', () => done('open')); s.on('error', (e) => done(e.code)); }));
      console.log(said.join()); process.exit(); })()`;
    const { stdout } = await client.run([process.execPath, '-e', connect]);
    expect(stdout.trim()).toBe('open,open,open,ECONNREFUSED,ECONNREFUSED');
    await server.stop('SIGKILL', 1_000);
  });
});

describe('sets of somebody else', () => {
  const existing: BanSet = {
    kind: 'nftables-existing',
    tableFamily: 'inet',
    table: 'site',
    inet: 'bad',
    inet6: 'bad6',
  };

  it.each([
    ['with intervals and times', 'flags interval, timeout;', ['192.0.2.0/29']],
    ['with intervals', 'flags interval;', ['192.0.2.0/29']],
    ['with times', 'flags timeout;', []],
    ['of addresses alone', '', []],
  ])('are only filled: %s', async (_what, flags, prefixes) => {
    const rules = `table inet site {
      set bad { type ipv4_addr; ${flags} elements = { 203.0.113.1 } }
      set bad6 { type ipv6_addr; ${flags} }
      chain c { type filter hook input priority 0; ip saddr @bad drop; }
    }\n`;
    await balancer.run(['nft', '-f', '-'], { input: rules });
    const before = await nft('list', 'ruleset');
    const sets = banSets();
    await sets.configure([limit(existing)], table, 0);
    const elements = {
      [clientAddress]: { origin: 'count', until: 3_600_000 },
      // There already: not ours.
      '203.0.113.1': {},
      '2001:db8::1': {},
      '192.0.2.0/29': {},
    } as const;
    expect(await sets.write(wanted(elements), 0)).toBe(true);
    expect(await ping()).toBe('silence');
    const filled = await nft('list', 'ruleset');
    for (const text of [clientAddress, '2001:db8::1', ...prefixes]) expect(filled).toContain(text);
    if (prefixes.length === 0) expect(said.join()).toContain('takes no prefixes');
    expect(await sets.write(wanted({ '2001:db8::1': {} }), 0)).toBe(true);
    expect(await ping()).toBe('answer');
    // At the end everything is as it was.
    await sets.close(0);
    expect(await nft('list', 'ruleset')).toBe(before);
  });

  it('may be missing: that is said, once, and ours are written all the same', async () => {
    const sets = banSets();
    const ours = { ...limit(own), name: 'ours' };
    await sets.configure([ours, limit(existing)], table, 0);
    const both = new Map<string, Elements>([
      ['ours', new Map([[clientAddress, {}]])],
      ['web', new Map([['192.0.2.1', {}]])],
    ]);
    expect(await sets.write(both, 0)).toBe(false);
    expect(await sets.write(both, 0)).toBe(false);
    expect(said).toEqual(['connection limits: bans cannot be written: there is no set bad in table inet site']);
    expect(await ping()).toBe('silence');
    await balancer.run(['nft', '-f', '-'], { input: 'table inet site {\nset bad { type ipv4_addr; }\n}\n' });
    expect(await sets.write(both, 0)).toBe(true);
    expect(await nft('list', 'set', 'inet', 'site', 'bad')).toContain('192.0.2.1');
  });
});

describe('ipset', () => {
  const ipset: BanSet = { kind: 'ipset', inet: 'bad', inet6: 'bad6' };
  const save = async (): Promise<string> => (await balancer.run(['ipset', 'save'])).stdout;

  it('is made where it is missing, keeps bans over a restart, and goes with its limit', async () => {
    const before = banSets();
    await before.configure([limit(ipset)], table, 0);
    const elements = {
      '192.0.2.1': { origin: 'count', until: 100_000 },
      '192.0.2.128/25': {},
      '2001:db8::/32': { origin: 'operator' },
    } as const;
    expect(await before.write(wanted(elements), 0)).toBe(true);
    await before.close(0);
    const sets = banSets();
    const found = (await sets.configure([limit(ipset)], table, 0)).get('web');
    expect([...(found?.keys() ?? [])].sort()).toEqual(Object.keys(elements).sort());
    expect(found?.get('2001:db8::/32')).toEqual({ origin: 'operator' });
    expect(found?.get('192.0.2.1')?.remaining).toBeGreaterThan(10_000);
    expect(await before.write(wanted({}), 0)).toBe(true);
    expect(await save()).not.toContain('add');
    await before.configure([], table, 0);
    expect(await save()).toBe('');
  });

  it('needs no nftables', async () => {
    const programs: string[] = [];
    const sets = new BanSets(
      async ({ arguments: words, input, program }) => {
        programs.push(program);
        return (await balancer.run([program, ...words], { input })).stdout;
      },
      (_level, message) => said.push(message),
    );
    await sets.write(new Map(), 0);
    await sets.configure([limit(ipset)], table, 0);
    expect(await sets.write(wanted({ '192.0.2.1': {} }), 0)).toBe(true);
    await sets.close(0);
    expect(new Set(programs)).toEqual(new Set(['ipset']));
  });

  it('is only filled where it exists, whatever it can do', async () => {
    await balancer.run(['ipset', 'create', 'bad', 'hash:ip']);
    await balancer.run(['ipset', 'add', 'bad', '203.0.113.1']);
    const sets = banSets();
    await sets.configure([limit(ipset)], table, 0);
    expect(await sets.write(wanted({ '192.0.2.1': { origin: 'count', until: 100_000 } }), 0)).toBe(true);
    expect(await save()).toContain('add bad 192.0.2.1\n');
    // Somebody empties and fills it anew: the next change puts ours in again.
    await balancer.run(['ipset', 'destroy']);
    await balancer.run(['ipset', 'create', 'bad', 'hash:ip']);
    const more = wanted({ '192.0.2.1': {}, '2001:db8::1': {} });
    await sets.write(more, 0);
    expect(await sets.write(more, 0)).toBe(true);
    expect(await save()).toContain('add bad 192.0.2.1\n');
    // Without times in the kernel nobody would end it.
    await sets.close(0);
    expect(await save()).not.toContain('add bad 192.0.2.1');
  });
});
