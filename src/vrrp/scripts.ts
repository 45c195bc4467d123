/** One tracked script: when it runs, when it has run too long, and what its results mean (rise and fall). */
import type { VrrpScript } from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { Deadline, DeadlineQueue } from '../core/deadlines.ts';
import { seconds } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import type { VrrpScriptReport } from './report-types.ts';
import type { ScriptOutcome, VrrpScriptStatus } from './types.ts';

/** A script that ignores SIGTERM is killed after this time. */
const KILL_DELAY = 2000;

/** What a script has to say about an instance. */
export type ScriptVerdict = 'good' | 'bad' | 'unknown';

export class TrackedScriptRunner {
  configuration: VrrpScript;
  verdict: ScriptVerdict = 'unknown';
  /** Why the verdict is what it is: "failed 3 times (exited with status 1)". */
  words = 'has not run yet';
  /** Number of the last run. */
  run = 0;
  /** start() was called. */
  started = false;
  /** Position on the scale 0..rise+fall-1; good from `rise` on. */
  #counter = 0;
  #failures = 0;
  #runs = 0;
  /** When the verdict became what it is. */
  #since: MonotonicMs | undefined;
  #lastRun: MonotonicMs | undefined;
  /** How the latest run that failed ended, and what it said. */
  #lastFailure = '';
  #message: string | undefined;
  #state: VrrpScriptStatus['state'] = 'idle';
  #lastOutcome: ScriptOutcome | undefined;
  /** The run in progress has been counted as a failure already. */
  #overdue = false;
  readonly #start: Deadline;
  readonly #limit: Deadline;
  readonly #deadlines: DeadlineQueue;
  readonly #out: Outbox;
  readonly #nextRun: () => number;
  readonly #changed: (script: string, now: MonotonicMs) => void;

  /**
   * @param nextRun numbers the runs, across all scripts
   * @param changed called after the verdict changed
   */
  constructor(
    configuration: VrrpScript,
    deadlines: DeadlineQueue,
    out: Outbox,
    nextRun: () => number,
    changed: (script: string, now: MonotonicMs) => void,
  ) {
    this.configuration = configuration;
    this.#deadlines = deadlines;
    this.#out = out;
    this.#nextRun = nextRun;
    this.#changed = changed;
    this.#start = deadlines.create((now) => this.#begin(now));
    this.#limit = deadlines.create((now) => this.#overrun(now));
  }

  start(now: MonotonicMs): void {
    this.started = true;
    this.#begin(now);
  }

