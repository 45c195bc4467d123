/** What there is to tell of virtual servers that come, go, or have another configuration; their servers change with it. */
import { placeOfEndpoint, smallPool } from '../core/endpoint.ts';
import type { RealServerEvent } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import { reasonOf } from '../live/words.ts';
import type { Plan, Renewal } from './assembly.ts';
import { eventIntent } from './intents.ts';
import { assumedState, type RealServerState } from './real-server.ts';
import { standing } from './standing.ts';
import { ServerGone } from './told-later.ts';
import type { CheckIntent } from './types.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** Last events of a virtual server that goes; at the stop quiet unless omega. */
export function farewell(
  virtualServer: VirtualServerState,
  phase: 'reload' | 'stop',
  reason: string,
  now: MonotonicMs,
): CheckIntent[] {
  const intents: CheckIntent[] = [];
  const { knownServers } = virtualServer;
  const down = standing('DOWN', now, reason);
  let up = virtualServer.serversUp;
  for (const [index, configuration] of virtualServer.configuration.realServers.entries()) {
    const server = knownServers?.[index];
    if (server?.state === 'DOWN') continue;
    server?.enter('DOWN', reason, now);
    intents.push(new ServerGone(virtualServer, configuration, down, phase, --up));
  }
  if (virtualServer.quorum === 'UP') intents.push(virtualServer.enterQuorum('DOWN', 0, reason, phase, now, up));
  return intents;
}

/** Of all that go with a reload. To be called before the plan is settled: events tell of the pools that they leave. */
export function removals({ removed, renewals }: Plan, now: MonotonicMs): CheckIntent[] {
  const intents: CheckIntent[] = removed.flatMap((virtualServer) => farewell(virtualServer, 'reload', 'Removing', now));
  for (const renewal of renewals) {
    const { match, virtualServer } = renewal;
    if (match.begun !== undefined) tellUnknownGone(renewal, now, intents);
    else if (match.removed.length > 0) {
      let up = virtualServer.serversUp;
      for (const server of match.removed) {
        if (server.state === 'DOWN') continue;
        server.enter('DOWN', 'Removing', now);
        intents.push(new ServerGone(virtualServer, server.configuration, server.standing, 'reload', --up));
      }
    }
  }
  return intents;
}

function tellUnknownGone(
  { configuration, former, virtualServer }: Renewal,
  now: MonotonicMs,
  intents: CheckIntent[],
): void {
  const { realServers } = former;
  const down = standing('DOWN', now, 'Removing');
  let up = realServers.length;
  for (let index = 0; index < realServers.length; index++) {
    const server = realServers[index];
    if (server !== undefined && placeOfEndpoint(server, configuration.realServers, index) < 0)
      intents.push(new ServerGone(virtualServer, server, down, 'reload', --up));
  }
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
): CheckIntent[] {
  const intents: CheckIntent[] = [];
  let nextCreated = 0;
  let nextRenewal = 0;
  for (const virtualServer of virtualServers) {
    const renewal = renewals[nextRenewal];
    if (virtualServer === created[nextCreated]) {
      nextCreated++;
      install(virtualServer, 'start', undefined, recollected, tellsAll, now, intents);
    } else if (virtualServer === renewal?.virtualServer) {
      nextRenewal++;
      if (!renewal.isChanged) continue;
      const added = tellsAll ? addedBy(renewal) : renewal.match.added;
      install(virtualServer, 'reload', added, recollected, tellsAll, now, intents);
    }
  }
  return intents;
}

function addedBy({ configuration, former, match, virtualServer }: Renewal): readonly RealServerState[] {
  if (match.begun === undefined) return match.added;
  const came = configuration.realServers.filter(
    (server, index) => placeOfEndpoint(server, former.realServers, index) < 0,
  );
  return came.length === 0 ? [] : virtualServer.servers.filter((server) => came.includes(server.configuration));
}

/**
 * States by what its checks know, then the quorum.
 * @param added servers that are new; undefined: all are, but those that are recollected
 */
function install(
  virtualServer: VirtualServerState,
  phase: 'start' | 'reload',
  added: readonly RealServerState[] | undefined,
  recollected: ReadonlySet<RealServerState>,
  tellsAll: boolean,
  now: MonotonicMs,
  intents: CheckIntent[],
): void {
  const isTold = tellsAll && added?.length !== 0;
  const servers = isTold ? virtualServer.servers : virtualServer.knownServers;
  if (servers !== undefined) {
    const among = added !== undefined && added.length > smallPool ? new Set(added) : undefined;
    for (const server of servers) {
      const isKnown =
        added === undefined
          ? recollected.has(server)
          : !(among === undefined ? added.includes(server) : among.has(server));
      const event = installServer(server, isKnown, phase, tellsAll, now);
      if (event !== undefined) intents.push(eventIntent(event));
    }
  }
  const quorum = virtualServer.updateQuorum(phase, now);
  if (quorum !== undefined) intents.push(quorum);
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
