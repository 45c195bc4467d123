/** Collects what one call of the engine returns, in order. */
import type { DaemonEvent, LogFields, LogLevel } from '../core/events.ts';
import type { Milliseconds } from '../core/time.ts';
import type { SendAdvertisementIntent, VrrpIntent } from './types.ts';

export class Outbox {
  #intents: VrrpIntent[] = [];
  #onAdvertisement: ((intent: SendAdvertisementIntent) => void) | undefined;

  /** Whom to tell of each advertisement before anything that comes behind it is worked out. */
  tellAdvertisements(listener: (intent: SendAdvertisementIntent) => void): void {
    this.#onAdvertisement = listener;
  }

  push(intent: VrrpIntent): void {
    this.#intents.push(intent);
    if (intent.type === 'send-advertisement') this.#onAdvertisement?.(intent);
  }

  log(level: LogLevel, message: string, fields?: LogFields): void {
    this.#intents.push({ type: 'log', line: { level, message, ...(fields !== undefined && { fields }) } });
  }

  event(event: DaemonEvent): void {
    this.#intents.push({ type: 'event', event });
  }

  /** Hands over everything collected so far. */
  take(): readonly VrrpIntent[] {
    const intents = this.#intents;
    this.#intents = [];
    return intents;
  }
}

/** A span of time for people: "3.609 s", "2 s". */
export function seconds(span: Milliseconds): string {
  return `${Number((span / 1000).toFixed(3))} s`;
}
