/**
 * max_auto_priority: a process that is scheduled late raises its own real-time priority, a step each time, as far as the
 * configuration lets it. It is not lowered again: what was needed once is needed again.
 */
import type { AutomaticPriority, ProcessScheduling } from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';
import { setRealTimePriority } from '../kernel/process-control.ts';
import type { Log } from '../log/log.ts';
import { seconds } from '../vrrp/outbox.ts';

export class RisingPriority {
  readonly #log: Log;
  readonly #set: (priority: number) => void;
  #maximum = 0;
  #allowedLateness = Infinity;
  #current = 0;

  /** @param set how the priority of this process is set */
  constructor(log: Log, set: (priority: number) => void = setRealTimePriority) {
    this.#log = log;
    this.#set = set;
  }

  /** Takes a configuration. @param scheduling of this process: what it has from the start */
  configure({ maximum, minimumDelayUs }: AutomaticPriority, { realTimePriority }: ProcessScheduling): void {
    this.#maximum = maximum;
    this.#allowedLateness = minimumDelayUs / 1000;
    this.#current = Math.max(this.#current, realTimePriority ?? 0);
  }

  /** A deadline is met. @param due when it should have been; undefined: there was none */
  met(due: MonotonicMs | undefined, now: MonotonicMs): void {
    const late = now - (due ?? now);
    if (late <= this.#allowedLateness || this.#current >= this.#maximum) return;
    const next = this.#current + 1;
    try {
      this.#set(next);
      this.#current = next;
      this.#log.notice(`scheduled ${seconds(late)} late: real-time priority ${next} (max_auto_priority)`);
    } catch (error) {
      this.#maximum = 0;
      this.#log.warning(`max_auto_priority: ${(error as Error).message}`);
    }
  }
}
