/** Runs the programs that children watch (vrrp_script, MISC_CHECK), in the parent: at most one run of a name at a time. */
import type { ScriptCommand } from '../config/model.ts';
import type { Milliseconds } from '../core/time.ts';
import type { RunningScript, ScriptRunner } from '../notify/script-runner.ts';
import type { ChildKind, ScriptRunOutcome } from './messages.ts';

/** Called with the end of a run. */
export type ScriptEnded = (kind: ChildKind, script: string, outcome: ScriptRunOutcome) => void;

export class TrackedScripts {
  readonly #runner: ScriptRunner;
  readonly #ended: ScriptEnded;
  readonly #running = new Map<string, RunningScript>();

  constructor(runner: ScriptRunner, ended: ScriptEnded) {
    this.#runner = runner;
    this.#ended = ended;
  }

  run(kind: ChildKind, script: string, command: ScriptCommand, timeout?: Milliseconds): void {
    const key = `${kind} ${script}`;
    // A child that was started again knows nothing of the run its predecessor asked for.
    this.#running.get(key)?.kill('SIGKILL');
    const call = { command, extraArguments: [], purpose: `script ${script}` };
    const run = this.#runner.start(call, timeout === undefined ? {} : { timeout });
    this.#running.set(key, run);
    void run.result.then((outcome) => {
      if (this.#running.get(key) !== run) return;
      this.#running.delete(key);
      this.#ended(kind, script, outcome);
    });
  }

  kill(kind: ChildKind, script: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#running.get(`${kind} ${script}`)?.kill(signal);
  }
}
