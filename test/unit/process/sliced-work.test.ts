import { describe, expect, it } from 'vitest';
import { now } from '../../../src/kernel/clock.ts';
import { SlicedWork } from '../../../src/process/sliced-work.ts';

function spend(milliseconds: number): void {
  const until = now() + milliseconds;
  while (now() < until);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('sliced work', () => {
  it('does a little at once', () => {
    const done: number[] = [];
    new SlicedWork<number>((item) => done.push(item)).add([1]);
    expect(done).toEqual([1]);
  });

  it('lets the event loop turn between slices, and keeps the order', async () => {
    const done: number[] = [];
    const work = new SlicedWork<number>((item) => {
      spend(2);
      done.push(item);
    });
    work.add([1, 2, 3]);
    expect(done).toEqual([1]);
    work.add([4]);
    expect(done).toEqual([1]);
    await until(() => done.length === 4);
    expect(done).toEqual([1, 2, 3, 4]);
  });

  it('can be told to finish', async () => {
    const done: number[] = [];
    const work = new SlicedWork<number>((item) => {
      spend(2);
      done.push(item);
    });
    work.add([1, 2, 3]);
    work.finish();
    expect(done).toEqual([1, 2, 3]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toEqual([1, 2, 3]);
  });

  it('takes what its own work adds', async () => {
    const done: string[] = [];
    const work: SlicedWork<string> = new SlicedWork<string>((item) => {
      done.push(item);
      if (item === 'first') work.add(['added']);
    });
    work.add(['first', 'second']);
    await until(() => done.length === 3);
    expect(done).toEqual(['first', 'second', 'added']);
  });
});
