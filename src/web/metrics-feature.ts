/** /metrics: asks every process, in pieces, and writes what they said. */
import { CheckerMirror } from '../metrics/checker-mirror.ts';
import { contentTypes, formatFor } from '../metrics/exposition.ts';
import {
  instancesInPiece,
  servicesInPiece,
  type BfdFigures,
  type CheckerFigures,
  type FiguresAsked,
  type InstanceFigures,
  type ParentFigures,
  type VrrpFigures,
} from '../metrics/figures.ts';
import { Histogram, latenessBounds } from '../metrics/histogram.ts';
import { expositionOf, type Collected } from '../metrics/render.ts';
import { watchLateness } from '../process/lateness-watch.ts';
import type { ChildKind } from '../process/messages.ts';
import type { WebFeature, WebReply, WebRequest, WebRoute } from './feature.ts';
import { acceptsGzip, gzipped } from './gzip-stream.ts';
import type { ParentLine } from './parent-line.ts';

/** Pieces asked for at a time: while one is worked on, the next is there. */
const piecesAtOnce = 4;
/** A reload between two pieces makes all of them invalid; nobody reloads so often. */
const attempts = 3;

export class MetricsFeature implements WebFeature {
  readonly name = 'metrics';
  readonly routes: ReadonlyMap<string, WebRoute>;
  readonly #parent: Pick<ParentLine, 'ask'>;
  readonly #mirror = new CheckerMirror();
  readonly #lateness = new Histogram(latenessBounds);
  /** Who asks while others wait gets what they get. */
  #collecting: Promise<Collected> | undefined;

  constructor(parent: Pick<ParentLine, 'ask'>) {
    this.#parent = parent;
    this.routes = new Map([['/metrics', (request, reply) => this.#answer(request, reply)]]);
    watchLateness(
      () => undefined,
      (late) => this.#lateness.observe(late / 1000),
    );
  }

  async #answer({ headers, method }: WebRequest, reply: WebReply): Promise<void> {
    const format = formatFor(headers.accept);
    const isCompressed = acceptsGzip(headers['accept-encoding']);
    const own = { Vary: 'Accept, Accept-Encoding', ...(isCompressed && { 'Content-Encoding': 'gzip' }) };
    if (method === 'HEAD') {
      reply.begin(200, contentTypes[format], own).end();
      return;
    }
    this.#collecting ??= this.#collect().finally(() => (this.#collecting = undefined));
    const collected = await this.#collecting;
    const plain = reply.begin(200, contentTypes[format], own);
    const stream = isCompressed ? gzipped(plain) : plain;
    for (const piece of expositionOf(collected, format)) {
      if (piece.length === 0 || stream.write(piece)) continue;
      await stream.drained();
      if (stream.closed) return;
    }
    stream.end();
  }

  async #collect(): Promise<Collected> {
    const parent = (await this.#parent.ask({ about: 'parent-figures' })) as ParentFigures;
    const running = new Set(parent.processes.filter(({ up }) => up).map(({ name }) => name));
    const silent: string[] = [];
    const from = async <T>(kind: ChildKind, collect: () => Promise<T>): Promise<T | undefined> => {
      if (!running.has(kind)) return undefined;
      try {
        return await collect();
      } catch {
        silent.push(kind);
        return undefined;
      }
    };
    const [vrrp, checker, bfd] = await Promise.all([
      from('vrrp', () => this.#collectVrrp()),
      from('checker', () => this.#collectChecker()),
      from('bfd', async () => (await this.#ask('bfd', { from: 0 })) as BfdFigures),
    ]);
    return {
      parent,
      silent,
      ...(vrrp && { vrrp }),
      ...(checker && { checker }),
      ...(bfd && { bfd }),
      lateness: this.#lateness.figures,
    };
  }

  #ask(kind: ChildKind, asked: FiguresAsked): Promise<unknown> {
    return this.#parent.ask({ about: 'child-figures', kind, asked });
  }

  async #collectVrrp(): Promise<NonNullable<Collected['vrrp']>> {
    const first = (await this.#ask('vrrp', { from: 0 })) as VrrpFigures;
    const instances: InstanceFigures[] = [...first.instances];
    for (let from = instancesInPiece; from < first.total; from += instancesInPiece) {
      instances.push(...((await this.#ask('vrrp', { from })) as VrrpFigures).instances);
    }
    return { instances, common: first.common };
  }

  async #collectChecker(): Promise<NonNullable<Collected['checker']>> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const first = await this.#checkerPiece(0);
      if (await this.#furtherPieces(first.services)) return { common: first.common, pieces: this.#mirror.pieces() };
    }
    throw new Error('the checker process is being reloaded all the time');
  }

  async #checkerPiece(from: number): Promise<CheckerFigures & { readonly valid: boolean }> {
    const generation = this.#mirror.knownGeneration(from);
    const figures = (await this.#ask('checker', {
      from,
      ...(generation !== undefined && { generation }),
    })) as CheckerFigures;
    return { ...figures, valid: this.#mirror.take(from, figures) };
  }

  /** @returns false: the configuration has changed meanwhile */
  async #furtherPieces(services: number): Promise<boolean> {
    let next = servicesInPiece;
    let valid = true;
    const askOn = async (): Promise<void> => {
      while (valid && next < services) {
        const from = next;
        next += servicesInPiece;
        const piece = await this.#checkerPiece(from);
        valid &&= piece.valid;
      }
    };
    await Promise.all(Array.from({ length: piecesAtOnce }, askOn));
    return valid;
  }
}
