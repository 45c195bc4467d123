/** BFD_CHECK: a server is up while a BFD session is (reference: behaviour B3). Shared by all that follow the session. */
import type { BfdCheckerConfiguration } from '../config/model.ts';
import type { HealthState } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { RealServerState } from './real-server.ts';
import type { CheckerStatus } from './status.ts';

/** What is known of a session; at first nothing, which is as good as down. */
export interface KnownSession {
  readonly up: boolean;
  readonly reason: string;
}

export const unknownSession: KnownSession = { up: false, reason: 'the session is not up yet' };

export class BfdCheck {
  readonly key: string;
  readonly checker: BfdCheckerConfiguration;
  since: MonotonicMs;
  #session: KnownSession;
  subscribers: RealServerState[] = [];

  constructor(key: string, checker: BfdCheckerConfiguration, session: KnownSession, now: MonotonicMs) {
    this.key = key;
    this.checker = checker;
    this.#session = session;
    this.since = now;
  }

  get state(): HealthState {
    return this.#session.up ? 'UP' : 'DOWN';
  }

  get reason(): string {
    return this.#session.reason;
  }

  /** The session is up or down now, or for another reason. */
  take(session: KnownSession, now: MonotonicMs): void {
    if (session.up !== this.#session.up) this.since = now;
    this.#session = session;
  }

  /** Weights are as configured. */
  weightChange(): number {
    return 0;
  }

  status(): CheckerStatus {
    return {
      type: this.checker.type,
      state: this.state,
      since: this.since,
      reason: this.reason,
      hasRun: this.#session !== unknownSession,
      runs: 0,
      failures: 0,
      retriesUsed: 0,
      retry: 0,
      inFlight: false,
      sharedBy: this.subscribers.length,
    };
  }
}
