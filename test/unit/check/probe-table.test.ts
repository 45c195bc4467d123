/** Numbers and places of probes, against a Map. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ProbeNumbers, ProbeTable } from '../../../src/check/probe-table.ts';

it('keeps what is in flight under its number and nothing else', () => {
  const steps = fc.array(fc.oneof(fc.constant('start' as const), fc.nat({ max: 30 })), { maxLength: 300 });
  fc.assert(
    fc.property(steps, (sequence) => {
      const numbers = new ProbeNumbers();
      const table = new ProbeTable<string>();
      const model = new Map<number, string>();
      const gone: number[] = [];
      for (const [index, step] of sequence.entries()) {
        if (step === 'start') {
          const id = numbers.take();
          expect(model.has(id)).toBe(false);
          expect(gone).not.toContain(id);
          table.set(id, `probe ${index}`);
          model.set(id, `probe ${index}`);
        } else {
          const id = [...model.keys(), ...gone][step % Math.max(1, model.size + gone.length)] ?? step;
          expect(table.take(id)).toBe(model.get(id));
          if (model.delete(id)) {
            numbers.giveBack(id);
            gone.push(id);
          }
        }
        expect(table.size).toBe(model.size);
      }
      expect(new Map(table.takeAll())).toEqual(model);
      expect(table.size).toBe(0);
    }),
  );
});
