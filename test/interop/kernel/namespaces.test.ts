import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProgram } from '../../unit/kernel/run-program.ts';
import { makeTwoMachines } from './two-machines.ts';
import type { TwoMachines } from './two-machines.ts';

let lan: TwoMachines;
let folder: string;
beforeAll(() => {
  lan = makeTwoMachines();
  folder = mkdtempSync(path.join(tmpdir(), 'keepalived-mounts-'));
});
afterAll(() => {
  lan.remove();
  rmSync(folder, { recursive: true });
});

it('opens sockets elsewhere and stays, then moves, with a mount that nobody else sees', async () => {
  const running = runProgram(`${import.meta.dirname}/programs/namespaces.ts`, [lan.left.name, folder]);
  expect(await running.ended()).toMatchObject({ code: 0, errors: '' });
  expect(running.lines.slice(0, 6)).toEqual([
    'stays true',
    'entered "1"',
    'interface true',
    'mounted true',
    'mounted for a child "inside"',
    'outside ""',
  ]);
  expect(running.lines[6]).toContain('network namespace /run/netns/none: setns failed');
});
