/** From what the processes said to the text of the answer, piece by piece. */
import { renderChecker } from './render-checker.ts';
import { renderParent } from './render-parent.ts';
import { renderVrrp } from './render-vrrp.ts';
import { renderBfd } from './render-bfd.ts';
import type { ServicePiece } from './checker-mirror.ts';
import { endOf, headOf, histogramText, labelText, sampleText, type ExpositionFormat } from './exposition.ts';
import { familyOf, type FamilyName } from './families.ts';
import type { BfdFigures, CheckerFigures, InstanceFigures, ParentFigures, VrrpFigures } from './figures.ts';
import type { HistogramFigures } from './histogram.ts';

/** Everything of one scrape; what is absent has no process, or did not answer. */
export interface Collected {
  readonly parent: ParentFigures;
  /** Running processes that did not answer. */
  readonly silent: readonly string[];
  readonly vrrp?: { readonly instances: readonly InstanceFigures[]; readonly common: VrrpFigures['common'] };
  readonly checker?: { readonly common: CheckerFigures['common']; readonly pieces: readonly ServicePiece[] };
  readonly bfd?: BfdFigures;
  /** Lateness of the process that renders. */
  readonly lateness: HistogramFigures;
}

/** One sample: the values of its labels, and its own. */
export type Sample = readonly [labels: readonly string[], value: number];

/** Collects the text of families, each with its head, until somebody takes it. */
export class Exposition {
  readonly format: ExpositionFormat;
  #text = '';

  constructor(format: ExpositionFormat) {
    this.format = format;
  }

  /** The whole family; nothing at all without samples. Samples with the same labels count once. */
  family(name: FamilyName, samples: Iterable<Sample>): void {
    const { labels } = familyOf(name);
    const seen = new Set<string>();
    for (const [values, value] of samples) {
      const written = labelText(labels, values);
      if (seen.has(written)) continue;
      if (seen.size === 0) this.head(name);
      seen.add(written);
      this.#text += sampleText(name, written, value);
    }
  }

  histograms(name: FamilyName, bounds: readonly number[], of: Readonly<Record<string, HistogramFigures>>): void {
    const entries = Object.entries(of);
    if (entries.length > 0) this.head(name);
    for (const [value, figures] of entries) this.#text += histogramText(name, [value], figures, bounds);
  }

  head(name: FamilyName): void {
    this.#text += headOf(name, this.format);
  }

  /** What has come together since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}

const encoder = new TextEncoder();

/** The answer, in UTF-8, in pieces of at most some hundred kilobytes. */
export function* expositionOf(collected: Collected, format: ExpositionFormat): Generator<Uint8Array> {
  const exposition = new Exposition(format);
  renderParent(exposition, collected);
  if (collected.vrrp) renderVrrp(exposition, collected.vrrp);
  if (collected.bfd) renderBfd(exposition, collected.bfd);
  if (collected.checker) yield* renderChecker(exposition, collected.checker);
  yield encoder.encode(exposition.take() + endOf(format));
}
