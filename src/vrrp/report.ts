/** An instance as status shows it: everything that led to its state, looked at anew, so that it is true at this moment. */
import { compareAddresses } from '../core/ip-address.ts';
import type { MonotonicMs } from '../core/time.ts';
import { explainInstance, explainNotFault, trackerTerm } from './explain.ts';
import type { SyncGroup } from './group.ts';
import type { Instance } from './instance.ts';
import type { Peer } from './peers.ts';
import { assess } from './priority.ts';
import type { Assessment, TrackedState, TrackerFinding } from './priority.ts';
import type {
  VrrpAddressReport,
  VrrpGroupReport,
  VrrpInstanceReport,
  VrrpInterfaceReport,
  VrrpMemberReport,
  VrrpPeerReport,
  VrrpRankReport,
  VrrpTrackerReport,
} from './report-types.ts';
import { instanceStatus } from './status.ts';
import type { VrrpGroupStatus } from './types.ts';
import { VRRP } from './wire/constants.ts';

/** After so many intervals of silence a router counts as not advertising (the master-down time without its skew). */
const silentIntervals = 3;

/** What a report needs beside the engine's own state. */
export interface ReportSurroundings {
  readonly tracked: TrackedState;
  readonly now: MonotonicMs;
  /** The time of day of a moment, ISO 8601. */
  readonly timeOf: (at: MonotonicMs) => string;
}

export function instanceReport(instance: Instance, surroundings: ReportSurroundings): VrrpInstanceReport {
  const { configuration, group, host } = instance;
  const { now, timeOf, tracked } = surroundings;
  const status = instanceStatus(instance);
  const assessment = assess(configuration, group?.configuration, tracked, instance.override);
  const trackers = trackerReports(instance, assessment, surroundings);
  const peers = instance.peers.list().map((peer) => peerReport(peer, instance, surroundings));
  const held = host.startupEnds > now;
  const facts = {
    ...status,
    // In the words of this moment: how often a script has failed by now.
    priorityExplanation: instance.ownerYields ? status.priorityExplanation : assessment.explanation,
    sinceTime: timeOf(instance.since),
    ...(group?.name !== undefined && { group: group.name }),
    version: configuration.version,
    family: configuration.family,
    virtualRouterId: configuration.virtualRouterId,
    advertisementInterval: configuration.advertisementInterval,
    initialState: configuration.initialState,
    interfaces: interfaceReports(instance, tracked),
    unicastPeers: configuration.unicastPeers.map(({ address }) => address),
    trackers,
    faults: faultsNow(instance, trackers),
    peers,
    ranking: ranking(instance, peers),
    addresses: addressReports(instance),
    acceptsLocalTraffic: configuration.accept || configuration.priority === VRRP.priorityOwner,
    ...(status.nextTimeout !== undefined && { timer: timerKind(instance) }),
    ...(instance.preemptAt !== undefined && instance.preemptAt > now && { preemptDelayUntil: instance.preemptAt }),
    ...(held && { startupDelayUntil: host.startupEnds }),
  };
  return {
    ...facts,
    explanation: explainInstance(
      { ...facts, silence: instance.silence, silentSince: instance.silentSince, downInterval: instance.downInterval },
      now,
    ),
    notFault: explainNotFault(facts),
  };
}

function timerKind({ listening, state }: Instance): 'advertisement' | 'master-down' | 'listening' {
  if (listening !== undefined) return 'listening';
  return state === 'MASTER' ? 'advertisement' : 'master-down';
}

function trackerReports(
  { group, owner, released }: Instance,
  assessment: Assessment,
  { timeOf, tracked }: ReportSurroundings,
): VrrpTrackerReport[] {
  return assessment.trackers.map((finding) => {
    const { amount, fault, kind, name, reverse, state, weight } = finding;
    const since = sinceOf(finding, tracked);
    return {
      kind,
      name,
      of: isOfGroup(finding, group) ? 'group' : 'instance',
      state,
      ...(since !== undefined && { since, sinceTime: timeOf(since) }),
      weight,
      reverse,
      // Adding 0 turns -0 into 0.
      contribution: owner || released ? 0 : amount + 0,
      fault,
      awaited: kind === 'script' && assessment.awaited.includes(name),
      words: wordsOf(finding, tracked),
    };
  });
}

function isOfGroup({ kind, name }: TrackerFinding, group: SyncGroup | undefined): boolean {
  const shared = group?.configuration;
  if (shared === undefined) return false;
  switch (kind) {
    case 'interface':
      return shared.trackInterfaces.some((each) => each.interface === name);
    case 'script':
      return shared.trackScripts.some(({ script }) => script === name);
    case 'file':
      return shared.trackFiles.some(({ file }) => file === name);
    case 'process':
      return shared.trackProcesses.some(({ process }) => process === name);
    case 'bfd':
      return shared.trackBfd.some(({ bfd }) => bfd === name);
  }
}

function sinceOf({ kind, name }: TrackerFinding, tracked: TrackedState): MonotonicMs | undefined {
  switch (kind) {
    case 'interface':
      return tracked.interfaceSince(name);
    case 'script':
      return tracked.script(name).since;
    case 'file':
      return tracked.fileSince(name);
    case 'process':
      return tracked.process(name).since;
    case 'bfd':
      return tracked.bfd(name).since;
  }
}

