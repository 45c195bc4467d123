/** What goes into and comes out of the check engine (sans-I/O), and the interface every checker implements. */
import type { DaemonEvent, LogLine } from '../core/events.ts';
import type { HttpUrlConfiguration } from '../config/model.ts';
import type { ServiceKey } from '../ipvs/types.ts';
import type { Milliseconds } from '../core/time.ts';
import type { ActingChecker } from './acting.ts';

/**
 * One attempt of one check. Serialisable. `url` is set for HTTP_GET and SSL_GET: one url a run (reference: behaviour B2).
 */
export interface ProbeRequest {
  /** Unique while in flight. */
  readonly id: number;
  readonly checker: ActingChecker;
  readonly url?: HttpUrlConfiguration;
}

/**
 * Where a probe failed. `setup` is trouble of this machine (no socket, no such source address): it says nothing about the
 * server, so it changes no state.
 */
export type ProbePhase = 'setup' | 'connect' | 'tls' | 'send' | 'headers' | 'body' | 'verdict';

/** Something that a probe reached, and when, from its start: "connected", "first octet". */
export interface ProbeStep {
  readonly reached: string;
  readonly at: Milliseconds;
}

export type ProbeResult =
  | {
      readonly ok: true;
      readonly detail: string;
      readonly duration: Milliseconds;
      /** The weight the server should have (misc_dynamic); absent: the configured one. */
      readonly weight?: number;
      readonly steps?: readonly ProbeStep[];
    }
  | {
      readonly ok: false;
      readonly phase: ProbePhase;
      /** For the operator: "connection refused", "status 503, wanted 200-299", "digest ... wanted ...". */
      readonly detail: string;
      readonly duration: Milliseconds;
      /** How far it came. */
      readonly steps?: readonly ProbeStep[];
    };

/** One checker: starts an attempt, reports once, can be given up. I/O lives behind this. */
export interface Probe {
  /** Starts; calls `done` exactly once unless cancelled. Never throws for what the network does. */
  start(request: ProbeRequest, done: (result: ProbeResult) => void): ProbeHandle;
}

export interface ProbeHandle {
  /** Gives the attempt up and frees its resources; `done` will not be called. */
  cancel(): void;
}

export type CheckIntent =
  | { readonly type: 'start-probe'; readonly request: ProbeRequest }
  | { readonly type: 'cancel-probe'; readonly id: number }
  /**
   * The wanted IPVS table changed: ask desiredServices(touched) and write the difference now, before the intents that follow.
   * `touched` names the services that may differ; absent: any of them.
   */
  | { readonly type: 'reconcile-services'; readonly touched?: readonly ServiceKey[] }
  /** Read the servers of these services from the kernel, once what was written before is there; see connectionsRead(). */
  | { readonly type: 'read-connections'; readonly services: readonly ServiceKey[] }
  | { readonly type: 'event'; readonly event: DaemonEvent }
  | { readonly type: 'log'; readonly line: LogLine };
