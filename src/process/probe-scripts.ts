/** Programs of MISC_CHECK: the parent process runs them and says how they ended. */
import type { ProbeScripts } from '../check/probes/misc.ts';
import type { ScriptCommand } from '../config/model.ts';
import type { Milliseconds } from '../core/time.ts';
import type { ScriptResult } from '../notify/script-runner.ts';
import type { ChildToParent } from './messages.ts';

export class ParentScripts implements ProbeScripts {
  readonly #send: (message: ChildToParent) => void;
  readonly #waiting = new Map<string, (result: ScriptResult) => void>();
  #next = 1;

  constructor(send: (message: ChildToParent) => void) {
    this.#send = send;
  }

  run(command: ScriptCommand, timeout: Milliseconds, ended: (result: ScriptResult) => void): { kill(): void } {
    const script = `check ${this.#next++}`;
    this.#waiting.set(script, ended);
    this.#send({ type: 'run-script', script, command, timeout });
    return {
      kill: () => {
        if (this.#waiting.delete(script)) this.#send({ type: 'kill-script', script, signal: 'SIGTERM' });
      },
    };
  }

  /** The parent says that a program has ended; ones that nobody waits for any more are ignored. */
  finished(script: string, result: ScriptResult): void {
    const ended = this.#waiting.get(script);
    this.#waiting.delete(script);
    ended?.(result);
  }
}
