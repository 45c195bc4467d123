/** What this machine's own kernel can do. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** True when the kernel has IPVS, loaded or loadable. */
export function kernelHasIpvs(): boolean {
  if (existsSync('/proc/net/ip_vs')) return true;
  spawnSync('modprobe', ['ip_vs'], { stdio: 'ignore' });
  return existsSync('/proc/net/ip_vs');
}
