/** Notices when this process was not run: stopped, a machine that swaps or was suspended by its host. */
import type { Milliseconds } from '../core/time.ts';
import { now } from '../kernel/clock.ts';

const period: Milliseconds = 1000;
/** Less than this is a busy machine's everyday life. */
const worthTelling: Milliseconds = 1000;

/** For the log. @param name of the process */
export function standstillText(name: string, late: Milliseconds): string {
  return `The ${name} process was not run for ${(late / 1000).toFixed(1)} s: stopped, or the machine was too busy`;
}

/**
 * Watches for as long as the process lives, and keeps it alive.
 * @param tell gets the time for which the process was not run, once it runs again
 * @param observe gets every lateness, also everyday ones
 */
export function watchLateness(
  tell: (late: Milliseconds) => void,
  observe: (late: Milliseconds) => void = () => undefined,
): void {
  let due = now() + period;
  setInterval(() => {
    const late = now() - due;
    due = now() + period;
    observe(late);
    if (late > worthTelling) tell(late);
  }, period);
}
