/** What the lab and its agent on a machine say to each other: one JSON object a line. */

export interface FetchOrder {
  readonly verb: 'fetch';
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly timeout: number;
}

export interface GreetOrder {
  readonly verb: 'greet';
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly timeout: number;
}

export interface LoadOrder {
  readonly verb: 'load';
  readonly id: number;
  readonly host: string;
  readonly port: number;
  /** Connections kept open, each with a request every `interval` ms and closed after `requestsPerConnection`. */
  readonly kept: number;
  readonly requestsPerConnection: number;
  /** Also one request on a connection of its own every `interval` ms. */
  readonly interval: number;
  readonly timeout: number;
}

export interface EndLoadOrder {
  readonly verb: 'end-load';
  readonly id: number;
}

/** Opens connections and keeps them, in silence. */
export interface HoldOrder {
  readonly verb: 'hold';
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly count: number;
  readonly timeout: number;
}

/** Closes them. */
export interface LetGoOrder {
  readonly verb: 'let-go';
  readonly id: number;
}

export type Order = FetchOrder | GreetOrder | LoadOrder | EndLoadOrder | HoldOrder | LetGoOrder;

export interface HoldReport {
  readonly id: number;
  readonly established: number;
  readonly failed: number;
}

export interface FetchAnswer {
  readonly id: number;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly body: string;
  readonly error: string;
  readonly milliseconds: number;
}

export interface LoadReport {
  readonly id: number;
  readonly requests: number;
  readonly connections: number;
  /** Epoch milliseconds and reason of each request that failed. */
  readonly failures: readonly { readonly time: number; readonly kept: boolean; readonly error: string }[];
  /** Answers by first line of the body. */
  readonly answers: Readonly<Record<string, number>>;
  /** Longest time without a good answer to a new connection, in milliseconds. */
  readonly longestSilence: number;
}
