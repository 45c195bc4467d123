/** What the parent and the process that serves HTTP say to each other: one union a direction, plain data. */
import type { DaemonEvent, LogLevel } from '../core/events.ts';
import type { StatusQuery } from '../process/status-types.ts';
import type { FiguresAsked } from '../metrics/figures.ts';
import type { Identity } from '../notify/accounts.ts';
import type { ChildKind } from '../process/messages.ts';
import type { PageSettings } from './status-page/settings.ts';

/** What can be served; each place to listen at serves one or more. */
export type WebFeatureName = 'metrics' | 'status-page';

/** A socket that the parent has bound. */
export interface WebPlace {
  /** Under which number this process inherited it. */
  readonly descriptor: number;
  /** For messages: `127.0.0.1:9165`, `unix /run/x.sock`. */
  readonly name: string;
  readonly features: readonly WebFeatureName[];
}

/** All that this process learns of the configuration. */
export interface WebConfiguration {
  /** Who it becomes if it is root. */
  readonly identity: Identity;
  readonly places: readonly WebPlace[];
  /** Absent: there is none. */
  readonly statusPage?: PageSettings;
}

/** What it may ask; the parent answers (src/process/web-questions.ts). Read-only, all of them. */
export type WebQuestion =
  | { readonly about: 'status' }
  | { readonly about: 'page'; readonly query: StatusQuery }
  /** Labels of servers by the labels of their services; they change with the configuration only. */
  | { readonly about: 'server-names' }
  /** Events behind this number, but not more than `most`. */
  | { readonly about: 'events'; readonly after: number; readonly most: number }
  /** ParentFigures. */
  | { readonly about: 'parent-figures' }
  /** VrrpFigures, CheckerFigures, BfdFigures. */
  | { readonly about: 'child-figures'; readonly kind: ChildKind; readonly asked: FiguresAsked };

export type ParentToWeb =
  /** The first message, and again at each reload that leaves the places as they are. */
  | { readonly type: 'configure'; readonly configuration: WebConfiguration }
  | { readonly type: 'event'; readonly event: DaemonEvent }
  /** Events came faster than this process read them. */
  | { readonly type: 'events-lost' }
  /** A piece of a long answer, before its end. */
  | { readonly type: 'part'; readonly request: number; readonly part: unknown }
  | { readonly type: 'answer'; readonly request: number; readonly result: unknown }
  | { readonly type: 'no-answer'; readonly request: number; readonly error: string };

export type WebToParent =
  | { readonly type: 'hello' }
  /** Everything that could be opened is served. */
  | { readonly type: 'serving' }
  | { readonly type: 'ask'; readonly request: number; readonly question: WebQuestion }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string };
