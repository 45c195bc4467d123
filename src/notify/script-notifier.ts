/** Starts the notify scripts of events and logs how they ended. Fire and forget: they may overlap, as documented. */
import type { DaemonEvent } from '../core/events.ts';
import type { Log } from '../log/log.ts';
import type { EventSubscriber } from './dispatcher.ts';
import type { ScriptResult, ScriptRunner } from './script-runner.ts';
import { scriptsForEvent, type ScriptCall } from './scripts.ts';
import type { Subjects } from './subjects.ts';

/** What the log says of a script that ended. */
export function resultText(call: ScriptCall, result: ScriptResult): string {
  const command = call.command.argv[0] ?? '';
  const how =
    result.exit === undefined
      ? result.signal === undefined
        ? 'not started'
        : `ended by ${result.signal}`
      : `exit status ${result.exit}`;
  const message = result.message === undefined ? '' : `: ${result.message}`;
  return `${call.purpose}: ${command} ${how} after ${result.duration.toFixed(0)} ms${message}`;
}

export class ScriptNotifier implements EventSubscriber {
  readonly name = 'notify scripts';
  readonly #runner: ScriptRunner;
  readonly #log: Log;

  constructor(runner: ScriptRunner, log: Log) {
    this.#runner = runner;
    this.#log = log;
  }

  handle(event: DaemonEvent, subjects: Subjects): void {
    for (const call of scriptsForEvent(event, subjects)) {
      void this.#runner.run(call).then((result) => {
        this.#log.write(result.exit === 0 ? 'debug' : 'warning', resultText(call, result), { purpose: call.purpose });
      });
    }
  }
}
