/**
 * What was wrong with packets: counted by reason, logged at a limited rate. The first of each reason and source is told
 * at once, until the state or the master changes; what follows is summed up after a minute, then ever more seldom, so
 * that a flood from forged sources fills neither the log nor the memory.
 */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { Deadline, DeadlineQueue } from '../core/deadlines.ts';
import type { Finding } from './examine.ts';
import { seconds } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import { notifiedCounters, type NotifiedCounter, type VrrpRefusalStatus } from './types.ts';

/** Sources of one reason that are told one by one. */
const toldSources = 4;
/** Between two summaries while it goes on. */
const pauses: readonly Milliseconds[] = [60_000, 600_000, 3_600_000];
/** A change of master begins the telling anew, but not faster than this: two masters may take turns. */
const leastBetweenMasters: Milliseconds = 10_000;
/** Between two notifications about one counter: a flood of packets must not become one of notifications. */
const leastBetweenNotifications: Milliseconds = 1_000;

interface Refused {
  readonly counter: Finding['counter'];
  count: number;
  /** Of them not told yet. */
  untold: number;
  reason: string;
  source: string;
  at: MonotonicMs;
}

export class Refusals {
  readonly #instance: () => string;
  readonly #out: Outbox;
  readonly #deadlines: DeadlineQueue;
  readonly #summary: Deadline;
  readonly #refused = new Map<string, Refused>();
  /** Sources told, by reason. */
  readonly #told = new Map<string, Set<string>>();
  readonly #notified = new Map<NotifiedCounter, MonotonicMs>();
  #pause = 0;
  #countedSince: MonotonicMs = 0;
  #newMasterAt: MonotonicMs = -Infinity;

  /** @param instance its name at the moment, for the log */
  constructor(instance: () => string, out: Outbox, deadlines: DeadlineQueue) {
    this.#instance = instance;
    this.#out = out;
    this.#deadlines = deadlines;
    this.#summary = deadlines.create((now) => this.#sumUp(now));
  }

  /** A packet was dropped. */
  dropped(finding: Finding, source: string, now: MonotonicMs): void {
    const { code, counter, reason } = finding;
    this.#notify(counter, source, now);
    const refused = this.#refused.get(code) ?? { counter, count: 0, untold: 0, reason, source, at: now };
    this.#refused.set(code, refused);
    refused.count++;
    refused.reason = reason;
    refused.source = source;
    refused.at = now;
    if (this.#isNew(code, source)) {
      this.#out.log(
        'warning',
        `(${this.#instance()}) ${reason} (from ${source}; dropped, further ones are only counted)`,
      );
      return;
    }
    refused.untold++;
    if (this.#deadlines.isSet(this.#summary)) return;
    this.#countedSince = now;
    this.#deadlines.set(this.#summary, now + (pauses[this.#pause] ?? 0));
  }

  /** A packet was taken in spite of something odd. */
  remarked({ code, reason }: Finding, source: string): void {
    if (!this.#isNew(code, source)) return;
    this.#out.log(
      'notice',
      `(${this.#instance()}) ${reason} (from ${source}; accepted, further ones are only counted)`,
    );
  }

  /** The state changed: everything is told anew. */
  tellAnew(): void {
    this.#told.clear();
  }

  /** Another router is master. */
  newMaster(now: MonotonicMs): void {
    if (now - this.#newMasterAt < leastBetweenMasters) return;
    this.#newMasterAt = now;
    this.tellAnew();
  }

  /** Counts begin at 0; what was told stays told. */
  clear(): void {
    this.#refused.clear();
  }

  /** The most frequent first. */
  status(): readonly VrrpRefusalStatus[] {
    return [...this.#refused]
      .map(([code, { at, count, counter, reason, source }]) => ({
        code,
        ...(counter !== undefined && { counter }),
        reason,
        count,
        source,
        at,
      }))
      .sort((a, b) => b.count - a.count);
  }

  #notify(counter: Finding['counter'], source: string, now: MonotonicMs): void {
    const notified = notifiedCounters.find((each) => each === counter);
    if (notified === undefined) return;
    if (now - (this.#notified.get(notified) ?? -Infinity) < leastBetweenNotifications) return;
    this.#notified.set(notified, now);
    this.#out.push({ type: 'refused', instance: this.#instance(), source, counter: notified });
  }

  #isNew(code: string, source: string): boolean {
    const sources = this.#told.get(code) ?? new Set();
    this.#told.set(code, sources);
    if (sources.has(source) || sources.size >= toldSources) return false;
    sources.add(source);
    return true;
  }

  #sumUp(now: MonotonicMs): void {
    const untold = [...this.#refused.values()].filter((refused) => refused.untold > 0);
    const total = untold.reduce((sum, refused) => sum + refused.untold, 0);
    if (total === 0) {
      this.#pause = 0;
      return;
    }
    const words = untold.map(({ reason, source, untold: count }) => `${count} × ${reason} (last from ${source})`);
    const span = seconds(now - this.#countedSince);
    this.#out.log(
      'warning',
      `(${this.#instance()}) ${total} more ${total === 1 ? 'advertisement' : 'advertisements'} dropped within ${span}: ${words.join('; ')}`,
    );
    for (const refused of untold) refused.untold = 0;
    this.#pause = Math.min(this.#pause + 1, pauses.length - 1);
    this.#countedSince = now;
    this.#deadlines.set(this.#summary, now + (pauses[this.#pause] ?? 0));
  }
}
