/** What is served over HTTP, as written. */
import type { ListenPlace } from '../model/web.ts';
import type { Statement } from '../statement.ts';

export interface ListenDraft {
  readonly statement: Statement;
  readonly place: ListenPlace;
}

export interface MetricsDraft {
  readonly statement: Statement;
  readonly listen: ListenDraft[];
}
