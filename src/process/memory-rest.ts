/**
 * Gives back what a reload needed only for its own time: V8 collects that garbage when its heap has grown, which on a
 * quiet machine may be never. For the parent process alone; a protocol loop has no time for it.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Milliseconds } from '../core/time.ts';

/** Reloads that follow one another need it once. */
const quiet: Milliseconds = 1500;

export class MemoryRest {
  readonly #collect: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param collect tests put their own here */
  constructor(collect: () => void = garbageCollector()) {
    this.#collect = collect;
  }

  /** Collects once things have been quiet for a while. */
  soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#collect(), quiet).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** V8 shows its collector to contexts that are made while the flag is set. */
function garbageCollector(): () => void {
  let collector: (() => void) | undefined;
  return () => {
    if (collector === undefined) {
      setFlagsFromString('--expose-gc');
      collector = runInNewContext('gc') as () => void;
      setFlagsFromString('--no-expose-gc');
    }
    collector();
  };
}
