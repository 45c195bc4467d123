/** What drafts of several kinds share. */
import type { Statement } from '../statement.ts';

/** A command with the place it comes from; whom it runs as is resolved by the check. */
export interface ScriptDraft {
  readonly statement: Statement;
  /** Where it belongs, for messages ("vrrp_instance VI_1", "virtual_server 10.0.0.1 80"). */
  readonly owner: string;
  argv: readonly string[];
  user?: string;
  group?: string;
  /** Dropped by the check: does not exist, is not executable, is not safe. */
  disabled?: boolean;
}

/** A line of track_interface, track_script, track_file, track_process or track_bfd. */
export interface TrackDraft {
  readonly statement: Statement;
  readonly name: string;
  weight?: number;
  reverse?: boolean;
}

export interface NotifyDraft {
  master?: ScriptDraft;
  backup?: ScriptDraft;
  fault?: ScriptDraft;
  stop?: ScriptDraft;
  deleted?: ScriptDraft;
  masterRxLowerPriority?: ScriptDraft;
  generic?: ScriptDraft;
  notifyDeleted?: boolean;
  smtpAlert?: boolean;
}
