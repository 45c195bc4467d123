/** The whole checked configuration. */
import type { BfdConfiguration } from './bfd.ts';
import type { InterfaceUse } from './common.ts';
import type { GlobalConfiguration } from './global.ts';
import type { ConnectionLimit } from './limits.ts';
import type { CheckConfiguration } from './servers.ts';
import type { VrrpConfiguration } from './vrrp.ts';
import type { MetricsConfiguration, StatusPageConfiguration } from './web.ts';

export interface Configuration {
  readonly global: GlobalConfiguration;
  readonly vrrp: VrrpConfiguration;
  readonly check: CheckConfiguration;
  readonly bfd: BfdConfiguration;
  /** Absent: none. */
  readonly connectionLimits?: readonly ConnectionLimit[];
  /** Absent: not served. */
  readonly metrics?: MetricsConfiguration;
  readonly statusPage?: StatusPageConfiguration;
  /** Every interface that VRRP and static addresses need, once for each place (see check/interfaces.ts). */
  readonly interfaces?: readonly InterfaceUse[];
  /** Every file that was read, in order. */
  readonly files: readonly string[];
}
