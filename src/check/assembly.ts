/**
 * From a configuration to the engine's objects, carrying over from the objects before what a reload keeps: states of
 * servers and quorums, and everything known by checks that ask the same question.
 */
import type { CheckConfiguration } from '../config/model.ts';
import type { HealthState } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import { isActing, type ActingChecker } from './acting.ts';
import { BfdCheck, type KnownSession } from './bfd-check.ts';
import { FileCheck } from './file-check.ts';
import { giveMarks } from './group-marks.ts';
import { HealthCheck } from './health-check.ts';
import { checkIdentity, probeIdentity, realServerKeys, virtualServerKeys } from './identity.ts';
import { virtualServerLabels } from './labels.ts';
import { RealServerState } from './real-server.ts';
import { initialProgress } from './schedule.ts';
import { VirtualServerState } from './virtual-server.ts';

/** Everything the engine looks after. */
export interface Assembly {
  readonly virtualServers: readonly VirtualServerState[];
  /** By checkIdentity(). */
  readonly checks: ReadonlyMap<string, HealthCheck>;
  /** Followed track files, by checkIdentity(). */
  readonly files: ReadonlyMap<string, FileCheck>;
  /** Followed BFD sessions, by checkIdentity(). */
  readonly sessions: ReadonlyMap<string, BfdCheck>;
}

export const emptyAssembly: Assembly = { virtualServers: [], checks: new Map(), files: new Map(), sessions: new Map() };

/** What is known of the things that checks follow. */
export interface Known {
  /** The number in a track_file; 0 if it has none. */
  fileValue(trackFile: string): number;
  session(name: string): KnownSession;
}

/** What became of the objects before. */
export interface AssemblyChange {
  readonly assembly: Assembly;
  /** New server object to the one it continues. Servers that are not keys are new. */
  readonly keptServers: ReadonlyMap<RealServerState, RealServerState>;
  readonly keptVirtualServers: ReadonlySet<VirtualServerState>;
  /** Servers of kept virtual servers that are gone. */
  readonly removedServers: readonly RealServerState[];
  readonly removedVirtualServers: readonly VirtualServerState[];
  readonly newChecks: readonly HealthCheck[];
  readonly removedChecks: readonly HealthCheck[];
}

/** Servers or checks looked at in one go; a few milliseconds. */
export const sliceSize = 1000;

/**
 * What a reload carries over, worked out in slices; between them the objects before go on living.
 * @param firstMark of those given to virtual server groups; undefined: none
 */
export function* assembling(
  configuration: CheckConfiguration,
  before: Assembly,
  now: MonotonicMs,
  firstMark?: number,
): Generator<void, Plan> {
  const groups = new Map(configuration.groups.map((group) => [group.name, group]));
  const labels = virtualServerLabels(configuration);
  const keys = virtualServerKeys(configuration);
  const oldByKey = new Map(before.virtualServers.map((virtualServer) => [virtualServer.key, virtualServer]));
  const keptServers = new Map<RealServerState, RealServerState>();
  const keptVirtualServers = new Map<VirtualServerState, VirtualServerState>();
  const removedServers: RealServerState[] = [];
  const virtualServers: VirtualServerState[] = [];
  let looked = 0;
  for (const [index, entry] of configuration.virtualServers.entries()) {
    const key = keys[index] ?? '';
    const group = entry.identity.kind === 'group' ? groups.get(entry.identity.name) : undefined;
    const virtualServer = new VirtualServerState(entry, group, key, labels[index] ?? '', now);
    const old = oldByKey.get(key);
    oldByKey.delete(key);
    const oldServers = new Map(old?.servers.map((server) => [server.key, server]));
    const serverKeys = realServerKeys(entry);
    virtualServer.servers = entry.realServers.map((server, position) => {
      const serverKey = serverKeys[position] ?? '';
      const state = new RealServerState(virtualServer, server, serverKey, now);
      const oldServer = oldServers.get(serverKey);
      if (oldServer !== undefined) {
        keptServers.set(state, oldServer);
        oldServers.delete(serverKey);
      }
      return state;
    });
    if (old !== undefined) {
      keptVirtualServers.set(virtualServer, old);
      removedServers.push(...oldServers.values());
    }
    virtualServers.push(virtualServer);
    looked += entry.realServers.length + 1;
    if (looked >= sliceSize) {
      looked = 0;
      yield;
    }
  }
  giveMarks(configuration, virtualServers, firstMark, (virtualServer) => keptVirtualServers.get(virtualServer)?.mark);
  const links = yield* linkChecks(virtualServers, before, keptServers, now);
  return {
    ...links,
    before,
    virtualServers,
    keptServers,
    keptVirtualServers,
    removedServers,
    removedVirtualServers: [...oldByKey.values()],
  };
}

