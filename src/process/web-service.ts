/** The parent's side of the process that serves HTTP: sockets, life, answers. Nothing of the daemon depends on it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { ProcessStatus } from './status-types.ts';
import type { Configuration, ListenPlace } from '../config/model.ts';
import type { DaemonEvent } from '../core/events.ts';
import { now } from '../kernel/clock.ts';
import { withEarlySignalGuard } from '../kernel/early-signals.ts';
import type { Log } from '../log/log.ts';
import { lookUpUser } from '../notify/accounts.ts';
import type { Identity } from '../notify/accounts.ts';
import type { PageSettings } from '../web/status-page/settings.ts';
import type {
  ParentToWeb,
  WebConfiguration,
  WebFeatureName,
  WebPlace,
  WebQuestion,
  WebToParent,
} from '../web/messages.ts';
import { pageSettings } from './page-settings.ts';
import { answerWebQuestion } from './web-questions.ts';
import type { WebQuestions } from './web-questions.ts';
import { ListenSockets, placeName } from './listen-sockets.ts';
import type { ListeningPlace } from './listen-sockets.ts';
import { RespawnPolicy } from './respawn.ts';
import { webRole } from './roles.ts';
import { webFlags } from './runtime-flags.ts';

/** Behind the standard streams and the channel. */
const firstDescriptor = 4;
/** The user of those who own nothing, where the machine does not say otherwise. */
const nobody: Identity = { uid: 65_534, gid: 65_534 };
/** A place that is taken may be free in a moment: another daemon is stopping. In milliseconds. */
const retryAfter = 10_000;
const stopTime = 3_000;
/** Messages that wait to be read; more, and events are left out. */
const mostUnread = 1_000;

/** What is served where, as the configuration has it. */
function wantedPlaces({
  metrics,
  statusPage,
}: Configuration): readonly { place: ListenPlace; feature: WebFeatureName }[] {
  return [
    ...(metrics?.listen ?? []).map((place) => ({ place, feature: 'metrics' as const })),
    ...(statusPage?.listen ?? []).map((place) => ({ place, feature: 'status-page' as const })),
  ];
}

export class WebService {
  readonly #questions: WebQuestions;
  readonly #log: Log;
  readonly #keeper = new ListenSockets();
  readonly #policy = new RespawnPolicy();
  #configuration: Configuration | undefined;
  #identity: Identity = nobody;
  #places: readonly WebPlace[] = [];
  #sockets: readonly ListeningPlace[] = [];
  /** Those that the process was started with. */
  #handedOver: readonly ListeningPlace[] = [];
  #process: ChildProcess | undefined;
  #running = false;
  #deaths = 0;
  #unread = 0;
  #eventsLost = false;
  #restartTimer: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #closed = false;
  /** Places that are said to be unusable already. */
  readonly #complained = new Set<string>();
  /** One change after the other. */
  #queue: Promise<void> = Promise.resolve();

  constructor(questions: WebQuestions, log: Log) {
    this.#questions = questions;
    this.#log = log;
  }

  /** As the parent sees it; undefined: nothing is served. */
  get status(): ProcessStatus | undefined {
    if (this.#sockets.length === 0) return undefined;
    const pid = this.#process?.pid;
    const state = this.#restartTimer !== undefined ? 'waiting' : this.#running ? 'running' : 'starting';
    return { kind: 'web', state, deaths: this.#deaths, ...(pid !== undefined && { pid }) };
  }

  /** Goes over to a configuration. Settles when the sockets are bound; the process follows by itself. */
  follow(configuration: Configuration): Promise<void> {
    this.#configuration = configuration;
    this.#complained.clear();
    return this.#arrange();
  }

  /** Takes every event of the daemon. Never waits. */
  handle(event: DaemonEvent): void {
    if (!this.#running) return;
    if (this.#unread > mostUnread) {
      this.#eventsLost = true;
      return;
    }
    this.#send({ type: 'event', event });
  }

  /** The daemon stops: who was asked to end together with it is not started again. It serves until close(). */
  leave(): void {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#restartTimer);
  }

  async close(): Promise<void> {
    this.leave();
    await this.#queue;
    await this.#end();
    this.#keeper.close();
  }

  #arrange(): Promise<void> {
    this.#queue = this.#queue
      .then(() => (this.#closed ? undefined : this.#arrangeNow()))
      .catch((error: unknown) => this.#log.error(`HTTP: ${(error as Error).message}`));
    return this.#queue;
  }

  async #arrangeNow(): Promise<void> {
    clearTimeout(this.#retryTimer);
    const configuration = this.#configuration;
    if (configuration === undefined) return;
    const wanted = wantedPlaces(configuration);
    const distinct = [...new Map(wanted.map(({ place }) => [placeName(place), place])).values()];
    let missing = false;
    const bound = await this.#keeper.reconcile(distinct, (place, reason) => {
      missing = true;
      this.#complain(placeName(place), reason);
    });
    const { identity = nobody } = { identity: await lookUpUser('nobody') };
    this.#identity = identity;
    this.#sockets = bound;
    this.#places = bound.map(({ place }, index) => ({
      descriptor: firstDescriptor + index,
      name: placeName(place),
      features: wanted.filter((other) => placeName(other.place) === placeName(place)).map(({ feature }) => feature),
    }));
    if (missing) {
      this.#retryTimer = setTimeout(() => void this.#arrange(), retryAfter);
      this.#retryTimer.unref();
    }
    await this.#startOrTell();
  }

