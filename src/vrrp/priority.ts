/** Effective priority and fault sources of an instance from what it tracks (reference: behaviour A6). */
import type {
  TrackedBfd,
  TrackedFile,
  TrackedInterface,
  TrackedProcess,
  TrackedScript,
  VrrpInstanceConfiguration,
  VrrpSyncGroupConfiguration,
} from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { VrrpChange } from '../live/types.ts';
import { reasonOf } from '../live/words.ts';
import { VRRP } from './wire/constants.ts';
import type { BfdVerdict } from './bfd-table.ts';
import type { ProcessVerdict } from './processes.ts';
import type { ScriptVerdict } from './scripts.ts';

/** The state of the things that can be tracked. */
export interface TrackedState {
  readonly isUp: (interfaceName: string) => boolean;
  readonly exists: (interfaceName: string) => boolean;
  /** carryingInterfaces() */
  readonly carrying: (configuration: VrrpInstanceConfiguration) => ReadonlySet<string>;
  readonly script: (name: string) => {
    readonly verdict: ScriptVerdict;
    readonly words: string;
    /** For a sentence: "failed 3x, exit 1". */
    readonly briefly?: string;
    readonly since?: MonotonicMs | undefined;
  };
  /** Number in the file; 0 for none. */
  readonly file: (name: string) => number;
  readonly process: (name: string) => ProcessVerdict;
  readonly bfd: (session: string) => BfdVerdict;
  /** When an interface went up or down, or a file got another number; undefined: not since the start. */
  readonly interfaceSince: (name: string) => MonotonicMs | undefined;
  readonly fileSince: (name: string) => MonotonicMs | undefined;
}

/** What one tracked thing means for an instance. */
export interface TrackerFinding {
  readonly kind: 'interface' | 'script' | 'file' | 'process' | 'bfd';
  readonly name: string;
  readonly state: 'good' | 'bad' | 'unknown';
  readonly weight: number;
  readonly reverse: boolean;
  /** What it gives or takes. */
  readonly amount: number;
  /** It demands FAULT. */
  readonly fault: boolean;
}

export interface Assessment {
  /** 1..254, or 255 for the owner. */
  readonly priority: number;
  /** "150 - 60 (chk_nginx failed 3 times) = 90". */
  readonly explanation: string;
  /** Why the instance must be in FAULT; empty: it need not. */
  readonly faults: readonly string[];
  /** Scripts without weight that have not reported yet: the instance is held until they do. */
  readonly awaited: readonly string[];
  /** Everything that counts, in the order of the kinds. */
  readonly trackers: readonly TrackerFinding[];
  /** What each thing with a weight gives or takes at the moment, 0 included, by its kind and name. */
  readonly shares: ReadonlyMap<string, { readonly amount: number; readonly words: string }>;
}

/** Before anything was looked at. */
export function notAssessed({ priority }: VrrpInstanceConfiguration): Assessment {
  return { priority, explanation: '', faults: [], awaited: [], trackers: [], shares: new Map() };
}

interface Findings {
  readonly shares: Map<string, { amount: number; words: string }>;
  readonly faults: string[];
  readonly awaited: string[];
  readonly trackers: TrackerFinding[];
}

interface Trackers {
  readonly trackInterfaces: readonly TrackedInterface[];
  readonly trackScripts: readonly TrackedScript[];
  readonly trackFiles: readonly TrackedFile[];
  readonly trackProcesses: readonly TrackedProcess[];
  readonly trackBfd: readonly TrackedBfd[];
}

/** A tracker's value at which an instance faults instead of losing priority. */
const FILE_FAULT = -254;

/**
 * What counts for a member: what its group tracks counts as the group says, for every member alike; of its own the rest,
 * and that without weights unless sync_group_tracking_weight asks for them, because members with different priorities
 * would pull the group apart. (As keepalived 2.2.7 does, seen in its effective priorities.)
 */
