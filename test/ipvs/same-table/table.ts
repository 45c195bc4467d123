/** All configurations, those with daemons of their own last. */
import { healthTable } from './health-table.ts';
import { identityTable } from './identity-table.ts';
import { schedulingTable } from './scheduling-table.ts';
import { block, server, service, type Configuration } from './text.ts';

const life = ['start > 1 2', 'refuse 1 > 2', 'reload > 2 3', 'serve 1 > 1 2 3'];
const changed = { servers: [server(1), server(2), server(3)] };

export const configurations: readonly Configuration[] = [
  ...schedulingTable,
  ...identityTable,
  ...healthTable,
  {
    // The guest's nftables has no tables for IPv4 and IPv6: this is about the services alone.
    name: 'nftables_ipvs: a group has one mark for each protocol',
    place: 'flushes everything',
    head: 'group $G',
    method: 'TUN',
    blocks: [block('virtual_server_group $G', '$V 80', '$V2-4 80', '$X 80', 'fwmark $M9')],
    servers: [server(1, { port: '' }), server(2, { port: '', family: 6 })],
    more: [service({ head: 'group $G', protocol: 'UDP', method: 'TUN', servers: [server(3, { port: '' })] })],
    changed: { blocks: [block('virtual_server_group $G', '$V 80', '$V2-5 80', '$X 80', 'fwmark $M9')] },
    events: ['start > 1 2 3', 'refuse 1 > 2 3', 'reload > 2 3', 'serve 1 > 1 2 3'],
  },
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