  async #startOrTell(): Promise<void> {
    const identities = (sockets: readonly ListeningPlace[]): string => sockets.map(({ identity }) => identity).join();
    if (this.#process !== undefined && identities(this.#handedOver) === identities(this.#sockets)) {
      this.#configure();
      return;
    }
    // Other sockets are for another process: they are inherited. Clients wait at those that stay.
    await this.#end();
    if (this.#sockets.length > 0) this.#start();
  }

  #complain(place: string, reason: string): void {
    if (this.#complained.has(place)) return;
    this.#complained.add(place);
    this.#log.warning(`HTTP: nothing is served at ${place}: ${reason}. Tried again every ${retryAfter / 1000} s`);
  }

  #start(): void {
    const main = process.argv[1];
    if (main === undefined || this.#closed) return;
    clearTimeout(this.#restartTimer);
    this.#restartTimer = undefined;
    this.#handedOver = this.#sockets;
    const { PATH } = process.env;
    const child = spawn(process.execPath, [...webFlags(), main, webRole], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', ...this.#handedOver.map(({ descriptor }) => descriptor)],
      serialization: 'json',
      // What else stands there may be somebody's secret.
      env: withEarlySignalGuard(PATH === undefined ? {} : { PATH }),
      cwd: '/',
    });
    this.#process = child;
    this.#running = false;
    this.#unread = 0;
    this.#eventsLost = false;
    this.#policy.started(now());
    this.#log.info(`Starting Web child process, pid=${child.pid ?? 'none'}`);
    child.on('message', (message) => this.#received(child, message as WebToParent));
    child.once('error', (error) => {
      this.#log.error(`HTTP: the process cannot be started: ${error.message}`);
      if (child.pid === undefined) this.#died(child, 'did not start');
    });
    child.once('exit', (code, signal) =>
      this.#died(child, signal === null ? `exited with status ${code ?? 0}` : `was ended by ${signal}`),
    );
  }

  /** Ends the process, if there is one, and waits for that. */
  async #end(): Promise<void> {
    clearTimeout(this.#restartTimer);
    this.#restartTimer = undefined;
    const child = this.#process;
    this.#process = undefined;
    this.#running = false;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTime);
    child.kill('SIGTERM');
    await gone;
    clearTimeout(timer);
  }

  #died(child: ChildProcess, how: string): void {
    if (this.#process !== child) return;
    this.#process = undefined;
    this.#running = false;
    if (this.#closed) return;
    this.#deaths += 1;
    // No exit status of it ends the daemon.
    const decision = this.#policy.died(null, now(), true);
    const after = decision.action === 'respawn' ? decision.after : 0;
    const later = after > 0 ? ` in ${after / 1000} s` : '';
    this.#log.warning(`Web child process(${child.pid ?? 'none'}) died: Respawning${later} (it ${how})`);
    this.#restartTimer = setTimeout(() => this.#start(), after);
  }

  #configure(): void {
    const statusPage = this.#pageSettings();
    const places =
      statusPage === undefined
        ? this.#places.map((place) => ({
            ...place,
            features: place.features.filter((feature) => feature !== 'status-page'),
          }))
        : this.#places;
    const configuration: WebConfiguration = { identity: this.#identity, places, ...(statusPage && { statusPage }) };
    this.#send({ type: 'configure', configuration });
  }

  #pageSettings(): PageSettings | undefined {
    const page = this.#configuration?.statusPage;
    try {
      return page && pageSettings(page);
    } catch (error) {
      this.#log.error(`HTTP: the status page is not served: ${(error as Error).message}`);
      return undefined;
    }
  }

  #send(message: ParentToWeb): void {
    const child = this.#process;
    if (child?.connected !== true) return;
    this.#unread++;
    child.send(message, () => {
      if (child !== this.#process) return;
      this.#unread--;
      if (this.#unread > 0 || !this.#eventsLost) return;
      this.#eventsLost = false;
      this.#send({ type: 'events-lost' });
    });
  }

  #received(child: ChildProcess, message: WebToParent): void {
    if (child !== this.#process) return;
    switch (message.type) {
      case 'hello':
        this.#configure();
        return;
      case 'serving':
        if (!this.#running) this.#log.info(`HTTP: serving at ${this.#places.map(({ name }) => name).join(', ')}`);
        this.#running = true;
        return;
      case 'ask':
        void this.#answer(message.request, message.question);
        return;
      case 'log':
        this.#log.write(message.level, message.message);
    }
  }

  async #answer(request: number, question: WebQuestion): Promise<void> {
    try {
      const part = (piece: unknown): void => this.#send({ type: 'part', request, part: piece });
      const result = await answerWebQuestion(this.#questions, question, part);
      this.#send({ type: 'answer', request, result });
    } catch (error) {
      this.#send({ type: 'no-answer', request, error: (error as Error).message });
    }
  }
}
