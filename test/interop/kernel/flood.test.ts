import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProgram } from '../../unit/kernel/run-program.ts';
import { makeTwoMachines } from './two-machines.ts';
import type { TwoMachines } from './two-machines.ts';

let lan: TwoMachines;
beforeAll(() => {
  lan = makeTwoMachines();
});
afterAll(() => lan.remove());

it('an active socket is not collected and loses nothing', async () => {
  const { left, right } = lan;
  const program = `${import.meta.dirname}/programs/flood.ts`;
  const running = runProgram(program, [left.path, right.path, right.address], ['--expose-gc']);
  await running.ended();
  expect(running.lines).toEqual(['received 5000 of 5000']);
});
