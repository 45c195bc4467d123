/** Tracked processes: how many of each run, and whether that is enough (reference: behaviour A6). */
import type { VrrpConfiguration, VrrpTrackProcess } from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { Deadline, DeadlineQueue } from '../core/deadlines.ts';
import type { Outbox } from './outbox.ts';

/** A vrrp_track_process as dumps and status show it. */
export interface VrrpProcessStatus {
  readonly name: string;
  /** Absent until they were counted once. */
  readonly running?: number;
  /** The verdict that counts, which the delays may hold back; absent as long as nothing was counted. */
  readonly up?: boolean;
  /** When the verdict changed last. */
  readonly since?: MonotonicMs;
  /** A change waits for this delay to pass. */
  readonly delayed?: 'fork' | 'terminate';
}

/** What a tracked process says about an instance. */
export interface ProcessVerdict {
  readonly up: boolean | undefined;
  readonly since?: MonotonicMs | undefined;
  readonly words: string;
}

function enough({ quorum, quorumMax = Infinity }: VrrpTrackProcess, running: number): boolean {
  return running >= quorum && running <= quorumMax;
}

class TrackedProcessState {
  configuration: VrrpTrackProcess;
  running: number | undefined;
  up: boolean | undefined;
  since: MonotonicMs | undefined;
  readonly delayed: Deadline;
  /** Which delay runs, while one does. */
  delay: 'fork' | 'terminate' = 'fork';

  constructor(configuration: VrrpTrackProcess, delayed: Deadline) {
    this.configuration = configuration;
    this.delayed = delayed;
  }

  verdict(): ProcessVerdict {
    const { up, running = 0 } = this;
    const { quorum, quorumMax, name } = this.configuration;
    const wanted = quorumMax === undefined ? `at least ${quorum}` : `${quorum} to ${quorumMax}`;
    return { up, since: this.since, words: `process ${name}: ${running} running, ${wanted} wanted` };
  }
}

export class ProcessTable {
  #states = new Map<string, TrackedProcessState>();
  readonly #deadlines: DeadlineQueue;
  readonly #out: Outbox;
  readonly #changed: (name: string, now: MonotonicMs) => void;

  /** @param changed called after a verdict changed */
  constructor(deadlines: DeadlineQueue, out: Outbox, changed: (name: string, now: MonotonicMs) => void) {
    this.#deadlines = deadlines;
    this.#out = out;
    this.#changed = changed;
  }

  /** Takes the processes of a configuration. Counts and verdicts of those that stay go on; another quorum counts at once. */
  configure({ trackProcesses }: VrrpConfiguration): void {
    const before = this.#states;
    this.#states = new Map();
    for (const configuration of trackProcesses) {
      const { name } = configuration;
      const state =
        before.get(name) ??
        new TrackedProcessState(
          configuration,
          this.#deadlines.create((now) => this.#decide(name, now)),
        );
      before.delete(name);
      const { quorum, quorumMax } = state.configuration;
      state.configuration = configuration;
      this.#states.set(name, state);
      if (state.running === undefined) continue;
      if (quorum === configuration.quorum && quorumMax === configuration.quorumMax) continue;
      state.up = enough(configuration, state.running);
      this.#deadlines.clear(state.delayed);
    }
    for (const gone of before.values()) this.#deadlines.clear(gone.delayed);
  }

  /** So many processes run now. A change that does not last as long as its delay never counts. */
  counted(name: string, running: number, now: MonotonicMs): void {
    const state = this.#states.get(name);
    if (!state) return;
    const before = state.running;
    state.running = running;
    const { configuration } = state;
    if (before === undefined) {
      this.#decide(name, now);
    } else if (enough(configuration, running) === state.up) {
      this.#deadlines.clear(state.delayed);
    } else if (!this.#deadlines.isSet(state.delayed)) {
      const delay = running > before ? configuration.forkDelay : configuration.terminateDelay;
      const up = enough(configuration, running) ? 'up' : 'down';
      this.#out.log(
        'info',
        `Process ${name}, number of current processes changed from ${before} to ${running}, quorum ${up}`,
      );
      state.delay = running > before ? 'fork' : 'terminate';
      if (delay > 0) this.#deadlines.set(state.delayed, now + delay);
      else this.#decide(name, now);
    }
  }

  verdict(name: string): ProcessVerdict {
    return this.#states.get(name)?.verdict() ?? { up: undefined, words: `process ${name} is not defined` };
  }

  status(): readonly VrrpProcessStatus[] {
    return [...this.#states.values()].map(({ configuration: { name }, delay, delayed, running, since, up }) => ({
      name,
      ...(running !== undefined && { running }),
      ...(up !== undefined && { up }),
      ...(since !== undefined && { since }),
      ...(this.#deadlines.isSet(delayed) && { delayed: delay }),
    }));
  }

  #decide(name: string, now: MonotonicMs): void {
    const state = this.#states.get(name);
    if (state?.running === undefined) return;
    this.#deadlines.clear(state.delayed);
    const up = enough(state.configuration, state.running);
    if (up === state.up) return;
    state.up = up;
    state.since = now;
    this.#changed(name, now);
  }
}
