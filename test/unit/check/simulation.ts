/** A check engine on a virtual clock against servers that answer as the test says. */
import { expect } from 'vitest';
import { CheckEngine, type CheckEnvironment } from '../../../src/check/engine.ts';
import { serviceKeyText } from '../../../src/ipvs/keys.ts';
import type { KernelDestination, Service, ServiceKey } from '../../../src/ipvs/types.ts';
import type { CheckIntent, ProbeRequest, ProbeResult } from '../../../src/check/types.ts';
import type { CheckConfiguration, GlobalConfiguration } from '../../../src/config/model.ts';
import type { DaemonEvent, LogLine } from '../../../src/core/events.ts';
import type { Milliseconds, MonotonicMs } from '../../../src/core/time.ts';
import type { ServerChange } from '../../../src/live/types.ts';
import { globalModel } from '../../support/models.ts';

/** How a server answers one probe: when, and what; `never` leaves the engine without a report. */
export type Answer = { readonly after: Milliseconds; readonly result: ProbeResult } | 'never';

/** Passes after this long. */
export const slowly = (after: Milliseconds): Answer => ({
  after,
  result: { ok: true, detail: 'connected', duration: after },
});

export const passes: Answer = { after: 1, result: { ok: true, detail: 'connected', duration: 1 } };
export const refuses: Answer = {
  after: 1,
  result: { ok: false, phase: 'connect', detail: 'connection refused', duration: 1 },
};

export interface StartedProbe {
  readonly at: MonotonicMs;
  readonly request: ProbeRequest;
}

export class Simulation {
  readonly engine: CheckEngine;
  now: MonotonicMs;
  readonly events: DaemonEvent[] = [];
  readonly logs: LogLine[] = [];
  readonly started: StartedProbe[] = [];
  readonly cancelled: number[] = [];
  /** Services whose connections were asked for. */
  readonly asked: ServiceKey[] = [];
  /** Active and inactive connections by address; servers not named have none. */
  connections: Readonly<Record<string, readonly [active: number, inactive: number]>> = {};
  /** Number of reconcile intents so far. */
  reconciled = 0;
  /** Called after every call of the engine. */
  afterStep: () => void = () => undefined;
  #answer: (request: ProbeRequest, now: MonotonicMs) => Answer;
  readonly #kernel = new Map<string, Service>();
  readonly #pending: { readonly at: MonotonicMs; readonly id: number; readonly result: ProbeResult }[] = [];
  readonly #global: GlobalConfiguration;

