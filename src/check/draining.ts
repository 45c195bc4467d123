/**
 * Servers that a reload took away and that may keep their connections for a while (drain_timeout): weight 0 until the
 * last connection has ended or the time is over. Looks at the wanted table as a whole, so that a server, a service and an
 * address of a group that go are one case.
 */
import type { RealServerConfiguration } from '../config/model.ts';
import type { LogLine } from '../core/events.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { destinationKeyText } from '../ipvs/keys.ts';
import type { Destination, KernelDestination, Service, ServiceKey } from '../ipvs/types.ts';
import { destinationOf, serviceKeyText } from './desired.ts';
import type { DrainingStatus } from './status.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** The kernel tells nobody when a connection ends: it is asked this often. */
const pollInterval: Milliseconds = 1000;

/** The destinations of one service as the kernel has them now; undefined: the service is gone. */
export interface ServiceConnections {
  readonly key: ServiceKey;
  readonly destinations: readonly KernelDestination[] | undefined;
}

/** One server in one kernel service. */
interface Endpoint {
  /** With its settings; destinations are empty. */
  readonly service: Service;
  /** With weight 0. */
  readonly destination: Destination;
  /** As last read; undefined: not yet. */
  connections: number | undefined;
}

/** A server of a virtual server, in all kernel services from which it goes. */
interface DrainingServer {
  readonly virtualServer: string;
  readonly server: string;
  readonly timeout: Milliseconds;
  readonly since: MonotonicMs;
  endpoints: readonly Endpoint[];
}

/** A server with drain_timeout as it stands in the table before a reload. */
export type DrainCandidate = Omit<DrainingServer, 'since'>;

/** What stands in the table and could be drained, should a reload take it away. */
export function drainCandidates(virtualServers: readonly VirtualServerState[]): DrainCandidate[] {
  const draining = virtualServers.filter(({ configuration }) => configuration.realServers.some(drains));
  return draining.flatMap(candidatesOf);
}

function drains({ drainTimeout }: RealServerConfiguration): boolean {
  return drainTimeout !== undefined && drainTimeout > 0;
}

function candidatesOf(virtualServer: VirtualServerState): DrainCandidate[] {
  const draining = virtualServer.servers.filter(({ configuration }) => drains(configuration));
  const services = virtualServer.services().map((service) => ({
    service: { ...service, destinations: [] },
    present: new Set(service.destinations.map(destinationKeyText)),
  }));
  return draining.map(({ configuration, label }) => ({
    virtualServer: virtualServer.label,
    server: label,
    timeout: configuration.drainTimeout ?? 0,
    endpoints: services.flatMap(({ service, present }) => {
      const destination = destinationOf(configuration, 0, service.key);
      return present.has(destinationKeyText(destination)) ? [{ service, destination, connections: undefined }] : [];
    }),
  }));
}

export class Draining {
  #servers: readonly DrainingServer[] = [];
  /** The next question to the kernel; undefined while one is under way, or nothing is draining. */
  #nextPoll: MonotonicMs | undefined;

