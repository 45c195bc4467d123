/**
 * The event stream: every change of state of anything the daemon looks after, once, with its reason. Log, scripts,
 * FIFOs, mail, dumps and status are subscribers of this stream and nothing else.
 */
import type { MonotonicMs } from './time.ts';

/** States of a VRRP instance or sync group (RFC 5798 section 6.4 plus FAULT and the ends of life). */
export type VrrpState = 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT' | 'STOP' | 'DELETED';

/** State of a real server, a quorum, or a single check of a real server. */
export type HealthState = 'UP' | 'DOWN';

interface EventBase {
  /** When the change was decided. */
  readonly at: MonotonicMs;
  /** Why, in words for the operator ("no advertisement for 3.609 s"). Never empty. */
  readonly reason: string;
}

/** A VRRP instance entered another state. */
export interface VrrpInstanceEvent extends EventBase {
  readonly kind: 'vrrp-instance';
  readonly instance: string;
  readonly from: VrrpState;
  readonly to: VrrpState;
  /** Effective priority at that moment, 0..255. */
  readonly priority: number;
}

/** A sync group entered another state; it follows the events of its members. */
export interface VrrpGroupEvent extends EventBase {
  readonly kind: 'vrrp-group';
  readonly group: string;
  readonly from: VrrpState;
  readonly to: VrrpState;
}

/**
 * An instance or sync group is in the state it was in before a reload. Nothing changed: FIFOs that want it are told, for
 * readers that begin anew with the reload (fifo_write_vrrp_states_on_reload).
 */
export interface VrrpUnchangedEvent extends EventBase {
  readonly kind: 'vrrp-unchanged';
  readonly subject: 'instance' | 'group';
  readonly name: string;
  readonly state: VrrpState;
  /** Effective priority of an instance, 0 for a group. */
  readonly priority: number;
}

/** The effective priority of an instance changed because of a tracker. */
export interface VrrpPriorityEvent extends EventBase {
  readonly kind: 'vrrp-priority';
  readonly instance: string;
  readonly state: VrrpState;
  readonly from: number;
  readonly to: number;
}

/** A master heard an advertisement of lower priority (notify_master_rx_lower_pri). */
export interface VrrpLowerPriorityEvent extends EventBase {
  readonly kind: 'vrrp-lower-priority';
  readonly instance: string;
  readonly priority: number;
  /** Address of the other router. */
  readonly source: string;
}

/** One check of a real server changed its mind, whether or not the server's state changes with it. */
export interface CheckerEvent extends EventBase {
  readonly kind: 'checker';
  /** `[addr]:proto:port` or the other forms of FIFO lines (reference: notify FIFOs). */
  readonly service: string;
  readonly server: string;
  /** TCP_CHECK, HTTP_GET... */
  readonly checker: string;
  /** The program of a MISC_CHECK. */
  readonly script?: string;
  /** The bfd_instance of a BFD_CHECK. */
  readonly session?: string;
  readonly from: HealthState;
  readonly to: HealthState;
}

/** Real servers of a virtual server: those that are up, and all. */
export interface PoolCount {
  readonly up: number;
  readonly total: number;
}

/**
 * A real server became available or unavailable to its virtual server. `from` equals `to` when a first check merely
 * confirmed what was assumed: notifications go out, nothing changed.
 */
export interface RealServerEvent extends EventBase {
  readonly kind: 'real-server';
  readonly service: string;
  readonly server: string;
  readonly from: HealthState;
  readonly to: HealthState;
  /** Set when the change comes from the start, a reload or the stop, where mail and scripts follow other rules. */
  readonly phase: 'running' | 'start' | 'reload' | 'stop';
  /** No script, FIFO or mail is told (a stop without `omega`); log and SNMP are. */
  readonly quiet?: boolean;
  /** Of its virtual server, behind the change. */
  readonly servers?: PoolCount;
}

/** A virtual server gained or lost its quorum. */
export interface VirtualServerEvent extends EventBase {
  readonly kind: 'virtual-server';
  readonly service: string;
  readonly from: HealthState;
  readonly to: HealthState;
  readonly phase: 'running' | 'start' | 'reload' | 'stop';
  /** No script, FIFO or mail is told (a stop without `omega`); log and SNMP are. */
  readonly quiet?: boolean;
  /** Live weight, quorum and hysteresis behind the decision. */
  readonly weight: number;
  readonly quorum: number;
  readonly hysteresis: number;
  readonly servers?: PoolCount;
}

/** States of a BFD session (RFC 5880 section 4.1). */
export type BfdSessionState = 'AdminDown' | 'Down' | 'Init' | 'Up';

/** A BFD session entered another state. */
export interface BfdSessionEvent extends EventBase {
  readonly kind: 'bfd-session';
  readonly session: string;
  readonly from: BfdSessionState;
  readonly to: BfdSessionState;
}

/** A client was banned for its connections, or may come again. */
export interface BanEvent extends EventBase {
  readonly kind: 'ban';
  /** Name of the connection_limit. */
  readonly limit: string;
  /** Address, or prefix with its length. */
  readonly client: string;
  readonly from: BanState;
  readonly to: BanState;
  /** Established connections at the last count; absent: not counted. */
  readonly connections?: number;
  /** One of very many at once: FIFOs are told; log, scripts and mail are not. */
  readonly muted?: true;
}

export type BanState = 'FREE' | 'BANNED';

export type DaemonEvent =
  | VrrpInstanceEvent
  | VrrpGroupEvent
  | VrrpUnchangedEvent
  | VrrpPriorityEvent
  | VrrpLowerPriorityEvent
  | CheckerEvent
  | RealServerEvent
  | VirtualServerEvent
  | BfdSessionEvent
  | BanEvent;

/** Severity of a log line, in syslog's words. */
export type LogLevel = 'error' | 'warning' | 'notice' | 'info' | 'debug';

/** Facts for machines that accompany a message of the log. Never put secrets here. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A line for the log that is no change of state (a refused packet, a configuration hint). */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  /** The same for machines: they stand in structured output and as fields of the journal. Never put secrets here. */
  readonly fields?: LogFields;
}
