// The operator's afternoon under a real systemd, without what takes a package to show: docs/afternoon.md has all of it.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { Afternoon } from './story.ts';
import type { Step } from './story.ts';
import { controlGroups, systemd } from './systemd-machine.ts';

describe.skipIf(!existsSync(systemd) || controlGroups() === undefined)('an operator’s afternoon', () => {
  const cleanUp = new CleanUp();
  let ours: readonly Step[];
  let original: readonly Step[];

  beforeAll(async () => {
    const [first, second] = await Promise.all([
      Afternoon.play(cleanUp, 'keepalived'),
      Afternoon.play(cleanUp, 'keepalived-ts'),
    ]);
    original = first.steps;
    ours = second.steps;
  });
  afterAll(async () => expect(await cleanUp.run()).toEqual([]));

  it('looks the same with both daemons, step by step', () => {
    const shown = (steps: readonly Step[]): string[] =>
      steps.flatMap(({ differs, seen, title }) => (differs === undefined ? [`${title}\n${seen}`] : []));
    expect(shown(original).length).toBeGreaterThan(12);
    expect(shown(ours)).toEqual(shown(original));
  });

  it('goes on through a typing mistake', () => {
    const seen = (title: string): string | undefined => ours.find((step) => step.title === title)?.seen;
    expect(seen('Reload with it')).toContain('did you mean virtual_ipaddress?');
    expect(seen('The service meanwhile')).toBe('active\n');
  });
});
