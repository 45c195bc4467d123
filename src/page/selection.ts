/** Which services and instances a reader sees, and in which order. */
import type { InstanceView, PageModel, ServiceView, Tone } from './model.ts';
import type { Order, Query } from './query.ts';

/** Services on a page. */
export const pageLength = 50;

export interface Selection<Thing> {
  /** Those of the page. */
  readonly shown: readonly Thing[];
  /** How many the search has found. */
  readonly found: number;
  /** Before the search. */
  readonly total: number;
  /** From 1; the last one if the reader asked for more than there are. */
  readonly page: number;
  readonly pages: number;
}

const gravity: Readonly<Record<Tone, number>> = { bad: 0, attention: 1, good: 2, idle: 2 };

/** As a person counts: `10.0.0.9` before `10.0.0.10`. */
const collator = new Intl.Collator('en', { numeric: true });

const comparisons: Readonly<Record<Exclude<Order, 'configuration'>, (one: ServiceView, other: ServiceView) => number>> =
  {
    problems: (one, other) => gravity[one.condition.tone] - gravity[other.condition.tone],
    name: (one, other) => collator.compare(one.name, other.name),
    rate: (one, other) => (other.rate ?? -1) - (one.rate ?? -1),
    since: (one, other) => other.condition.since - one.condition.since,
  };

function isTroubled({ condition: { tone } }: { readonly condition: { readonly tone: Tone } }): boolean {
  return tone === 'bad' || tone === 'attention';
}

function matches<Thing extends { readonly search: string; readonly condition: { readonly tone: Tone } }>(
  things: readonly Thing[],
  { problemsOnly, words }: Query,
): readonly Thing[] {
  if (words.length === 0 && !problemsOnly) return things;
  return things.filter(
    (thing) => (!problemsOnly || isTroubled(thing)) && words.every((word) => thing.search.includes(word)),
  );
}

/** All services in each order, put in order once for each model however many readers ask. */
export class Orders {
  readonly #services: readonly ServiceView[];
  readonly #ordered = new Map<Order, readonly ServiceView[]>();

  constructor({ services }: PageModel) {
    this.#services = services;
  }

  by(order: Order): readonly ServiceView[] {
    if (order === 'configuration') return this.#services;
    const known = this.#ordered.get(order);
    if (known !== undefined) return known;
    const ordered = this.#services.toSorted(comparisons[order]);
    this.#ordered.set(order, ordered);
    return ordered;
  }
}

export function selectServices(orders: Orders, query: Query): Selection<ServiceView> {
  const all = orders.by(query.order);
  const found = matches(all, query);
  const pages = Math.max(1, Math.ceil(found.length / pageLength));
  const page = Math.min(query.page, pages);
  return {
    shown: found.slice((page - 1) * pageLength, page * pageLength),
    found: found.length,
    total: all.length,
    page,
    pages,
  };
}

/** As many as fit stand there whatever is searched for; of more, those that are not well come first. */
export function selectInstances({ instances }: PageModel, query: Query): Selection<InstanceView> {
  const matching = instances.length > pageLength ? matches(instances, query) : instances;
  const found =
    instances.length > pageLength
      ? matching.toSorted((one, other) => gravity[one.condition.tone] - gravity[other.condition.tone])
      : matching;
  const shown = found.slice(0, pageLength);
  return { shown, found: found.length, total: instances.length, page: 1, pages: 1 };
}