  constructor(
    configuration: CheckConfiguration,
    answer: (request: ProbeRequest, now: MonotonicMs) => Answer,
    options: {
      environment?: Partial<CheckEnvironment>;
      global?: Partial<GlobalConfiguration>;
      now?: MonotonicMs;
      /** Of this machine, known before the start. */
      addresses?: readonly string[];
      /** Numbers known before the start. */
      trackFiles?: Readonly<Record<string, number>>;
      /** Of the operator, known before the start. */
      overrides?: readonly ServerChange[];
      /** What a process before left in the kernel. */
      left?: readonly Service[];
    } = {},
  ) {
    this.#answer = answer;
    this.now = options.now ?? 0;
    this.#global = globalModel(options.global);
    this.engine = new CheckEngine(configuration, this.#global, { random: () => 0, ...options.environment });
    for (const [name, value] of Object.entries(options.trackFiles ?? {})) this.trackFile(name, value);
    if (options.addresses) this.addresses(...options.addresses);
    if (options.overrides) this.override(...options.overrides);
    this.#take(this.engine.start(this.now, options.left));
  }

  answerWith(answer: (request: ProbeRequest, now: MonotonicMs) => Answer): void {
    this.#answer = answer;
  }

  reload(configuration: CheckConfiguration, global: Partial<GlobalConfiguration> = {}): void {
    this.#take(this.engine.reload(configuration, { ...this.#global, ...global }, this.now));
  }

  bfdSession(name: string, up: boolean, reason: string): void {
    this.#take(this.engine.bfdChanged(name, up, reason, this.now));
  }

  trackFile(name: string, value: number | undefined): void {
    this.#take(this.engine.trackFileChanged(name, value, this.now));
  }

  /** This machine has exactly these addresses. */
  addresses(...addresses: readonly string[]): void {
    this.#take(this.engine.addressesChanged(new Set(addresses), this.now));
  }

  /** The operator has set exactly this. */
  override(...changes: readonly ServerChange[]): void {
    this.#take(this.engine.serversOverridden(changes, this.now));
  }

  stop(): void {
    this.#take(this.engine.stop(this.now));
  }

  /** Plays everything due up to and including `until`. */
  run(until: MonotonicMs): void {
    for (;;) {
      const answer = this.#pending[0];
      const timeout = this.engine.nextTimeout();
      const next = Math.min(answer?.at ?? Number.POSITIVE_INFINITY, timeout ?? Number.POSITIVE_INFINITY);
      if (next > until) break;
      this.now = Math.max(this.now, next);
      if (answer !== undefined && answer.at <= this.now) {
        this.#pending.shift();
        this.#take(this.engine.probeFinished(answer.id, answer.result, this.now));
      } else {
        this.#take(this.engine.timeout(this.now));
      }
    }
    this.now = until;
  }

  /** `kind service/server FROM>TO` of the events so far that are not of single checkers. */
  get story(): string[] {
    return this.events
      .filter((event) => event.kind !== 'checker')
      .map((event) => {
        switch (event.kind) {
          case 'real-server':
            return `RS ${event.server} ${event.from}>${event.to}`;
          case 'virtual-server':
            return `VS ${event.service} ${event.from}>${event.to}`;
          default:
            return event.kind;
        }
      });
  }

  /** `address:port=weight` of the destinations of the n-th wanted service. */
  pool(service = 0): string[] {
    const wanted = this.engine.desiredServices()[service];
    return (wanted?.destinations ?? []).map(({ address, port, weight }) => `${address}:${port}=${weight}`);
  }

  #take(intents: readonly CheckIntent[]): void {
    const before = this.reconciled;
    for (const intent of intents) {
      switch (intent.type) {
        case 'start-probe':
          this.#startProbe(intent.request);
          break;
        case 'cancel-probe':
          this.cancelled.push(intent.id);
          break;
        case 'reconcile-services':
          this.reconciled += 1;
          this.#write(intent.touched);
          break;
        case 'read-connections':
          this.asked.push(...intent.services);
          this.#take(
            this.engine.connectionsRead(
              intent.services.map((key) => ({ key, destinations: this.#dumped(key) })),
              this.now,
            ),
          );
          break;
        case 'event':
          this.events.push(intent.event);
          break;
        case 'log':
          this.logs.push(intent.line);
          break;
      }
    }
    if (this.reconciled > before) this.#expectWanted();
    this.afterStep();
  }

  /** All writes of a step together make what is wanted. */
  #expectWanted(): void {
    const wanted = this.engine.desiredServices().map((service) => [serviceKeyText(service.key), service] as const);
    expect(this.#kernel).toEqual(new Map(wanted));
  }

  /** Writes only the services that are said to differ. */
  #write(touched: readonly ServiceKey[] | undefined): void {
    if (touched === undefined) this.#kernel.clear();
    else for (const key of touched) this.#kernel.delete(serviceKeyText(key));
    const texts = touched === undefined ? undefined : new Set(touched.map(serviceKeyText));
    for (const service of this.engine.desiredServices(touched)) {
      const text = serviceKeyText(service.key);
      if (texts?.has(text) ?? true) this.#kernel.set(text, service);
    }
  }

  /** The kernel holds what is wanted. */
  #dumped(key: ServiceKey): KernelDestination[] | undefined {
    return this.engine
      .desiredServices()
      .find((service) => serviceKeyText(service.key) === serviceKeyText(key))
      ?.destinations.map((destination) => {
        const [activeConnections, inactiveConnections] = this.connections[destination.address] ?? [0, 0];
        return { ...destination, activeConnections, inactiveConnections, persistentConnections: 0 };
      });
  }

  #startProbe(request: ProbeRequest): void {
    this.started.push({ at: this.now, request });
    const answer = this.#answer(request, this.now);
    if (answer === 'never') return;
    this.#pending.push({ at: this.now + answer.after, id: request.id, result: answer.result });
    this.#pending.sort((a, b) => a.at - b.at);
  }
}
