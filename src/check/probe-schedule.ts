/**
 * Which probe starts when: deadlines, pacing (so many starts a turn, so many in flight) and a watchdog over probes that
 * never report.
 */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { DeadlineQueue } from './deadline-queue.ts';
import type { HealthCheck } from './health-check.ts';
import { startsPerTurn, turnSpacing, watchdogSlack, wholeCheckLimit } from './limits.ts';
import { ProbeNumbers, ProbeTable } from './probe-table.ts';
import type { CheckIntent } from './types.ts';

/** A suspended check looks again after delay_loop, which may be written as next to nothing. */
const shortestRearm: Milliseconds = 1;

export class ProbeSchedule {
  readonly #maximumInFlight: number;
  readonly #due = new DeadlineQueue<HealthCheck>();
  /** One entry a check that was in flight lately; its deadline may be that of an earlier probe. */
  readonly #watchdogs = new DeadlineQueue<HealthCheck>();
  readonly #inFlight = new ProbeTable<HealthCheck>();
  readonly #numbers = new ProbeNumbers();
  /** No probe starts earlier. What falls due soon after a turn waits for the next and shares its costs. */
  #nextTurn: MonotonicMs = Number.NEGATIVE_INFINITY;
  worstLateness: Milliseconds = 0;

  constructor(maximumInFlight: number) {
    this.#maximumInFlight = Math.max(1, maximumInFlight);
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Due checks at `now` that still wait for their turn. Walks all; for status only. */
  waiting(checks: Iterable<HealthCheck>, now: MonotonicMs): number {
    let count = 0;
    for (const check of checks) if (check.due !== undefined && check.due < now) count += 1;
    return count;
  }

  /** Sets (or moves) the start of the next probe of a check that has none in flight. */
  schedule(check: HealthCheck, at: MonotonicMs): void {
    check.due = at;
    this.#due.add(at, check);
  }

  /** Forgets a check; the intent to cancel its probe if one is in flight. */
  forget(check: HealthCheck): CheckIntent[] {
    check.due = undefined;
    const id = check.inFlight;
    if (id === undefined) return [];
    this.finished(id);
    return [{ type: 'cancel-probe', id }];
  }

  /** The check whose probe reported, now without a probe; undefined for ids that are not in flight. */
  finished(id: number): HealthCheck | undefined {
    const check = this.#inFlight.take(id);
    if (check === undefined) return undefined;
    this.#numbers.giveBack(id);
    check.inFlight = undefined;
    return check;
  }

  /** Ids of probes that should have reported long ago. */
  overdue(now: MonotonicMs): number[] {
    const ids: number[] = [];
    for (let at = this.#nextWatchdog(); at !== undefined && at <= now; at = this.#nextWatchdog()) {
      const check = this.#takeWatchdog();
      if (check?.inFlight !== undefined) ids.push(check.inFlight);
    }
    return ids;
  }

  /** This process was not run for a while: who is in flight among these gets its whole time again. */
  stoodStill(checks: Iterable<HealthCheck>, now: MonotonicMs): void {
    for (const check of checks) {
      if (check.inFlight !== undefined) check.giveUpAt = now + wholeCheckLimit(check.checker) + watchdogSlack;
    }
  }

  #takeWatchdog(): HealthCheck | undefined {
    const check = this.#watchdogs.peek();
    this.#watchdogs.shift();
    if (check !== undefined) check.isWatched = false;
    return check;
  }

  /** Once a check, not once a probe: an entry that fits no more is moved when it comes to the front. */
  #watch(check: HealthCheck): void {
    if (check.isWatched) return;
    check.isWatched = true;
    this.#watchdogs.add(check.giveUpAt, check);
  }

  /** Starts what is due, as far as the pacing lets it. */
  startDue(now: MonotonicMs): CheckIntent[] {
    const intents: CheckIntent[] = [];
    if (now < this.#nextTurn) return intents;
    for (let check = this.#due.peek(); check !== undefined; check = this.#due.peek()) {
      const deadline = this.#due.earliest;
      if (check.due !== deadline) {
        this.#due.shift();
        continue;
      }
      if (deadline > now || this.#inFlight.size >= this.#maximumInFlight || intents.length >= startsPerTurn) break;
      this.#due.shift();
      if (check.suspended) this.schedule(check, now + Math.max(check.checker.delayLoop, shortestRearm));
      else intents.push(this.#startProbe(check, now));
    }
    if (intents.length > 0) this.#nextTurn = now + turnSpacing;
    return intents;
  }

  #startProbe(check: HealthCheck, now: MonotonicMs): CheckIntent {
    const id = this.#numbers.take();
    this.worstLateness = Math.max(this.worstLateness, now - (check.due ?? now));
    check.due = undefined;
    check.started = now;
    check.inFlight = id;
    this.#inFlight.set(id, check);
    check.giveUpAt = now + wholeCheckLimit(check.checker) + watchdogSlack;
    this.#watch(check);
    return { type: 'start-probe', request: check.request(id) };
  }

  nextTimeout(): MonotonicMs | undefined {
    const watchdog = this.#nextWatchdog();
    const start = this.#nextStart();
    if (watchdog === undefined) return start;
    return start === undefined ? watchdog : Math.min(start, watchdog);
  }

  #nextStart(): MonotonicMs | undefined {
    if (this.#inFlight.size >= this.#maximumInFlight) return undefined;
    for (let check = this.#due.peek(); check !== undefined; check = this.#due.peek()) {
      const deadline = this.#due.earliest;
      if (check.due === deadline) return Math.max(deadline, this.#nextTurn);
      this.#due.shift();
    }
    return undefined;
  }

  #nextWatchdog(): MonotonicMs | undefined {
    for (let check = this.#watchdogs.peek(); check !== undefined; check = this.#watchdogs.peek()) {
      const deadline = this.#watchdogs.earliest;
      if (check.inFlight !== undefined && check.giveUpAt <= deadline) return deadline;
      this.#takeWatchdog();
      if (check.inFlight !== undefined) this.#watch(check);
    }
    return undefined;
  }

  /** Forgets everything; the intents that cancel what is in flight. */
  clear(): CheckIntent[] {
    const intents = this.#inFlight.takeAll().map(([id, check]): CheckIntent => {
      this.#numbers.giveBack(id);
      check.inFlight = undefined;
      return { type: 'cancel-probe', id };
    });
    this.#due.clear();
    while (this.#takeWatchdog() !== undefined);
    return intents;
  }
}
