/** A real server of one virtual server, as the engine keeps it. */
import type { CheckerConfiguration, RealServerConfiguration } from '../config/model.ts';
import type { HealthState, RealServerEvent } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { ServerChange } from '../live/types.ts';
import { isActing } from './acting.ts';
import type { BfdCheck } from './bfd-check.ts';
import type { FileCheck } from './file-check.ts';
import { serverKey } from './identity.ts';
import { realServerLabel } from './labels.ts';
import type { HealthCheck } from './health-check.ts';
import { standing, type Standing } from './standing.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** Weights above this do not fit the kernel's field as the original uses it. */
const maximumWeight = 2_147_483_647;

/** What a server lives by. */
export type ServerCheck = HealthCheck | FileCheck | BfdCheck;

const noChecks: readonly ServerCheck[] = [];

export class RealServerState {
  readonly virtualServer: VirtualServerState;
  /** A reload that keeps the server may give it another one. */
  configuration: RealServerConfiguration;
  /** How many servers of the same address and port stand before it. */
  readonly ordinal: number;
  checks: readonly ServerCheck[] = noChecks;
  #standing: Standing;
  /** Of which most servers have nothing: tens of thousands of them are kept small. */
  #operator: { readonly override: ServerChange; connections: number | undefined } | undefined;

  constructor(
    virtualServer: VirtualServerState,
    configuration: RealServerConfiguration,
    ordinal: number,
    now: MonotonicMs,
  ) {
    this.virtualServer = virtualServer;
    this.configuration = configuration;
    this.ordinal = ordinal;
    this.#standing = assumedStanding(configuration, now);
  }

  get standing(): Standing {
    return this.#standing;
  }

  get state(): HealthState {
    return this.#standing.state;
  }

  get since(): MonotonicMs {
    return this.#standing.since;
  }

  get reason(): string {
    return this.#standing.reason;
  }

  /** What the operator has set beside the file. */
  get override(): ServerChange | undefined {
    return this.#operator?.override;
  }

  /** Of one that takes no new connections by the operator's word: those it has, as last read; undefined: not yet. */
  get connections(): number | undefined {
    return this.#operator?.connections;
  }

  /** @param connections what is known of those it has; undefined: they are to be read */
  setByOperator(override: ServerChange | undefined, connections: number | undefined): void {
    this.#operator = override && { override, connections };
  }

  /** @param connections as read from the kernel */
  counted(connections: number): void {
    if (this.#operator !== undefined) this.#operator.connections = connections;
  }

  /** Of this server among those of its virtual server. */
  get key(): string {
    return serverKey(this.configuration, this.ordinal);
  }

  /** As in events and lines of the log. Made when wanted: thirty thousand of them would be some megabytes. */
  get label(): string {
    return realServerLabel(this.virtualServer.configuration, this.configuration);
  }

  /** Weight towards quorum and kernel: the operator's, or the configured one and what checks add to it. */
  get effectiveWeight(): number {
    const set = this.#weightSet;
    if (set !== undefined) return set;
    const { weight } = this.configuration;
    let wanted = weight;
    for (const check of this.checks) wanted += check.weightChange(weight);
    return Math.min(Math.max(wanted, 0), maximumWeight);
  }

  get #weightSet(): number | undefined {
    const setting = this.override?.setting;
    if (setting?.kind === 'weight') return setting.weight;
    return setting?.kind === 'drain' ? 0 : undefined;
  }

  /** The operator lets it have no new connections; it is to keep those it has. */
  get quiesced(): boolean {
    return this.#weightSet === 0;
  }

  /** The operator works on it: whatever its checks say, it counts as failed. */
  get inMaintenance(): boolean {
    return this.override?.setting.kind === 'maint';
  }

  /** The state it should have: up when no check has failed and nobody works on it. */
  stateDue(): HealthState {
    if (this.inMaintenance) return 'DOWN';
    for (const check of this.checks) if (check.state === 'DOWN') return 'DOWN';
    return 'UP';
  }

  enter(state: HealthState, reason: string, now: MonotonicMs): void {
    this.#standing = standing(state, now, reason);
  }

  event(from: HealthState, phase: RealServerEvent['phase'], now: MonotonicMs, reason = this.reason): RealServerEvent {
    return {
      kind: 'real-server',
      service: this.virtualServer.label,
      server: this.label,
      from,
      to: this.state,
      phase,
      servers: this.virtualServer.poolCount,
      at: now,
      reason,
    };
  }
}

export function hasCheckers({ checkers }: RealServerConfiguration): boolean {
  return checkers.length > 0;
}

/** What is taken for granted before the first check: down if any check is alpha. */
export function assumedState({ checkers }: RealServerConfiguration): HealthState {
  return checkers.length > 0 && checkers.some(isAlpha) ? 'DOWN' : 'UP';
}

/** @param now when that begins */
export function assumedStanding(configuration: RealServerConfiguration, now: MonotonicMs): Standing {
  return assumedState(configuration) === 'UP' ? assumedUp(now) : standing('DOWN', now, 'alpha: down until checked');
}

/** Of servers without alpha checks, or without any. */
export function assumedUp(now: MonotonicMs): Standing {
  return standing('UP', now, 'assumed up until checked');
}

function isAlpha(checker: CheckerConfiguration): boolean {
  return (isActing(checker) || checker.type === 'BFD_CHECK') && checker.alpha;
}
