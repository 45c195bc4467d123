/**
 * What the status page knows: asks the daemon how it is, often while somebody looks and seldom otherwise, keeps the last
 * minutes, and tells everybody who looks what has changed in what they look at.
 */
import type { VirtualServerReport } from '../../check/report-types.ts';
import type { Milliseconds, MonotonicMs } from '../../core/time.ts';
import { differences, type Section } from '../../page/fragments.ts';
import { History } from '../../page/history.ts';
import type { StatusForPage } from '../../page/model.ts';
import { queryText, type Query } from '../../page/query.ts';
import { headOf, samplesOf, sections, wantedDetails, type PageState, type Update } from '../../page/render/document.ts';
import { timelineLength } from '../../page/render/timeline.ts';
import { Orders } from '../../page/selection.ts';
import { timelineEntry, type TimedEvent, type TimelineEntry } from '../../page/timeline.ts';
import { pageModel } from '../../page/view.ts';

/** What it needs from outside. */
export interface LivePageEnvironment {
  readonly host: string;
  /** How the daemon is, services in summary. Rejects when it does not say. */
  readonly summary: () => Promise<StatusForPage>;
  /** These services with everything, by their labels. */
  readonly services: (labels: readonly string[]) => Promise<readonly VirtualServerReport[]>;
  /** What the servers of each service are called, by its label; they change with the configuration only. */
  readonly serverNames: () => Promise<ReadonlyMap<string, string>>;
  /** The last events behind this number, the oldest first. */
  readonly events: (after: number, most: number) => Promise<readonly TimedEvent[]>;
  readonly now: () => MonotonicMs;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/** Somebody's stream of changes. */
export interface Viewer {
  readonly query: Query;
  /** @returns false: no more for now; LivePage.drained() says when it goes on */
  send(event: 'update' | 'beat', data: string): boolean;
}

interface Watched {
  /** What this viewer has seen. */
  seen: readonly Section[] | undefined;
  title: string | undefined;
  /** It takes nothing at the moment; what it misses is told in one difference. */
  full: boolean;
  lastSaid: MonotonicMs;
}

/** The pictures of the last minutes: 60 steps of 10 s. */
export const historySteps = 60;
const historyStep = 10_000;
/** 60 steps of 4 octets for each: 6 MB at most. */
const mostRemembered = 25_000;
/** Asking and drawing take at most this part of the time: while somebody looks, and otherwise. */
const watchedShare = 0.05;
const unwatchedShare = 0.01;
const watchedInterval = 1_000;
const unwatchedInterval = 10_000;
const longestInterval = 60_000;
/** Behind an event the page looks at once, but not for every one of a hundred. */
const eventPause = 150;
const longestEventPause = 5_000;
/** A document is not made from a model older than this, if a new one is cheap. */
const freshness = 1_000;
const cheap = 100;
/** A browser that hears nothing for three of these takes the connection for lost. */
const beatInterval = 5_000;

export class LivePage {
  readonly #environment: LivePageEnvironment;
  readonly #history = new History({ steps: historySteps, mostSubjects: mostRemembered });
  readonly #viewers = new Map<Viewer, Watched>();
  readonly #clockTimer: NodeJS.Timeout;
  #timeline: TimelineEntry[] = [];
  #serverNames: ReadonlyMap<string, string> | undefined;
  #lastSequence = 0;
  #state: PageState | undefined;
  /** Those of the state; more come when somebody else looks. */
  #details = new Map<string, VirtualServerReport>();
  #stateAt: MonotonicMs = -Infinity;
  #refreshing: Promise<void> | undefined;
  #refreshTimer: NodeJS.Timeout | undefined;
  #refreshDue: MonotonicMs = Infinity;
  /** How long asking and drawing took the last time. */
  #cost: Milliseconds = 0;
  #lastRecord: MonotonicMs = -Infinity;
  #closed = false;

