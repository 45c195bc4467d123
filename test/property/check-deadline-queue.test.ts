/** The deadline queue against a sorted array. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DeadlineQueue } from '../../src/check/deadline-queue.ts';

it('gives deadlines in order, equal ones in the order they came', () => {
  const steps = fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant('shift' as const)), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (sequence) => {
      const queue = new DeadlineQueue<number>();
      const model: { deadline: number; item: number }[] = [];
      for (const [item, step] of sequence.entries()) {
        if (step === 'shift') {
          queue.shift();
          model.shift();
        } else {
          queue.add(step, item);
          const after = model.findIndex(({ deadline }) => deadline > step);
          model.splice(after === -1 ? model.length : after, 0, { deadline: step, item });
        }
        const first = queue.peek();
        expect(first === undefined ? undefined : { deadline: queue.earliest, item: first }).toEqual(model[0]);
        expect(queue.size).toBe(model.length);
      }
    }),
  );
});
