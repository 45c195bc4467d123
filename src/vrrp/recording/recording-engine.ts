/** The engine, with every call written down. Who does not record uses the plain one and pays nothing. */
import type { GlobalConfiguration, VrrpConfiguration } from '../../config/model.ts';
import type { Milliseconds, MonotonicMs } from '../../core/time.ts';
import type { VrrpChange } from '../../live/types.ts';
import type { KernelAddress, Link } from '../../network/types.ts';
import { VrrpEngine } from '../engine.ts';
import type { PacketMeta, ScriptOutcome, VrrpEnvironment, VrrpIntent } from '../types.ts';
import { Masks } from './masks.ts';
import type { RecordedAnswer, RecordedCall, RecordedInput } from './records.ts';
import { spliceOf } from './records.ts';

/** What the engine asked its surroundings during a call. */
class Questions {
  answers: RecordedAnswer[] = [];
  digests: Uint8Array[] = [];

  /** The same surroundings, overheard. Answers are remembered, of digests only whether they fit is written. */
  overhear(environment: VrrpEnvironment): VrrpEnvironment {
    const { hmacMd5, hmacSha256 } = environment.digests;
    const keep = (digest: Uint8Array): Uint8Array => {
      this.digests.push(digest);
      return digest;
    };
    const overheard: Record<string, unknown> = {};
    for (const [question, value] of Object.entries(environment) as [string, unknown][]) {
      overheard[question] = typeof value === 'function' ? this.#remember(question, value) : value;
    }
    return {
      ...environment,
      ...overheard,
      digests: {
        hmacMd5: (key, data) => keep(hmacMd5(key, data)),
        hmacSha256: (key, data) => keep(hmacSha256(key, data)),
      },
    };
  }

  #remember(question: string, ask: unknown): (...parameters: unknown[]) => unknown {
    const answering = ask as (...parameters: unknown[]) => unknown;
    return (...parameters) => {
      const answer = answering(...parameters);
      this.answers.push({ question, answer });
      return answer;
    };
  }
}

export class RecordingVrrpEngine extends VrrpEngine {
  readonly #questions: Questions;
  readonly #masks = new Masks();
  readonly #record: (call: RecordedCall) => void;
  #links: readonly Link[];
  #addresses: readonly KernelAddress[];

  /**
   * @param record takes each call after it was made; what it gets is its own and has no secrets
   * @param time milliseconds since 1970 at `now`
   */
  constructor(
    configuration: VrrpConfiguration,
    global: GlobalConfiguration,
    environment: VrrpEnvironment,
    record: (call: RecordedCall) => void,
    now: MonotonicMs,
    time: number,
  ) {
    const questions = new Questions();
    super(configuration, global, questions.overhear(environment));
    this.#questions = questions;
    this.#record = record;
    this.#links = environment.links;
    this.#addresses = environment.addresses;
    const members = Object.entries(environment).filter(([name]) => name !== 'digests') as [string, unknown][];
    const input: RecordedInput = {
      call: 'begin',
      ...this.#masks.configuration(configuration, global),
      environment: Object.fromEntries(members.filter(([, value]) => typeof value !== 'function')),
      questions: members.filter(([, value]) => typeof value === 'function').map(([name]) => name),
      time,
    };
    this.#write(() => input, now, []);
  }