/** Behind the name of the thing. */
function wordsOf({ kind, name, state }: TrackerFinding, tracked: TrackedState): string {
  switch (kind) {
    case 'interface':
      return `is ${state === 'good' ? 'up' : tracked.exists(name) ? 'down' : 'missing'}`;
    case 'script': {
      const { briefly, words } = tracked.script(name);
      return briefly ?? words;
    }
    case 'file':
      return `says ${tracked.file(name)}`;
    case 'process':
      return state === 'unknown' ? 'was not counted yet' : without(`process ${name}: `, tracked.process(name).words);
    case 'bfd':
      return without(`BFD session ${name} `, tracked.bfd(name).words);
  }
}

function without(beginning: string, words: string): string {
  return words.startsWith(beginning) ? words.slice(beginning.length) : words;
}

/** The faults of trackers in fresh words: how often a script failed changes without a change of state. */
function faultsNow({ assessment, faults }: Instance, trackers: readonly VrrpTrackerReport[]): string[] {
  const untracked = faults.filter((fault) => !assessment.faults.includes(fault));
  return [...untracked, ...trackers.filter(({ fault }) => fault).map(trackerTerm)];
}

function peerReport(peer: Peer, instance: Instance, { now, timeOf }: ReportSurroundings): VrrpPeerReport {
  const { accepted, address, firstHeard, interval, lastAccepted, lastHeard, lastRefusal, priority, refused } = peer;
  const patience = silentIntervals * Math.max(interval ?? 0, instance.configuration.advertisementInterval);
  return {
    address,
    ...(priority !== undefined && { priority }),
    ...(interval !== undefined && { advertisementInterval: interval }),
    firstHeard,
    lastHeard,
    lastHeardTime: timeOf(lastHeard),
    accepted,
    refused,
    ...(lastRefusal !== undefined && { lastRefusal }),
    advertising: priority !== undefined && priority > 0 && now - lastAccepted <= patience,
  };
}

/** RFC 5798 section 6.4.3: priority, then address. A router that resigned ranks by what it said before is unknown: left out. */
function ranking(instance: Instance, peers: readonly VrrpPeerReport[]): VrrpRankReport[] {
  const self = { address: instance.sourceAddress ?? '', priority: instance.effectivePriority, self: true };
  const others = peers.flatMap(({ address, priority }) =>
    priority === undefined || priority === 0 ? [] : [{ address, priority, self: false }],
  );
  return [self, ...others].sort((a, b) => b.priority - a.priority || compareAddresses(b.address, a.address));
}

function interfaceReports(
  { configuration: { interface: own, virtualInterface } }: Instance,
  { exists, interfaceSince, isUp }: TrackedState,
): VrrpInterfaceReport[] {
  const names = [own, virtualInterface?.name ?? ''].filter((name) => name !== '');
  return names.map((name) => {
    const since = interfaceSince(name);
    const state = isUp(name) ? 'up' : exists(name) ? 'down' : 'missing';
    return { name, state, ...(since !== undefined && { since }) };
  });
}

function addressReports({ addresses, configuration, host, state }: Instance): VrrpAddressReport[] {
  const counted = configuration.virtualAddresses.length;
  return addresses.map((address, index) => ({
    address: address.address,
    prefixLength: address.prefixLength,
    interface: address.interface,
    excluded: index >= counted,
    wanted: state === 'MASTER',
    kernel: host.network.stateOf(address),
  }));
}

/**
 * A group as status shows it: which member keeps it where it is, and why.
 * @param reports of all instances, by name
 */
export function groupReport(
  status: VrrpGroupStatus,
  reports: ReadonlyMap<string, VrrpInstanceReport>,
  timeOf: ReportSurroundings['timeOf'],
): VrrpGroupReport {
  const memberStates = status.members.flatMap((name) => {
    const member = reports.get(name);
    return member === undefined ? [] : memberReport(member, status.state);
  });
  const holder = memberStates.find(({ holds }) => holds !== undefined);
  const why = holder === undefined ? status.reason : `${holder.instance} holds it there: ${holder.holds ?? ''}`;
  return { ...status, explanation: `${status.state}: ${why}`, sinceTime: timeOf(status.since), memberStates };
}

function memberReport(member: VrrpInstanceReport, state: VrrpGroupStatus['state']): VrrpMemberReport {
  const holds = holdingReason(member, state);
  const { name: instance, state: own, wantedState } = member;
  return { instance, state: own, wantedState, ...(holds !== undefined && { holds }) };
}

/** In FAULT whoever has one; as backup whoever does not want to be master. */
function holdingReason(
  { explanation, faults, state: own, wantedState }: VrrpInstanceReport,
  state: VrrpGroupStatus['state'],
): string | undefined {
  if (state === 'FAULT') return faults.length > 0 ? faults.join('; ') : undefined;
  if (state !== 'BACKUP' || wantedState === 'MASTER') return undefined;
  return explanation.slice(`${own}: `.length);
}
