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
import { VRRP } from './wire/constants.ts';
import type { BfdVerdict } from './bfd-table.ts';
import type { ProcessVerdict } from './processes.ts';
import type { ScriptVerdict } from './scripts.ts';

/** The state of the things that can be tracked. */
export interface TrackedState {
  readonly isUp: (interfaceName: string) => boolean;
  readonly exists: (interfaceName: string) => boolean;
  readonly script: (name: string) => { readonly verdict: ScriptVerdict; readonly words: string };
  /** Number in the file; 0 for none. */
  readonly file: (name: string) => number;
  readonly process: (name: string) => ProcessVerdict;
  readonly bfd: (session: string) => BfdVerdict;
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
  /** What each thing with a weight gives or takes at the moment, 0 included, by its kind and name. */
  readonly shares: ReadonlyMap<string, { readonly amount: number; readonly words: string }>;
}

interface Findings {
  readonly shares: Map<string, { amount: number; words: string }>;
  readonly faults: string[];
  readonly awaited: string[];
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

function assessInterfaces(trackers: Trackers, state: TrackedState, findings: Findings): void {
  for (const { interface: name, weight, reverse } of trackers.trackInterfaces) {
    const up = state.isUp(name);
    const words = `interface ${name} is ${up ? 'up' : state.exists(name) ? 'down' : 'missing'}`;
    weigh(`interface ${name}`, up, { weight, reverse }, words, findings);
  }
}

function assessScripts(trackers: Trackers, state: TrackedState, findings: Findings): void {
  for (const { script, weight, reverse } of trackers.trackScripts) {
    const { verdict, words } = state.script(script);
    if (verdict === 'unknown') {
      if (weight === 0) findings.awaited.push(script);
    } else {
      weigh(`script ${script}`, verdict === 'good', { weight, reverse }, `${script} ${words}`, findings);
    }
  }
}

function assessFiles(trackers: Trackers, state: TrackedState, findings: Findings): void {
  for (const { file, weight, reverse } of trackers.trackFiles) {
    const value = state.file(file);
    if (weight === 0) {
      if ((value !== 0) !== reverse) findings.faults.push(`track file ${file} says ${value}`);
      continue;
    }
    const amount = Math.max(FILE_FAULT, Math.min(253, value * weight * (reverse ? -1 : 1)));
    if (amount === FILE_FAULT) findings.faults.push(`track file ${file} says ${value}, weight ${weight}`);
    else share(findings, `file ${file}`, amount, `track file ${file} says ${value}`);
  }
}

function assessProcesses(trackers: Trackers, state: TrackedState, findings: Findings): void {
  for (const { process, weight, reverse } of trackers.trackProcesses) {
    const { up, words } = state.process(process);
    // Not counted yet: that is a matter of milliseconds after a reload.
    if (up !== undefined) weigh(`process ${process}`, up, { weight, reverse }, words, findings);
  }
}

function assessBfd(trackers: Trackers, state: TrackedState, findings: Findings): void {
  for (const { bfd, weight, reverse } of trackers.trackBfd) {
    const { up, words } = state.bfd(bfd);
    weigh(`BFD session ${bfd}`, up, { weight, reverse }, words, findings);
  }
}

interface How {
  readonly weight: number;
  /** Turns the sign of what a weight gives, not when it counts; without weight, what is up is the fault. */
  readonly reverse: boolean;
}

function weigh(key: string, good: boolean, { weight, reverse }: How, words: string, findings: Findings): void {
  const amount = reverse ? -weight : weight;
  if (weight !== 0) share(findings, key, (weight > 0 ? good : !good) ? amount : 0, words);
  else if (good === reverse) findings.faults.push(words);
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

/** Everything an instance tracks by itself, through its group, and through the interfaces its addresses are on. */
export function assess(
  configuration: VrrpInstanceConfiguration,
  group: VrrpSyncGroupConfiguration | undefined,
  state: TrackedState,
): Assessment {
  const findings: Findings = { shares: new Map(), faults: [], awaited: [] };
  const trackers = trackersOf(configuration, group);
  assessInterfaces(trackers, state, findings);
  assessScripts(trackers, state, findings);
  assessFiles(trackers, state, findings);
  assessProcesses(trackers, state, findings);
  assessBfd(trackers, state, findings);
  const { priority } = configuration;
  // The owner has the addresses whatever happens to others: weights do not count, faults do.
  const owner = priority === VRRP.priorityOwner;
  const changes = owner ? [] : [...findings.shares.values()].filter(({ amount }) => amount !== 0);
  const sum = changes.reduce((total, change) => total + change.amount, priority);
  const effective = owner ? priority : Math.max(1, Math.min(254, sum));
  return {
    priority: effective,
    explanation: explain(priority, changes, sum, effective),
    faults: [...new Set(findings.faults)],
    awaited: findings.awaited,
    shares: findings.shares,
  };
}

function explain(
  base: number,
  changes: readonly { amount: number; words: string }[],
  sum: number,
  effective: number,
): string {
  if (changes.length === 0) return `${base}`;
  const terms = changes.map(({ amount, words }) => `${amount < 0 ? '-' : '+'} ${Math.abs(amount)} (${words})`);
  const limit = sum === effective ? '' : `, limited to ${effective}`;
  return `${base} ${terms.join(' ')} = ${sum}${limit}`;
}
