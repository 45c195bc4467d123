/** SNMP and D-Bus, checked. */
import type { Milliseconds } from '../../core/time.ts';

export interface SnmpConfiguration {
  /** AgentX address of the master agent; absent: net-snmp's default. */
  readonly socket?: string;
  /** Notifications are sent. */
  readonly traps: boolean;
  /** Parts of KEEPALIVED-MIB. */
  readonly vrrp: boolean;
  readonly checker: boolean;
  /** VRRP-MIB (RFC 2787). */
  readonly rfc2787: boolean;
  /** VRRPV3-MIB (RFC 6527). */
  readonly rfc6527: boolean;
  /** How long statistics of IPVS are cached. */
  readonly virtualServerStatisticsInterval: Milliseconds;
  readonly realServerStatisticsInterval: Milliseconds;
}

export interface DbusConfiguration {
  readonly enabled: boolean;
  readonly serviceName: string;
  /** Part of the object path of an instance without interface. */
  readonly noInterfaceName: string;
}
