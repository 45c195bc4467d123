/**
 * What the checker process answers when it is asked for metrics: in pieces, so that checks go on between them, and of IPVS
 * what was read last, so that a scrape of ten thousand services does not wait for as many conversations with the kernel.
 */
import { knownTraffic, namesOf, numbersText } from '../check/figures.ts';
import type { KnownTraffic } from '../check/figures.ts';
import type { CheckEngine } from '../check/engine.ts';
import { TotalsCounter, kernelKeysOf } from '../check/report.ts';
import type { ProbeResult } from '../check/types.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { DestinationTraffic, ServiceKey } from '../ipvs/types.ts';
import { now } from '../kernel/clock.ts';
import { servicesInPiece } from '../metrics/figures.ts';
import type { CheckerFigures, FiguresAsked, LimitMetrics } from '../metrics/figures.ts';
import { Histogram, Histograms, durationBounds, latenessBounds } from '../metrics/histogram.ts';

/** Reads the servers of a service as IPVS has them; undefined: it is not there. */
export type TrafficSource = (key: ServiceKey) => Promise<readonly DestinationTraffic[] | undefined> | undefined;

/** So many services are read while the scrape waits; of more, it gets what was read behind the one before. */
const readAtOnce = 200;
/** Younger figures are not read again, in milliseconds. */
const fresh = 2_000;
/** Between the last piece of a large scrape and the reading for the next one: whoever scrapes is served first. */
const readAfter = 1_000;

export class CheckerMetrics {
  readonly lateness = new Histogram(latenessBounds);
  readonly #durations = new Histograms(durationBounds);
  readonly #failures = new Map<string, number>();
  readonly #source: TrafficSource;
  /** By the label of the virtual server. */
  #traffic: ReadonlyMap<string, KnownTraffic> = new Map();
  #readAt: MonotonicMs | undefined;
  #reading: Promise<void> | undefined;
  #readTimer: NodeJS.Timeout | undefined;
  /** Never the number of a process before this one. */
  #generation = Date.now();
  #services: CheckEngine['virtualServers'] | undefined;

  constructor(source: TrafficSource) {
    this.#source = source;
  }

  /** A probe has reported. */
  finished(checker: string, { duration, ok }: ProbeResult): void {
    this.#durations.observe(checker, duration / 1000);
    if (!ok) this.#failures.set(checker, (this.#failures.get(checker) ?? 0) + 1);
  }

  async answer(
    engine: CheckEngine | undefined,
    limits: readonly LimitMetrics[],
    { from, generation }: FiguresAsked,
  ): Promise<CheckerFigures> {
    const services = engine?.virtualServers ?? [];
    if (services !== this.#services) {
      this.#services = services;
      this.#generation++;
    }
    const isLarge = services.length > readAtOnce;
    if (from === 0 && !isLarge) await this.#refresh(services);
    const piece = services.slice(from, from + servicesInPiece);
    const numbers = piece.map((service) => numbersText(service, this.#traffic.get(service.label)));
    if (isLarge && from + servicesInPiece >= services.length) this.#refreshSoon();
    return {
      generation: this.#generation,
      services: services.length,
      ...(generation !== this.#generation && { names: piece.map(namesOf) }),
      numbers: numbers.join(),
      ...(from === 0 && engine !== undefined && { common: this.#common(engine, limits) }),
    };
  }

  #common(engine: CheckEngine, limits: readonly LimitMetrics[]): NonNullable<CheckerFigures['common']> {
    const { checks, draining = [], probesInFlight, probesWaiting } = engine.reportHead(new TotalsCounter());
    return {
      checks,
      probesInFlight,
      probesWaiting,
      draining: draining.length,
      durations: this.#durations.figures,
      failures: Object.fromEntries(this.#failures),
      lateness: this.lateness.figures,
      limits,
      ...(this.#readAt !== undefined && { trafficAge: (now() - this.#readAt) / 1000 }),
    };
  }

  /** Reads IPVS anew unless that was done a moment ago. */
  async #refresh(services: CheckEngine['virtualServers']): Promise<void> {
    if (this.#readAt !== undefined && now() - this.#readAt < fresh) return;
    this.#reading ??= this.#read(services).finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  #refreshSoon(): void {
    this.#readTimer ??= setTimeout(() => {
      this.#readTimer = undefined;
      void this.#refresh(this.#services ?? []);
    }, readAfter);
    // Whoever stops does not wait for it.
    this.#readTimer.unref();
  }

  /** Without an answer of the kernel, there are no figures; the log has heard of it when IPVS was opened. */
  async #read(services: CheckEngine['virtualServers']): Promise<void> {
    const found = new Map<string, KnownTraffic>();
    try {
      for (const service of services) {
        const keys = kernelKeysOf(service);
        const destinations: (readonly DestinationTraffic[] | undefined)[] = [];
        for (const key of keys) destinations.push(await this.#source(key));
        found.set(service.label, knownTraffic(service, keys, destinations));
      }
      this.#traffic = found;
      this.#readAt = now();
    } catch {
      this.#traffic = new Map();
      this.#readAt = undefined;
    }
  }
}
