/** What instances and groups can track, checked. */
import type { Milliseconds } from '../../core/time.ts';
import type { ScriptCommand, SourceLocation } from './common.ts';

export interface TrackedInterface {
  /** Base interface; an alias such as `eth1:2` of old files is resolved to `eth1`. */
  readonly interface: string;
  /** 0: down means FAULT. */
  readonly weight: number;
  readonly reverse: boolean;
}

export interface TrackedScript {
  readonly script: string;
  readonly weight: number;
  readonly reverse: boolean;
}

export interface TrackedFile {
  readonly file: string;
  readonly weight: number;
  readonly reverse: boolean;
}

export interface TrackedProcess {
  /** Name of a vrrp_track_process. */
  readonly process: string;
  /** 0: too few or too many processes mean FAULT. */
  readonly weight: number;
  readonly reverse: boolean;
}

export interface TrackedBfd {
  /** Name of a bfd_instance. */
  readonly bfd: string;
  /** 0: a session that is not up means FAULT. */
  readonly weight: number;
  readonly reverse: boolean;
}

export interface VrrpScript {
  readonly name: string;
  readonly command: ScriptCommand;
  readonly interval: Milliseconds;
  readonly timeout: Milliseconds;
  readonly weight: number;
  readonly reverse: boolean;
  /** Successes needed to be up, failures needed to be down. */
  readonly rise: number;
  readonly fall: number;
  readonly initFail: boolean;
  readonly at: SourceLocation;
}

export interface VrrpTrackFile {
  readonly name: string;
  readonly path: string;
  readonly weight: number;
  readonly reverse: boolean;
  /** `init_file`: the file is made with this number at the start, an existing one only with `overwrite`. */
  readonly initialize?: { readonly value: number; readonly overwrite: boolean };
  readonly at: SourceLocation;
}

/** How the parameters of a process are compared with those configured. */
export type ParameterMatch =
  /** Not at all. */
  | 'none'
  /** As many, and each one equal. */
  | 'exact'
  /** Each one configured is equal; more may follow. */
  | 'partial'
  /** As `partial`, and the last one configured may be only the beginning of the process's. */
  | 'initial';

export interface VrrpTrackProcess {
  readonly name: string;
  /** Name of the process (`comm`, at most 15 characters count), or with `fullCommand` its argument 0. */
  readonly process: string;
  /** Arguments from 1, compared as `parameterMatch` says. */
  readonly parameters: readonly string[];
  readonly parameterMatch: ParameterMatch;
  readonly fullCommand: boolean;
  readonly weight: number;
  readonly reverse: boolean;
  /** Least number of processes; default 1. */
  readonly quorum: number;
  /** Greatest number; absent: no limit. */
  readonly quorumMax?: number;
  /** How long a lost quorum must last before it counts. */
  readonly terminateDelay: Milliseconds;
  /** How long a gained quorum must last before it counts. */
  readonly forkDelay: Milliseconds;
  readonly at: SourceLocation;
}
