/** What is served over HTTP, as written. */
import type { ListenPlace, PageUser } from '../model/web.ts';
import type { Statement } from '../statement.ts';

export interface ListenDraft {
  readonly statement: Statement;
  readonly place: ListenPlace;
}

export interface MetricsDraft {
  readonly statement: Statement;
  readonly listen: ListenDraft[];
}

export interface PageUserDraft extends PageUser {
  readonly statement: Statement;
}

export interface StatusPageDraft {
  readonly statement: Statement;
  readonly listen: ListenDraft[];
  readonly users: PageUserDraft[];
  /** Files with users that could not be used: nobody of them can look, and others must not either. */
  unusable?: Statement;
  /** `auth none`. */
  openAt?: Statement;
  basePath?: string;
  readonly hosts: string[];
  maximumViewers?: number;
}