/** Prepared, not yet in force. */
export interface Plan {
  readonly before: Assembly;
  readonly virtualServers: readonly VirtualServerState[];
  readonly keptServers: ReadonlyMap<RealServerState, RealServerState>;
  readonly keptVirtualServers: ReadonlyMap<VirtualServerState, VirtualServerState>;
  readonly removedServers: readonly RealServerState[];
  readonly removedVirtualServers: readonly VirtualServerState[];
  readonly checks: ReadonlyMap<string, HealthCheck>;
  /** Who will live by which check. */
  readonly subscribers: ReadonlyMap<HealthCheck, RealServerState[]>;
  /** New checks, and the ones that ask the same question and from which they take what is known. */
  readonly heirs: readonly (readonly [heir: HealthCheck, from: HealthCheck])[];
  readonly newChecks: readonly HealthCheck[];
  readonly removedChecks: readonly HealthCheck[];
  /** Servers that follow a track file or a BFD session. */
  readonly followers: readonly RealServerState[];
}

/** Puts a plan in force: states as they are now, checks to their new servers. Nothing else may happen meanwhile. */
export function settle(plan: Plan, known: Known, now: MonotonicMs): AssemblyChange {
  const { before, virtualServers, checks, followers } = plan;
  for (const [server, old] of plan.keptServers) {
    server.enter(old.state, old.reason, old.since);
    server.connections = old.connections;
  }
  for (const [virtualServer, old] of plan.keptVirtualServers) {
    virtualServer.suspended = old.suspended;
    virtualServer.quorum = old.quorum;
    virtualServer.quorumSince = old.quorumSince;
    virtualServer.quorumReason = old.quorumReason;
  }
  for (const [check, subscribers] of plan.subscribers) check.subscribers = subscribers;
  for (const [heir, from] of plan.heirs) inherit(heir, from);
  const files = follow(
    followers,
    ({ configuration, key }) =>
      configuration.checkers.flatMap((checker) =>
        checker.type === 'FILE_CHECK' ? [{ checker, key: checkIdentity(checker, key) }] : [],
      ),
    ({ checker, key }) => before.files.get(key) ?? new FileCheck(key, checker, known.fileValue(checker.trackFile), now),
  );
  const sessions = follow(
    followers,
    ({ configuration, key }) =>
      configuration.checkers.flatMap((checker) =>
        checker.type === 'BFD_CHECK' ? [{ checker, key: checkIdentity(checker, key) }] : [],
      ),
    ({ checker, key }) => before.sessions.get(key) ?? new BfdCheck(key, checker, known.session(checker.instance), now),
  );
  return {
    assembly: { virtualServers, checks, files, sessions },
    keptServers: plan.keptServers,
    keptVirtualServers: new Set(plan.keptVirtualServers.keys()),
    removedServers: plan.removedServers,
    removedVirtualServers: plan.removedVirtualServers,
    newChecks: plan.newChecks,
    removedChecks: plan.removedChecks,
  };
}

interface WantedCheck {
  readonly server: RealServerState;
  readonly checker: ActingChecker;
  readonly key: string;
}

type Links = Pick<Plan, 'checks' | 'subscribers' | 'heirs' | 'newChecks' | 'removedChecks' | 'followers'>;

