/** disable_local_igmp: the kernel sends no IGMP reports for groups that routers must not forward anyway (224.0.0.0/24). */
import { writeFileSync } from 'node:fs';
import type { Log } from '../log/log.ts';

/** Of the network namespace of the process that opens it. */
const setting = '/proc/sys/net/ipv4/igmp_link_local_mcast_reports';

/** A kernel or a container that does not let it is told of; VRRP works without it. */
export function disableLocalIgmp(log: Log, file = setting): void {
  try {
    writeFileSync(file, '0\n', { flag: 'r+' });
  } catch (error) {
    log.warning(`disable_local_igmp: ${file} is not written: ${(error as Error).message}`);
  }
}
