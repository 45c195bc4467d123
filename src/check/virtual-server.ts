/** A virtual server as the engine keeps it: its servers, its quorum, and the pool that follows from them. */
import type { RealServerConfiguration, VirtualServerConfiguration, VirtualServerGroup } from '../config/model.ts';
import { sameEndpoint } from '../core/endpoint.ts';
import type { HealthState, PoolCount, VirtualServerEvent } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { Service, ServiceKey } from '../ipvs/types.ts';
import { serviceKeysOf, servicesOf, type PoolMember } from './desired.ts';
import { quorumReason, quorumState } from './quorum.ts';
import type { RealServerState } from './real-server.ts';
import { realServerLabel } from './labels.ts';
import { overrideStatus } from '../live/words.ts';
import type { RealServerStatus, VirtualServerStatus } from './status.ts';

export class VirtualServerState {
  /** A reload that keeps the virtual server may give it another one, another group and other servers. */
  configuration: VirtualServerConfiguration;
  readonly key: string;
  readonly label: string;
  group: VirtualServerGroup | undefined;
  /** Stands for the addresses of the group (nftables_ipvs); undefined: each is a service of its own. */
  mark: number | undefined;
  servers: readonly RealServerState[] = [];
  /** ha_suspend: its address is not on this machine, and nobody is checked on its behalf. */
  suspended = false;
  /** Down before its servers are first installed. */
  quorum: HealthState = 'DOWN';
  quorumSince: MonotonicMs;
  quorumReason = 'not yet evaluated';
  #services: readonly Service[] | undefined;

  constructor(
    configuration: VirtualServerConfiguration,
    group: VirtualServerGroup | undefined,
    key: string,
    label: string,
    now: MonotonicMs,
  ) {
    this.configuration = configuration;
    this.group = group;
    this.key = key;
    this.label = label;
    this.quorumSince = now;
  }

  /**
   * Follows the addresses of this machine; a group counts as being here when one of its addresses is.
   * @returns true if that suspended the checks or let them go on
   */
  followAddresses(addresses: ReadonlySet<string>): boolean {
    const before = this.suspended;
    this.suspended = this.configuration.haSuspend && !this.#isHere(addresses);
    return this.suspended !== before;
  }

