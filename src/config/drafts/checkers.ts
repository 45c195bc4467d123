/** Health checks as written. */
import type { HttpUrlConfiguration } from '../model/checkers.ts';
import type { Statement } from '../statement.ts';
import type { ScriptDraft } from './common.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Times that checkers inherit from the real and the virtual server. */
export interface CheckTimesDraft {
  retry?: number;
  delayBeforeRetry?: number;
  warmup?: number;
  connectTimeout?: number;
  delayLoop?: number;
  alpha?: boolean;
  virtualHost?: string;
}

export interface CheckerDraft extends CheckTimesDraft {
  readonly type: string;
  readonly statement: Statement;
  address?: string;
  port?: number;
  bindAddress?: string;
  bindAddressAt?: Statement;
  bindPort?: number;
  bindInterface?: string;
  fwmark?: number;
  logAllFailures?: boolean;
  readonly urls?: UrlDraft[];
  httpProtocol?: '1.0' | '1.0C' | '1.1';
  enableSni?: boolean;
  sniName?: string;
  fastRecovery?: boolean;
  tlsCompliant?: boolean;
  /** MISC_CHECK. */
  script?: ScriptDraft;
  user?: string;
  group?: string;
  /** FILE_CHECK: the track_file; BFD_CHECK: the bfd_instance. */
  reference?: string;
}

export interface UrlDraft extends Mutable<Partial<HttpUrlConfiguration>> {
  readonly statement: Statement;
}
