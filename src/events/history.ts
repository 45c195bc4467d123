/**
 * The last events of the daemon with their wall-clock time, oldest first. The parent keeps it, so that it outlives its
 * children and reloads. Bounded by number and by octets; what is gone can be told from the sequence numbers. Pure.
 */
import type { DaemonEvent } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { ParentEvent } from './parent-event.ts';

export type RecordedEvent = DaemonEvent | ParentEvent;

/** One event, as clients get it. */
export interface HistoryEntry {
  /** 1 for the first event of this daemon's life, then one more for each. */
  readonly sequence: number;
  /** When the change was decided, ISO 8601 in UTC with milliseconds. */
  readonly time: string;
  readonly event: RecordedEvent;
}

export interface HistoryLimits {
  /** Entries kept, at most. */
  readonly entries: number;
  /** Characters of JSON of all of them, at most. */
  readonly size: number;
}

/** A busy day of a pair; a minute in which everything dies at once of the largest machines. */
const defaultLimits: HistoryLimits = { entries: 10_000, size: 3_000_000 };

export interface HistorySlice {
  readonly entries: readonly HistoryEntry[];
  /** How many events after the wanted number are no longer known. */
  readonly missed: number;
}

interface Place {
  readonly entry: HistoryEntry;
  readonly size: number;
}

export class EventHistory {
  readonly #limits: HistoryLimits;
  /** Entry number n is at place n modulo its length. */
  readonly #places: (Place | undefined)[];
  #oldest = 1;
  #next = 1;
  #size = 0;
  readonly #followers = new Set<(entry: HistoryEntry) => void>();

  constructor(limits: HistoryLimits = defaultLimits) {
    this.#limits = limits;
    this.#places = new Array<Place | undefined>(limits.entries).fill(undefined);
  }

  /** Sequence number of the oldest event that is kept; one more than `newest` when there is none. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Sequence number of the last event; 0 before the first. */
  get newest(): number {
    return this.#next - 1;
  }

  /**
   * Keeps an event, if it tells something that was not so before.
   * @param now the monotonic clock, of which `event.at` is
   * @param wallNow the same moment in milliseconds since 1970
   * @returns what followers were told
   */
  record(event: RecordedEvent, now: MonotonicMs, wallNow: number): HistoryEntry | undefined {
    if (!isNews(event)) return undefined;
    const sequence = this.#next;
    // A clock that was set meanwhile, or an event from the future, must not make a time that is none.
    const time = new Date(wallNow - Math.max(0, now - event.at)).toISOString();
    const entry: HistoryEntry = { sequence, time, event };
    const size = JSON.stringify(entry).length;
    if (sequence - this.#oldest >= this.#limits.entries) this.#dropOldest();
    while (this.#size + size > this.#limits.size && this.#oldest < sequence) this.#dropOldest();
    this.#places[sequence % this.#limits.entries] = { entry, size };
    this.#size += size;
    this.#next = sequence + 1;
    for (const tell of this.#followers) tell(entry);
    return entry;
  }

  /**
   * What came after an event, oldest first.
   * @param sequence number of the last event that is known already; 0: everything
   * @param most entries at once
   */
  after(sequence: number, most = Infinity): HistorySlice {
    const first = Math.max(sequence + 1, this.#oldest);
    const end = Math.min(this.#next, first + most);
    const entries: HistoryEntry[] = [];
    for (let number = first; number < end; number++) {
      const place = this.#places[number % this.#limits.entries];
      if (place !== undefined) entries.push(place.entry);
    }
    return { entries, missed: Math.max(0, first - sequence - 1) };
  }

  /** Tells `follower` every event from now on, until what it answers is called. It must not wait, nor throw. */
  follow(follower: (entry: HistoryEntry) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  #dropOldest(): void {
    const index = this.#oldest % this.#limits.entries;
    this.#size -= this.#places[index]?.size ?? 0;
    this.#places[index] = undefined;
    this.#oldest++;
  }
}

/** Confirmations and what comes by the hundred thousand would push out what somebody looks for. */
function isNews(event: RecordedEvent): boolean {
  switch (event.kind) {
    case 'vrrp-unchanged':
      return false;
    case 'ban':
      return event.muted !== true;
    case 'real-server':
    case 'virtual-server':
    case 'checker':
      return event.from !== event.to;
    default:
      return true;
  }
}