  #isHere(addresses: ReadonlySet<string>): boolean {
    return serviceKeysOf(this.configuration, this.group).some(
      (key) => key.kind === 'address' && addresses.has(key.address),
    );
  }

  /** Surely nobody else wants the same service of the kernel: no group, and not written twice. */
  get isAlone(): boolean {
    return this.configuration.identity.kind === 'address' && !this.key.includes(' ');
  }

  /** Sum of the weights of the servers that are up. */
  get liveWeight(): number {
    let weight = 0;
    for (const server of this.servers) if (server.state === 'UP') weight += server.effectiveWeight;
    return weight;
  }

  get poolCount(): PoolCount {
    let up = 0;
    for (const { state } of this.servers) if (state === 'UP') up++;
    return { up, total: this.servers.length };
  }

  /** The sorry server stands in exactly while there is no quorum. */
  get sorryActive(): boolean {
    return this.configuration.sorryServer !== undefined && this.quorum === 'DOWN';
  }

  /**
   * Re-evaluates the quorum; the event if there is something to tell. At the first evaluation a missing quorum is told
   * only if a sorry server has to stand in.
   */
  updateQuorum(phase: VirtualServerEvent['phase'], now: MonotonicMs): VirtualServerEvent | undefined {
    this.invalidate();
    const weight = this.liveWeight;
    const { quorum, hysteresis } = this.configuration;
    const before = this.quorum;
    const after = quorumState(before, weight, quorum, hysteresis);
    const tellDown = phase === 'start' && after === 'DOWN' && this.sorryActive;
    if (after === before && !tellDown) {
      if (phase === 'start') this.quorumReason = quorumReason(after, weight, quorum, hysteresis);
      return undefined;
    }
    return this.enterQuorum(after, weight, quorumReason(after, weight, quorum, hysteresis), phase, now);
  }

  enterQuorum(
    state: HealthState,
    weight: number,
    reason: string,
    phase: VirtualServerEvent['phase'],
    now: MonotonicMs,
  ): VirtualServerEvent {
    const from = this.quorum;
    this.quorum = state;
    this.quorumSince = now;
    this.quorumReason = reason;
    this.invalidate();
    return {
      kind: 'virtual-server',
      service: this.label,
      from,
      to: state,
      phase,
      weight,
      quorum: this.configuration.quorum,
      hysteresis: this.configuration.hysteresis,
      servers: this.poolCount,
      at: now,
      reason,
    };
  }

  /** To be called when the state of a server changed. */
  invalidate(): void {
    this.#services = undefined;
  }

  /** True if the server takes new connections now. */
  inPool(server: RealServerState): boolean {
    return server.state === 'UP' && !this.sorryActive;
  }

  /** The kernel services this virtual server wants. */
  services(): readonly Service[] {
    this.#services ??= servicesOf(this.configuration, this.group, this.#pool(), this.mark);
    return this.#services;
  }

  /** The keys of services(). */
  serviceKeys(): readonly ServiceKey[] {
    return this.#services === undefined
      ? serviceKeysOf(this.configuration, this.group, this.mark)
      : this.#services.map(({ key }) => key);
  }

  /** The same with all of its servers in them, whatever their states. */
  completeServices(): readonly Service[] {
    const pool = this.servers.map(({ configuration: server, effectiveWeight: weight }) => ({ server, weight }));
    return servicesOf(this.configuration, this.group, pool, this.mark);
  }

  /**
   * Servers in the pool and the sorry server while it stands in, with their weights; what is inhibited instead of
   * removed has weight 0, and so has what the operator drains: beside a sorry server too its connections go on.
   */
  #pool(): PoolMember[] {
    const sorry = this.configuration.sorryServer;
    const pool: PoolMember[] = [];
    for (const server of this.servers) {
      if (this.sorryActive && sorry !== undefined && sameEndpoint(server.configuration, sorry)) continue;
      if (this.inPool(server)) pool.push({ server: server.configuration, weight: server.effectiveWeight });
      else if (server.configuration.inhibitOnFailure || (server.quiesced && server.state === 'UP'))
        pool.push({ server: server.configuration, weight: 0 });
    }
    if (sorry !== undefined) this.#addSorryServer(pool, sorry);
    return pool;
  }

  #addSorryServer(pool: PoolMember[], sorry: RealServerConfiguration): void {
    const alsoRealServer = this.servers.some((server) => sameEndpoint(server.configuration, sorry));
    if (this.sorryActive) pool.push({ server: sorry, weight: sorry.weight });
    else if (this.configuration.sorryServerInhibit && !alsoRealServer) pool.push({ server: sorry, weight: 0 });
  }

  status(): VirtualServerStatus {
    return { ...this.ownStatus(), servers: this.servers.map((server) => this.#serverStatus(server)) };
  }

  /** Without its servers. */
  ownStatus(): Omit<VirtualServerStatus, 'servers'> {
    const { configuration } = this;
    const sorry = configuration.sorryServer;
    return {
      label: this.label,
      identity: configuration.identity,
      quorum: {
        state: this.quorum,
        since: this.quorumSince,
        reason: this.quorumReason,
        weight: this.liveWeight,
        quorum: configuration.quorum,
        hysteresis: configuration.hysteresis,
      },
      ...(sorry === undefined
        ? {}
        : { sorryServer: { label: realServerLabel(configuration, sorry), active: this.sorryActive } }),
      ...(this.suspended && { suspended: true }),
    };
  }

  #serverStatus(server: RealServerState): RealServerStatus {
    return { ...this.ownStatusOf(server), checkers: server.checks.map((check) => check.status()) };
  }

  /** A server without its checks. */
  ownStatusOf(server: RealServerState): Omit<RealServerStatus, 'checkers'> {
    const { configuration, connections, effectiveWeight, label, override, reason, since, state } = server;
    return {
      label,
      address: configuration.address,
      port: configuration.port,
      state,
      since,
      reason,
      weight: configuration.weight,
      effectiveWeight,
      inPool: this.inPool(server),
      ...(override && { override: overrideStatus(override, connections) }),
    };
  }
}
