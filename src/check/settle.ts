/** Puts what a reload prepared in force. */
import type { CheckerConfiguration } from '../config/model.ts';
import { placeOfEndpoint } from '../core/endpoint.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { ServiceKey } from '../ipvs/types.ts';
import type { Assembly, Plan, Renewal } from './assembly.ts';
import { BfdCheck, type KnownSession } from './bfd-check.ts';
import { checkIdentity } from './identity.ts';
import { FileCheck } from './file-check.ts';
import { HealthCheck } from './health-check.ts';
import { weightIntent } from './intents.ts';
import type { WeightChange } from './overrides.ts';
import type { RealServerState } from './real-server.ts';
import { WeightTold } from './told-later.ts';
import type { CheckIntent } from './types.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** What is known of the things that checks follow. */
export interface Known {
  /** The number in a track_file; 0 if it has none. */
  fileValue(trackFile: string): number;
  session(name: string): KnownSession;
}

export interface Settled {
  readonly assembly: Assembly;
  /** Of servers that go on with another weight. */
  readonly weights: readonly CheckIntent[];
  /** The services of all virtual servers that came, went or have another configuration. */
  readonly touched: readonly ServiceKey[];
  /** The virtual server of each of them, at the same place. */
  readonly owners: readonly VirtualServerState[];
  /** The virtual servers that want a service are the same as before, in the same order. */
  readonly sameOwners: boolean;
}

/**
 * Nothing else may happen meanwhile.
 * @param isFirst nobody asks what is touched, since everything is new
 */
export function settle(plan: Plan, known: Known, isFirst: boolean, now: MonotonicMs): Settled {
  const touched = new Touched();
  const changedGroups = plan.renewals.filter(({ isChanged, virtualServer }) => isChanged && isGroup(virtualServer));
  for (const { virtualServer } of changedGroups) touched.add(virtualServer);
  for (const virtualServer of plan.removed) touched.add(virtualServer);
  const weights: (WeightChange | WeightTold)[] = [];
  for (const renewal of plan.renewals) renew(renewal, weights);
  for (const [check, subscribers] of plan.subscribers) check.subscribers = subscribers;
  for (const check of plan.removedChecks) check.subscribers = [];
  for (const { checks, server } of plan.relinked) server.checks = checks;
  for (const [heir, from] of plan.heirs) inherit(heir, from);
  const assembly = { virtualServers: plan.virtualServers, checks: plan.checks, ...following(plan, known, now) };
  for (const { isChanged, virtualServer } of plan.renewals) if (isChanged) touched.add(virtualServer);
  if (!isFirst) for (const virtualServer of plan.created) touched.add(virtualServer);
  return {
    assembly,
    weights: toldOf(weights),
    touched: touched.keys,
    owners: touched.owners,
    sameOwners: plan.isInPlace && changedGroups.length === 0,
  };
}

function isGroup({ configuration }: VirtualServerState): boolean {
  return configuration.identity.kind === 'group';
}

class Touched {
  readonly keys: ServiceKey[] = [];
  readonly owners: VirtualServerState[] = [];

  add(virtualServer: VirtualServerState): void {
    const { identity } = virtualServer.configuration;
    if (identity.kind === 'group') for (const key of virtualServer.serviceKeys()) this.#add(key, virtualServer);
    else this.#add(identity, virtualServer);
  }

  #add(key: ServiceKey, virtualServer: VirtualServerState): void {
    this.keys.push(key);
    this.owners.push(virtualServer);
  }
}

/** Which of them have another weight is known now that they have the checks that they will live by. */
function toldOf(weights: readonly (WeightChange | WeightTold)[]): CheckIntent[] {
  const told: CheckIntent[] = [];
  for (const weight of weights) {
    if (weight instanceof WeightTold) told.push(weight);
    else if (weight.server.effectiveWeight !== weight.from) told.push(weightIntent(weight));
  }
  return told;
}

