/** What the operator sets on real servers beside the file: who has which setting, and what follows when that changes. */
import type { MonotonicMs } from '../core/time.ts';
import type { ServiceKey } from '../ipvs/types.ts';
import { serverTargetKey, serviceKey, serviceTargetOf } from '../live/targets.ts';
import type { ServerChange } from '../live/types.ts';
import { endOf, reasonOf } from '../live/words.ts';
import { serviceKeyText } from './desired.ts';
import { eventIntent } from './intents.ts';
import type { RealServerState } from './real-server.ts';
import type { CheckIntent } from './types.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** A server with the weight it had. */
export interface WeightChange {
  readonly server: RealServerState;
  readonly from: number;
  /** In words, where somebody would not know. */
  readonly reason?: string;
}

export interface OverrideEffects {
  readonly weights: readonly WeightChange[];
  readonly told: readonly CheckIntent[];
  /** Services whose servers may be other ones now. */
  readonly touched: readonly ServiceKey[];
}

export class ServerOverrides {
  /** By serverTargetKey(). */
  #changes = new Map<string, ServerChange>();
  /** By serviceKey(): the services that have some. */
  #services = new Set<string>();
  /** The same, of the changes before as well: servers that have lost theirs are among them. */
  #concerned = new Set<string>();

  /** Some server may have one, or may have had one before. */
  get any(): boolean {
    return this.#concerned.size > 0;
  }

  /** These are in force now, and no others. */
  take(changes: readonly ServerChange[]): void {
    const before = this.#services;
    this.#changes = new Map(changes.map((change) => [serverTargetKey(change.target), change]));
    this.#services = new Set(changes.map(({ target }) => serviceKey(target.service)));
    this.#concerned = new Set([...before, ...this.#services]);
  }

  /** Gives servers of a new configuration their settings, before anything is decided about them. */
  give(virtualServers: readonly VirtualServerState[]): void {
    for (const [server, change] of this.#servers(virtualServers, this.#services))
      server.setByOperator(change, server.connections);
  }

  /** Brings servers that run to their settings; nothing where they have them already. */
  enforce(virtualServers: readonly VirtualServerState[], now: MonotonicMs): OverrideEffects {
    const weights: WeightChange[] = [];
    const told: CheckIntent[] = [];
    const touched = new Map<string, ServiceKey>();
    for (const [server, change] of this.#servers(virtualServers, this.#concerned)) {
      if (sameChange(server.override, change)) continue;
      const from = server.effectiveWeight;
      const reason = exchange(server, change, now);
      if (server.effectiveWeight !== from) weights.push({ server, from, reason });
      told.push(...consequences(server, reason, now));
      for (const { key } of server.virtualServer.services()) touched.set(serviceKeyText(key), key);
    }
    return { weights, told, touched: [...touched.values()] };
  }

  /** The servers of these services, each with the change that is meant for it. */
  *#servers(
    virtualServers: readonly VirtualServerState[],
    services: ReadonlySet<string>,
  ): Generator<[server: RealServerState, change: ServerChange | undefined]> {
    if (services.size === 0) return;
    for (const { configuration, servers } of virtualServers) {
      const service = serviceTargetOf(configuration.identity);
      if (!services.has(serviceKey(service))) continue;
      for (const server of servers) {
        const { address, port } = server.configuration;
        yield [server, this.#changes.get(serverTargetKey({ service, address, port }))];
      }
    }
  }
}

/** They come as messages, each time as other objects. */
function sameChange(a: ServerChange | undefined, b: ServerChange | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** @returns why, in words */
function exchange(server: RealServerState, change: ServerChange | undefined, now: MonotonicMs): string {
  const before = server.override;
  server.setByOperator(change, undefined);
  server.virtualServer.invalidate();
  if (change !== undefined) return reasonOf(change);
  return before === undefined ? 'the operator' : endOf(before, now);
}

function consequences(server: RealServerState, reason: string, now: MonotonicMs): CheckIntent[] {
  const from = server.state;
  const to = server.stateDue();
  const failed = server.checks.find((check) => check.state === 'DOWN');
  // One that was down before stays so, but for another reason.
  if (from === to && to === 'DOWN') {
    const why = server.inMaintenance || failed === undefined ? reason : `${failed.checker.type}: ${failed.reason}`;
    server.enter('DOWN', why, server.since);
  }
  if (from !== to) server.enter(to, reason, now);
  const quorum = server.virtualServer.updateQuorum('running', now);
  return [
    ...(from === to ? [] : [eventIntent(server.event(from, 'running', now))]),
    ...(quorum === undefined ? [] : [quorum]),
  ];
}
