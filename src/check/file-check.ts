/**
 * FILE_CHECK: the number in a track_file as weight and state of servers (reference: behaviour B3; the limits were
 * observed on the original). Shared by every real server that follows the same file in the same way.
 */
import type { FileCheckerConfiguration } from '../config/model.ts';
import type { HealthState } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { RealServerState } from './real-server.ts';
import type { CheckerStatus } from './status.ts';

/** Number times weight is kept within 32 bits; at this value it means down. */
const fault = -2_147_483_648;
const most = 2_147_483_647;

export interface FileVerdict {
  readonly state: HealthState;
  /** Added to the weight of the server. */
  readonly added: number;
  readonly reason: string;
}

/** What a number means to who follows it. A weight of 0 makes it a switch: any number but 0 is down (reverse: 0 is). */
export function fileVerdict({ trackFile, weight, reverse }: FileCheckerConfiguration, value: number): FileVerdict {
  const reason = `track_file ${trackFile} is ${value}`;
  if (weight === 0) return { state: (value !== 0) === reverse ? 'UP' : 'DOWN', added: 0, reason };
  const product = value * weight * (reverse ? -1 : 1);
  if (product <= fault) return { state: 'DOWN', added: 0, reason };
  return { state: 'UP', added: Math.min(product, most), reason };
}

export class FileCheck {
  /** Equal for the same file followed in the same way. */
  readonly key: string;
  readonly checker: FileCheckerConfiguration;
  since: MonotonicMs;
  #value: number;
  #verdict: FileVerdict;
  subscribers: RealServerState[] = [];

  constructor(key: string, checker: FileCheckerConfiguration, value: number, now: MonotonicMs) {
    this.key = key;
    this.checker = checker;
    this.#value = value;
    this.#verdict = fileVerdict(checker, value);
    this.since = now;
  }

  get state(): HealthState {
    return this.#verdict.state;
  }

  get reason(): string {
    return this.#verdict.reason;
  }

  /** The file has another number. */
  take(value: number, now: MonotonicMs): void {
    const before = this.state;
    this.#value = value;
    this.#verdict = fileVerdict(this.checker, value);
    if (this.state !== before) this.since = now;
  }

  /** What it adds to the configured weight of a server. */
  weightChange(): number {
    return this.#verdict.added;
  }

  status(): CheckerStatus {
    return {
      type: this.checker.type,
      trackFile: { name: this.checker.trackFile, value: this.#value },
      state: this.state,
      since: this.since,
      reason: this.reason,
      hasRun: true,
      runs: 0,
      failures: 0,
      retriesUsed: 0,
      retry: 0,
      inFlight: false,
      sharedBy: this.subscribers.length,
    };
  }
}
