/** Questions to the parent: asked one way by everything that is served. */
import type { LogLevel } from '../core/events.ts';
import type { ParentChannel } from '../process/child-channel.ts';
import type { ParentToWeb, WebQuestion, WebToParent } from './messages.ts';

/** In milliseconds. The parent itself waits shorter for its children. */
const patience = 15_000;

interface Waiting {
  readonly part: (part: unknown) => void;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export type WebChannel = ParentChannel<WebToParent, ParentToWeb>;

export class ParentLine {
  readonly #channel: Pick<WebChannel, 'send'>;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor(channel: Pick<WebChannel, 'send'>) {
    this.#channel = channel;
  }

  /**
   * Asks and waits for the answer.
   * @param part gets the pieces of a long answer in their order, before the promise settles
   * @throws Error with the parent's words, or when it does not answer
   */
  ask(question: WebQuestion, part: (part: unknown) => void = () => undefined): Promise<unknown> {
    const request = ++this.#last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(request);
        reject(new Error('the parent process does not answer'));
      }, patience);
      this.#waiting.set(request, { part, resolve, reject, timer });
      this.#channel.send({ type: 'ask', request, question });
    });
  }

  /** A line for the daemon's log. */
  log(level: LogLevel, message: string): void {
    this.#channel.send({ type: 'log', level, message });
  }

  /** Takes every message of the parent; those that are no answers concern others. */
  heard(message: ParentToWeb): void {
    if (message.type !== 'part' && message.type !== 'answer' && message.type !== 'no-answer') return;
    const waiting = this.#waiting.get(message.request);
    if (waiting === undefined) return;
    if (message.type === 'part') {
      waiting.part(message.part);
      return;
    }
    this.#waiting.delete(message.request);
    clearTimeout(waiting.timer);
    if (message.type === 'answer') waiting.resolve(message.result);
    else waiting.reject(new Error(message.error));
  }
}
