/** What an earlier life of the daemon has left in the kernel: its own goes when no limit needs it, nothing else does. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import type { BanSet, ConnectionLimit } from '../../../src/config/model.ts';
import { BanSets } from '../../../src/process/limits/ban-sets.ts';
import type { FirewallProgram } from '../../../src/process/limits/messages.ts';
import { OwnSetsRecord } from '../../../src/process/limits/own-sets.ts';
import { limitModel } from '../../support/limit-model.ts';
import { MemoryLog } from '../../unit/notify/memory-log.ts';
import { Machine } from '../process/machine.ts';

const cleanUp = new CleanUp();
let balancer: Machine;
let folder: string;
const table = 'keepalived_limits';
const log = new MemoryLog();
/** Programs that a record has started. */
const runs: string[] = [];

const nftables = limitModel({ set: { kind: 'nftables', name: 'web' } });
const ipset = limitModel({ set: { kind: 'ipset', inet: 'web', inet6: 'web6' } });
const namesOf = ({ set }: { set: BanSet }): string[] => (set.kind === 'ipset' ? [set.inet, set.inet6] : []);

beforeAll(async () => {
  balancer = await Machine.make(cleanUp, 'balancer');
});
beforeEach(async () => {
  await balancer.run(['nft', 'flush', 'ruleset']);
  await balancer.run(['ipset', 'destroy']);
  folder = mkdtempSync(path.join(tmpdir(), 'kts-limits-'));
  cleanUp.add(`remove ${folder}`, () => rmSync(folder, { recursive: true, force: true }));
  log.lines.length = 0;
  runs.length = 0;
});
afterAll(async () => {
  expect(await cleanUp.run()).toEqual([]);
});

async function run({ arguments: words, input, program }: Omit<FirewallProgram, 'namespace'>): Promise<string> {
  return (await balancer.run([program, ...words], { input })).stdout;
}

/** The record as a start of the daemon finds it. */
function nextRecord(): OwnSetsRecord {
  return new OwnSetsRecord(
    path.join(folder, 'checkers.pid'),
    (program) => {
      runs.push([program.program, ...program.arguments].join(' '));
      return run(program);
    },
    log,
  );
}

/** A life of the daemon with a limit and somebody banned by it, up to its end without a warning. */
async function live(limit: ConnectionLimit, record = nextRecord()): Promise<BanSets> {
  const sets = new BanSets(
    run,
    (level, message) => log.write(level, message),
    (names) => void record.made(names, undefined),
  );
  sets.recall(record.ipsets(undefined));
  await record.follow({ ipsets: namesOf(limit), ...(limit.set.kind === 'nftables' && { table }) });
  await sets.configure([limit], table, 0);
  expect(await sets.write(new Map([['web', new Map([['192.0.2.1', { origin: 'operator' }]])]]), 0)).toBe(true);
  // The record is written behind the sets.
  await record.follow({ ipsets: namesOf(limit), ...(limit.set.kind === 'nftables' && { table }) }, 'keeper');
  return sets;
}

const ipsets = async (): Promise<string> => (await balancer.run(['ipset', 'save'])).stdout;
const tables = async (): Promise<string> => (await balancer.run(['nft', 'list', 'tables'])).stdout;

describe('a table of ours', () => {
  it('goes at the next start when its limit has gone with a crash, also if it was the last', async () => {
    await live(nftables);
    runs.length = 0;
    // The limit is still there: the table is for the sets to find.
    await nextRecord().follow({ table, ipsets: [] });
    expect([runs, await tables()]).toEqual([[], `table ip ${table}\ntable ip6 ${table}\n`]);
    await nextRecord().follow({ ipsets: [] });
    expect([runs, await tables()]).toEqual([['nft -f -'], '']);
    await nextRecord().follow({ ipsets: [] });
    expect(runs).toHaveLength(1);
  });

  it('goes when the next start has another set', async () => {
    await live(nftables);
    await live(ipset);
    expect([await tables(), await ipsets()]).toEqual(['', expect.stringContaining('add web 192.0.2.1 ')]);
    await live(nftables);
    expect([await tables(), await ipsets()]).toEqual([expect.stringContaining(table), '']);
  });
});

describe('an ipset', () => {
  it('of ours goes at the next start without its limit, as a table does', async () => {
    await live(ipset);
    runs.length = 0;
    await nextRecord().follow({ ipsets: namesOf(ipset) });
    expect([runs, await ipsets()]).toEqual([[], expect.stringContaining('add web 192.0.2.1 ')]);
    await nextRecord().follow({ ipsets: [] });
    expect(await ipsets()).toBe('');
    expect(existsSync(path.join(folder, 'checkers.limits'))).toBe(false);
    runs.length = 0;
    await nextRecord().follow({ ipsets: [] });
    expect(runs).toEqual([]);
  });

  it('of an earlier life goes with a reload', async () => {
    await live(ipset);
    const record = nextRecord();
    const sets = await live(ipset, record);
    await record.follow({ ipsets: [] }, 'keeper');
    expect(await ipsets()).toContain('add web 192.0.2.1 ');
    await sets.configure([], table, 0);
    expect(await ipsets()).toBe('');
  });

  it('of somebody else stays, with what it had', async () => {
    await balancer.run(['ipset', 'restore'], {
      input:
        'create web hash:net timeout 0 comment\nadd web 203.0.113.1\ncreate other hash:net\nadd other 203.0.113.2\n',
    });
    await live(ipset);
    await nextRecord().follow({ ipsets: [] });
    const after = await ipsets();
    for (const text of ['create web ', 'add web 203.0.113.1 ', 'add other 203.0.113.2']) expect(after).toContain(text);
    expect(after).not.toContain('web6');
  });

  it('of ours that somebody has made anew is theirs', async () => {
    await live(ipset);
    await balancer.run(['ipset', 'destroy', 'web']);
    await balancer.run(['ipset', 'create', 'web', 'hash:ip']);
    await nextRecord().follow({ ipsets: [] });
    expect(await ipsets()).toMatch(/^create web hash:ip [^\n]*\n$/);
  });

  it('that a rule holds is emptied, and goes when the rule has gone', async () => {
    await live(ipset);
    await balancer.run(['ipset', 'create', 'all', 'list:set']);
    await balancer.run(['ipset', 'add', 'all', 'web']);
    await nextRecord().follow({ ipsets: [] });
    expect(await ipsets()).not.toContain('192.0.2.1');
    expect(log.lines).toEqual([
      expect.stringMatching(/ipset web has no limit any more and stays: .*in use.*then "ipset destroy web"$/s),
    ]);
    await balancer.run(['ipset', 'destroy', 'all']);
    await nextRecord().follow({ ipsets: [] });
    expect(await ipsets()).toBe('');
  });
});

it('what is not a record of ours runs nothing', async () => {
  for (const text of [
    '{',
    '[1, null, {}]',
    '[{"kind":"table","name":"filter"},{"kind":"ipset","name":"-x"},{"kind":"ipset","name":"a b"}]',
    '[{"kind":"ipset","name":"web","namespace":"/run/netns/gone"}]',
  ]) {
    writeFileSync(path.join(folder, 'checkers.limits'), text);
    await nextRecord().follow({ ipsets: [] });
  }
  expect([runs, log.lines]).toEqual([[], []]);
});