function trackersOf(configuration: VrrpInstanceConfiguration, group: VrrpSyncGroupConfiguration | undefined): Trackers {
  if (group === undefined) return configuration;
  const keepWeights = group.trackingWeight || group.globalTracking;
  const merge = <Tracked extends { readonly weight: number }>(
    own: readonly Tracked[],
    shared: readonly Tracked[],
    nameOf: (tracked: Tracked) => string,
  ): Tracked[] => {
    const names = new Set(shared.map(nameOf));
    const rest = own.filter((tracked) => !names.has(nameOf(tracked)));
    return [...(keepWeights ? rest : rest.map((tracked) => ({ ...tracked, weight: 0 }))), ...shared];
  };
  return {
    trackInterfaces: merge(configuration.trackInterfaces, group.trackInterfaces, (each) => each.interface),
    trackScripts: merge(configuration.trackScripts, group.trackScripts, ({ script }) => script),
    trackFiles: merge(configuration.trackFiles, group.trackFiles, ({ file }) => file),
    trackProcesses: merge(configuration.trackProcesses, group.trackProcesses, ({ process }) => process),
    trackBfd: merge(configuration.trackBfd, group.trackBfd, ({ bfd }) => bfd),
  };
}

/**
 * What is weighed and what is a fault when it is down are not the same: an interface that carries something of the instance
 * is a fault and gives no weight, its own or the group's. (As keepalived 2.2.7 does: "Tracking VRRP instances" of its dump.)
 */
export function countsWithoutWeight(tracked: TrackedInterface, carrying: ReadonlySet<string>): TrackedInterface {
  return tracked.weight !== 0 && carrying.has(tracked.interface) ? { ...tracked, weight: 0, reverse: false } : tracked;
}

function assessInterfaces(
  { trackInterfaces }: Trackers,
  carrying: ReadonlySet<string>,
  state: TrackedState,
  findings: Findings,
): void {
  for (const tracked of trackInterfaces) {
    const { interface: name, reverse, weight } = countsWithoutWeight(tracked, carrying);
    const up = state.isUp(name);
    const words = `interface ${name} is ${up ? 'up' : state.exists(name) ? 'down' : 'missing'}`;
    weigh({ kind: 'interface', name, good: up, weight, reverse }, words, findings);
  }
}

function assessScripts(trackers: Trackers, state: TrackedState, findings: Findings): void {
  for (const { script, weight, reverse } of trackers.trackScripts) {
    const { verdict, words } = state.script(script);
    if (verdict === 'unknown') {
      if (weight === 0) findings.awaited.push(script);
      findings.trackers.push(unknownYet('script', script, { weight, reverse }));
    } else {
      weigh(
        { kind: 'script', name: script, good: verdict === 'good', weight, reverse },
        `${script} ${words}`,
        findings,
      );
    }
  }
}

function assessFiles(trackers: Trackers, state: TrackedState, findings: Findings): void {
  for (const { file, weight, reverse } of trackers.trackFiles) {
    const value = state.file(file);
    const words = `track file ${file} says ${value}`;
    const product = Math.max(FILE_FAULT, Math.min(253, value * weight * (reverse ? -1 : 1)));
    const fault = weight === 0 ? (value !== 0) !== reverse : product === FILE_FAULT;
    const amount = fault || weight === 0 ? 0 : product;
    if (fault) findings.faults.push(weight === 0 ? words : `${words}, weight ${weight}`);
    else if (weight !== 0) share(findings, `file ${file}`, amount, words);
    const isBad = fault || amount < 0;
    findings.trackers.push({ kind: 'file', name: file, state: isBad ? 'bad' : 'good', weight, reverse, amount, fault });
  }
}

function assessProcesses(trackers: Trackers, state: TrackedState, findings: Findings): void {
  for (const { process, weight, reverse } of trackers.trackProcesses) {
    const { up, words } = state.process(process);
    // Not counted yet: that is a matter of milliseconds after a reload.
    if (up === undefined) findings.trackers.push(unknownYet('process', process, { weight, reverse }));
    else weigh({ kind: 'process', name: process, good: up, weight, reverse }, words, findings);
  }
}

function assessBfd(trackers: Trackers, state: TrackedState, findings: Findings): void {
  for (const { bfd, weight, reverse } of trackers.trackBfd) {
    const { up, words } = state.bfd(bfd);
    weigh({ kind: 'bfd', name: bfd, good: up, weight, reverse }, words, findings);
  }
}

interface How {
  readonly weight: number;
  /** Turns the sign of what a weight gives, not when it counts; without weight, what is up is the fault. */
  readonly reverse: boolean;
}

interface Weighed extends How {
  readonly kind: TrackerFinding['kind'];
  readonly name: string;
  readonly good: boolean;
}

const kindWords = {
  interface: 'interface',
  script: 'script',
  file: 'file',
  process: 'process',
  bfd: 'BFD session',
} as const;