  constructor(environment: LivePageEnvironment) {
    this.#environment = environment;
    this.#clockTimer = setInterval(() => this.#beat(), beatInterval);
    this.#clockTimer.unref();
    this.#schedule(0);
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#clockTimer);
    clearTimeout(this.#refreshTimer);
    this.#viewers.clear();
  }

  /**
   * The page as it is now, for somebody who looks at this.
   * @throws Error when the daemon has not said yet how it is, and does not now
   */
  async current(query: Query): Promise<PageState> {
    const age = this.#environment.now() - this.#stateAt;
    if (this.#state === undefined || (age > freshness && this.#cost < cheap)) {
      try {
        await this.#refresh();
      } catch (error) {
        if (this.#state === undefined) throw error;
      }
    }
    const state = this.#state;
    if (state === undefined) throw new Error('the daemon has not said yet how it is');
    await this.#addDetails(state, query);
    return { ...state, details: this.#details, timeline: this.#timeline };
  }

  /** Somebody looks from now on. What is known is told at once. */
  watch(viewer: Viewer): void {
    const watched = { seen: undefined, title: undefined, full: false, lastSaid: -Infinity };
    this.#viewers.set(viewer, watched);
    this.current(viewer.query)
      .then(() => this.#tell(new Map(), viewer))
      .catch(() => undefined);
    this.#schedule(this.#pause());
  }

  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
  }

  /** The viewer takes more again. */
  drained(viewer: Viewer): void {
    const watched = this.#viewers.get(viewer);
    if (watched === undefined) return;
    watched.full = false;
    this.#tell(new Map(), viewer);
  }

  /** Something happened. */
  lookSoon(): void {
    this.#schedule(Math.min(Math.max(eventPause, this.#cost / watchedShare / 4), longestEventPause));
  }

  /** The configuration is another one. */
  configured(): void {
    this.#serverNames = undefined;
    this.#schedule(eventPause);
  }

  /** One step of the pictures of the last minutes. */
  remember(status: StatusForPage): void {
    const { host, wallClock } = this.#environment;
    this.#history.record(samplesOf(pageModel(status, { host, at: wallClock() })));
  }

  #pause(): Milliseconds {
    const watched = this.#viewers.size > 0;
    const share = watched ? watchedShare : unwatchedShare;
    const least = watched ? watchedInterval : unwatchedInterval;
    return Math.min(Math.max(least, this.#cost / share), longestInterval);
  }

  /** Looks again in this time, or earlier if that was planned. */
  #schedule(after: Milliseconds): void {
    if (this.#closed) return;
    const due = this.#environment.now() + after;
    if (due >= this.#refreshDue) return;
    this.#refreshDue = due;
    clearTimeout(this.#refreshTimer);
    this.#refreshTimer = setTimeout(() => {
      this.#refresh().catch(() => undefined);
    }, after);
    this.#refreshTimer.unref();
  }

  /** One at a time; who comes meanwhile shares it. */
  #refresh(): Promise<void> {
    clearTimeout(this.#refreshTimer);
    this.#refreshDue = Infinity;
    this.#refreshing ??= this.#look().finally(() => {
      this.#refreshing = undefined;
      this.#schedule(this.#pause());
    });
    return this.#refreshing;
  }

  async #look(): Promise<void> {
    const { host, now, serverNames, services, summary, wallClock } = this.#environment;
    const began = now();
    this.#serverNames ??= await serverNames();
    const [status] = await Promise.all([summary(), this.#takeEvents()]);
    const model = pageModel(status, { host, at: wallClock() }, this.#serverNames);
    const orders = new Orders(model);
    const wanted = new Set([...this.#viewers.keys()].flatMap(({ query }) => wantedDetails(model, orders, query)));
    const details = wanted.size === 0 ? [] : await services([...wanted]);
    this.#details = new Map(details.map((detail) => [detail.label, detail]));
    this.#take({ model, orders, details: this.#details });
    this.#tell(new Map());
    this.#cost = now() - began;
  }

  async #takeEvents(): Promise<void> {
    const events = await this.#environment.events(this.#lastSequence, timelineLength);
    // A daemon that was started again counts from one; its process is another one then, and so is this.
    const entries = events.flatMap((event) => timelineEntry(event) ?? []);
    this.#lastSequence = events.at(-1)?.sequence ?? this.#lastSequence;
    if (entries.length > 0) this.#timeline = [...entries.toReversed(), ...this.#timeline].slice(0, timelineLength);
  }

  #take(known: Pick<PageState, 'model' | 'orders' | 'details'>): void {
    const now = this.#environment.now();
    // A little less than a step: the clock of the timers is not that exact.
    if (now - this.#lastRecord >= historyStep - watchedInterval / 2) {
      this.#lastRecord = now;
      this.#history.record(samplesOf(known.model));
    }
    this.#stateAt = now;
    this.#state = { ...known, timeline: this.#timeline, history: this.#history, steps: historySteps };
  }

  /** Asks for what nobody has looked at so far. Without it the page is complete but for servers. */
  async #addDetails(state: PageState, query: Query): Promise<void> {
    const missing = wantedDetails(state.model, state.orders, query).filter((label) => !this.#details.has(label));
    if (missing.length === 0) return;
    const more = await this.#environment.services([...new Set(missing)]).catch(() => []);
    for (const detail of more) this.#details.set(detail.label, detail);
  }

  /** Tells viewers what is new to them. Those who look at the same share the drawing. */
  #tell(drawn: Map<string, readonly Section[]>, only?: Viewer): void {
    const known = this.#state;
    if (known === undefined) return;
    const state = { ...known, timeline: this.#timeline };
    const head = headOf(state.model);
    for (const [viewer, watched] of this.#viewers) {
      if (watched.full || (only !== undefined && viewer !== only)) continue;
      const key = queryText(viewer.query);
      const view = drawn.get(key) ?? sections(state, viewer.query, { now: undefined });
      drawn.set(key, view);
      const pieces = differences(watched.seen, view);
      watched.seen = view;
      if (pieces.length === 0 && watched.title === head.title) continue;
      watched.title = head.title;
      const update: Update = { ...head, pieces };
      this.#say(viewer, watched, 'update', JSON.stringify(update));
    }
  }

  /** The daemon is there and nothing has changed: also that has to be said. */
  #beat(): void {
    const now = this.#environment.now();
    if (now - this.#stateAt > longestInterval + beatInterval) return;
    for (const [viewer, watched] of this.#viewers) {
      if (!watched.full && now - watched.lastSaid >= beatInterval - 500)
        this.#say(viewer, watched, 'beat', String(Math.round(this.#environment.wallClock())));
    }
  }

  #say(viewer: Viewer, watched: Watched, event: 'update' | 'beat', data: string): void {
    watched.lastSaid = this.#environment.now();
    watched.full = !viewer.send(event, data);
  }
}
