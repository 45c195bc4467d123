/** The scripts that something tracks, by name. */
import type { VrrpConfiguration, VrrpScript } from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { DeadlineQueue } from '../core/deadlines.ts';
import type { Outbox } from './outbox.ts';
import { TrackedScriptRunner } from './scripts.ts';
import type { VrrpScriptReport } from './report-types.ts';
import type { ScriptOutcome, VrrpScriptStatus } from './types.ts';

export class ScriptTable {
  #runners = new Map<string, TrackedScriptRunner>();
  #runs = 0;
  readonly #deadlines: DeadlineQueue;
  readonly #out: Outbox;
  readonly #changed: (script: string, now: MonotonicMs) => void;

  constructor(deadlines: DeadlineQueue, out: Outbox, changed: (script: string, now: MonotonicMs) => void) {
    this.#deadlines = deadlines;
    this.#out = out;
    this.#changed = changed;
  }

  /** Starts what is tracked now and stops what is not any more; an unchanged script goes on as if nothing happened. */
  configure(configuration: VrrpConfiguration, now: MonotonicMs): void {
    const tracked = new Set<string>();
    for (const { trackScripts } of [...configuration.instances, ...configuration.syncGroups]) {
      for (const { script } of trackScripts) tracked.add(script);
    }
    const before = this.#runners;
    this.#runners = new Map();
    for (const script of configuration.scripts) {
      if (!tracked.has(script.name)) continue;
      const known = before.get(script.name);
      if (known && sameScript(known.configuration, script)) {
        before.delete(script.name);
        known.configuration = script;
        this.#runners.set(script.name, known);
        continue;
      }
      const runner = new TrackedScriptRunner(script, this.#deadlines, this.#out, () => ++this.#runs, this.#changed);
      this.#runners.set(script.name, runner);
    }
    for (const gone of before.values()) gone.stop();
    for (const runner of this.#runners.values()) if (!runner.started) runner.start(now);
  }

  finished(script: string, outcome: ScriptOutcome, now: MonotonicMs, run?: number): void {
    const runner = this.#runners.get(script);
    if (run === undefined || run === runner?.run) runner?.finished(outcome, now);
  }

  /** A script that is tracked but not defined counts as one that never reports. */
  verdict(script: string): Pick<TrackedScriptRunner, 'verdict' | 'words'> & Partial<TrackedScriptRunner> {
    return this.#runners.get(script) ?? { verdict: 'unknown', words: 'is not defined' };
  }

  status(): readonly VrrpScriptStatus[] {
    return [...this.#runners.values()].map((runner) => runner.status());
  }

  reports(timeOf: (at: MonotonicMs) => string): readonly VrrpScriptReport[] {
    return [...this.#runners.values()].map((runner) => runner.report(timeOf));
  }

  stop(): void {
    for (const runner of this.#runners.values()) runner.stop();
  }
}

function sameScript(a: VrrpScript, b: VrrpScript): boolean {
  const settings = ({ command, interval, timeout, rise, fall }: VrrpScript): string =>
    JSON.stringify([command.argv, command.user, command.group, interval, timeout, rise, fall]);
  return settings(a) === settings(b);
}
