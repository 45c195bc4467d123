/** Effective priority and fault sources of an instance from what it tracks (reference: behaviour A6). */
import type {
  TrackedFile,
  TrackedInterface,
  TrackedProcess,
  TrackedScript,
  VrrpInstanceConfiguration,
  VrrpSyncGroupConfiguration,
} from '../config/model.ts';
import { VRRP } from './wire/constants.ts';
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
}

interface Findings {
  readonly changes: { amount: number; words: string }[];
  readonly faults: string[];
  readonly awaited: string[];
}

interface Trackers {
  readonly trackInterfaces: readonly TrackedInterface[];
  readonly trackScripts: readonly TrackedScript[];
  readonly trackFiles: readonly TrackedFile[];
  readonly trackProcesses: readonly TrackedProcess[];
}

/** A tracker's value at which an instance faults instead of losing priority. */
const FILE_FAULT = -254;

/**
 * @param keepWeights false: inside a sync group without sync_group_tracking_weight a weight counts as none, because
 * members with different priorities would pull the group apart
 */
function assessInterfaces(trackers: Trackers, keepWeights: boolean, state: TrackedState, findings: Findings): void {
  for (const { interface: name, weight, reverse } of trackers.trackInterfaces) {
    const up = state.isUp(name);
    const counted = keepWeights ? weight : 0;
    const words = `interface ${name} is ${up ? 'up' : state.exists(name) ? 'down' : 'missing'}`;
    weigh(up !== reverse, counted, words, findings);
  }
}

function assessScripts(trackers: Trackers, keepWeights: boolean, state: TrackedState, findings: Findings): void {
  for (const { script, weight, reverse } of trackers.trackScripts) {
    const { verdict, words } = state.script(script);
    const counted = keepWeights ? weight : 0;
    if (verdict === 'unknown') {
      if (counted === 0) findings.awaited.push(script);
    } else {
      weigh((verdict === 'good') !== reverse, counted, `${script} ${words}`, findings);
    }
  }
}

function assessFiles(trackers: Trackers, keepWeights: boolean, state: TrackedState, findings: Findings): void {
  for (const { file, weight, reverse } of trackers.trackFiles) {
    const value = state.file(file);
    const counted = keepWeights ? weight : 0;
    if (counted === 0) {
      if ((value !== 0) !== reverse) findings.faults.push(`track file ${file} says ${value}`);
      continue;
    }
    const amount = Math.max(FILE_FAULT, Math.min(253, value * counted * (reverse ? -1 : 1)));
    if (amount === FILE_FAULT) findings.faults.push(`track file ${file} says ${value}, weight ${counted}`);
    else if (amount !== 0) findings.changes.push({ amount, words: `track file ${file} says ${value}` });
  }
}

function assessProcesses(trackers: Trackers, keepWeights: boolean, state: TrackedState, findings: Findings): void {
  for (const { process, weight, reverse } of trackers.trackProcesses) {
    const { up, words } = state.process(process);
    // Not counted yet: that is a matter of milliseconds after a reload.
    if (up !== undefined) weigh(up !== reverse, keepWeights ? weight : 0, words, findings);
  }
}

function weigh(good: boolean, weight: number, words: string, findings: Findings): void {
  if (weight === 0) {
    if (!good) findings.faults.push(words);
  } else if (weight > 0 ? good : !good) {
    findings.changes.push({ amount: weight, words });
  }
}

/** Everything an instance tracks by itself, through its group, and through the interfaces its addresses are on. */
export function assess(
  configuration: VrrpInstanceConfiguration,
  group: VrrpSyncGroupConfiguration | undefined,
  state: TrackedState,
): Assessment {
  const findings: Findings = { changes: [], faults: [], awaited: [] };
  const keepWeights = group === undefined || group.trackingWeight || group.globalTracking;
  for (const trackers of group ? [configuration, group] : [configuration]) {
    assessInterfaces(trackers, keepWeights, state, findings);
    assessScripts(trackers, keepWeights, state, findings);
    assessFiles(trackers, keepWeights, state, findings);
    assessProcesses(trackers, keepWeights, state, findings);
  }
  const { priority } = configuration;
  // The owner has the addresses whatever happens to others: weights do not count, faults do.
  const owner = priority === VRRP.priorityOwner;
  const changes = owner ? [] : findings.changes;
  const sum = changes.reduce((total, change) => total + change.amount, priority);
  const effective = owner ? priority : Math.max(1, Math.min(254, sum));
  return {
    priority: effective,
    explanation: explain(priority, changes, sum, effective),
    faults: [...new Set(findings.faults)],
    awaited: findings.awaited,
  };
}

function explain(base: number, changes: Findings['changes'], sum: number, effective: number): string {
  if (changes.length === 0) return `${base}`;
  const terms = changes.map(({ amount, words }) => `${amount < 0 ? '-' : '+'} ${Math.abs(amount)} (${words})`);
  const limit = sum === effective ? '' : `, limited to ${effective}`;
  return `${base} ${terms.join(' ')} = ${sum}${limit}`;
}
