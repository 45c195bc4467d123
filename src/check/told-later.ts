/**
 * What is told of ten thousand servers at once, behind the writes to IPVS: until somebody reads them, these intents are
 * the few values that events and lines are made of.
 */
import type { RealServerConfiguration, VirtualServerConfiguration } from '../config/model.ts';
import type { HealthState, LogLine, RealServerEvent, VirtualServerEvent } from '../core/events.ts';
import { realServerLabel } from './labels.ts';
import type { Standing } from './standing.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** A quorum was gained or lost, just now. */
export class QuorumTold {
  readonly #virtualServer: VirtualServerState;
  readonly #configuration: VirtualServerConfiguration;
  readonly #standing: Standing;
  readonly #from: HealthState;
  readonly #phase: VirtualServerEvent['phase'];
  readonly #weight: number;
  readonly #up: number;

  /**
   * @param entered what it is now
   * @param up servers of the virtual server that are up
   */
  constructor(
    virtualServer: VirtualServerState,
    entered: Standing,
    from: HealthState,
    phase: VirtualServerEvent['phase'],
    weight: number,
    up: number,
  ) {
    this.#virtualServer = virtualServer;
    this.#configuration = virtualServer.configuration;
    this.#standing = entered;
    this.#from = from;
    this.#phase = phase;
    this.#weight = weight;
    this.#up = up;
  }

  get type(): 'event' {
    return 'event';
  }

  get event(): VirtualServerEvent {
    const { hysteresis, quorum, realServers } = this.#configuration;
    const { reason, since, state } = this.#standing;
    return {
      kind: 'virtual-server',
      service: this.#virtualServer.label,
      from: this.#from,
      to: state,
      phase: this.#phase,
      ...(isQuiet(this.#phase, this.#configuration) && { quiet: true }),
      weight: this.#weight,
      quorum,
      hysteresis,
      servers: { up: this.#up, total: realServers.length },
      at: since,
      reason,
    };
  }
}

/** A server that takes part no more, whose virtual server goes or goes on without it. */
export class ServerGone {
  readonly #virtualServer: VirtualServerState;
  readonly #virtualServerConfiguration: VirtualServerConfiguration;
  readonly #configuration: RealServerConfiguration;
  readonly #standing: Standing;
  readonly #phase: 'reload' | 'stop';
  readonly #up: number;

  /**
   * @param entered what it is now
   * @param up servers that its virtual server has left
   */
  constructor(
    virtualServer: VirtualServerState,
    configuration: RealServerConfiguration,
    entered: Standing,
    phase: 'reload' | 'stop',
    up: number,
  ) {
    this.#virtualServer = virtualServer;
    this.#virtualServerConfiguration = virtualServer.configuration;
    this.#configuration = configuration;
    this.#standing = entered;
    this.#phase = phase;
    this.#up = up;
  }

  get type(): 'event' {
    return 'event';
  }

  get event(): RealServerEvent {
    const virtualServer = this.#virtualServerConfiguration;
    const { reason, since } = this.#standing;
    return {
      kind: 'real-server',
      service: this.#virtualServer.label,
      server: realServerLabel(virtualServer, this.#configuration),
      from: 'UP',
      to: 'DOWN',
      phase: this.#phase,
      ...(isQuiet(this.#phase, virtualServer) && { quiet: true }),
      servers: { up: this.#up, total: virtualServer.realServers.length },
      at: since,
      reason,
    };
  }
}

function isQuiet(phase: VirtualServerEvent['phase'], { omega }: VirtualServerConfiguration): boolean {
  return phase === 'stop' && !omega;
}

/** A server goes on with another weight. */
export class WeightTold {
  readonly #virtualServer: VirtualServerState;
  readonly #configuration: RealServerConfiguration;
  readonly #from: number;
  readonly #to: number;
  readonly #isUp: boolean;
  readonly #reason: string | undefined;

  /** @param reason in words, where somebody would not know */
  constructor(
    virtualServer: VirtualServerState,
    configuration: RealServerConfiguration,
    from: number,
    to: number,
    isUp: boolean,
    reason?: string,
  ) {
    this.#virtualServer = virtualServer;
    this.#configuration = configuration;
    this.#from = from;
    this.#to = to;
    this.#isUp = isUp;
    this.#reason = reason;
  }

  get type(): 'log' {
    return 'log';
  }

  get line(): LogLine {
    const { configuration, label } = this.#virtualServer;
    const server = realServerLabel(configuration, this.#configuration);
    const activity = this.#isUp ? 'active' : 'inactive';
    const why = this.#reason === undefined ? '' : `: ${this.#reason}`;
    const message = `Changing weight from ${this.#from} to ${this.#to} for ${activity} service ${server} of VS ${label}${why}`;
    return { level: 'info', message };
  }
}
