/**
 * Which check serves which server after a reload. Servers that go on with the checkers they had keep their checks; only
 * those that come, go, or get others are looked at.
 */
import type { RealServerConfiguration } from '../config/model.ts';
import type { HealthState } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import { sameSettings } from '../plan/same.ts';
import { isActing, type ActingChecker } from './acting.ts';
import type { Assembly, Renewal, Succession } from './assembly.ts';
import { HealthCheck } from './health-check.ts';
import { checkIdentity, probeIdentity } from './identity.ts';
import { sliceSize } from './limits.ts';
import { hasCheckers, type RealServerState } from './real-server.ts';
import { initialProgress } from './schedule.ts';

/** A server that goes on with other checks. */
export interface Relinked {
  readonly server: RealServerState;
  readonly checks: readonly HealthCheck[];
}

export interface Links {
  readonly checks: ReadonlyMap<string, HealthCheck>;
  /** Who will live by the checks that do not have the same subscribers as before. */
  readonly subscribers: ReadonlyMap<HealthCheck, RealServerState[]>;
  readonly relinked: readonly Relinked[];
  /** New checks, and the ones that ask the same question and from which they take what is known. */
  readonly heirs: readonly (readonly [heir: HealthCheck, from: HealthCheck])[];
  readonly newChecks: readonly HealthCheck[];
  readonly removedChecks: readonly HealthCheck[];
  /** Some server follows a track file or a BFD session, or did before. */
  readonly hasFollowers: boolean;
}

/** In slices; servers that are new get their checks at once, of the others nothing is touched. */
export function* linkingChecks(succession: Succession, now: MonotonicMs): Generator<void, Links> {
  const { before, created, removed, renewals } = succession;
  const linking = new Linking(before, now);
  const relinked: Relinked[] = [];
  let looked = 0;
  for (const virtualServer of created) {
    const { realServers } = virtualServer.configuration;
    looked += realServers.length;
    // Without checks they need not be known yet.
    if (realServers.some(hasCheckers)) linking.createdServers(virtualServer.servers);
    if (looked < sliceSize) continue;
    looked = 0;
    yield;
  }
  for (const renewal of renewals) {
    looked += linking.renewedServers(renewal, relinked);
    if (looked < sliceSize) continue;
    looked = 0;
    yield;
  }
  for (const { knownServers } of removed) {
    if (knownServers === undefined) continue;
    for (const server of knownServers) linking.leave(server);
    looked += knownServers.length;
    if (looked < sliceSize) continue;
    looked = 0;
    yield;
  }
  const subscribers = yield* linking.subscribers(succession);
  const { newChecks } = linking;
  const removedChecks: HealthCheck[] = [];
  for (const [check, left] of subscribers) if (left.length === 0) removedChecks.push(check);
  for (const check of removedChecks) subscribers.delete(check);
  return {
    checks: changed(before.checks, newChecks, removedChecks),
    subscribers,
    relinked,
    heirs: yield* heirsOf(newChecks, before),
    newChecks,
    removedChecks,
    hasFollowers: linking.hasFollowers || before.files.size > 0 || before.sessions.size > 0,
  };
}

class Linking {
  readonly #before: Assembly;
  readonly #now: MonotonicMs;
  readonly #new = new Map<string, HealthCheck>();
  readonly #joining = new Map<HealthCheck, RealServerState[]>();
  readonly #leaving = new Map<HealthCheck, Set<RealServerState>>();
  hasFollowers = false;

  constructor(before: Assembly, now: MonotonicMs) {
    this.#before = before;
    this.#now = now;
  }

