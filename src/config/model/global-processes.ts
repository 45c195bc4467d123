/** Names, scheduling and limits of the processes, checked. */
import type { Milliseconds } from '../../core/time.ts';

/** Real-time scheduling and memory of one child process. */
export interface ProcessScheduling {
  /** Nice value, -20..19. */
  readonly priority?: number;
  readonly noSwap: boolean;
  /** SCHED_RR priority, 1..99. */
  readonly realTimePriority?: number;
  /** RLIMIT_RTTIME in microseconds. */
  readonly realTimeLimitUs?: number;
  readonly cpuAffinity?: readonly number[];
}

/** Real-time priority that rises by itself when a process is scheduled late. */
export interface AutomaticPriority {
  /** Highest priority it may reach, 1..99; 0: it does not rise; -1: nor is that worth a warning. */
  readonly maximum: number;
  /** Lateness that raises it. */
  readonly minimumDelayUs: number;
}

/** comm of each process; absent: `keepalived`. */
export interface ProcessNames {
  readonly parent?: string;
  readonly vrrp?: string;
  readonly checker?: string;
  readonly bfd?: string;
}

/** Receive buffer of one kernel socket. */
export interface ReceiveBuffer {
  /** Absent: the kernel's default. */
  readonly bytes?: number;
  /** SO_RCVBUFFORCE: may be more than net.core.rmem_max. */
  readonly force: boolean;
}

export interface ReceiveBuffers {
  readonly vrrpNetlinkCommand: ReceiveBuffer;
  readonly vrrpNetlinkMonitor: ReceiveBuffer;
  readonly checkerNetlinkCommand: ReceiveBuffer;
  readonly checkerNetlinkMonitor: ReceiveBuffer;
  readonly processMonitor: ReceiveBuffer;
}

export interface ReloadConfiguration {
  /** Tests the new configuration first and keeps the old one if it has errors. */
  readonly checkConfiguration: boolean;
  /** Where the messages of that test go; absent: nowhere but to the log. */
  readonly checkLog?: string;
  /** File with the time of the next reload by itself. */
  readonly timeFile?: string;
  /** A time without date is kept for every day. */
  readonly repeat: boolean;
  /** File that exists while a reload is going on; empty string: keepalived[_INSTANCE].reload beside the pid file. */
  readonly file?: string;
}

/** Who may use the control socket. */
export interface ControlSocketConfiguration {
  /** Permission bits of the socket; absent: 0600, with a group 0660. */
  readonly mode?: number;
  readonly group?: {
    readonly name: string;
    /** Members may make the daemon do something, not only look. */
    readonly mayChange: boolean;
  };
}

/** The files of the configuration are watched, and applied when they change. */
export interface ConfigurationWatch {
  /** How long nothing may have changed before a set of files counts as written. */
  readonly settleTime: Milliseconds;
}

export interface DumpFiles {
  /** Network namespace and instance become part of the names. */
  readonly useInstance: boolean;
  readonly jsonVersion: 1 | 2;
  /** Template of the state dumps: a path, a name, or a directory with a trailing `/`. */
  readonly state?: string;
  readonly statistics?: string;
  readonly json?: string;
  /** Directory for what was understood of the configuration, written at every load. */
  readonly configurationDirectory?: string;
}
