/** Real requests over nginx servers: counted by who answers them, and none lost while reloads change the pool. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { runInGuest } from '../../../lab/lib/guest.ts';
import type { Count } from './client.ts';

const cleanUp = new CleanUp();
let result: {
  readonly answers: Readonly<Record<string, Count['answers']>>;
  readonly load: Count['answers'];
  /** What the daemon wrote to IPVS, each time. */
  readonly writes: readonly number[];
  readonly statistics: { readonly before: readonly string[]; readonly after: readonly string[] };
  readonly table: { readonly left: readonly string[]; readonly stopped: readonly string[] };
};

// user-mode-linux exists for x86-64 only.
describe.skipIf(process.arch !== 'x64')('real traffic', () => {
  beforeAll(async () => {
    const lines: string[] = [];
    const { code, folder } = await runInGuest(cleanUp, {
      module: path.join(import.meta.dirname, 'program.ts'),
      companions: { client: path.join(import.meta.dirname, 'client.ts') },
      onLine: (line) => lines.push(line),
    });
    if (code !== 0) throw new Error(`the program in the guest ended with ${code}:\n${lines.join('\n')}`);
    result = JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as typeof result;
  });
  afterAll(() => cleanUp.run());

  it.each([
    ['NAT by weights', { one: 6, two: 4, three: 2 }],
    ['direct routing', { one: 4, two: 4, three: 4 }],
    ['tunnels', { one: 4, two: 4, three: 4 }],
    ['NAT, IPv6', { one: 4, two: 4, three: 4 }],
    ['direct routing, IPv6', { one: 4, two: 4, three: 4 }],
    ['tunnels, IPv6', { one: 4, two: 4, three: 4 }],
    ['a mark', { one: 2, two: 2, three: 2 }],
    ['a mark, another address and port', { one: 2, two: 2, three: 2 }],
  ])('is shared out: %s', (name, wanted) => {
    expect(result.answers[name]).toEqual(wanted);
  });

  it('stays with one server: persistence', () => {
    expect(Object.values(result.answers['persistence'] ?? {})).toEqual([12]);
  });

  it('loses no request when reloads add, weigh and drain servers', () => {
    expect(Object.keys(result.load).toSorted()).toEqual(['one', 'three', 'two']);
    expect(Object.values(result.load).reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(3000);
  });

  it('costs a reload as many writes as there are differences', () => {
    // Nine services with 26 servers; nothing; a server added; two weights and the scheduler; weight 0 for one that drains.
    expect(result.writes.slice(0, 4)).toEqual([35, 1, 3, 1]);
  });

  it('leaves statistics of other services as they were', () => {
    expect(result.statistics.before).toEqual(['10.7.0.11:80 6', '10.7.0.12:80 4', '10.7.0.13:80 2']);
    expect(result.statistics.after).toEqual(result.statistics.before);
  });

  it('goes on after a stop with -I', () => {
    expect(result.table.left.length).toBeGreaterThan(20);
    expect(result.table.stopped).toEqual(result.table.left);
  });
});
