/** Where daemons run side by side: one place that most configurations share, and those that need settings of their own. */

export interface Place {
  readonly name: string;
  /** Lines of global_defs. */
  readonly global?: readonly string[];
  /** Done before the start, in the place's own namespaces. */
  readonly commands?: readonly string[];
  readonly beforeReload?: readonly string[];
  /** Prints what is compared. */
  readonly table: string;
  /** Something was waited for in vain. */
  missed?: boolean;
}

const table = 'ipvsadm -Sn';
const everything = `${table}; ipvsadm -L --timeout; ipvsadm -L --daemon`;
const foreign = ['ipvsadm -A -t 192.0.2.1:80 -s wlc', 'ipvsadm -a -t 192.0.2.1:80 -r 192.0.2.9:80 -m -w 3'];

export const places: readonly Place[] = [
  { name: 'shared', table, commands: foreign },
  {
    name: 'flushes everything',
    table: everything,
    global: ['lvs_flush', 'lvs_flush_on_stop', 'lvs_timeouts tcp 100 tcpfin 20 udp 30', 'lvs_sync_daemon eth0 id 7'],
    commands: [...foreign, 'ip link add eth0 type dummy', 'ip link set eth0 up'],
    beforeReload: foreign,
  },
  {
    name: 'in another namespace',
    table: 'ip netns exec elsewhere ipvsadm -Sn; echo; ipvsadm -Sn',
    global: ['net_namespace_ipvs elsewhere', 'lvs_flush_on_stop VS', 'rs_init_notifies', 'checker_log_all_failures'],
    commands: ['ip netns add elsewhere'],
  },
];
