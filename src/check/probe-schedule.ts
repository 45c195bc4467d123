/**
 * Which probe starts when: deadlines, pacing (so many starts a turn, so many in flight) and a watchdog over probes that
 * never report.
 */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { DeadlineQueue } from './deadline-queue.ts';
import type { HealthCheck } from './health-check.ts';
import { startsPerTurn, turnSpacing, watchdogSlack, wholeCheckLimit } from './limits.ts';
import type { CheckIntent } from './types.ts';

/** A suspended check looks again after delay_loop, which may be written as next to nothing. */
const shortestRearm: Milliseconds = 1;

export class ProbeSchedule {
  readonly #maximumInFlight: number;
  readonly #due = new DeadlineQueue<HealthCheck>();
  readonly #watchdogs = new DeadlineQueue<number>();
  readonly #inFlight = new Map<number, HealthCheck>();
  #nextId = 1;
  /** No probe starts earlier: the last turn used up its share. */
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
    check.inFlight = undefined;
    this.#inFlight.delete(id);
    return [{ type: 'cancel-probe', id }];
  }

  /** The check whose probe reported, now without a probe; undefined for ids that are not in flight. */
  finished(id: number): HealthCheck | undefined {
    const check = this.#inFlight.get(id);
    if (check === undefined) return undefined;
    this.#inFlight.delete(id);
    check.inFlight = undefined;
    return check;
  }

  /** Ids of probes that should have reported long ago. */
  overdue(now: MonotonicMs): number[] {
    const ids: number[] = [];
    for (let first = this.#watchdogs.peek(); first !== undefined; first = this.#watchdogs.peek()) {
      const gone = !this.#inFlight.has(first.item);
      if (!gone && first.deadline > now) break;
      this.#watchdogs.shift();
      if (!gone) ids.push(first.item);
    }
    return ids;
  }

  /** Starts what is due, as far as the pacing lets it. */
  startDue(now: MonotonicMs): CheckIntent[] {
    const intents: CheckIntent[] = [];
    if (now < this.#nextTurn) return intents;
    for (let first = this.#due.peek(); first !== undefined; first = this.#due.peek()) {
      const check = first.item;
      if (check.due !== first.deadline) {
        this.#due.shift();
        continue;
      }
      if (first.deadline > now || this.#inFlight.size >= this.#maximumInFlight) break;
      if (intents.length >= startsPerTurn) {
        this.#nextTurn = now + turnSpacing;
        break;
      }
      this.#due.shift();
      if (check.suspended) this.schedule(check, now + Math.max(check.checker.delayLoop, shortestRearm));
      else intents.push(this.#startProbe(check, now));
    }
    return intents;
  }

  #startProbe(check: HealthCheck, now: MonotonicMs): CheckIntent {
    const id = this.#nextId++;
    this.worstLateness = Math.max(this.worstLateness, now - (check.due ?? now));
    check.due = undefined;
    check.started = now;
    check.inFlight = id;
    this.#inFlight.set(id, check);
    this.#watchdogs.add(now + wholeCheckLimit(check.checker) + watchdogSlack, id);
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
    for (let first = this.#due.peek(); first !== undefined; first = this.#due.peek()) {
      if (first.item.due === first.deadline) return Math.max(first.deadline, this.#nextTurn);
      this.#due.shift();
    }
    return undefined;
  }

  #nextWatchdog(): MonotonicMs | undefined {
    for (let first = this.#watchdogs.peek(); first !== undefined; first = this.#watchdogs.peek()) {
      if (this.#inFlight.has(first.item)) return first.deadline;
      this.#watchdogs.shift();
    }
    return undefined;
  }

  /** Forgets everything; the intents that cancel what is in flight. */
  clear(): CheckIntent[] {
    const intents = [...this.#inFlight].map(([id, check]): CheckIntent => {
      check.inFlight = undefined;
      return { type: 'cancel-probe', id };
    });
    this.#inFlight.clear();
    this.#due.clear();
    this.#watchdogs.clear();
    return intents;
  }
}
