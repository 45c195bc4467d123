/** A process of this daemon that the parent has started: what it says, what it is told, and how it ends. */
import { addon } from '../kernel/addon.ts';
import { withEarlySignalGuard } from '../kernel/early-signals.ts';
import { MessageLine, messageLinePair } from '../kernel/message-line.ts';
import { spawnProcess, type ProcessEnd } from '../kernel/spawn.ts';

export interface StartedProcessListener<Said> {
  message(message: Said): void;
  /** Behind everything it has said. The last call. */
  ended(...end: ProcessEnd): void;
}

/** The number under which it has its end of the line; behind the standard streams. */
export const parentLine = 3;

/** /dev/null to read; what it writes goes where the parent's goes. */
const standardStreams = [-1, 1, 2] as const;

export class StartedProcess<Said, Heard> {
  readonly pid: number;
  /** Settles when it has ended and everything it has said was heard. */
  readonly gone: Promise<void>;
  readonly #line: MessageLine;
  #hasEnded = false;

  /**
   * Starts this program anew.
   * @param flags of the runtime
   * @param role how its first argument names what it is to be
   * @param descriptors that it inherits, under the numbers from 4 on
   * @throws SystemError ENOENT, EAGAIN, ENOMEM, EMFILE
   */
  constructor(
    flags: readonly string[],
    role: string,
    descriptors: readonly number[],
    listener: StartedProcessListener<Said>,
  ) {
    const main = process.argv[1];
    if (main === undefined) throw new Error('the path of the program is unknown');
    const [own, theirs] = messageLinePair();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.gone = promise;
    try {
      this.pid = spawnProcess(
        process.execPath,
        [process.execPath, ...flags, main, role],
        withEarlySignalGuard(process.env),
        [...standardStreams, theirs, ...descriptors],
        (...end) => {
          this.#hasEnded = true;
          this.#line.drain();
          this.#line.close();
          listener.ended(...end);
          resolve(undefined);
        },
      );
    } catch (error) {
      addon().close(own);
      throw error;
    } finally {
      addon().close(theirs);
    }
    this.#line = new MessageLine(own, {
      message: (message) => listener.message(message as Said),
      // Its end is told by the process itself.
      ended: () => undefined,
    });
  }

  /** Queues a message; one that is gone hears nothing. */
  send(message: Heard): void {
    this.#line.send(message);
  }

  /** Nobody else gets the signal if it has ended. */
  kill(signal: NodeJS.Signals): void {
    if (!this.#hasEnded) process.kill(this.pid, signal);
  }
}
