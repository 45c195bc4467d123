/** All configurations, those with daemons of their own last. */
import { healthTable } from './health-table.ts';
import { identityTable } from './identity-table.ts';
import { schedulingTable } from './scheduling-table.ts';
import { server, type Configuration } from './text.ts';

const life = ['start > 1 2', 'refuse 1 > 2', 'reload > 2 3', 'serve 1 > 1 2 3'];
const changed = { servers: [server(1), server(2), server(3)] };

export const configurations: readonly Configuration[] = [
  ...schedulingTable,
  ...identityTable,
  ...healthTable,
  {
    name: 'lvs_flush, lvs_flush_on_stop, lvs_timeouts, sync daemons',
    place: 'flushes everything',
    changed,
    events: life,
  },
  {
    name: 'net_namespace_ipvs, lvs_flush_on_stop VS, rs_init_notifies',
    place: 'in another namespace',
    changed,
    events: life,
  },
];
