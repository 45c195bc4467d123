/** What the parent and its children say to each other: one union a direction, plain data. */
import type { DaemonEvent } from '../core/events.ts';
import type { TableFamily } from '../network/nftables-notices.ts';
import type { Configuration, ScriptCommand } from '../config/model.ts';
import type { Milliseconds } from '../core/time.ts';
import type { FirewallProgram } from './limits/messages.ts';
import type { LiveChanges } from '../live/types.ts';
import type { LogOptions } from '../log/log.ts';
import type { RefusedIntent } from '../vrrp/types.ts';
import type { AnswerMessage, AskMessage } from './questions.ts';
import type { VirtualServerPart } from './snapshot-parts.ts';

export type ChildKind = 'bfd' | 'checker' | 'vrrp';

/** Options of the command line that a child needs. */
export interface ChildOptions {
  readonly kind: ChildKind;
  readonly pidFile: string;
  readonly log: Omit<LogOptions, 'ident' | 'pid'>;
  /** Identification in syslog, the original's name for this child. */
  readonly ident: string;
  /** comm of the process. */
  readonly processName: string;
  /** Network namespace the daemon lives in, where one is named. */
  readonly networkNamespace?: string;
  /** -V: addresses stay at stop. */
  readonly keepAddressesAtStop: boolean;
  /** -I: IPVS stays at stop. */
  readonly keepServicesAtStop: boolean;
  /** -a: log every address change seen. */
  readonly monitorAddresses: boolean;
  /** -d: the log gets what is understood of the configuration. */
  readonly dumpConfiguration: boolean;
  /** Umask of the files the daemon makes. */
  readonly umask: number;
  /** --record: absolute path of the recording. */
  readonly recordFile?: string;
}

/** The files that a signal asks for. */
export type DumpKind = 'data' | 'statistics' | 'statistics-and-clear' | 'json';

/** How one run of a script ended. */
export interface ScriptRunOutcome {
  /** Exit status, or undefined if a signal ended it or it could not be started. */
  readonly exit?: number;
  readonly signal?: string;
  readonly duration: Milliseconds;
  /** First line of what it wrote to stderr, or why it could not be started. */
  readonly message?: string;
}

export type ParentToChild =
  /** To the checker: virtual servers of the snapshot whose `configure` follows, in their order; they are in no other message. */
  | { readonly type: 'configure-piece'; readonly virtualServers: readonly VirtualServerPart[] }
  /** The first message, and again at each reload: a whole new snapshot. */
  | { readonly type: 'configure'; readonly configuration: Configuration; readonly options: ChildOptions }
  /** At a reload: the configuration is that of the last `configure`. */
  | { readonly type: 'configure-again'; readonly options: ChildOptions }
  | { readonly type: 'script-finished'; readonly script: string; readonly outcome: ScriptRunOutcome }
  /** The answer to `run-firewall`: what the program wrote, and what it complained of if it failed. */
  | { readonly type: 'firewall-finished'; readonly run: number; readonly output: string; readonly trouble?: string }
  /** Somebody has taken away a table of nftables, ours or another. */
  | { readonly type: 'table-removed'; readonly family: TableFamily; readonly table: string }
  | { readonly type: 'dump'; readonly dump: DumpKind }
  /** The daemon is about to end, and nobody hears of what is quiet (`quiet` of an event) any more. */
  | { readonly type: 'ending' }
  /** All changes of the operator beside the file: before the first snapshot, and whenever they are other ones. */
  | { readonly type: 'live'; readonly changes: LiveChanges }
  /** Routers that were heard, for the checker process; said again and again. */
  | { readonly type: 'vrrp-peers'; readonly addresses: readonly string[] }
  /** Gratuitous messages of an instance, now. */
  | { readonly type: 'send-gratuitous'; readonly instance: string }
  /** Wants an `answer`. */
  | AskMessage;

export type ChildToParent =
  /** The child runs and wants its configuration. */
  | { readonly type: 'hello' }
  /** A `configure` message has taken effect. */
  | { readonly type: 'configured' }
  /** The child cannot go on; it exits with this status next. */
  | { readonly type: 'failed'; readonly exitCode: number; readonly message: string }
  | { readonly type: 'event'; readonly event: DaemonEvent }
  /** The same for many, in their order. */
  | { readonly type: 'events'; readonly events: readonly DaemonEvent[] }
  /** The child is giving back what it holds, which takes its time: it wants to be waited for. */
  | { readonly type: 'stopping' }
  /** The parent starts processes for its children, so that no protocol loop forks. */
  | {
      readonly type: 'run-script';
      readonly script: string;
      readonly command: ScriptCommand;
      /** SIGTERM after this time, SIGKILL two seconds later; absent: the child says when. */
      readonly timeout?: Milliseconds;
    }
  /** Runs a program of the firewall with an input of any length. */
  | { readonly type: 'run-firewall'; readonly run: number; readonly program: FirewallProgram }
  | RefusedIntent
  | { readonly type: 'kill-script'; readonly script: string; readonly signal: 'SIGTERM' | 'SIGKILL' }
  | AnswerMessage;