  /**
   * A reload took place.
   * @param virtualServers those of the new configuration: whoever is one of their servers does not drain (any more)
   * @returns a line for each server that begins to drain
   */
  replaced(
    candidates: readonly DrainCandidate[],
    virtualServers: readonly VirtualServerState[],
    now: MonotonicMs,
  ): LogLine[] {
    if (candidates.length === 0 && this.#servers.length === 0) return [];
    const present = new Set<string>();
    for (const virtualServer of virtualServers) {
      for (const { key, destinations } of virtualServer.completeServices()) {
        for (const destination of destinations) present.add(endpointText(key, destination));
      }
    }
    const gone = ({ service, destination }: Endpoint): boolean => !present.has(endpointText(service.key, destination));
    const begun = candidates
      .map((candidate) => ({ ...candidate, since: now, endpoints: candidate.endpoints.filter(gone) }))
      .filter(({ endpoints }) => endpoints.length > 0);
    for (const server of this.#servers) server.endpoints = server.endpoints.filter(gone);
    this.#servers = [...this.#servers.filter(({ endpoints }) => endpoints.length > 0), ...begun];
    if (begun.length > 0) this.#nextPoll ??= now + pollInterval;
    return begun.map(({ server, virtualServer, timeout }) => ({
      level: 'info',
      message: `Draining server ${server} of VS ${virtualServer}: no new connections, removed with its last one or in ${timeout / 1000} s`,
    }));
  }

  /** The wanted table with what is still draining. */
  join(wanted: readonly Service[]): readonly Service[] {
    if (this.#servers.length === 0) return wanted;
    const joined = new Map(wanted.map((service) => [serviceKeyText(service.key), service]));
    for (const { service, destination } of this.#servers.flatMap(({ endpoints }) => endpoints)) {
      const text = serviceKeyText(service.key);
      const base = joined.get(text) ?? service;
      joined.set(text, { ...base, destinations: [...base.destinations, destination] });
    }
    return [...joined.values()];
  }

  nextTimeout(): MonotonicMs | undefined {
    const times = this.#servers.map(({ since, timeout }) => since + timeout);
    if (times.length > 0 && this.#nextPoll !== undefined) times.push(this.#nextPoll);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** The services whose connections are to be read now; none if it is not time. */
  toRead(now: MonotonicMs): readonly ServiceKey[] {
    if (this.#nextPoll === undefined || this.#nextPoll > now || this.#servers.length === 0) return [];
    this.#nextPoll = undefined;
    const keys = new Map<string, ServiceKey>();
    for (const { service } of this.#servers.flatMap(({ endpoints }) => endpoints)) {
      keys.set(serviceKeyText(service.key), service.key);
    }
    return [...keys.values()];
  }

  /** Takes what the kernel answered. @returns lines about servers that are done; if any endpoint is, the table changed */
  read(answers: readonly ServiceConnections[], now: MonotonicMs): DrainChange {
    const byKey = new Map(
      answers.map(({ key, destinations }) => [
        serviceKeyText(key),
        new Map(destinations?.map((destination) => [destinationKeyText(destination), connectionsOf(destination)])),
      ]),
    );
    for (const server of this.#servers) {
      for (const endpoint of server.endpoints) {
        const answer = byKey.get(serviceKeyText(endpoint.service.key));
        if (answer !== undefined) endpoint.connections = answer.get(destinationKeyText(endpoint.destination)) ?? 0;
      }
    }
    this.#nextPoll = now + pollInterval;
    return this.#drop(
      ({ connections }) => connections === 0,
      ({ since }) => `its last connection has ended, after ${seconds(now - since)}`,
    );
  }

  /** Gives up those whose time is over. */
  expire(now: MonotonicMs): DrainChange {
    const late = new Set(
      this.#servers.filter(({ since, timeout }) => since + timeout <= now).flatMap(({ endpoints }) => endpoints),
    );
    if (late.size === 0) return unchanged;
    return this.#drop(
      (endpoint) => late.has(endpoint),
      ({ timeout }, endpoints) => `drain_timeout of ${seconds(timeout)} is over, ${leftText(endpoints)}`,
    );
  }

  clear(): void {
    this.#servers = [];
    this.#nextPoll = undefined;
  }

  get active(): boolean {
    return this.#servers.length > 0;
  }

  status(): readonly DrainingStatus[] {
    return this.#servers.map(({ virtualServer, server, since, timeout, endpoints }) => ({
      virtualServer,
      server,
      since,
      until: since + timeout,
      // Before the first look nobody knows.
      ...(endpoints.every(({ connections }) => connections !== undefined) && {
        connections: connectionsLeft(endpoints),
      }),
    }));
  }

  #drop(
    isDone: (endpoint: Endpoint) => boolean,
    reason: (server: DrainingServer, endpoints: readonly Endpoint[]) => string,
  ): DrainChange {
    const lines: LogLine[] = [];
    let changed = false;
    for (const server of this.#servers) {
      const before = server.endpoints;
      const left = before.filter((endpoint) => !isDone(endpoint));
      if (left.length === before.length) continue;
      changed = true;
      server.endpoints = left;
      if (left.length > 0) continue;
      const message = `Removing drained server ${server.server} of VS ${server.virtualServer}: ${reason(server, before)}`;
      lines.push({ level: 'info', message });
    }
    this.#servers = this.#servers.filter(({ endpoints }) => endpoints.length > 0);
    return { changed, lines };
  }
}

function endpointText(key: ServiceKey, destination: Destination): string {
  return `${serviceKeyText(key)} ${destinationKeyText(destination)}`;
}

export interface DrainChange {
  /** The wanted table is another one now. */
  readonly changed: boolean;
  readonly lines: readonly LogLine[];
}

const unchanged: DrainChange = { changed: false, lines: [] };

/** Active and inactive ones. */
export function connectionsOf({ activeConnections, inactiveConnections }: KernelDestination): number {
  return activeConnections + inactiveConnections;
}

function connectionsLeft(endpoints: readonly Endpoint[]): number {
  return endpoints.reduce((sum, { connections }) => sum + (connections ?? 0), 0);
}

function leftText(endpoints: readonly Endpoint[]): string {
  if (endpoints.every(({ connections }) => connections === undefined)) return 'connections were not counted';
  const left = connectionsLeft(endpoints);
  return `${left} connection${left === 1 ? '' : 's'} left`;
}

function seconds(duration: Milliseconds): string {
  return `${Math.round(duration / 100) / 10} s`;
}
