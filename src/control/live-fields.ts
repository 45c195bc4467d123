/** What the requests for live changes have in common. */
import { now } from '../kernel/clock.ts';
import { durationText, longestDuration } from '../live/duration.ts';
import type { AnyChange, LiveTerm } from '../live/types.ts';
import { reasonOf, settingText, targetText } from '../live/words.ts';
import type { LiveEntry } from '../process/live-overlay.ts';
import type { Caller } from './command.ts';
import type { ControlPorts } from './ports.ts';
import { done, refused } from './protocol.ts';
import type { Answer } from './protocol.ts';
import { RequestError } from './request-fields.ts';
import type { RequestFields } from './request-fields.ts';

/** A change as answers show it. */
export interface LiveChangeAnswer {
  /** What it is on, in words. */
  readonly subject: string;
  /** `weight 5`, `drain`, `maint`, `priority 50`, `release`. */
  readonly what: string;
  /** Why, in words: as log and events have it. */
  readonly reason: string;
  /** For how long it has been so, and will be, in seconds; `left` is absent without an end. */
  readonly age: number;
  readonly left?: number;
  /** User id of who asked, or the protocol by which somebody did; absent: not known. */
  readonly by?: number | 'SNMP';
  /** What it is on is not in the configuration; it counts when it is again. */
  readonly waiting?: true;
}

/** Answer to a request that set something. */
export interface LiveSet {
  readonly set: readonly LiveChangeAnswer[];
  /** What the operator ought to know. */
  readonly notes: readonly string[];
}

/** Answer to a request that took something back; empty: nothing was set. */
export interface LiveCleared {
  readonly cleared: readonly LiveChangeAnswer[];
}

export interface LiveList {
  readonly changes: readonly LiveChangeAnswer[];
}

/** Span of the field `for`, in seconds; absent: until it is taken back. @throws RequestError */
export function readTerm(fields: RequestFields): number | undefined {
  const most = longestDuration / 1000;
  const seconds = fields.number('for', `seconds (a year, ${durationText(longestDuration)}, at most)`, {
    least: 1,
    most,
  });
  return seconds === undefined ? undefined : seconds * 1000;
}

/** A whole number. @throws RequestError */
export function readWhole(fields: RequestFields, name: string, least: number, most: number): number {
  const what = 'a whole number';
  const value = fields.number(name, what, { least, most });
  if (value === undefined || !Number.isInteger(value))
    throw new RequestError(`${name} is ${what}, ${least} to ${most}`);
  return value;
}

/** From now on. */
export function termOf(span: number | undefined, { user }: Caller): LiveTerm {
  const since = now();
  return { since, ...(span !== undefined && { until: since + span }), ...(user !== undefined && { by: user }) };
}

export function answerOf(change: AnyChange, waiting = false): LiveChangeAnswer {
  const { by, since, until } = change;
  const at = now();
  return {
    subject: targetText(change),
    what: settingText(change.setting),
    reason: reasonOf(change),
    age: (at - since) / 1000,
    ...(until !== undefined && { left: Math.max(0, until - at) / 1000 }),
    ...(by !== undefined && { by }),
    ...(waiting && { waiting: true as const }),
  };
}

export function listOf(entries: readonly LiveEntry[]): LiveList {
  return { changes: entries.map(({ change, waiting }) => answerOf(change, waiting)) };
}

/** Puts changes in force together, and answers. */
export function setLive(live: ControlPorts['live'], changes: readonly AnyChange[], notes: readonly string[]): Answer {
  if (!live.set(changes)) return refused('too many changes beside the file: write them into it');
  const result: LiveSet = { set: changes.map((change) => answerOf(change)), notes };
  return done(result);
}

/** Takes changes back together, and answers. @param keys targetKey() of each; what is not set is none of them */
export function clearLive(live: ControlPorts['live'], keys: readonly string[]): Answer {
  const result: LiveCleared = { cleared: live.clear(keys).map((change) => answerOf(change)) };
  return done(result);
}
