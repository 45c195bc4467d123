/** What there is to tell of virtual servers that come, go, or have another configuration; their servers change with it. */
import type { DaemonEvent, RealServerEvent } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import { reasonOf } from '../live/words.ts';
import type { Plan } from './assembly.ts';
import { assumedState, type RealServerState } from './real-server.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** Last events of a virtual server that goes; at the stop quiet unless omega. */
export function farewell(
  virtualServer: VirtualServerState,
  phase: 'reload' | 'stop',
  reason: string,
  now: MonotonicMs,
): DaemonEvent[] {
  const quiet = phase === 'reload' || virtualServer.configuration.omega ? {} : { quiet: true };
  const events: DaemonEvent[] = [];
  for (const server of virtualServer.servers) {
    if (server.state === 'DOWN') continue;
    server.enter('DOWN', reason, now);
    events.push({ ...server.event('UP', phase, now), ...quiet });
  }
  if (virtualServer.quorum === 'UP') {
    events.push({ ...virtualServer.enterQuorum('DOWN', 0, reason, phase, now), ...quiet });
  }
  return events;
}

/** Of all that go with a reload. To be called before the plan is settled: events tell of the pools that they leave. */
export function removals({ removed, renewals }: Plan, now: MonotonicMs): DaemonEvent[] {
  const events: DaemonEvent[] = removed.flatMap((virtualServer) => farewell(virtualServer, 'reload', 'Removing', now));
  for (const renewal of renewals) {
    for (const server of renewal.removed) {
      if (server.state === 'DOWN') continue;
      server.enter('DOWN', 'Removing', now);
      events.push(server.event('UP', 'reload', now));
    }
  }
  return events;
}

/**
 * Gives those just put in place, or with another configuration, the states that follow from it; of the others nothing can be
 * different.
 * @param recollected new servers whose state is known from a process before
 * @param tellsAll servers that are new and up are told of as well
 */
export function installations(
  { created, renewals, virtualServers }: Plan,
  recollected: ReadonlySet<RealServerState>,
  tellsAll: boolean,
  now: MonotonicMs,
): DaemonEvent[] {
  const events: DaemonEvent[] = [];
  let nextCreated = 0;
  let nextRenewal = 0;
  for (const virtualServer of virtualServers) {
    const renewal = renewals[nextRenewal];
    if (virtualServer === created[nextCreated]) {
      nextCreated++;
      install(virtualServer, 'start', (server) => recollected.has(server), tellsAll, now, events);
    } else if (virtualServer === renewal?.virtualServer) {
      nextRenewal++;
      if (!renewal.isChanged) continue;
      const added = renewal.added.length === 0 ? undefined : new Set(renewal.added);
      install(virtualServer, 'reload', (server) => added?.has(server) !== true, tellsAll, now, events);
    }
  }
  return events;
}

/** States by what its checks know, then the quorum. */
function install(
  virtualServer: VirtualServerState,
  phase: 'start' | 'reload',
  isKnown: (server: RealServerState) => boolean,
  tellsAll: boolean,
  now: MonotonicMs,
  events: DaemonEvent[],
): void {
  for (const server of virtualServer.servers) {
    const event = installServer(server, isKnown(server), phase, tellsAll, now);
    if (event !== undefined) events.push(event);
  }
  const quorum = virtualServer.updateQuorum(phase, now);
  if (quorum !== undefined) events.push(quorum);
}

function installServer(
  server: RealServerState,
  isKnown: boolean,
  phase: 'start' | 'reload',
  tellsAll: boolean,
  now: MonotonicMs,
): RealServerEvent | undefined {
  const expected = isKnown ? server.state : assumedState(server.configuration);
  const state = server.stateDue();
  if (state !== expected) {
    const failed = server.checks.find((check) => check.state === 'DOWN');
    const byChecks = failed === undefined ? 'no failed check is left' : `${failed.checker.type}: ${failed.reason}`;
    const reason = server.override !== undefined && server.inMaintenance ? reasonOf(server.override) : byChecks;
    server.enter(state, reason, now);
    return server.event(expected, phase, now);
  }
  return !isKnown && tellsAll && state === 'UP' ? server.event('UP', phase, now, 'installed') : undefined;
}
