/**
 * From a configuration to the engine's objects, carrying over from the objects before what a reload keeps: states of
 * servers and quorums, and everything known by checks that ask the same question.
 */
import type { CheckConfiguration } from '../config/model.ts';
import type { HealthState } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import { isActing, type ActingChecker } from './acting.ts';
import { FileCheck } from './file-check.ts';
import { HealthCheck } from './health-check.ts';
import { checkIdentity, probeIdentity, realServerKeys, virtualServerKeys } from './identity.ts';
import { realServerLabel, virtualServerLabels } from './labels.ts';
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
}

export const emptyAssembly: Assembly = { virtualServers: [], checks: new Map(), files: new Map() };

/** The number in a track_file; 0 if it has none. */
export type FileValue = (trackFile: string) => number;

/** What became of the objects before. */
export interface AssemblyChange {
  readonly assembly: Assembly;
  /** New server object to the one it continues. Servers that are not keys are new. */
  readonly keptServers: ReadonlyMap<RealServerState, RealServerState>;
  readonly keptVirtualServers: ReadonlySet<VirtualServerState>;
  /** Servers of kept virtual servers that are gone. */
  readonly removedServers: readonly RealServerState[];
  readonly removedVirtualServers: readonly VirtualServerState[];
  readonly removedChecks: readonly HealthCheck[];
}

export function assemble(
  configuration: CheckConfiguration,
  before: Assembly,
  fileValue: FileValue,
  now: MonotonicMs,
): AssemblyChange {
  const groups = new Map(configuration.groups.map((group) => [group.name, group]));
  const labels = virtualServerLabels(configuration);
  const keys = virtualServerKeys(configuration);
  const oldByKey = new Map(before.virtualServers.map((virtualServer) => [virtualServer.key, virtualServer]));
  const keptServers = new Map<RealServerState, RealServerState>();
  const keptVirtualServers = new Set<VirtualServerState>();
  const removedServers: RealServerState[] = [];
  const virtualServers = configuration.virtualServers.map((entry, index) => {
    const key = keys[index] ?? '';
    const group = entry.identity.kind === 'group' ? groups.get(entry.identity.name) : undefined;
    const virtualServer = new VirtualServerState(entry, group, key, labels[index] ?? '', now);
    const old = oldByKey.get(key);
    oldByKey.delete(key);
    const oldServers = new Map(old?.servers.map((server) => [server.key, server]));
    const serverKeys = realServerKeys(entry);
    virtualServer.servers = entry.realServers.map((server, position) => {
      const serverKey = serverKeys[position] ?? '';
      const state = new RealServerState(virtualServer, server, serverKey, realServerLabel(entry, server), now);
      const oldServer = oldServers.get(serverKey);
      if (oldServer !== undefined) {
        keptServers.set(state, oldServer);
        oldServers.delete(serverKey);
        state.enter(oldServer.state, oldServer.reason, oldServer.since);
      }
      return state;
    });
    if (old !== undefined) {
      keptVirtualServers.add(virtualServer);
      removedServers.push(...oldServers.values());
      virtualServer.suspended = old.suspended;
      virtualServer.quorum = old.quorum;
      virtualServer.quorumSince = old.quorumSince;
      virtualServer.quorumReason = old.quorumReason;
    }
    return virtualServer;
  });
  const checks = assembleChecks(virtualServers, before, keptServers, now);
  const files = assembleFiles(virtualServers, before, fileValue, now);
  return {
    assembly: { virtualServers, checks, files },
    keptServers,
    keptVirtualServers,
    removedServers,
    removedVirtualServers: [...oldByKey.values()],
    removedChecks: [...before.checks.values()].filter((check) => checks.get(check.key) !== check),
  };
}

function assembleChecks(
  virtualServers: readonly VirtualServerState[],
  before: Assembly,
  keptServers: ReadonlyMap<RealServerState, RealServerState>,
  now: MonotonicMs,
): ReadonlyMap<string, HealthCheck> {
  // Made only when a check is met that did not exist before: most reloads change little.
  let byQuestion: ReadonlyMap<string, HealthCheck> | undefined;
  const known = () =>
    (byQuestion ??= new Map([...before.checks.values()].map((check) => [probeIdentity(check.checker), check])));
  const checks = new Map<string, HealthCheck>();
  for (const virtualServer of virtualServers) {
    for (const server of virtualServer.servers) {
      const runningBefore = keptServers.get(server)?.state === 'UP';
      for (const checker of server.configuration.checkers) {
        if (!isActing(checker)) continue;
        const key = checkIdentity(checker, `${virtualServer.key} ${server.key}`);
        let check = checks.get(key);
        if (check === undefined) {
          check = continued(key, checker, before, known) ?? fresh(key, checker, runningBefore, now);
          check.subscribers = [];
          checks.set(key, check);
        }
        if (server.checks.includes(check)) continue;
        server.checks.push(check);
        check.subscribers.push(server);
      }
    }
  }
  return checks;
}

function assembleFiles(
  virtualServers: readonly VirtualServerState[],
  before: Assembly,
  fileValue: FileValue,
  now: MonotonicMs,
): ReadonlyMap<string, FileCheck> {
  const files = new Map<string, FileCheck>();
  for (const server of virtualServers.flatMap(({ servers }) => servers)) {
    for (const checker of server.configuration.checkers) {
      if (checker.type !== 'FILE_CHECK') continue;
      const key = checkIdentity(checker, server.key);
      let check = files.get(key);
      if (check === undefined) {
        check = before.files.get(key) ?? new FileCheck(key, checker, fileValue(checker.trackFile), now);
        check.subscribers = [];
        files.set(key, check);
      }
      if (server.checks.includes(check)) continue;
      server.checks.push(check);
      check.subscribers.push(server);
    }
  }
  return files;
}

/** The check itself if nothing in it changed, or a new one with the knowledge of one that asks the same question. */
function continued(
  key: string,
  checker: ActingChecker,
  before: Assembly,
  known: () => ReadonlyMap<string, HealthCheck>,
): HealthCheck | undefined {
  const same = before.checks.get(key);
  if (same !== undefined) return same;
  const asksTheSame = known().get(probeIdentity(checker));
  if (asksTheSame === undefined) return undefined;
  const { progress, since, reason } = asksTheSame;
  const retriesUsed = progress.hasRun ? Math.min(progress.retriesUsed, checker.retry) : checker.retry;
  const check = new HealthCheck(key, checker, { ...progress, retriesUsed }, since, reason);
  check.runs = asksTheSame.runs;
  check.failures = asksTheSame.failures;
  check.weight = asksTheSame.weight;
  check.started = asksTheSame.started;
  if (asksTheSame.lastResult !== undefined) check.lastResult = asksTheSame.lastResult;
  return check;
}

/** A check never made before. An alpha check does not take down a server that was up without it. */
function fresh(key: string, checker: ActingChecker, runningBefore: boolean, now: MonotonicMs): HealthCheck {
  const state: HealthState = checker.alpha && !runningBefore ? 'DOWN' : 'UP';
  const reason = state === 'UP' ? 'assumed up until checked' : 'alpha: down until checked';
  return new HealthCheck(key, checker, initialProgress(checker, state), now, reason);
}
