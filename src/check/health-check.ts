/** One check as the engine keeps it: shared by every real server that configures exactly the same one. */
import type { HealthState } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { ActingChecker } from './acting.ts';
import type { CheckProgress } from './schedule.ts';
import type { CheckerStatus } from './status.ts';
import type { ProbeRequest, ProbeResult } from './types.ts';
import type { RealServerState } from './real-server.ts';

export class HealthCheck {
  /** checkIdentity() of the configuration. */
  readonly key: string;
  /** The first configuration met; the others differ only in where they stand in the file. */
  readonly checker: ActingChecker;
  progress: CheckProgress;
  /** When and why the check came to its state. */
  since: MonotonicMs;
  reason: string;
  runs = 0;
  failures = 0;
  lastResult?: ProbeResult;
  /** Start of the next probe; undefined while one is in flight. */
  due: MonotonicMs | undefined;
  /** Start of the last probe. */
  started: MonotonicMs = 0;
  /** When the last probe reported, or was given up. */
  ended: MonotonicMs | undefined;
  /** The weight that the last success asked for (misc_dynamic); undefined: the configured one. */
  weight: number | undefined;
  /** Id of the probe in flight. */
  inFlight: number | undefined;
  /** When the probe in flight is given up. */
  giveUpAt: MonotonicMs = 0;
  /** The schedule has it among the checks to be given up. */
  isWatched = false;
  /** The servers that live by it. */
  subscribers: RealServerState[] = [];

  constructor(key: string, checker: ActingChecker, progress: CheckProgress, now: MonotonicMs, reason: string) {
    this.key = key;
    this.checker = checker;
    this.progress = progress;
    this.since = now;
    this.reason = reason;
  }

  get state(): HealthState {
    return this.progress.state;
  }

  /** Nobody who lives by it wants to know at present (ha_suspend). */
  get suspended(): boolean {
    return this.subscribers.length > 0 && this.subscribers.every(({ virtualServer }) => virtualServer.suspended);
  }

  /** The next attempt. HTTP checks ask one url a run. */
  request(id: number): ProbeRequest {
    const { checker } = this;
    if (checker.type !== 'HTTP_GET' && checker.type !== 'SSL_GET') return { id, checker };
    const url = checker.urls[this.progress.urlIndex] ?? checker.urls[0];
    return url === undefined ? { id, checker } : { id, checker, url };
  }

  /** What it adds to the configured weight of a server. */
  weightChange(configured: number): number {
    return this.weight === undefined ? 0 : this.weight - configured;
  }

  status(): CheckerStatus {
    return {
      type: this.checker.type,
      ...('address' in this.checker ? { address: this.checker.address, port: this.checker.port } : {}),
      ...('command' in this.checker ? { command: this.checker.command.argv } : {}),
      state: this.state,
      since: this.since,
      reason: this.reason,
      hasRun: this.progress.hasRun,
      runs: this.runs,
      failures: this.failures,
      retriesUsed: this.progress.hasRun ? this.progress.retriesUsed : 0,
      retry: this.checker.retry,
      inFlight: this.inFlight !== undefined,
      ...(this.due === undefined ? {} : { nextRun: this.due }),
      ...(this.lastResult === undefined ? {} : { lastResult: this.lastResult }),
      sharedBy: this.subscribers.length,
    };
  }
}
