// The same configurations through the same events under Debian's keepalived and under this daemon: after each event
// IPVS, FIFO and scripts show the same.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { runInGuest } from '../../../lab/lib/guest.ts';
import type { Verdict } from './play.ts';
import { configurations } from './table.ts';

const cleanUp = new CleanUp();
const documentation = readFileSync(new URL('../../../docs/differences.md', import.meta.url), 'utf8');
let verdicts: readonly Verdict[];
let logs: Readonly<Record<string, readonly string[]>>;

// user-mode-linux exists for x86-64 only.
describe.skipIf(process.arch !== 'x64')('the table of IPVS', () => {
  beforeAll(async () => {
    const lines: string[] = [];
    const { code, folder } = await runInGuest(cleanUp, {
      module: path.join(import.meta.dirname, 'play.ts'),
      companions: { agent: path.join(import.meta.dirname, 'agent.ts') },
      memory: 2560,
      onLine: (line) => lines.push(line),
    });
    if (code !== 0) throw new Error(`the program in the guest ended with ${code}:\n${lines.join('\n')}`);
    const text = readFileSync(path.join(folder, 'result.json'), 'utf8');
    ({ result: verdicts, logs } = JSON.parse(text) as { result: typeof verdicts; logs: typeof logs });
  });
  afterAll(() => cleanUp.run());

  it.each(configurations.map(({ events, name, place = 'shared' }) => ({ name, place, events })))(
    'is the same with both daemons: $name',
    ({ events, name, place }) => {
      const verdict = verdicts.find((candidate) => candidate.name === name);
      expect(verdict?.differences, logs[`${place} ours`]?.join('\n')).toEqual([]);
      // Each event, and the stop.
      expect(verdict?.compared).toBe(events.length + 1);
    },
  );
});

it('names each configuration once', () => {
  expect(new Set(configurations.map(({ name }) => name)).size).toBe(configurations.length);
});

it.each(configurations.flatMap(({ differs, name }) => (differs === undefined ? [] : [{ name, ...differs }])))(
  'docs/differences.md explains what differs in "$name"',
  ({ explained }) => {
    expect(documentation).toContain(explained);
  },
);
