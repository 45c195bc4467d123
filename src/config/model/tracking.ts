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
  readonly at: SourceLocation;
}
