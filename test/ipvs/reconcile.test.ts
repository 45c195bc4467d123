/** The IPVS table of a real kernel, written by this daemon, as ipvsadm shows it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../lab/lib/clean-up.ts';
import { runInGuest } from '../../lab/lib/guest.ts';
import { wishes } from './reconcile-tables.ts';
import type { StepName } from './reconcile-tables.ts';

interface Result {
  readonly missing: string;
  readonly version: string;
  readonly steps: readonly {
    readonly name: StepName;
    readonly seen: string[];
    readonly expected: string[];
    readonly operations: string[];
    readonly glances: readonly unknown[];
  }[];
  readonly owned: string[];
  readonly failures: string[];
  readonly timeouts: string;
  readonly daemons: string;
  readonly [other: string]: unknown;
}

const cleanUp = new CleanUp();
let result: Result;

/** How often each kind of write was made. */
function counted(operations: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const operation of operations) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

// user-mode-linux exists for x86-64 only.
describe.skipIf(process.arch !== 'x64')('the IPVS table of the kernel', () => {
  beforeAll(async () => {
    const lines: string[] = [];
    const { code, folder } = await runInGuest(cleanUp, {
      module: path.join(import.meta.dirname, 'programs', 'from-source.ts'),
      args: ['test/ipvs/programs/reconcile.ts'],
      onLine: (line) => lines.push(line),
    });
    if (code !== 0) throw new Error(`the program in the guest ended with ${code}:\n${lines.join('\n')}`);
    result = JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as Result;
  });

  afterAll(() => cleanUp.run());

  const step = (name: StepName) => result.steps.find((entry) => entry.name === name)!;

  it.each(Object.keys(wishes) as StepName[])('is the one ipvsadm makes by hand: %s', (name) => {
    expect(step(name).seen).toEqual(step(name).expected);
  });

  it('is seen at a glance as it is', () => {
    expect(step('the first table').glances).toEqual([false, true]);
    expect(step('settings changed').glances).toEqual([false, true]);
    expect(step('nothing changed').glances).toEqual([true, true]);
    expect(step('cleared by somebody').glances).toEqual([false, true]);
  });

  it('is really compared: the first table has all its lines', () => {
    const { seen } = step('the first table');
    expect(seen.filter((line) => line.startsWith('-A'))).toHaveLength(10);
    expect(seen.filter((line) => line.startsWith('-a'))).toHaveLength(16);
    expect(seen.filter((line) => line.includes('1000 800'))).toHaveLength(1);
  });

  it.each<[StepName, Record<string, number>]>([
    ['nothing changed', {}],
    [
      'settings changed',
      {
        'add-service': 1,
        'edit-service': 3,
        'delete-service': 4,
        'add-destination': 2,
        'edit-destination': 6,
        'delete-destination': 3,
      },
    ],
    ['a foreign service becomes ours', { 'edit-service': 1, 'edit-destination': 1, 'delete-destination': 1 }],
    ['nothing wanted', { 'delete-service': 6 }],
  ])('takes no write more than needed: %s', (name, expected) => {
    expect(counted(step(name).operations)).toEqual(expected);
  });

  it('refused nothing, and ends with nothing of ours', () => {
    expect(result.failures).toEqual([]);
    expect(result.owned).toEqual([]);
  });

  it('has timeouts, written and read', () => {
    // Defaults of the kernel in net/netfilter/ipvs: 15 min, 2 min, 5 min.
    expect(result['timeouts before']).toEqual({ tcp: 900, tcpFin: 120, udp: 300 });
    expect(result.timeouts).toBe('Timeout (tcp tcpfin udp): 1000 120 200');
  });

  it('has synchronisation daemons; starting one twice and stopping none is no error', () => {
    expect(result['daemon started']).toEqual(['done', 'already']);
    expect(result.daemons).toContain('master sync daemon (mcast=lo, syncid=51');
    expect(result['daemons read']).toMatchObject([{ role: 'master', interface: 'lo', syncId: 51, ttl: 3 }]);
    expect(result['daemon stopped']).toEqual(['done', 'already']);
  });

  it('holds a thousand services of three servers', () => {
    expect(result['bulk']).toMatchObject({ services: 1000, destinations: 3000, equal: true });
  });

  it('is named by its version, and its absence by its remedy', () => {
    expect(result.version).toBe('1.2.1');
    expect(result.missing).toMatch(/^IPVS_MISSING: .*modprobe ip_vs/);
    expect(result.missing).not.toContain('\n');
  });
});