/** @param weights takes the servers that may have another weight now, with the one they had */
function renew(renewal: Renewal, weights: (WeightChange | WeightTold)[]): void {
  const { configuration, group, isChanged, mark, match, virtualServer } = renewal;
  const { begun, servers } = match;
  if (servers === undefined) {
    reweighUnknown(renewal, weights);
    if (begun !== undefined) virtualServer.begin(begun);
  } else {
    for (let index = 0; index < servers.length; index++) {
      const server = servers[index];
      const next = configuration.realServers[index];
      const last = server?.configuration;
      if (server === undefined || last === undefined || next === undefined || next === last) continue;
      if (next.weight !== last.weight || next.checkers !== last.checkers)
        weights.push({ server, from: server.effectiveWeight });
      server.configuration = next;
    }
    virtualServer.servers = servers;
  }
  virtualServer.configuration = configuration;
  virtualServer.group = group;
  virtualServer.mark = mark;
  if (isChanged) virtualServer.invalidate();
}

function reweighUnknown(
  { configuration, former, match, virtualServer }: Renewal,
  weights: (WeightChange | WeightTold)[],
): void {
  const { realServers } = configuration;
  const lasts = former.realServers;
  for (let index = 0; index < realServers.length; index++) {
    const next = realServers[index];
    if (next === undefined || next === lasts[index]) continue;
    const last = match.begun === undefined ? lasts[index] : lasts[placeOfEndpoint(next, lasts, index)];
    if (last !== undefined && next.weight !== last.weight)
      weights.push(new WeightTold(virtualServer, next, last.weight, next.weight, true));
  }
}

/** Connects servers with the track files and sessions that they follow; most configurations have none. */
function following(
  { before, hasFollowers, virtualServers }: Plan,
  known: Known,
  now: MonotonicMs,
): Pick<Assembly, 'files' | 'sessions'> {
  if (!hasFollowers) return { files: before.files, sessions: before.sessions };
  const followers = virtualServers.flatMap(
    ({ knownServers }) =>
      knownServers?.filter(({ configuration }) =>
        configuration.checkers.some(({ type }) => type === 'FILE_CHECK' || type === 'BFD_CHECK'),
      ) ?? [],
  );
  for (const server of followers) server.checks = server.checks.filter((check) => check instanceof HealthCheck);
  const files = follow(
    followers,
    (checker) => checker.type === 'FILE_CHECK',
    (key, checker) => before.files.get(key) ?? new FileCheck(key, checker, known.fileValue(checker.trackFile), now),
  );
  const sessions = follow(
    followers,
    (checker) => checker.type === 'BFD_CHECK',
    (key, checker) => before.sessions.get(key) ?? new BfdCheck(key, checker, known.session(checker.instance), now),
  );
  return { files, sessions };
}

/**
 * @param isOfKind which checkers
 * @param make gives the object of a key that is met for the first time
 */
function follow<Checker extends CheckerConfiguration, Check extends FileCheck | BfdCheck>(
  servers: readonly RealServerState[],
  isOfKind: (checker: CheckerConfiguration) => checker is Checker,
  make: (key: string, checker: Checker) => Check,
): ReadonlyMap<string, Check> {
  const followed = new Map<string, Check>();
  for (const server of servers) {
    for (const checker of server.configuration.checkers.filter(isOfKind)) {
      const key = checkIdentity(checker, server.key);
      let check = followed.get(key);
      if (check === undefined) {
        check = make(key, checker);
        check.subscribers = [];
        followed.set(key, check);
      }
      if (server.checks.includes(check)) continue;
      server.checks = [...server.checks, check];
      check.subscribers.push(server);
    }
  }
  return followed;
}

/** What is known from a check that asks the same question at other times. */
function inherit(heir: HealthCheck, from: HealthCheck): void {
  const { progress } = from;
  const { retry } = heir.checker;
  heir.progress = { ...progress, retriesUsed: progress.hasRun ? Math.min(progress.retriesUsed, retry) : retry };
  heir.since = from.since;
  heir.reason = from.reason;
  heir.runs = from.runs;
  heir.failures = from.failures;
  heir.weight = from.weight;
  heir.started = from.started;
  if (from.lastResult !== undefined) heir.lastResult = from.lastResult;
}
