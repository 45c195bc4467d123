/** Health checks as written. */
import type {
  CheckerConfiguration,
  DnsQueryType,
  HttpUrlConfiguration,
  TlsClientConfiguration,
} from '../model/checkers.ts';
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
  readonly type: CheckerConfiguration['type'];
  readonly statement: Statement;
  address?: string;
  port?: number;
  bindAddress?: string;
  bindAddressAt?: Statement;
  bindPort?: number;
  bindInterface?: string;
  fwmark?: number;
  logAllFailures?: boolean;
  shareProbe?: boolean;
  readonly urls?: UrlDraft[];
  httpProtocol?: '1.0' | '1.0C' | '1.1';
  enableSni?: boolean;
  sniName?: string;
  fastRecovery?: boolean;
  tlsCompliant?: boolean;
  /** SMTP_CHECK. */
  heloName?: string;
  /** Old `host` blocks of SMTP_CHECK: each is a check of its own. */
  hosts?: CheckerDraft[];
  /** DNS_CHECK. */
  queryType?: DnsQueryType;
  queryName?: string;
  /** UDP_CHECK: hexadecimal digits in lower case. */
  payload?: string;
  requireReply?: boolean;
  replyPattern?: string;
  minReplyLength?: number;
  maxReplyLength?: number;
  /** MISC_CHECK. */
  script?: ScriptDraft;
  user?: string;
  group?: string;
  miscTimeout?: number;
  miscDynamic?: boolean;
  /** FILE_CHECK: the track_file; BFD_CHECK: the bfd_instance. */
  reference?: string;
  /** FILE_CHECK. */
  weight?: number;
  reverse?: boolean;
}

export type TlsClientDraft = Mutable<TlsClientConfiguration>;

export interface UrlDraft extends Mutable<Partial<HttpUrlConfiguration>> {
  readonly statement: Statement;
}
