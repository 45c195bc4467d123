/** What the configuration says of interfaces themselves, checked. */
import type { Milliseconds } from '../../core/time.ts';
import type { SourceLocation } from './common.ts';

/** A line of interface_up_down_delays: how long a change of the link must last before it counts. */
export interface InterfaceDelays {
  readonly interface: string;
  readonly down: Milliseconds;
  readonly up: Milliseconds;
  readonly at: SourceLocation;
}

/** A line of linkbeat_interfaces: an interface whose link is asked for instead of waiting to be told. */
export interface LinkbeatInterface {
  readonly interface: string;
  /** Absent: the first that works of MII, ETHTOOL and IOCTL. */
  readonly method?: 'MII' | 'ETHTOOL' | 'IOCTL';
  readonly at: SourceLocation;
}
