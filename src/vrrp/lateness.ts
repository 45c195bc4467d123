/**
 * A process that was stolen from, suspended or stopped for longer than the others wait: somebody else may be master by
 * now, so that it listens for one interval before it speaks, and says so.
 */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { Instance } from './instance.ts';
import { seconds } from './outbox.ts';

/** In which instances that were late together have listened. */
const foldingTime: Milliseconds = 200;

/** The time in which an instance that was late only listens. */
export interface Listening {
  readonly since: MonotonicMs;
  readonly until: MonotonicMs;
}

/**
 * Asked before a waiting packet is judged too, since packets are handed over before timers run.
 * @param now when this call is made, however long a packet has waited
 * @param due when the instance's timer was due
 * @returns whether what the timer is for must not be done now
 */
export function noticeLateness(instance: Instance, now: MonotonicMs, due?: MonotonicMs): boolean {
  // What has gone ahead meanwhile was not late.
  if (due === undefined && now > instance.timerDue) instance.settle();
  const late = now - (due ?? instance.timerDue);
  const other = instance.state === 'MASTER' ? instance.configuration.timerExpiredBackup : undefined;
  if (other !== undefined) return yieldForLateness(instance, other, late, now);
  // The others count from our last advertisement, one interval before the timer: those like us have taken over by now.
  if (late <= instance.downInterval - instance.masterInterval) return false;
  const span = instance.masterInterval + instance.minimalSkew;
  const line = {
    level: 'warning',
    wait: 0,
    one: `(${instance.name}) was not run for ${seconds(late)} after its timer: listening for ${seconds(span)} before speaking`,
    many: (who: string, most: number) =>
      `${who} were not run for up to ${seconds(most)} after their timers: listening before speaking`,
    amount: late,
  } as const;
  instance.host.folded.say('late', instance.name, line, now);
  instance.listen({ since: now, until: now + span });
  return true;
}

/** Nobody else was heard meanwhile. */
export function sayListened({ host, name }: Instance, now: MonotonicMs): void {
  const line = {
    level: 'notice',
    wait: foldingTime,
    one: `(${name}) listened, and goes on as master`,
    many: (who: string) => `${who} listened, and go on as masters`,
  } as const;
  host.folded.say('listened', name, line, now);
}

/**
 * timer_expired_backup: a master whose advertisement is so late that a router of that priority has taken over by now
 * becomes backup without a word.
 */
function yieldForLateness(instance: Instance, other: number, late: Milliseconds, now: MonotonicMs): boolean {
  const { downTimerAdvertisements } = instance.configuration;
  const allowed = (downTimerAdvertisements - 1) * instance.masterInterval + instance.minimalSkew * (256 - other);
  if (late < allowed) return false;
  const words = `our advertisement is ${seconds(late)} late, a router of priority ${other} has taken over by now`;
  instance.host.out.log('warning', `(${instance.name}) ${words}: timer_expired_backup`);
  instance.group?.memberYields(instance, words, now);
  return true;
}