function* linkChecks(
  virtualServers: readonly VirtualServerState[],
  before: Assembly,
  keptServers: ReadonlyMap<RealServerState, RealServerState>,
  now: MonotonicMs,
): Generator<void, Links> {
  const wanted: WantedCheck[] = [];
  const followers: RealServerState[] = [];
  let isAllKnown = true;
  for (const virtualServer of virtualServers) {
    for (const server of virtualServer.servers) {
      for (const checker of server.configuration.checkers) {
        if (!isActing(checker)) {
          if (followers.at(-1) !== server) followers.push(server);
          continue;
        }
        const key = checkIdentity(checker, `${virtualServer.key} ${server.key}`);
        wanted.push({ server, checker, key });
        isAllKnown &&= before.checks.has(key);
        if (wanted.length % sliceSize === 0) yield;
      }
    }
  }
  // Only when a check is met that did not exist before: most reloads change little.
  const byQuestion = isAllKnown ? undefined : yield* questionsOf(before.checks.values());
  const checks = new Map<string, HealthCheck>();
  const subscribers = new Map<HealthCheck, RealServerState[]>();
  const heirs: [HealthCheck, HealthCheck][] = [];
  const newChecks: HealthCheck[] = [];
  for (const [index, { server, checker, key }] of wanted.entries()) {
    if (index % sliceSize === sliceSize - 1) yield;
    let check = checks.get(key);
    if (check === undefined) {
      check = before.checks.get(key);
      if (check === undefined) {
        check = fresh(key, checker, keptServers.get(server)?.state === 'UP', now);
        newChecks.push(check);
        const from = byQuestion?.get(probeIdentity(checker));
        if (from !== undefined) heirs.push([check, from]);
      }
      checks.set(key, check);
    }
    if (server.checks.includes(check)) continue;
    // The first by assignment: a list that grows from nothing gets room for 17.
    if (server.checks.length === 0) server.checks = [check];
    else server.checks.push(check);
    const sharers = subscribers.get(check);
    if (sharers === undefined) subscribers.set(check, [server]);
    else sharers.push(server);
  }
  const removedChecks: HealthCheck[] = [];
  let looked = 0;
  for (const [key, check] of before.checks) {
    if (!checks.has(key)) removedChecks.push(check);
    if (++looked % sliceSize === 0) yield;
  }
  return { checks, subscribers, heirs, newChecks, removedChecks, followers };
}

function* questionsOf(checks: Iterable<HealthCheck>): Generator<void, ReadonlyMap<string, HealthCheck>> {
  const byQuestion = new Map<string, HealthCheck>();
  let looked = 0;
  for (const check of checks) {
    byQuestion.set(probeIdentity(check.checker), check);
    if (++looked % sliceSize === 0) yield;
  }
  return byQuestion;
}

/** Connects servers with what they follow; `make` gives the object of a key that is met for the first time. */
function follow<Wanted extends { readonly key: string }, Check extends FileCheck | BfdCheck>(
  servers: readonly RealServerState[],
  wantedBy: (server: RealServerState) => readonly Wanted[],
  make: (wanted: Wanted) => Check,
): ReadonlyMap<string, Check> {
  const followed = new Map<string, Check>();
  for (const server of servers) {
    for (const wanted of wantedBy(server)) {
      let check = followed.get(wanted.key);
      if (check === undefined) {
        check = make(wanted);
        check.subscribers = [];
        followed.set(wanted.key, check);
      }
      if (server.checks.includes(check)) continue;
      server.checks.push(check);
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

/** A check never made before. An alpha check does not take down a server that was up without it. */
function fresh(key: string, checker: ActingChecker, runningBefore: boolean, now: MonotonicMs): HealthCheck {
  const state: HealthState = checker.alpha && !runningBefore ? 'DOWN' : 'UP';
  const reason = state === 'UP' ? 'assumed up until checked' : 'alpha: down until checked';
  return new HealthCheck(key, checker, initialProgress(checker, state), now, reason);
}
