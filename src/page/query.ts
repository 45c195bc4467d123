/** What a reader wants to see, as the address of the page says it. The same words work with and without a script. */

export const orders = ['configuration', 'problems', 'name', 'rate', 'since'] as const;
export type Order = (typeof orders)[number];

export interface Query {
  /** Words that all have to be found, in lower case. */
  readonly words: readonly string[];
  /** As written. */
  readonly search: string;
  /** Only services and instances that are not well. */
  readonly problemsOnly: boolean;
  readonly order: Order;
  /** From 1. */
  readonly page: number;
  /** Labels of services that are unfolded. */
  readonly open: readonly string[];
}

/** Longer searches, more unfolded services and higher pages than anybody means. */
const longestSearch = 100;
const mostOpen = 20;
const highestPage = 1_000_000;

/** Reads the parameters; what makes no sense is as if it were not there. */
export function readQuery(parameters: URLSearchParams): Query {
  const search = (parameters.get('q') ?? '').slice(0, longestSearch).trim();
  const page = Number(parameters.get('page') ?? 1);
  const order = orders.find((name) => name === parameters.get('order')) ?? 'problems';
  return {
    search,
    words: search
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== ''),
    problemsOnly: parameters.get('show') === 'problems',
    order,
    page: Number.isInteger(page) && page >= 1 && page <= highestPage ? page : 1,
    open: [...new Set(parameters.getAll('open'))].slice(0, mostOpen),
  };
}

/** The address of a view, as `?...`; what is as ever does not stand there. */
export function queryText({ open, order, page, problemsOnly, search }: Query): string {
  const parameters = new URLSearchParams();
  if (search !== '') parameters.set('q', search);
  if (problemsOnly) parameters.set('show', 'problems');
  if (order !== 'problems') parameters.set('order', order);
  if (page > 1) parameters.set('page', String(page));
  for (const label of open.slice(-mostOpen)) parameters.append('open', label);
  const text = parameters.toString();
  return text === '' ? '?' : `?${text}`;
}
