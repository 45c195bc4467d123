/** One misunderstanding, and the texts that most of them are made of. */
import type { Severity } from '../../../../src/config/diagnostics.ts';
import type { TestOptions } from '../memory.ts';

/** What one message must be; `says` are pieces of the message, its consequences or its remedy. */
export interface Expected {
  readonly code: string;
  readonly at: `${number}:${number}`;
  readonly severity: Severity;
  readonly says: readonly string[];
}

export interface Case {
  readonly title: string;
  readonly text: string;
  readonly exit: number;
  readonly expected: readonly Expected[];
  readonly options?: TestOptions;
}

/** Lines 1 to 6, then the further lines, then the brace. */
export function instance(
  lines = '',
  { name = 'VI_1', id = 51, address }: { name?: string; id?: number; address?: string } = {},
): string {
  return `vrrp_instance ${name} {\n  interface eth0\n  virtual_router_id ${id}\n  virtual_ipaddress {\n    ${address ?? `10.0.0.${id}/24`}\n  }\n${lines}}\n`;
}

/** Lines 1 to 4, the further lines, then the real server. */
export function service(lines = '', serverLines = '    weight 1\n', { method = 'NAT', port = '80' } = {}): string {
  return `virtual_server 10.0.0.1 80 {\n  lvs_sched rr\n  lvs_method ${method}\n  protocol TCP\n${lines}  real_server 10.0.0.2 ${port} {\n${serverLines}  }\n}\n`;
}

/** A script with security set up, so that nothing is said of that. */
export const secured = 'global_defs {\n  enable_script_security\n  script_user root\n}\n';
export const script = (lines = ''): string => `vrrp_script chk {\n  script "/usr/bin/true"\n${lines}}\n`;
export const tracked = '  track_script {\n    chk\n  }\n';
