/** A real server of one virtual server, as the engine keeps it. */
import type { CheckerConfiguration, RealServerConfiguration } from '../config/model.ts';
import type { HealthState, RealServerEvent } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import { isActing } from './acting.ts';
import type { BfdCheck } from './bfd-check.ts';
import type { FileCheck } from './file-check.ts';
import type { HealthCheck } from './health-check.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** Weights above this do not fit the kernel's field as the original uses it. */
const maximumWeight = 2_147_483_647;

/** What a server lives by. */
export type ServerCheck = HealthCheck | FileCheck | BfdCheck;

export class RealServerState {
  readonly virtualServer: VirtualServerState;
  readonly configuration: RealServerConfiguration;
  readonly key: string;
  readonly label: string;
  state: HealthState;
  since: MonotonicMs;
  reason: string;
  checks: ServerCheck[] = [];

  constructor(
    virtualServer: VirtualServerState,
    configuration: RealServerConfiguration,
    key: string,
    label: string,
    now: MonotonicMs,
  ) {
    this.virtualServer = virtualServer;
    this.configuration = configuration;
    this.key = key;
    this.label = label;
    this.state = assumedState(configuration);
    this.since = now;
    this.reason = this.state === 'UP' ? 'assumed up until checked' : 'alpha: down until checked';
  }

  /** Weight towards quorum and kernel: the configured one and what checks add to it. */
  get effectiveWeight(): number {
    const { weight } = this.configuration;
    let wanted = weight;
    for (const check of this.checks) wanted += check.weightChange(weight);
    return Math.min(Math.max(wanted, 0), maximumWeight);
  }

  /** The state its checks give it: up when none has failed. */
  stateByChecks(): HealthState {
    for (const check of this.checks) if (check.state === 'DOWN') return 'DOWN';
    return 'UP';
  }

  enter(state: HealthState, reason: string, now: MonotonicMs): void {
    this.state = state;
    this.reason = reason;
    this.since = now;
  }

  event(from: HealthState, phase: RealServerEvent['phase'], now: MonotonicMs, reason = this.reason): RealServerEvent {
    return {
      kind: 'real-server',
      service: this.virtualServer.label,
      server: this.label,
      from,
      to: this.state,
      phase,
      at: now,
      reason,
    };
  }
}

/** What is taken for granted before the first check: down if any check is alpha. */
export function assumedState(configuration: RealServerConfiguration): HealthState {
  return configuration.checkers.some(isAlpha) ? 'DOWN' : 'UP';
}

function isAlpha(checker: CheckerConfiguration): boolean {
  return (isActing(checker) || checker.type === 'BFD_CHECK') && checker.alpha;
}
