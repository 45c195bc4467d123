/**
 * What a process that ended in disorder left in IPVS says about its servers: one with a weight was up, one that is missing
 * from its service was down. Whoever comes after it goes on from there, so that no service is empty until checks have run,
 * and no dead server is tried again. Pure.
 */
import type { HealthState } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import { destinationKeyText } from '../ipvs/keys.ts';
import type { Service } from '../ipvs/types.ts';
import { reasonOf } from '../live/words.ts';
import type { Plan } from './assembly.ts';
import { serviceKeyText } from './desired.ts';
import type { RealServerState } from './real-server.ts';
import { initialProgress } from './schedule.ts';
import type { VirtualServerState } from './virtual-server.ts';

const reasons: Readonly<Record<HealthState, string>> = {
  UP: 'in the pool when the process before ended',
  DOWN: 'not in the pool when the process before ended',
};

/**
 * Gives servers and checks that are about to be put in force the states that the table tells of.
 * @param left services as the kernel has them
 * @returns the servers that have a state from there
 */
export function recollect(plan: Plan, left: readonly Service[], now: MonotonicMs): ReadonlySet<RealServerState> {
  if (left.length === 0) return new Set();
  const pools = new Map(
    left.map(({ destinations, key }) => [
      serviceKeyText(key),
      new Map(destinations.map((destination) => [destinationKeyText(destination), destination.weight])),
    ]),
  );
  const states = new Map<RealServerState, HealthState>();
  for (const virtualServer of plan.virtualServers) remember(virtualServer, pools, states);
  for (const [check, subscribers] of plan.subscribers) {
    const known = subscribers.flatMap((server) => states.get(server) ?? []);
    if (known.length === 0) continue;
    // One that is missing elsewhere may be down for the sake of another check.
    const state = known.includes('UP') ? 'UP' : 'DOWN';
    check.progress = initialProgress(check.checker, state);
    check.reason = reasons[state];
  }
  for (const [server, state] of states) server.enter(state, reasons[state], now);
  // The process before has told of them.
  const maintained = plan.virtualServers.flatMap(
    ({ knownServers }) => knownServers?.filter((server) => server.inMaintenance) ?? [],
  );
  for (const server of maintained) if (server.override) server.enter('DOWN', reasonOf(server.override), now);
  return new Set([...states.keys(), ...maintained]);
}

function remember(
  virtualServer: VirtualServerState,
  pools: ReadonlyMap<string, ReadonlyMap<string, number>>,
  states: Map<RealServerState, HealthState>,
): void {
  // Without checks nothing can have taken them away, or bring them back.
  const { knownServers } = virtualServer;
  if (knownServers === undefined) return;
  for (const { destinations, key } of virtualServer.completeServices()) {
    const pool = pools.get(serviceKeyText(key));
    if (pool === undefined) continue;
    for (const [index, server] of knownServers.entries()) {
      const destination = destinations[index];
      if (destination === undefined || server.checks.length === 0) continue;
      // Taken away by the operator, it may be as well as any other.
      if (server.inMaintenance) continue;
      const weight = pool.get(destinationKeyText(destination)) ?? -1;
      const state = weight > 0 || (weight === 0 && server.quiesced) ? 'UP' : 'DOWN';
      if (states.get(server) !== 'UP') states.set(server, state);
    }
  }
}
