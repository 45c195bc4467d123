/**
 * Gives back what a reload needed only for its own time: V8 collects that garbage when its heap has grown, which on a
 * quiet machine may be never. It takes 5 to 15 ms, more with a large heap: a process with a protocol says when it has time.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Milliseconds } from '../core/time.ts';
import { trimHeap } from '../kernel/process-control.ts';

/** Reloads that follow one another need it once. */
const quiet: Milliseconds = 1500;
/** Until a process that is busy is asked again, and how often; then it is left to V8. */
const again: Milliseconds = 20;
const mostAttempts = 3000;

export class MemoryRest {
  readonly #collect: () => void;
  readonly #isIdle: () => boolean;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param collect tests put their own here
   * @param isIdle nobody minds a pause of some tens of milliseconds now
   */
  constructor(collect: () => void = collectThoroughly, isIdle: () => boolean = () => true) {
    this.#isIdle = isIdle;
    this.#collect = collect;
  }

  /** Collects once things have been quiet for a while. */
  soon(): void {
    this.#wait(quiet, mostAttempts);
  }

  #wait(time: Milliseconds, attempts: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#isIdle()) {
        this.#collect();
        // Threads that compile leave megabytes free in heaps of their own.
        trimHeap();
      } else if (attempts > 1) this.#wait(again, attempts - 1);
    }, time).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** V8 shows its collector to contexts that are made while the flag is set. */
function exposedCollector(): () => (how: GarbageCollection) => void {
  let collector: ((how: GarbageCollection) => void) | undefined;
  return () => {
    if (collector === undefined) {
      setFlagsFromString('--expose-gc');
      collector = runInNewContext('gc') as (how: GarbageCollection) => void;
      setFlagsFromString('--no-expose-gc');
    }
    return collector;
  };
}

interface GarbageCollection {
  readonly type: 'major';
  readonly execution: 'sync';
  readonly flavor: 'regular' | 'last-resort';
}

const collector = exposedCollector();

/** Half-empty pages are moved together and given back, too; code that was not used for a while has to be compiled anew. */
function collectThoroughly(): void {
  collector()({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** Garbage alone, in a third of that time. */
export function collectQuickly(): void {
  collector()({ type: 'major', execution: 'sync', flavor: 'regular' });
}

/** Services from which on a reading needs megabytes, which the next one is to find. */
const manyServices = 1000;

/**
 * Behind a reading of so many services. What a reading of many needs stays with the heap, free, for the next one: to touch
 * it anew takes as long as a third of the reading, with 10,000 services 2,000 pages for 8 to 13 MB that are kept.
 */
export function collectAfterReading(services: number): void {
  if (services < manyServices) collectThoroughly();
  else collectQuickly();
}
