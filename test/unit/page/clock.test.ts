import fc from 'fast-check';
import { expect, it } from 'vitest';
import { utcMoment } from '../../../src/page/clock.ts';

it('moments are those of the runtime, over 800 years', () => {
  const bounds = { min: Date.UTC(1900, 0, 1), max: Date.UTC(2700, 0, 1) };
  fc.assert(
    fc.property(fc.integer(bounds), (moment) => {
      expect(utcMoment(moment)).toBe(new Date(moment).toISOString().replace(/\.\d+Z$/, 'Z'));
    }),
  );
});
