/** Checked health checks of real servers. */
import type { Milliseconds } from '../../core/time.ts';
import type { ScriptCommand, SourceLocation } from './common.ts';

/** When a check runs and what its failures mean, inheritance already resolved. */
export interface CheckSchedule {
  /** Interval between checks. */
  readonly delayLoop: Milliseconds;
  /** Longest random delay of the first check. */
  readonly warmup: Milliseconds;
  /** Failures lived with before the server is down. */
  readonly retry: number;
  readonly delayBeforeRetry: Milliseconds;
  /** Failed until its first success. */
  readonly alpha: boolean;
  readonly logAllFailures: boolean;
  /** False: it has a probe of its own, although a check that is equal in all respects may exist; absent: it shares. */
  readonly shareProbe?: false;
}

/** Where a check goes and from where. */
export interface CheckTarget {
  /** Where the check connects: the real server unless connect_ip/connect_port say otherwise. */
  readonly address: string;
  readonly port: number;
  readonly bindAddress?: string;
  readonly bindPort?: number;
  readonly bindInterface?: string;
  /** Mark of its packets; absent: none. */
  readonly fwmark?: number;
  /** Limit of connecting, and of each read and write. */
  readonly connectTimeout: Milliseconds;
}

/** What the checkers that use the network have in common. */
export interface CheckerCommon extends CheckSchedule, CheckTarget {
  readonly at: SourceLocation;
}

/** Stack of PCRE2's machine code, in octets, as written. */
export interface RegexStack {
  readonly start: number;
  readonly max: number;
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
  readonly regexStack?: RegexStack;
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

export interface SmtpCheckerConfiguration extends CheckerCommon {
  readonly type: 'SMTP_CHECK';
  /** Name given with HELO. */
  readonly heloName: string;
}

export type DnsQueryType = 'A' | 'NS' | 'CNAME' | 'SOA' | 'MX' | 'TXT' | 'AAAA' | 'RRSIG' | 'DNSKEY';

export interface DnsCheckerConfiguration extends CheckerCommon {
  readonly type: 'DNS_CHECK';
  readonly queryType: DnsQueryType;
  /** Name to ask for; `.` is the root. */
  readonly queryName: string;
}

export interface UdpCheckerConfiguration extends CheckerCommon {
  readonly type: 'UDP_CHECK';
  /** What is sent, as lower-case hexadecimal digits; absent: 32 octets of `keepalived check - ` repeated. */
  readonly payload?: string;
  /** A reply is needed; without it silence is good. */
  readonly requireReply: boolean;
  /** What the reply begins with: lower-case hexadecimal digits, `x` for any digit. */
  readonly replyPattern?: string;
  readonly minReplyLength: number;
  readonly maxReplyLength: number;
}

export interface PingCheckerConfiguration extends CheckerCommon {
  readonly type: 'PING_CHECK';
}

export interface MiscCheckerConfiguration extends CheckSchedule {
  readonly type: 'MISC_CHECK';
  readonly command: ScriptCommand;
  readonly timeout: Milliseconds;
  /** Exit code 2 to 255 sets the weight to the code less 2. */
  readonly dynamic: boolean;
  readonly at: SourceLocation;
}

/** Follows the number in a file; has no schedule. */
export interface FileCheckerConfiguration {
  readonly type: 'FILE_CHECK';
  /** Name of the track_file. */
  readonly trackFile: string;
  /** Multiplier of the number; 0: any number but 0 means down. */
  readonly weight: number;
  readonly reverse: boolean;
  readonly at: SourceLocation;
}

/** Follows the state of a BFD session; has no schedule. */
export interface BfdCheckerConfiguration {
  readonly type: 'BFD_CHECK';
  /** Name of the bfd_instance. */
  readonly instance: string;
  readonly alpha: boolean;
  readonly at: SourceLocation;
}

/** Checks over the network: one attempt is one connection or datagram. */
export type NetworkCheckerConfiguration =
  | TcpCheckerConfiguration
  | HttpCheckerConfiguration
  | SmtpCheckerConfiguration
  | DnsCheckerConfiguration
  | UdpCheckerConfiguration
  | PingCheckerConfiguration;

/** Checks that run at their times. */
export type ScheduledCheckerConfiguration = NetworkCheckerConfiguration | MiscCheckerConfiguration;

export type CheckerConfiguration = ScheduledCheckerConfiguration | FileCheckerConfiguration | BfdCheckerConfiguration;

/** The SSL block: what SSL_GET shows to the servers it checks. */
export interface TlsClientConfiguration {
  /** Pass phrase of the key. */
  readonly password?: string;
  /** Paths of PEM files. */
  readonly authorities?: string;
  readonly certificate?: string;
  readonly key?: string;
}
