/** Trackable things and who tracks them, as written. */
import type { ParameterMatch } from '../model/tracking.ts';
import type { Statement } from '../statement.ts';
import type { ScriptDraft, TrackDraft } from './common.ts';

export interface TrackersDraft {
  readonly interfaces: TrackDraft[];
  readonly scripts: TrackDraft[];
  readonly files: TrackDraft[];
  readonly processes: TrackDraft[];
  readonly bfd: TrackDraft[];
}

export interface VrrpScriptDraft {
  readonly statement: Statement;
  readonly name: string;
  script?: ScriptDraft;
  interval?: number;
  timeout?: number;
  weight?: number;
  reverse?: boolean;
  rise?: number;
  fall?: number;
  initFail?: boolean;
  user?: string;
  group?: string;
  used?: boolean;
}

export interface TrackFileDraft {
  readonly statement: Statement;
  readonly name: string;
  path?: string;
  weight?: number;
  reverse?: boolean;
  initialize?: { value: number; overwrite: boolean };
}

export interface TrackProcessDraft {
  readonly statement: Statement;
  readonly name: string;
  process?: string;
  parameters?: readonly string[];
  parameterMatch?: ParameterMatch;
  fullCommand?: boolean;
  weight?: number;
  reverse?: boolean;
  quorum?: number;
  quorumMax?: number;
  quorumMaxAt?: Statement;
  terminateDelay?: number;
  forkDelay?: number;
}

export function newTrackersDraft(): TrackersDraft {
  return { interfaces: [], scripts: [], files: [], processes: [], bfd: [] };
}
