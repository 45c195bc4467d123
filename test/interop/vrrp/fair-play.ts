/** Plays many scenes at the same time, each on machines of its own; a play in which this machine stood still does not count. */
import { afterAll, beforeAll, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { PauseWatch } from '../../../lab/lib/pauses.ts';

/** Milliseconds without the processor after which the protocol's timers may have run out for that reason alone. */
const unfairPause = 150;

/** How often a scene is played at most, if the machine stands still each time. */
const plays = 3;

/** Longest time for one scene, its repetitions included. Milliseconds. */
const sceneTime = 150_000;

export type Play = (cleanUp: CleanUp) => Promise<void>;

/**
 * Plays a scene until it goes well or fails without an excuse. What it made is removed after each play.
 * @throws the play's error; an Error when something could not be removed
 */
export async function playFairly(name: string, play: Play): Promise<void> {
  for (let left = plays - 1; ; left--) {
    const cleanUp = new CleanUp();
    const watch = new PauseWatch();
    try {
      await play(cleanUp);
      return;
    } catch (error) {
      const pause = watch.stop();
      if (pause < unfairPause || left === 0) throw error;
      process.stderr.write(`${name}: the machine stood still for ${pause} ms, the scene is played again\n`);
    } finally {
      watch.stop();
      const failures = await cleanUp.run();
      if (failures.length > 0) process.stderr.write(`${name}: not removed: ${failures.join('; ')}\n`);
    }
  }
}

/** Runs tasks, so many of them at a time, in their order. */
export class Pool {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

/** One test for each scene of a file; they are all begun before the first test waits for its own. */
export function scenesAtOnce(scenes: Readonly<Record<string, Play>>, atOnce = 8): void {
  const outcomes = new Map<string, Promise<{ readonly error?: unknown }>>();
  beforeAll(() => {
    const pool = new Pool(atOnce);
    for (const [name, play] of Object.entries(scenes)) {
      const outcome = pool.run(() => playFairly(name, play));
      outcomes.set(
        name,
        outcome.then(
          () => ({}),
          (error: unknown) => ({ error }),
        ),
      );
    }
  });
  for (const name of Object.keys(scenes)) {
    it(
      name,
      async () => {
        const outcome = await outcomes.get(name);
        if (outcome !== undefined && 'error' in outcome) throw outcome.error;
      },
      sceneTime,
    );
  }
  afterAll(async () => {
    await Promise.all(outcomes.values());
  });
}