  override start(now: MonotonicMs): readonly VrrpIntent[] {
    return this.#listen(
      () => ({ call: 'start' }),
      now,
      () => super.start(now),
    );
  }

  override receive(
    packet: Uint8Array,
    meta: PacketMeta,
    now: MonotonicMs,
    handledAt: MonotonicMs = now,
  ): readonly VrrpIntent[] {
    const input = (): RecordedInput => ({
      call: 'receive',
      packet: this.#masks.packet(packet, meta.family, this.#questions.digests),
      meta,
      ...(handledAt !== now && { handledAt }),
    });
    return this.#listen(input, now, () => super.receive(packet, meta, now, handledAt));
  }

  override timeout(now: MonotonicMs): readonly VrrpIntent[] {
    // The shell may ask before anything is due; then nothing happens.
    if ((this.nextTimeout() ?? Infinity) > now) return super.timeout(now);
    return this.#listen(
      () => ({ call: 'timeout' }),
      now,
      () => super.timeout(now),
    );
  }

  override linksChanged(links: readonly Link[], now: MonotonicMs): readonly VrrpIntent[] {
    const splice = spliceOf(this.#links, links);
    this.#links = links;
    return this.#listen(
      () => ({ call: 'links', ...splice }),
      now,
      () => super.linksChanged(links, now),
    );
  }

  override addressesChanged(addresses: readonly KernelAddress[], now: MonotonicMs): readonly VrrpIntent[] {
    const splice = spliceOf(this.#addresses, addresses);
    this.#addresses = addresses;
    return this.#listen(
      () => ({ call: 'addresses', ...splice }),
      now,
      () => super.addressesChanged(addresses, now),
    );
  }

  override scriptFinished(
    script: string,
    outcome: ScriptOutcome,
    now: MonotonicMs,
    run?: number,
  ): readonly VrrpIntent[] {
    return this.#listen(
      () => ({ call: 'script', script, outcome, ...(run !== undefined && { run }) }),
      now,
      () => super.scriptFinished(script, outcome, now, run),
    );
  }

  override trackFileChanged(name: string, value: number | undefined, now: MonotonicMs): readonly VrrpIntent[] {
    return this.#listen(
      () => ({ call: 'file', name, ...(value !== undefined && { value }) }),
      now,
      () => super.trackFileChanged(name, value, now),
    );
  }

  override processesCounted(name: string, running: number, now: MonotonicMs): readonly VrrpIntent[] {
    return this.#listen(
      () => ({ call: 'processes', name, running }),
      now,
      () => super.processesCounted(name, running, now),
    );
  }

  override suspended(span: Milliseconds, now: MonotonicMs): readonly VrrpIntent[] {
    return this.#listen(
      () => ({ call: 'suspended', span }),
      now,
      () => super.suspended(span, now),
    );
  }

  override socketsMissing(reasons: ReadonlyMap<string, string>, now: MonotonicMs): readonly VrrpIntent[] {
    return this.#listen(
      () => ({ call: 'sockets', missing: [...reasons] }),
      now,
      () => super.socketsMissing(reasons, now),
    );
  }

  override sendGratuitous(instance: string, now: MonotonicMs): readonly VrrpIntent[] {
    return this.#listen(
      () => ({ call: 'gratuitous', instance }),
      now,
      () => super.sendGratuitous(instance, now),
    );
  }

  override bfdChanged(session: string, up: boolean, reason: string, now: MonotonicMs): readonly VrrpIntent[] {
    return this.#listen(
      () => ({ call: 'bfd', session, up, reason }),
      now,
      () => super.bfdChanged(session, up, reason, now),
    );
  }

  override overridden(changes: readonly VrrpChange[], now: MonotonicMs): readonly VrrpIntent[] {
    return this.#listen(
      () => ({ call: 'overridden', changes }),
      now,
      () => super.overridden(changes, now),
    );
  }

  override reload(
    configuration: VrrpConfiguration,
    global: GlobalConfiguration,
    now: MonotonicMs,
  ): readonly VrrpIntent[] {
    return this.#listen(
      () => ({ call: 'reload', ...this.#masks.configuration(configuration, global) }),
      now,
      () => super.reload(configuration, global, now),
    );
  }

  override stop(now: MonotonicMs): readonly VrrpIntent[] {
    return this.#listen(
      () => ({ call: 'stop' }),
      now,
      () => super.stop(now),
    );
  }

  /** Makes the call; what it threw is written too, since that is what somebody will look for. */
  #listen(input: () => RecordedInput, now: MonotonicMs, call: () => readonly VrrpIntent[]): readonly VrrpIntent[] {
    this.#questions.answers = [];
    this.#questions.digests = [];
    try {
      const intents = call();
      this.#write(input, now, intents);
      return intents;
    } catch (error) {
      this.#write(input, now, [], error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  #write(input: () => RecordedInput, now: MonotonicMs, intents: readonly VrrpIntent[], failure?: string): void {
    const { answers } = this.#questions;
    this.#record({
      now,
      ...input(),
      ...(answers.length > 0 && { answers }),
      ...(intents.length > 0 && { intents: this.#masks.intents(intents) }),
      ...(failure !== undefined && { failure }),
    });
  }
}