function weigh({ kind, name, good, weight, reverse }: Weighed, words: string, findings: Findings): void {
  const counts = weight > 0 ? good : !good;
  const amount = weight === 0 || !counts ? 0 : reverse ? -weight : weight;
  const fault = weight === 0 && good === reverse;
  if (weight !== 0) share(findings, `${kindWords[kind]} ${name}`, amount, words);
  else if (fault) findings.faults.push(words);
  findings.trackers.push({ kind, name, state: good ? 'good' : 'bad', weight, reverse, amount, fault });
}

function unknownYet(kind: TrackerFinding['kind'], name: string, { weight, reverse }: How): TrackerFinding {
  return { kind, name, state: 'unknown', weight, reverse, amount: 0, fault: false };
}

function share({ shares }: Findings, key: string, amount: number, words: string): void {
  shares.set(key, { amount, words });
}

/**
 * Why the effective priority is another one: what gives or takes something else than before, and, where that are
 * several, how much of the difference is whose.
 */
export function reasonOfChange(before: Assessment, after: Assessment): string {
  const parts: { difference: number; words: string }[] = [];
  for (const [key, { amount, words }] of after.shares) {
    const difference = amount - (before.shares.get(key)?.amount ?? 0);
    if (difference !== 0) parts.push({ difference, words });
  }
  for (const [key, { amount }] of before.shares) {
    if (!after.shares.has(key) && amount !== 0) parts.push({ difference: -amount, words: `${key} is not tracked now` });
  }
  const [only] = parts;
  if (only === undefined) return 'the configured priority is another one';
  if (parts.length === 1) return only.words;
  return parts.map(({ difference, words }) => `${words} (${difference > 0 ? '+' : ''}${difference})`).join(', ');
}

/** The lowest priority that an advertisement of a router that goes on can have (RFC 5798 section 5.2.4). */
const lowestPriority = 1;

/**
 * The priority from which trackers count: the operator's, where there is one. Who is released is the last of all whatever
 * is tracked.
 */
export function basePriority({ priority }: VrrpInstanceConfiguration, override: VrrpChange | undefined): number {
  if (override === undefined) return priority;
  return override.setting.kind === 'priority' ? override.setting.priority : lowestPriority;
}

/**
 * Everything an instance tracks by itself, through its group, and through the interfaces its addresses are on.
 * @param override what the operator has set beside the file
 */
export function assess(
  configuration: VrrpInstanceConfiguration,
  group: VrrpSyncGroupConfiguration | undefined,
  state: TrackedState,
  override?: VrrpChange,
): Assessment {
  const findings: Findings = { shares: new Map(), faults: [], awaited: [], trackers: [] };
  const trackers = trackersOf(configuration, group);
  if (trackers.trackInterfaces.length > 0) assessInterfaces(trackers, state.carrying(configuration), state, findings);
  assessScripts(trackers, state, findings);
  assessFiles(trackers, state, findings);
  assessProcesses(trackers, state, findings);
  assessBfd(trackers, state, findings);
  const priority = basePriority(configuration, override);
  // The owner has the addresses whatever happens to others: weights do not count, faults do.
  const owner = override === undefined && priority === VRRP.priorityOwner;
  const fixed = owner || override?.setting.kind === 'release';
  const changes = fixed ? [] : [...findings.shares.values()].filter(({ amount }) => amount !== 0);
  const sum = changes.reduce((total, change) => total + change.amount, priority);
  const effective = owner ? priority : Math.max(1, Math.min(254, sum));
  return {
    priority: effective,
    explanation: explain(baseText(configuration, priority, override), changes, sum, effective),
    faults: [...new Set(findings.faults)],
    awaited: findings.awaited,
    trackers: findings.trackers,
    shares: findings.shares,
  };
}

function baseText(configuration: VrrpInstanceConfiguration, base: number, override: VrrpChange | undefined): string {
  if (override === undefined) return `${base}`;
  return `${base} (${reasonOf(override)}; the file says ${configuration.priority})`;
}

function explain(
  base: string,
  changes: readonly { amount: number; words: string }[],
  sum: number,
  effective: number,
): string {
  if (changes.length === 0) return base;
  const terms = changes.map(({ amount, words }) => `${amount < 0 ? '-' : '+'} ${Math.abs(amount)} (${words})`);
  const limit = sum === effective ? '' : `, limited to ${effective}`;
  return `${base} ${terms.join(' ')} = ${sum}${limit}`;
}