  /** No further runs; one in progress is asked to end, its result no longer matters. */
  stop(): void {
    this.#deadlines.clear(this.#start);
    this.#deadlines.clear(this.#limit);
    if (this.#state !== 'idle') this.#kill('SIGTERM');
  }

  finished(outcome: ScriptOutcome, now: MonotonicMs): void {
    if (this.#state === 'idle') return;
    this.#deadlines.clear(this.#limit);
    this.#state = 'idle';
    const previous = this.#lastOutcome;
    this.#lastOutcome = outcome;
    if (this.#overdue) return;
    if (outcome.kind === 'exited' && previous?.kind === 'exited' && previous.code !== outcome.code) {
      this.#out.log('info', `Script \`${this.configuration.name}\` now returning ${outcome.code}`);
    }
    this.#remember(briefOutcome(outcome), messageOf(outcome));
    this.#count(outcome.kind === 'exited' && outcome.code === 0, describeOutcome(outcome), now);
  }

  status(): VrrpScriptStatus {
    return {
      name: this.configuration.name,
      result: this.verdict,
      state: this.#state,
      counter: this.#counter,
      ...(this.#lastOutcome && { lastOutcome: this.#lastOutcome }),
    };
  }

  /** When the verdict became what it is. */
  get since(): MonotonicMs | undefined {
    return this.#since;
  }

  /** @param timeOf the time of day of a moment */
  report(timeOf: (at: MonotonicMs) => string): VrrpScriptReport {
    const { rise, fall } = this.configuration;
    return {
      ...this.status(),
      ...(this.#since !== undefined && { since: this.#since }),
      runs: this.#runs,
      failures: this.#failures,
      rise,
      fall,
      ...(this.#lastRun !== undefined && { lastRun: this.#lastRun, lastRunTime: timeOf(this.#lastRun) }),
      ...(this.#failures > 0 && this.#message !== undefined && { message: this.#message }),
      words: this.briefly,
    };
  }

  /** What the last run means, as it stands in a sentence: "failed 3x, exit 1 'connection refused'". */
  get briefly(): string {
    if (this.#runs === 0) return 'has not run yet';
    if (this.#failures === 0) return this.verdict === 'good' ? 'succeeded' : 'succeeded, not often enough yet';
    const forgiven = this.verdict === 'good' ? ', not often enough to count' : '';
    return `failed ${this.#failures}x, ${this.#lastFailure}${forgiven}`;
  }

  #begin(now: MonotonicMs): void {
    this.#deadlines.set(this.#start, now + this.configuration.interval);
    // An overrunning run makes the next one be left out.
    if (this.#state !== 'idle') return;
    this.#state = 'running';
    this.#overdue = false;
    this.run = this.#nextRun();
    const { name: script, command } = this.configuration;
    this.#out.push({ type: 'run-script', script, command, run: this.run });
    this.#deadlines.set(this.#limit, now + this.configuration.timeout);
  }

  #overrun(now: MonotonicMs): void {
    if (this.#state === 'running') {
      this.#state = 'terminating';
      this.#kill('SIGTERM');
      this.#deadlines.set(this.#limit, now + KILL_DELAY);
      this.#overdue = true;
      this.#remember(`timed out after ${seconds(this.configuration.timeout)}`, undefined);
      this.#count(false, `timed out after ${seconds(this.configuration.timeout)}`, now);
    } else {
      this.#state = 'killing';
      this.#kill('SIGKILL');
    }
  }

  #kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#out.push({ type: 'kill-script', script: this.configuration.name, signal });
  }

  #remember(how: string, message: string | undefined): void {
    this.#lastFailure = how;
    this.#message = message;
  }

  #count(success: boolean, words: string, now: MonotonicMs): void {
    this.#runs++;
    this.#lastRun = now;
    const { rise, fall, name } = this.configuration;
    const top = rise + fall - 1;
    this.#failures = success ? 0 : this.#failures + 1;
    const first = this.verdict === 'unknown';
    // The first result after the start counts at once.
    if (success) this.#counter = first || this.#counter >= rise - 1 ? top : this.#counter + 1;
    else this.#counter = first || this.#counter <= rise ? 0 : this.#counter - 1;
    const verdict: ScriptVerdict = this.#counter >= rise ? 'good' : 'bad';
    this.words = success ? 'succeeded' : `failed ${times(this.#failures)} (${words})`;
    if (verdict === this.verdict) return;
    this.verdict = verdict;
    this.#since = now;
    if (verdict === 'good') this.#out.log('notice', `VRRP_Script(${name}) succeeded`);
    else this.#out.log('warning', `VRRP_Script(${name}) failed (${words})`);
    this.#changed(name, now);
  }
}

function messageOf(outcome: ScriptOutcome): string | undefined {
  return outcome.kind === 'not-started' ? undefined : outcome.message;
}

function briefOutcome(outcome: ScriptOutcome): string {
  const message = messageOf(outcome);
  const said = message === undefined || message === '' ? '' : ` '${message}'`;
  switch (outcome.kind) {
    case 'exited':
      return `exit ${outcome.code}${said}`;
    case 'killed':
      return `ended by ${outcome.signal}${said}`;
    case 'not-started':
      return `could not be started: ${outcome.error}`;
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function describeOutcome(outcome: ScriptOutcome): string {
  switch (outcome.kind) {
    case 'exited':
      return `exited with status ${outcome.code}`;
    case 'killed':
      return `ended by ${outcome.signal}`;
    case 'not-started':
      return `could not be started: ${outcome.error}`;
  }
}