  get newChecks(): readonly HealthCheck[] {
    return [...this.#new.values()];
  }

  createdServers(servers: readonly RealServerState[]): void {
    for (const server of servers) {
      const { configuration } = server;
      if (hasCheckers(configuration)) server.checks = this.join(server, configuration, false);
    }
  }

  /**
   * @param relinked takes the servers that go on with other checks
   * @returns how many were looked at
   */
  renewedServers({ configuration, match }: Renewal, relinked: Relinked[]): number {
    const { added, removed, servers } = match;
    if (removed.length > 0) for (const server of removed) this.leave(server);
    if (added.length > 0) this.createdServers(added);
    const { realServers } = configuration;
    if (servers === undefined) return 1;
    for (let index = 0; index < servers.length; index++) {
      const server = servers[index];
      const wanted = realServers[index];
      // Those that were added have the new configuration.
      if (server === undefined || wanted === undefined || server.configuration === wanted) continue;
      const { checkers } = server.configuration;
      if (checkers === wanted.checkers || sameSettings(checkers, wanted.checkers)) continue;
      this.leave(server);
      relinked.push({ server, checks: this.join(server, wanted, server.state === 'UP') });
    }
    return removed.length + servers.length;
  }

  /** @param wasUp it goes on, and is up */
  join(server: RealServerState, { checkers }: RealServerConfiguration, wasUp: boolean): HealthCheck[] {
    let checks: HealthCheck[] | undefined;
    for (const checker of checkers) {
      if (!isActing(checker)) {
        this.hasFollowers = true;
        continue;
      }
      const key = checkIdentity(checker, `${server.virtualServer.key} ${server.key}`);
      let check = this.#new.get(key) ?? this.#before.checks.get(key);
      if (check === undefined) {
        check = fresh(key, checker, wasUp, this.#now);
        this.#new.set(key, check);
      }
      // A list that grows from nothing gets room for 17.
      if (checks === undefined) checks = [check];
      else if (checks.includes(check)) continue;
      else checks.push(check);
      const joining = this.#joining.get(check);
      if (joining === undefined) this.#joining.set(check, [server]);
      else joining.push(server);
    }
    return checks ?? [];
  }

  leave(server: RealServerState): void {
    for (const check of server.checks) {
      if (!(check instanceof HealthCheck)) continue;
      const leaving = this.#leaving.get(check);
      if (leaving === undefined) this.#leaving.set(check, new Set([server]));
      else leaving.add(server);
    }
  }

  /** All checks that somebody joins or leaves, with those who live by them then, in configuration order. */
  *subscribers(succession: Succession): Generator<void, Map<HealthCheck, RealServerState[]>> {
    const subscribers = new Map<HealthCheck, RealServerState[]>();
    const unsorted: RealServerState[][] = [];
    let looked = 0;
    for (const [check, leaving] of this.#leaving) {
      const stay = check.subscribers.filter((server) => !leaving.has(server));
      subscribers.set(check, stay);
      if ((looked += check.subscribers.length) < sliceSize) continue;
      looked = 0;
      yield;
    }
    for (const [check, joining] of this.#joining) {
      const stay = subscribers.get(check) ?? check.subscribers;
      const all = stay.length === 0 ? joining : [...stay, ...joining];
      subscribers.set(check, all);
      if (all.length > 1 && this.#before.virtualServers.length > 0) unsorted.push(all);
      if ((looked += all.length) < sliceSize) continue;
      looked = 0;
      yield;
    }
    if (unsorted.length === 0) return subscribers;
    const places = yield* placesOf(succession);
    for (const servers of unsorted) servers.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
    return subscribers;
  }
}

function* placesOf({ renewals, virtualServers }: Succession): Generator<void, ReadonlyMap<RealServerState, number>> {
  const renewed = new Map(renewals.map(({ match, virtualServer }) => [virtualServer, match.servers]));
  const places = new Map<RealServerState, number>();
  for (const virtualServer of virtualServers) {
    for (const server of renewed.get(virtualServer) ?? virtualServer.knownServers ?? []) {
      places.set(server, places.size);
      if (places.size % sliceSize === 0) yield;
    }
  }
  return places;
}

function changed(
  before: ReadonlyMap<string, HealthCheck>,
  added: readonly HealthCheck[],
  removed: readonly HealthCheck[],
): ReadonlyMap<string, HealthCheck> {
  if (added.length === 0 && removed.length === 0) return before;
  const checks = new Map(before);
  for (const { key } of removed) checks.delete(key);
  for (const check of added) checks.set(check.key, check);
  return checks;
}

/** Whoever asks the same question at other times knows what was answered. */
function* heirsOf(
  newChecks: readonly HealthCheck[],
  before: Assembly,
): Generator<void, [heir: HealthCheck, from: HealthCheck][]> {
  if (newChecks.length === 0 || before.checks.size === 0) return [];
  const byQuestion = new Map<string, HealthCheck>();
  let looked = 0;
  for (const check of before.checks.values()) {
    byQuestion.set(probeIdentity(check.checker), check);
    if (++looked % sliceSize === 0) yield;
  }
  const heirs: [HealthCheck, HealthCheck][] = [];
  for (const check of newChecks) {
    const from = byQuestion.get(probeIdentity(check.checker));
    if (from !== undefined) heirs.push([check, from]);
    if (++looked % sliceSize === 0) yield;
  }
  return heirs;
}

/** A check never made before. An alpha check does not take down a server that was up without it. */
function fresh(key: string, checker: ActingChecker, runningBefore: boolean, now: MonotonicMs): HealthCheck {
  const state: HealthState = checker.alpha && !runningBefore ? 'DOWN' : 'UP';
  const reason = state === 'UP' ? 'assumed up until checked' : 'alpha: down until checked';
  return new HealthCheck(key, checker, initialProgress(checker, state), now, reason);
}
