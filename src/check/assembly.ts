/**
 * From a configuration to the engine's objects. What a reload leaves as it was goes on as the very same objects: virtual
 * servers, servers, checks and all that is known of them. Only what is different is looked at.
 */
import type { CheckConfiguration, VirtualServerConfiguration, VirtualServerGroup } from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';
import { sameSettings } from '../plan/same.ts';
import type { BfdCheck } from './bfd-check.ts';
import { linkingChecks, type Links } from './check-links.ts';
import type { FileCheck } from './file-check.ts';
import { giveMarks } from './group-marks.ts';
import type { HealthCheck } from './health-check.ts';
import { virtualServerKey, virtualServerOrdinals } from './identity.ts';
import { sliceSize } from './limits.ts';
import { matchServers, type ServerMatch } from './server-match.ts';
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

/** A virtual server that goes on with another configuration. */
export interface Renewal {
  readonly virtualServer: VirtualServerState;
  readonly former: VirtualServerConfiguration;
  readonly configuration: VirtualServerConfiguration;
  readonly group: VirtualServerGroup | undefined;
  readonly mark: number | undefined;
  /** False: it says the same with other objects. */
  readonly isChanged: boolean;
  readonly match: ServerMatch;
}

/** What becomes of virtual servers; all lists are in configuration order. */
export interface Succession {
  readonly before: Assembly;
  readonly virtualServers: readonly VirtualServerState[];
  /** Those among them that were not there before. */
  readonly created: readonly VirtualServerState[];
  readonly renewals: readonly Renewal[];
  readonly removed: readonly VirtualServerState[];
  /** Every virtual server is the one that was in its place. */
  readonly isInPlace: boolean;
}

/** Prepared, not yet in force. */
export interface Plan extends Succession, Links {}

/**
 * What a reload changes, worked out in slices; between them the objects before go on living, and nothing of them is
 * touched: see settle().
 * @param firstMark of those given to virtual server groups; undefined: none
 */
export function* assembling(
  configuration: CheckConfiguration,
  before: Assembly,
  now: MonotonicMs,
  firstMark?: number,
): Generator<void, Plan> {
  const succession = yield* succeeding(configuration, before, now, firstMark);
  const links = yield* linkingChecks(succession, now);
  return { ...succession, ...links };
}

/** The plan as it is to be settled: of some servers something may have become known since they were looked at. */
export function upToDate(plan: Plan, now: MonotonicMs): Plan {
  const isKnownNow = ({ match, virtualServer }: Renewal): boolean =>
    match.servers === undefined && virtualServer.knownServers !== undefined;
  if (!plan.renewals.some(isKnownNow)) return plan;
  const renewals = plan.renewals.map((renewal) =>
    isKnownNow(renewal)
      ? { ...renewal, match: matchServers(renewal.virtualServer, renewal.configuration, now) }
      : renewal,
  );
  return { ...plan, renewals };
}

function* succeeding(
  configuration: CheckConfiguration,
  before: Assembly,
  now: MonotonicMs,
  firstMark: number | undefined,
): Generator<void, Succession> {
  const { groups, virtualServers: entries } = configuration;
  const isInPlace = sameIdentities(entries, before.virtualServers);
  const ordinals = isInPlace ? undefined : virtualServerOrdinals(configuration);
  const oldByKey = new Map(isInPlace ? [] : before.virtualServers.map((old) => [old.key, old]));
  const former = (index: number): VirtualServerState | undefined => {
    if (isInPlace) return before.virtualServers[index];
    const identity = entries[index]?.identity;
    if (oldByKey.size === 0 || identity === undefined) return undefined;
    return oldByKey.get(virtualServerKey(identity, ordinals?.[index] ?? 0));
  };
  const groupsByName = new Map(groups.map((group) => [group.name, group]));
  const groupOf = ({ identity }: VirtualServerConfiguration): VirtualServerGroup | undefined =>
    identity.kind === 'group' ? groupsByName.get(identity.name) : undefined;
  const marks = giveMarks(configuration, groupOf, firstMark, (index) => former(index)?.mark);
  const created: VirtualServerState[] = [];
  const renewals: Renewal[] = [];
  const virtualServers: VirtualServerState[] = [];
  let looked = 0;
  let index = -1;
  for (const entry of entries) {
    index++;
    const group = groupOf(entry);
    const mark = marks?.[index];
    const old = former(index);
    if (old === undefined) {
      const virtualServer = new VirtualServerState(entry, group, ordinals?.[index] ?? 0, now);
      virtualServer.mark = mark;
      created.push(virtualServer);
      virtualServers.push(virtualServer);
      looked += entry.realServers.length;
    } else {
      if (!isInPlace) {
        virtualServers.push(old);
        oldByKey.delete(old.key);
      }
      const renewal = renewalOf(old, entry, group, mark, now);
      if (renewal !== undefined) {
        renewals.push(renewal);
        if (renewal.match.servers !== undefined) looked += entry.realServers.length;
      }
    }
    if (++looked < sliceSize) continue;
    looked = 0;
    yield;
  }
  return {
    before,
    virtualServers: isInPlace ? before.virtualServers : virtualServers,
    created,
    renewals,
    removed: [...oldByKey.values()],
    isInPlace,
  };
}

/** The usual reload adds and removes none: then no names have to be made. */
function sameIdentities(entries: readonly VirtualServerConfiguration[], olds: readonly VirtualServerState[]): boolean {
  if (entries.length !== olds.length) return false;
  for (let index = 0; index < olds.length; index++) {
    const identity = entries[index]?.identity;
    const old = olds[index]?.configuration.identity;
    if (identity !== old && !sameSettings(identity, old)) return false;
  }
  return true;
}

/** Servers are compared first: it is they that reloads change. */
function sameVirtualServer(a: VirtualServerConfiguration, b: VirtualServerConfiguration): boolean {
  const olds = a.realServers;
  const news = b.realServers;
  if (olds.length !== news.length) return false;
  for (let index = 0; index < olds.length; index++) {
    const old = olds[index];
    const wanted = news[index];
    if (old === wanted) continue;
    // What most reloads change.
    if (old?.weight !== wanted?.weight || old?.address !== wanted?.address) return false;
    if (!sameSettings(old, wanted)) return false;
  }
  return sameSettings(a, b, serversCompared);
}

const serversCompared = ['realServers'];

/** Undefined: it stays as it is. */
function renewalOf(
  virtualServer: VirtualServerState,
  configuration: VirtualServerConfiguration,
  group: VirtualServerGroup | undefined,
  mark: number | undefined,
  now: MonotonicMs,
): Renewal | undefined {
  const isOther = mark !== virtualServer.mark || !sameSettings(group, virtualServer.group);
  if (!isOther && configuration === virtualServer.configuration) return undefined;
  const isChanged = isOther || !sameVirtualServer(virtualServer.configuration, configuration);
  const match = matchServers(virtualServer, configuration, now);
  return { virtualServer, former: virtualServer.configuration, configuration, group, mark, isChanged, match };
}
