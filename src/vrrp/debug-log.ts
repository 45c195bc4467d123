/**
 * What `debug` of an instance adds to the log, at the level of debugging, so that it is seen with -D and disturbs nobody
 * whose old file still has the keyword: from 1 on advertisements that were taken, from 2 on those that were dropped, each
 * of them, from 3 on those that were sent, with 4 the master-down timer.
 */
import type { Milliseconds } from '../core/time.ts';
import type { Instance } from './instance.ts';
import { seconds } from './outbox.ts';
import type { ReceivedAdvertisement } from './wire/advertisement.ts';

const LEVEL = { taken: 1, dropped: 2, sent: 3, timers: 4 } as const;

/** Whether to say it: nothing is put together for a line that nobody wants. */
function wants({ configuration }: Instance, level: number): boolean {
  return configuration.debugLevel >= level;
}

function say(instance: Instance, words: string): void {
  instance.host.out.log('debug', `(${instance.name}) ${words}`);
}

export function debugTaken(instance: Instance, { interval, priority }: ReceivedAdvertisement, source: string): void {
  if (!wants(instance, LEVEL.taken)) return;
  say(instance, `advertisement from ${source}: priority ${priority}, interval ${interval} ms`);
}

export function debugDropped(instance: Instance, source: string, reason: string): void {
  if (wants(instance, LEVEL.dropped)) say(instance, `advertisement from ${source} dropped: ${reason}`);
}

/** @param packets one, or one for each unicast peer */
export function debugSent(instance: Instance, priority: number, packets: number): void {
  if (!wants(instance, LEVEL.sent)) return;
  say(instance, `advertisement sent${packets === 1 ? '' : ` to ${packets} peers`}: priority ${priority}`);
}

export function debugTimer(instance: Instance, span: Milliseconds): void {
  if (wants(instance, LEVEL.timers)) say(instance, `master-down timer: ${seconds(span)}`);
}
