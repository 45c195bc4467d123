/** Notices when the machine did not let this program run: what others did in that time says nothing about them. */
import { nowMs } from './clock.ts';

const period = 50;

/** Watches from its making until `stop`. */
export class PauseWatch {
  #longest = 0;
  #last = nowMs();
  readonly #timer = setInterval(() => {
    const now = nowMs();
    this.#longest = Math.max(this.#longest, now - this.#last - period);
    this.#last = now;
  }, period);

  /** Ends the watch. @returns the longest pause in milliseconds */
  stop(): number {
    clearInterval(this.#timer);
    return Math.round(this.#longest);
  }
}
