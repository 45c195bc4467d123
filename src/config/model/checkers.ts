/** Checked health checks of real servers. */
import type { Milliseconds } from '../../core/time.ts';
import type { SourceLocation } from './common.ts';

/** Times and target that all checkers share, inheritance already resolved. */
export interface CheckerCommon {
  /** Where the check connects: the real server unless connect_ip/connect_port say otherwise. */
  readonly address: string;
  readonly port: number;
  readonly bindAddress?: string;
  readonly bindPort?: number;
  readonly bindInterface?: string;
  readonly fwmark?: number;
  readonly connectTimeout: Milliseconds;
  readonly delayLoop: Milliseconds;
  readonly warmup: Milliseconds;
  readonly retry: number;
  readonly delayBeforeRetry: Milliseconds;
  readonly alpha: boolean;
  readonly logAllFailures: boolean;
  readonly at: SourceLocation;
}

export interface HttpUrlConfiguration {
  readonly path: string;
  /** 32 lower-case hexadecimal digits (MD5 over the body). */
  readonly digest?: string;
  /** Accepted status codes as inclusive ranges; default 200-299. */
  readonly statusCodes: readonly { readonly from: number; readonly to: number }[];
  readonly virtualHost?: string;
  readonly regex?: string;
  readonly regexNoMatch: boolean;
  readonly regexOptions: readonly string[];
  readonly regexMinOffset?: number;
  readonly regexMaxOffset?: number;
  readonly tlsCompliant: boolean;
  readonly sniName?: string;
}

export interface TcpCheckerConfiguration extends CheckerCommon {
  readonly type: 'TCP_CHECK';
}

export interface HttpCheckerConfiguration extends CheckerCommon {
  readonly type: 'HTTP_GET' | 'SSL_GET';
  readonly urls: readonly HttpUrlConfiguration[];
  readonly httpProtocol: '1.0' | '1.0C' | '1.1' | '1.1K';
  /** Host header when a url names none. */
  readonly virtualHost?: string;
  readonly enableSni: boolean;
  readonly sniName?: string;
  readonly fastRecovery: boolean;
}

export type CheckerConfiguration = TcpCheckerConfiguration | HttpCheckerConfiguration;
