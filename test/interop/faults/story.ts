/** Faults one after the other, drawn from a seed, and what the other balancer saw meanwhile. */
import type { CleanUp } from '../../../lab/lib/clean-up.ts';
import { nowMs } from '../../../lab/lib/clock.ts';
import { PauseWatch } from '../../../lab/lib/pauses.ts';
import { faults, randomFrom } from './faults.ts';
import type { Fault } from './faults.ts';
import { Site, masterDown } from './site.ts';
import { longestSilence, twoMasters } from './two-masters.ts';

export interface Told {
  readonly fault: string;
  /** Longest time without an advertisement of a master, in milliseconds, where there had to be one. */
  readonly silence: number;
  /** Longest time in which both said that they are master. */
  readonly bothMasters: number;
  /** Longest time in which this machine did not let the test itself run. */
  readonly pause: number;
  /** What the daemon logged. */
  readonly log: readonly string[];
}

export interface Plan {
  readonly seed: number;
  readonly other: 'ours' | 'debian';
  /** Asked before each fault, with the number of those that were. */
  readonly goOn: (done: number) => boolean;
  readonly told: (told: Told) => void;
}

/** The faults in an order from the seed, each of them once before the first comes again. */
export function* drawn(random: () => number): Generator<Fault, never> {
  for (;;) {
    const rest = [...faults];
    while (rest.length > 0) yield* rest.splice(Math.floor(random() * rest.length), 1);
  }
}

/** Plays a story. @throws what went wrong, with the fault's name and the daemon's log */
export async function play(cleanUp: CleanUp, { goOn, other, seed, told }: Plan): Promise<void> {
  const random = randomFrom(seed);
  const site = await Site.make(cleanUp, other);
  let done = 0;
  for (const fault of drawn(random)) {
    if (!goOn(done)) return;
    done += 1;
    const since = site.log.length;
    const begin = nowMs();
    const watch = new PauseWatch();
    try {
      await fault.happen(site, random, since);
      await site.settled();
    } catch (error) {
      const log = site.log.slice(since).join('\n');
      throw new Error(`${fault.name} (seed ${seed}, number ${done}): ${(error as Error).message}\n${log}`, {
        cause: error,
      });
    } finally {
      watch.stop();
    }
    const seen = site.advertisements.filter(({ time }) => time >= begin - masterDown);
    const silence = longestSilence(seen);
    const spans = twoMasters(seen, masterDown).map(({ from, to }) => to - from);
    told({
      fault: fault.name,
      silence: fault.silent === true ? 0 : silence.to - silence.from,
      bothMasters: Math.max(0, ...spans),
      pause: watch.stop(),
      log: site.log.slice(since),
    });
  }
}
