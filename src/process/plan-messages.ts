/** What the parent and the process that works out a plan say to each other. */
import type { KeepalivedArguments } from '../cli/keepalived-arguments.ts';
import type { Diagnostic } from '../config/diagnostics.ts';
import type { InstanceSituation, ItemChange, KernelWrite, PlanSummary } from '../plan/types.ts';
import type { SnapshotMessage, SnapshotPiece } from './snapshot-pieces.ts';

/** Comes behind the running configuration. */
export interface PlanWish {
  readonly type: 'plan';
  /** With the file that is meant. */
  readonly args: KeepalivedArguments;
  /** Of the running configuration. */
  readonly diagnostics: readonly Diagnostic[];
  readonly situations?: readonly InstanceSituation[];
  /** Every change and every write, however many there are. */
  readonly verbose: boolean;
}

export type ToPlanProcess = SnapshotPiece | SnapshotMessage | PlanWish;

/** Some of the changes. */
export interface PlanPart {
  readonly changes?: readonly ItemChange[];
  readonly writes?: readonly KernelWrite[];
}

export interface PlanOutcome {
  readonly outcome: 'nothing' | 'changes' | 'refused';
  /** Why it would be refused. */
  readonly errors: readonly string[];
  /** Absent: there is nothing to compare with. */
  readonly summary?: PlanSummary;
  /** Changes that are counted and not listed. */
  readonly omitted: number;
}

export type FromPlanProcess =
  | { readonly type: 'hello' }
  | ({ readonly type: 'part' } & PlanPart)
  | { readonly type: 'done'; readonly result: PlanOutcome };
