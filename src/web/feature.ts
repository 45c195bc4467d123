/** What something that is served over HTTP is: exact paths, each with what answers it. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { DaemonEvent } from '../core/events.ts';
import type { WebConfiguration, WebFeatureName } from './messages.ts';

export interface WebRequest {
  readonly method: 'GET' | 'HEAD';
  /** As it stands in the request, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The address it comes from; `unix` for a unix socket. */
  readonly client: string;
}

/** An answer in pieces, for as long as both sides want. */
export interface WebStream {
  /** @returns false: the client does not read, or is gone; `drained` says when it goes on */
  write(piece: string | Uint8Array): boolean;
  /** Settles when there is room again, or when the client is gone. */
  drained(): Promise<void>;
  end(): void;
  readonly closed: boolean;
  /** Called once, whoever ended it. */
  onClose(listener: () => void): void;
}

/** Exactly one of the two, once. Whatever a route does not say itself (length, date, no sniffing, no storing) is said for it. */
export interface WebReply {
  send(status: number, type: string, body: string | Uint8Array, headers?: OutgoingHttpHeaders): void;
  begin(status: number, type: string, headers?: OutgoingHttpHeaders): WebStream;
}

/** Answers a request. What it throws becomes a 500 without details, and a line of the log. */
export type WebRoute = (request: WebRequest, reply: WebReply) => void | Promise<void>;

export interface WebFeature {
  readonly name: WebFeatureName;
  /** By exact path. */
  readonly routes: ReadonlyMap<string, WebRoute>;
  /** A reload; not called before the first request. */
  configured?(configuration: WebConfiguration): void;
  /** Every event of the daemon since this process has run. */
  event?(event: DaemonEvent): void;
  /** Some events are missing from what event() got. */
  eventsLost?(): void;
  /** The process ends: streams are to be ended now. */
  close?(): void;
}
