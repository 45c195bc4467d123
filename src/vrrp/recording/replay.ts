/** Goes through a recording with the real engine and holds what it decides against what was recorded. */
import type { GlobalConfiguration } from '../../config/model.ts';
import type { MonotonicMs } from '../../core/time.ts';
import type { KernelAddress, Link } from '../../network/types.ts';
import { VrrpEngine } from '../engine.ts';
import type { VrrpEnvironment, VrrpIntent } from '../types.ts';
import { blankDigests } from './masks.ts';
import { addressNews, linkNews } from './network-news.ts';
import type { RecordedAnswer, RecordedCall } from './records.ts';
import { applySplice, decodeRecord, encodeRecord, recordingHead } from './records.ts';

export interface ReplayStep {
  /** Of the file, from 1. */
  readonly line: number;
  readonly call: RecordedCall;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly engine: VrrpEngine;
  /** What differs in the interfaces or addresses that it was told, in words. */
  readonly news: readonly string[];
  /** What the engine decided now. */
  readonly intents: readonly VrrpIntent[];
  /** Where it is not what was recorded: both, as JSON. */
  readonly difference?: { readonly recorded: string; readonly replayed: string };
}

/** Why a recording cannot be gone through. */
export class UnreadableRecording extends Error {}

/** The recorded answers of the surroundings, handed out again in their order. */
class Answers {
  left: RecordedAnswer[] = [];
  /** A question that was not asked when it was recorded. */
  surprise: string | undefined;

  give(question: string): unknown {
    const [next] = this.left;
    if (next?.question === question) {
      this.left.shift();
      return next.answer;
    }
    this.surprise ??= question;
    // A plausible one: the engine goes on, the step is reported as different.
    return question === 'realTime' ? 0 : undefined;
  }
}

export class Replay {
  readonly #answers = new Answers();
  #engine: VrrpEngine | undefined;
  #links: readonly Link[] = [];
  #addresses: readonly KernelAddress[] = [];
  #news: readonly string[] = [];
  /** Milliseconds since 1970 when the engine's clock was 0. */
  #timeOfZero = 0;

  /** @throws UnreadableRecording for a call without an engine */
  step(call: RecordedCall, line: number): ReplayStep {
    this.#answers.left = [...(call.answers ?? [])];
    this.#answers.surprise = undefined;
    this.#news = [];
    if (call.call === 'begin') this.#timeOfZero = call.time - call.now;
    let replayed: readonly VrrpIntent[] = [];
    let failure: string | undefined;
    try {
      replayed = this.#perform(call, line);
    } catch (error) {
      if (error instanceof UnreadableRecording) throw error;
      failure = error instanceof Error ? error.message : String(error);
    }
    if (!this.#engine) throw new UnreadableRecording(`line ${line}: ${call.call} before a process began`);
    const outcome = (intents: readonly VrrpIntent[] | undefined, failed: string | undefined): string =>
      encodeRecord({ now: 0, call: 'stop', intents: intents ?? [], ...(failed !== undefined && { failure: failed }) });
    const expected = outcome(call.intents, call.failure);
    const found = outcome(replayed, failure);
    const { surprise, left } = this.#answers;
    const asked = surprise ?? left[0]?.question;
    const difference =
      asked !== undefined
        ? {
            recorded: expected,
            replayed: `${found}, and ${surprise === undefined ? 'did not ask' : 'asked'} for ${asked}`,
          }
        : { recorded: expected, replayed: found };
    return {
      line,
      call,
      time: this.#timeOfZero + call.now,
      engine: this.#engine,
      news: this.#news,
      intents: replayed,
      ...((expected !== found || asked !== undefined) && { difference }),
    };
  }

  #perform(call: RecordedCall, line: number): readonly VrrpIntent[] {
    if (call.call === 'begin') {
      this.#begin(call);
      return [];
    }
    const engine = this.#engine;
    if (!engine) throw new UnreadableRecording(`line ${line}: ${call.call} before a process began`);
    const { now } = call;
    switch (call.call) {
      case 'start':
        return engine.start(now);
      case 'receive':
        return engine.receive(call.packet, call.meta, now, call.handledAt ?? now);
      case 'timeout':
        return engine.timeout(now);
      case 'links': {
        const before = this.#links;
        this.#links = applySplice(before, call);
        this.#news = linkNews(before, this.#links);
        return engine.linksChanged(this.#links, now);
      }
      case 'addresses': {
        const before = this.#addresses;
        this.#addresses = applySplice(before, call);
        this.#news = addressNews(before, this.#addresses, this.#links);
        return engine.addressesChanged(this.#addresses, now);
      }
      case 'script':
        return engine.scriptFinished(call.script, call.outcome, now, call.run);
      case 'file':
        return engine.trackFileChanged(call.name, call.value, now);
      case 'processes':
        return engine.processesCounted(call.name, call.running, now);
      case 'suspended':
        return engine.suspended(call.span, now);
      case 'sockets':
        return engine.socketsMissing(new Map(call.missing), now);
      case 'gratuitous':
        return engine.sendGratuitous(call.instance, now);
      case 'bfd':
        return engine.bfdChanged(call.session, call.up, call.reason, now);
      case 'overridden':
        return engine.overridden(call.changes, now);
      case 'reload':
        return engine.reload(call.vrrp, call.global as GlobalConfiguration, now);
      case 'stop':
        return engine.stop(now);
    }
  }

  #begin({ vrrp, global, environment, questions }: RecordedCall & { readonly call: 'begin' }): void {
    const functions = questions.map((question) => [question, () => this.#answers.give(question)] as const);
    const whole = { ...environment, ...Object.fromEntries(functions), digests: blankDigests } as VrrpEnvironment;
    this.#links = whole.links;
    this.#addresses = whole.addresses;
    this.#engine = new VrrpEngine(vrrp, global as GlobalConfiguration, whole);
  }
}

/** The steps of a recording; how it ends, if it says so or breaks off, comes as a string. @throws UnreadableRecording */
export function* replayLines(lines: Iterable<string>): Generator<ReplayStep | string, void> {
  const replay = new Replay();
  let number = 0;
  for (const line of lines) {
    number++;
    if (line === '') continue;
    let record: unknown;
    try {
      record = decodeRecord(line);
    } catch {
      // A process that was killed leaves half a line; the next one begins behind it.
      if (number === 1) throw new UnreadableRecording('it does not begin as a recording does');
      yield `line ${number} is incomplete: the process ended there`;
      continue;
    }
    if (number === 1 && !isHead(record)) throw new UnreadableRecording('it does not begin as a recording does');
    if (isHead(record)) continue;
    if (typeof record === 'object' && record !== null && 'end' in record)
      yield `the recording ends here: ${String(record.end)}`;
    else yield replay.step(record as RecordedCall, number);
  }
}

function isHead(record: unknown): boolean {
  if (typeof record !== 'object' || record === null || !('format' in record) || !('version' in record)) return false;
  if (record.format !== recordingHead.format) return false;
  if (record.version !== recordingHead.version)
    throw new UnreadableRecording(`it is of version ${String(record.version)}, known is ${recordingHead.version}`);
  return true;
}

/** Time between two moments of a recording, for people: "+12.345 s". */
export function elapsed(from: MonotonicMs, to: MonotonicMs): string {
  return `+${((to - from) / 1000).toFixed(3)} s`;
}
