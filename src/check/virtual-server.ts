/** A virtual server as the engine keeps it: its servers, its quorum, and the pool that follows from them. */
import type { RealServerConfiguration, VirtualServerConfiguration, VirtualServerGroup } from '../config/model.ts';
import { sameEndpoint } from '../core/endpoint.ts';
import type { HealthState, PoolCount, VirtualServerEvent } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { Service, ServiceKey } from '../ipvs/types.ts';
import { serviceKeysOf, servicesOf, type PoolMember } from './desired.ts';
import { quorumReason, quorumState } from './quorum.ts';
import { serverOrdinals, virtualServerKey } from './identity.ts';
import { RealServerState } from './real-server.ts';
import { realServerLabel, virtualServerLabel } from './labels.ts';
import { overrideStatus } from '../live/words.ts';
import { standing, type Standing } from './standing.ts';
import { QuorumTold } from './told-later.ts';
import type { RealServerStatus, VirtualServerStatus } from './status.ts';

export class VirtualServerState {
  /** A reload that keeps the virtual server may give it another one, another group and other servers. */
  configuration: VirtualServerConfiguration;
  readonly #ordinal: number;
  group: VirtualServerGroup | undefined;
  /** Stands for the addresses of the group (nftables_ipvs); undefined: each is a service of its own. */
  mark: number | undefined;
  #servers: readonly RealServerState[] | undefined;
  /** ha_suspend: its address is not on this machine, and nobody is checked on its behalf. */
  suspended = false;
  readonly #began: MonotonicMs;
  /** Of each server of which nothing is known; undefined: all are there as long as the virtual server. */
  #begun: readonly MonotonicMs[] | undefined;
  #standing: Standing;
  #services: readonly Service[] | undefined;

  /** @param ordinal see virtualServerOrdinals() */
  constructor(
    configuration: VirtualServerConfiguration,
    group: VirtualServerGroup | undefined,
    ordinal: number,
    now: MonotonicMs,
  ) {
    this.configuration = configuration;
    this.group = group;
    this.#ordinal = ordinal;
    this.#began = now;
    // Down before its servers are first installed.
    this.#standing = standing('DOWN', now, 'not yet evaluated');
  }

  /** Tells it apart from all others. */
  get key(): string {
    return virtualServerKey(this.configuration.identity, this.#ordinal);
  }

  /** As in events and lines of the log. Made when wanted, like those of servers. */
  get label(): string {
    return virtualServerLabel(this.configuration.identity, this.#ordinal);
  }

  get quorum(): HealthState {
    return this.#standing.state;
  }

  get quorumSince(): MonotonicMs {
    return this.#standing.since;
  }

  get quorumReason(): string {
    return this.#standing.reason;
  }

  /** In the order of the configuration. */
  get servers(): readonly RealServerState[] {
    this.#servers ??= this.#unknownServers();
    return this.#servers;
  }

  #unknownServers(): readonly RealServerState[] {
    const { realServers } = this.configuration;
    const ordinals = serverOrdinals(realServers);
    return realServers.map(
      (configuration, index) => new RealServerState(this, configuration, ordinals?.[index] ?? 0, this.begunAt(index)),
    );
  }

  set servers(servers: readonly RealServerState[]) {
    this.#servers = servers;
  }

  /**
   * Its servers, if something was ever to be known of them. Undefined: they are up since they are there, with the weights
   * and in the order of the configuration, have no checks, and the operator has set nothing; so it is with all servers
   * without checks until somebody asks for them, and tens of thousands of them need not be made at a start.
   */
  get knownServers(): readonly RealServerState[] | undefined {
    return this.#servers;
  }

  /** Since when the server at this place is there, of which nothing is known. */
  begunAt(place: number): MonotonicMs {
    return this.#begun?.[place] ?? this.#began;
  }

  /** A reload gives it other servers, of which nothing is known either. */
  begin(begun: readonly MonotonicMs[]): void {
    this.#begun = begun;
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
    return this.configuration.identity.kind === 'address' && this.#ordinal === 0;
  }

  /** Sum of the weights of the servers that are up. */
  get liveWeight(): number {
    if (this.#servers === undefined) return this.configuration.realServers.reduce(addWeight, 0);
    let sum = 0;
    for (const server of this.#servers) if (server.state === 'UP') sum += server.effectiveWeight;
    return sum;
  }

  get poolCount(): PoolCount {
    return { up: this.serversUp, total: this.configuration.realServers.length };
  }

  get serversUp(): number {
    if (this.#servers === undefined) return this.configuration.realServers.length;
    let up = 0;
    for (const { state } of this.#servers) if (state === 'UP') up++;
    return up;
  }

  /** The sorry server stands in exactly while there is no quorum. */
  get sorryActive(): boolean {
    return this.configuration.sorryServer !== undefined && this.quorum === 'DOWN';
  }

  /**
   * Re-evaluates the quorum; what there is to tell, if anything. At the first evaluation a missing quorum is told only if a
   * sorry server has to stand in.
   */
  updateQuorum(phase: VirtualServerEvent['phase'], now: MonotonicMs): QuorumTold | undefined {
    this.invalidate();
    const weight = this.liveWeight;
    const { quorum, hysteresis } = this.configuration;
    const before = this.quorum;
    const after = quorumState(before, weight, quorum, hysteresis);
    const tellDown = phase === 'start' && after === 'DOWN' && this.sorryActive;
    if (after === before && !tellDown) {
      if (phase === 'start')
        this.#standing = standing(after, this.quorumSince, quorumReason(after, weight, quorum, hysteresis));
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
    up: number = this.serversUp,
  ): QuorumTold {
    const from = this.quorum;
    this.#standing = standing(state, now, reason);
    this.invalidate();
    return new QuorumTold(this, this.#standing, from, phase, weight, up);
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
    const pool = this.#servers?.map(({ configuration: server, effectiveWeight: weight }) => ({ server, weight }));
    return servicesOf(this.configuration, this.group, pool, this.mark);
  }

  /**
   * Servers in the pool and the sorry server while it stands in, with their weights; what is inhibited instead of
   * removed has weight 0, and so has what the operator drains: beside a sorry server too its connections go on.
   * @returns undefined: all of them, with the weights of the configuration
   */
  #pool(): PoolMember[] | undefined {
    const sorry = this.configuration.sorryServer;
    if (sorry === undefined && this.#isWhole()) return undefined;
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

  /** What is there without a sorry server, is the configured servers with their weights. */
  #isWhole(): boolean {
    return this.#servers === undefined || this.#servers.every(isAsConfigured);
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

// Loops of thousands of virtual servers over a few servers each: an iterator is more objects than there are servers.

function addWeight(sum: number, { weight }: RealServerConfiguration): number {
  return sum + weight;
}

function isAsConfigured({ configuration, effectiveWeight, state }: RealServerState): boolean {
  return state === 'UP' && effectiveWeight === configuration.weight;
}
