/** The three notify FIFOs of a configuration with their scripts, as one subscriber. */
import type { GlobalConfiguration, NotifyFifo } from '../config/model.ts';
import type { DaemonEvent } from '../core/events.ts';
import type { Milliseconds } from '../core/time.ts';
import type { Log } from '../log/log.ts';
import type { EventSubscriber } from './dispatcher.ts';
import { fifoLineForEvent, type FifoLine } from './fifo-lines.ts';
import { NotifyFifoWriter } from './fifo.ts';
import type { RunningScript, ScriptRunner } from './script-runner.ts';
import type { Subjects } from './subjects.ts';
import { waitAtMost } from './wait-at-most.ts';

/** How long a script may read what is left in a closed FIFO. */
const scriptReadTime = 100;
/** How long a reload waits for the end of a script that is started again. */
const scriptEndTime: Milliseconds = 1000;

interface OpenFifo {
  /** Path and owner: a FIFO of a new configuration with the same is the same. */
  readonly identity: string;
  readonly writer: NotifyFifoWriter;
  readonly takes: (line: FifoLine) => boolean;
  readonly script?: RunningScript;
}

export class NotifyFifos implements EventSubscriber {
  readonly name = 'notify FIFOs';
  readonly #runner: ScriptRunner;
  readonly #log: Log;
  #fifos: readonly OpenFifo[] = [];

  constructor(runner: ScriptRunner, log: Log) {
    this.#runner = runner;
    this.#log = log;
  }

  /**
   * Opens what the configuration names and closes what it names no more. A FIFO that stays the same stays open, so that
   * a reload loses no line; its script is started again. An unusable FIFO is logged and left out.
   */
  async open(global: GlobalConfiguration): Promise<void> {
    const wanted: readonly [string, NotifyFifo | undefined, (line: FifoLine) => boolean][] = [
      ['notify_fifo', global.notifyFifo, () => true],
      ['vrrp_notify_fifo', global.vrrpNotifyFifo, (line) => line.family === 'vrrp'],
      ['lvs_notify_fifo', global.lvsNotifyFifo, (line) => line.family === 'lvs'],
    ];
    const before = this.#fifos;
    const fifos: OpenFifo[] = [];
    for (const [keyword, fifo, takes] of wanted) {
      if (fifo === undefined) continue;
      const identity = JSON.stringify([fifo.path, fifo.user, fifo.group]);
      const same = before.find((open) => open.identity === identity);
      await endBefore(same?.script);
      try {
        const writer = same?.writer ?? (await NotifyFifoWriter.open(fifo, this.#log));
        const script = fifo.script && this.#startScript(keyword, fifo, fifo.script);
        fifos.push({ identity, writer, takes, ...(script === undefined ? {} : { script }) });
      } catch (error) {
        this.#log.error(`${keyword}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    this.#fifos = fifos;
    this.#closeAll(before.filter((old) => !fifos.some(({ writer }) => writer === old.writer)));
  }

  handle(event: DaemonEvent, subjects: Subjects): void {
    const line = fifoLineForEvent(event, subjects);
    if (line === undefined) return;
    for (const fifo of this.#fifos) if (fifo.takes(line)) fifo.writer.write(line.text);
  }

  /** Closes the FIFOs, removes the ones we made, and ends the scripts. */
  close(): void {
    const fifos = this.#fifos;
    this.#fifos = [];
    this.#closeAll(fifos);
  }

  #closeAll(fifos: readonly OpenFifo[]): void {
    for (const fifo of fifos) fifo.writer.close();
    // The scripts may still have lines to read.
    if (fifos.some((fifo) => fifo.script !== undefined)) {
      setTimeout(() => fifos.forEach((fifo) => fifo.script?.kill('SIGTERM')), scriptReadTime);
    }
  }

  #startScript(keyword: string, fifo: NotifyFifo, command: NonNullable<NotifyFifo['script']>): RunningScript {
    const purpose = `${keyword}_script`;
    const script = this.#runner.start({ command, extraArguments: [fifo.path], purpose });
    void script.result.then((result) => {
      if (result.signal === 'SIGTERM') return;
      const how = result.exit === undefined ? (result.signal ?? 'not started') : `exit status ${result.exit}`;
      this.#log.warning(
        `${purpose} ${command.argv[0] ?? ''} ended: ${how}${result.message ? `: ${result.message}` : ''}`,
      );
    });
    return script;
  }
}

/** A reader that has been told to end may still take a line from the one that follows it, and never work on it. */
async function endBefore(script: RunningScript | undefined): Promise<void> {
  if (script === undefined) return;
  script.kill('SIGTERM');
  await waitAtMost(scriptEndTime, script.result);
}
