/** The BFD process: carries the engine's intents out and feeds it datagrams and time; tells those that follow sessions. */
import { BfdEngine } from '../bfd/engine.ts';
import type { BfdIntent, BfdPacketMeta, BfdSessionStatus, SessionVerdict } from '../bfd/types.ts';
import type { Configuration, ProcessScheduling } from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';
import { now } from '../kernel/clock.ts';
import { tryTimedSender } from '../kernel/timed-send.ts';
import type { Log } from '../log/log.ts';
import type { BfdFigures } from '../metrics/figures.ts';
import { Histogram, latenessBounds } from '../metrics/histogram.ts';
import { BfdTeller, type FollowedState, type FollowerKind } from './bfd-channel.ts';
import { writeBfdDump } from './bfd-dumps.ts';
import { rehearseBfd } from './bfd-rehearsal.ts';
import { BfdSockets } from './bfd-sockets.ts';
import type { ParentChannel } from './child-channel.ts';
import { runChild } from './child-process.ts';
import type { ChildWork, Snapshot } from './child-process.ts';
import type { DumpTarget } from './dump/dump-file.ts';
import type { ChildOptions, DumpKind } from './messages.ts';
import { clockTimes } from './clock-times.ts';
import type { BfdReport, StatusQuery } from './status-types.ts';
import { PunctualTimer } from './punctual-timer.ts';
import type { Answers } from './questions.ts';

export function runBfdProcess(): void {
  runChild((options, channel, log) => new BfdWork(options, channel, log));
}

const followers = ['vrrp', 'checker'] as const satisfies readonly FollowerKind[];

function followedState({ reason, session, state }: SessionVerdict): FollowedState {
  return { session, state, reason };
}

class BfdWork implements ChildWork {
  readonly #options: ChildOptions;
  readonly #channel: ParentChannel;
  readonly #log: Log;
  readonly #sockets: BfdSockets;
  readonly #timer: PunctualTimer;
  /** Packets go by themselves at their moment. */
  readonly #sendsAhead: boolean;
  readonly #lateness = new Histogram(latenessBounds);
  #tellers: ReadonlyMap<FollowerKind, BfdTeller> = new Map();
  #engine: BfdEngine | undefined;
  #configuration: Configuration | undefined;

  constructor(options: ChildOptions, channel: ParentChannel, log: Log) {
    this.#options = options;
    this.#channel = channel;
    this.#log = log;
    this.#sockets = new BfdSockets({
      packet: (octets, meta, at) => this.#received(octets, meta, at),
      trouble: (message) => log.warning(message),
    });
    // Before priorities are given to threads.
    this.#sendsAhead = tryTimedSender((message) => log.warning(`BFD packets are not sent ahead: ${message}`));
    this.#timer = new PunctualTimer(() => {
      const due = this.#engine?.nextTimeout();
      if (due !== undefined) this.#lateness.observe((now() - due) / 1000);
      this.#step((engine) => engine.timeout(now()));
    });
  }

  start({ configuration }: Snapshot): Promise<void> {
    this.#configuration = configuration;
    rehearseBfd(configuration.bfd);
    const { wentAhead } = this.#sockets;
    const engine = new BfdEngine(configuration.bfd, { random: Math.random, ...(this.#sendsAhead && { wentAhead }) });
    this.#engine = engine;
    this.#sockets.reconcile(engine.transports());
    this.#tellers = new Map(
      followers.map((kind) => [
        kind,
        new BfdTeller(
          kind,
          () =>
            engine
              .verdicts()
              .filter((verdict) => verdict[kind])
              .map(followedState),
          (up) => this.#step(() => engine.believedUp(up, now())),
        ),
      ]),
    );
    this.#step(() => engine.start(now()));
    for (const teller of this.#tellers.values()) teller.greet();
    return Promise.resolve();
  }

  reload({ configuration }: Snapshot): Promise<void> {
    this.#configuration = configuration;
    this.#step((engine) => {
      const intents = engine.reload(configuration.bfd, now());
      this.#sockets.reconcile(engine.transports());
      return intents;
    });
    for (const teller of this.#tellers.values()) teller.tellAll();
    return Promise.resolve();
  }

  /** Without a word to the neighbours, as the original: they notice within their detection time, and act upon it. */
  stop(): Promise<void> {
    this.#engine = undefined;
    this.#timer.close();
    this.#sockets.close();
    for (const teller of this.#tellers.values()) teller.close();
    return Promise.resolve();
  }

  message(): void {
    // Nothing that is for other children concerns this one.
  }

  /** Statistics and JSON are of the VRRP process. */
  async dump(kind: DumpKind, target?: DumpTarget): Promise<void> {
    const engine = this.#engine;
    const configuration = this.#configuration;
    if (kind !== 'data' || engine === undefined || configuration === undefined) return;
    await writeBfdDump(configuration, engine, this.#sockets, this.#options.networkNamespace, target);
  }

  readonly answers: Answers = { metrics: () => this.#figures() };

  #figures(): BfdFigures {
    const sessions = (this.#engine?.status() ?? []).map(
      ({ name, neighbor, packetsReceived, packetsSent, refusals, state }) => ({
        name,
        neighbor,
        state,
        packetsSent,
        packetsReceived,
        refusals: refusals.map(({ code, count }) => [code, count] as const),
      }),
    );
    return { sessions, lateness: this.#lateness.figures };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a few sessions need no parts
  async *status({ names }: StatusQuery): AsyncGenerator<Partial<BfdReport>> {
    const engine = this.#engine;
    if (engine === undefined) return;
    const { at, time } = clockTimes();
    const isWanted = ({ name, neighbor }: BfdSessionStatus): boolean =>
      names === undefined || names.includes(name) || names.includes(neighbor);
    const sessions = engine.status().filter(isWanted);
    yield { sessions, strangers: Object.fromEntries(engine.strangers()), now: at, time: time(at) };
  }

  scheduling({ configuration }: Snapshot): ProcessScheduling {
    return configuration.global.bfdScheduling;
  }

  /** Detection counts from the moment the kernel had the packet, however long this process took to get round to it. */
  #received(octets: Uint8Array, meta: BfdPacketMeta, at: MonotonicMs): void {
    this.#step((engine) => engine.receive(octets, meta, at, now()));
  }

  #step(call: (engine: BfdEngine) => readonly BfdIntent[]): void {
    const engine = this.#engine;
    if (engine === undefined) return;
    const intents = call(engine);
    // Who waits for the news gets it first; log and events come behind.
    for (const intent of intents) this.#perform(intent);
    for (const intent of intents) this.#report(intent);
    this.#timer.arm(engine.nextTimeout(), this.#sendsAhead && !engine.detectionIsNext() ? 'relaxed' : 'exact');
  }

  #perform(intent: BfdIntent): void {
    if (intent.type === 'send') this.#sockets.send(intent.session, intent.packet);
    if (intent.type === 'send-ahead') this.#sockets.sendAhead(intent.session, intent.packet, intent.at, intent.until);
    if (intent.type !== 'tell') return;
    for (const [kind, teller] of this.#tellers) if (intent[kind]) teller.tell(followedState(intent));
  }

  #report(intent: BfdIntent): void {
    if (intent.type === 'event') this.#channel.send(intent);
    if (intent.type === 'log') this.#log.write(intent.line.level, intent.line.message);
  }
}
