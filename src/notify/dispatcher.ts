/** Hands every event to the subscribers in a fixed order; a subscriber that fails does not keep it from the next. */
import type { DaemonEvent } from '../core/events.ts';
import type { Log } from '../log/log.ts';
import { GroupSuppression } from './notified-state.ts';
import type { Subjects } from './subjects.ts';

export interface EventSubscriber {
  /** For the log. */
  readonly name: string;
  /** Takes an event. Must not wait. */
  handle(event: DaemonEvent, subjects: Subjects): void;
}

export class EventDispatcher {
  readonly #subscribers: readonly EventSubscriber[];
  readonly #log: Log;
  readonly #suppression = new GroupSuppression();

  /** @param subscribers in the order of delivery: scripts, FIFOs, (D-Bus, SNMP,) mail. */
  constructor(subscribers: readonly EventSubscriber[], log: Log) {
    this.#subscribers = subscribers;
    this.#log = log;
  }

  dispatch(event: DaemonEvent, subjects: Subjects): void {
    if (!this.#suppression.admits(event, subjects)) return;
    for (const subscriber of this.#subscribers) {
      try {
        subscriber.handle(event, subjects);
      } catch (error) {
        this.#log.error(`${subscriber.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
