/** What the tables of the agent are made of: the configuration and what the processes say of themselves, at one moment. */
import type { Configuration } from '../../config/model.ts';
import type { MonotonicMs } from '../../core/time.ts';
import type { VrrpProcessStatus } from '../../vrrp/processes.ts';
import type { VrrpGroupStatus, VrrpInstanceStatus, VrrpScriptStatus } from '../../vrrp/types.ts';

/** What the VRRP process says of itself. */
export interface VrrpReport {
  readonly now: MonotonicMs;
  readonly instances: readonly VrrpInstanceStatus[];
  readonly groups: readonly VrrpGroupStatus[];
  readonly scripts?: readonly VrrpScriptStatus[];
  readonly processes?: readonly VrrpProcessStatus[];
  /** Numbers of track files by their names. */
  readonly files?: Readonly<Record<string, number>>;
  /** Hardware addresses of the interfaces of instances, in hexadecimal digits, by their names. */
  readonly hardwareAddresses?: Readonly<Record<string, string>>;
  /** Whether sessions are up, by their names. */
  readonly bfd?: Readonly<Record<string, boolean>>;
}

export interface SnmpSnapshot {
  readonly configuration: Configuration;
  /** Name and version of the program. */
  readonly version: string;
  readonly hostName: string;
  /** When the agent began: its sysUpTime counts from then. */
  readonly startedAt: MonotonicMs;
  readonly vrrp?: VrrpReport;
  /** Index of an interface; 0: it is not there. */
  readonly interfaceIndex: (name: string) => number;
}
