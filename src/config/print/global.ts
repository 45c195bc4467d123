/** Prints global_defs, and the keywords of the top level that stand outside of blocks. */
import type {
  FirewallConfiguration,
  GlobalConfiguration,
  NotifyFifo,
  ProcessScheduling,
  ReceiveBuffer,
  VrrpDefaults,
} from '../model.ts';
import {
  accountWords,
  blockLine,
  boolLine,
  flagLine,
  line,
  optional,
  scriptLine,
  seconds,
  valueBlock,
  valueLine,
  type PrintedLine,
} from './printed.ts';

/** A boolean that says something else when it is not there. */
function optionalBool(keyword: string, value: boolean | undefined): PrintedLine[] {
  return value === undefined ? [] : [boolLine(keyword, value)];
}

/** A time whose 0 cannot be written and is the default. */
function positiveSeconds(keyword: string, milliseconds: number): PrintedLine[] {
  return milliseconds > 0 ? [line(keyword, seconds(milliseconds))] : [];
}

function fifoLines(keyword: string, fifo: NotifyFifo | undefined): PrintedLine[] {
  if (!fifo) return [];
  return [
    line(keyword, fifo.path, ...accountWords(fifo.user, fifo.group)),
    ...scriptLine(`${keyword}_script`, fifo.script),
  ];
}

function schedulingLines(prefix: string, scheduling: ProcessScheduling): PrintedLine[] {
  return [
    ...optional(`${prefix}_priority`, scheduling.priority),
    ...flagLine(`${prefix}_no_swap`, scheduling.noSwap),
    ...optional(`${prefix}_rt_priority`, scheduling.realTimePriority),
    ...optional(`${prefix}_rlimit_rttime`, scheduling.realTimeLimitUs),
    ...(scheduling.cpuAffinity ? [line(`${prefix}_cpu_affinity`, ...scheduling.cpuAffinity)] : []),
  ];
}

function mailLines({ mail }: GlobalConfiguration): PrintedLine[] {
  return [
    ...valueBlock(
      'notification_email',
      mail.recipients.map((recipient) => valueLine([recipient])),
    ),
    ...optional('notification_email_from', mail.from),
    ...(mail.server ? [line('smtp_server', mail.server.host, mail.server.port)] : []),
    ...optional('smtp_helo_name', mail.heloName),
    line('smtp_connect_timeout', seconds(mail.connectTimeout)),
    ...flagLine('no_email_faults', mail.noFaultMail),
    boolLine('no_checker_emails', mail.noCheckerMail),
    ...optionalBool('smtp_alert', mail.alerts.all),
    ...optionalBool('smtp_alert_vrrp', mail.alerts.vrrp),
    ...optionalBool('smtp_alert_checker', mail.alerts.checker),
  ];
}

function ipvsLines(global: GlobalConfiguration): PrintedLine[] {
  const { lvsTimeouts: timeouts, lvsSyncDaemon: daemon } = global;
  const words: (string | number)[] = [];
  if (timeouts?.tcp !== undefined) words.push('tcp', seconds(timeouts.tcp));
  if (timeouts?.tcpFin !== undefined) words.push('tcpfin', seconds(timeouts.tcpFin));
  if (timeouts?.udp !== undefined) words.push('udp', seconds(timeouts.udp));
  const sync: (string | number)[] = [];
  if (daemon) {
    sync.push(daemon.interface);
    if (daemon.vrrpInstance !== undefined) sync.push('inst', daemon.vrrpInstance);
    if (daemon.syncId !== undefined) sync.push('id', daemon.syncId);
    if (daemon.maxLength !== undefined) sync.push('maxlen', daemon.maxLength);
    if (daemon.port !== undefined) sync.push('port', daemon.port);
    if (daemon.ttl !== undefined) sync.push('ttl', daemon.ttl);
    if (daemon.group !== undefined) sync.push('group', daemon.group);
  }
  return [
    ...flagLine('lvs_flush', global.lvsFlush),
    ...(global.lvsFlushOnStop
      ? [line('lvs_flush_on_stop', ...(global.lvsFlushOnStop === 'services' ? ['VS'] : []))]
      : []),
    ...(words.length === 0 ? [] : [line('lvs_timeouts', ...words)]),
    ...(sync.length === 0 ? [] : [line('lvs_sync_daemon', ...sync)]),
  ];
}

function bufferLines(keyword: string, { bytes, force }: ReceiveBuffer): PrintedLine[] {
  return [...optional(keyword, bytes), boolLine(`${keyword}_force`, force)];
}

function receiveBufferLines({ receiveBuffers }: GlobalConfiguration): PrintedLine[] {
  return [
    ...bufferLines('vrrp_netlink_cmd_rcv_bufs', receiveBuffers.vrrpNetlinkCommand),
    ...bufferLines('vrrp_netlink_monitor_rcv_bufs', receiveBuffers.vrrpNetlinkMonitor),
    ...bufferLines('process_monitor_rcv_bufs', receiveBuffers.processMonitor),
    ...bufferLines('lvs_netlink_cmd_rcv_bufs', receiveBuffers.checkerNetlinkCommand),
    ...bufferLines('lvs_netlink_monitor_rcv_bufs', receiveBuffers.checkerNetlinkMonitor),
  ];
}

function vrrpDefaultLines(defaults: VrrpDefaults): PrintedLine[] {
  const { gratuitous } = defaults;
  return [
    line('vrrp_version', defaults.version),
    line('vrrp_mcast_group4', defaults.multicastGroup4),
    line('vrrp_mcast_group6', defaults.multicastGroup6),
    line('vrrp_down_timer_adverts', defaults.downTimerAdvertisements),
    boolLine('vrrp_strict', defaults.strict),
    boolLine('vrrp_lower_prio_no_advert', defaults.lowerPriorityNoAdvertisement),
    boolLine('vrrp_higher_prio_send_advert', defaults.higherPrioritySendAdvertisement),
    ...flagLine('vrrp_check_unicast_src', defaults.checkUnicastSource),
    boolLine('vrrp_skip_check_adv_addr', defaults.skipCheckAdvertisedAddresses),
    ...optionalBool('vrrp_owner_ignore_adverts', defaults.ownerIgnoreAdvertisements),
    ...flagLine('v3_checksum_as_v2', defaults.v3ChecksumAsV2),
    boolLine('vrrp_min_garp', defaults.minimumGratuitous),
    line('vrrp_garp_master_delay', seconds(gratuitous.masterDelay)),
    line('vrrp_garp_master_repeat', gratuitous.masterRepeat),
    line('vrrp_garp_master_refresh', seconds(gratuitous.masterRefresh)),
    line('vrrp_garp_master_refresh_repeat', gratuitous.masterRefreshRepeat),
    line('vrrp_garp_lower_prio_delay', seconds(gratuitous.lowerPriorityDelay)),
    line('vrrp_garp_lower_prio_repeat', gratuitous.lowerPriorityRepeat),
    ...positiveSeconds('vrrp_garp_interval', gratuitous.arpInterval),
    ...positiveSeconds('vrrp_gna_interval', gratuitous.naInterval),
  ];
}

function vrrpLines(global: GlobalConfiguration): PrintedLine[] {
  const { extraGratuitous, advertisementBuffers: buffers, vmacNames } = global;
  const { policy } = buffers;
  return [
    ...(global.dynamicInterfaces
      ? [line('dynamic_interfaces', ...(global.allowInterfaceTypeChanges ? ['allow_if_changes'] : []))]
      : []),
    line('default_interface', global.defaultInterface),
    ...flagLine('disable_local_igmp', global.disableLocalIgmp),
    ...vrrpDefaultLines(global.vrrpDefaults),
    ...(extraGratuitous
      ? [
          line(
            'vrrp_garp_extra_if',
            ...(extraGratuitous.allInterfaces ? ['all'] : []),
            seconds(extraGratuitous.interval),
          ),
        ]
      : []),
    ...(policy === undefined ? [] : [line('vrrp_rx_bufs_policy', bufferPolicy(policy))]),
    line('vrrp_rx_bufs_multiplier', buffers.multiplier),
    ...flagLine('log_unknown_vrids', global.logUnknownVirtualRouters),
    line('vmac_prefix', vmacNames.prefix),
    line('vmac_addr_prefix', vmacNames.addressPrefix),
    ...positiveSeconds('vrrp_startup_delay', global.vrrpStartupDelay),
    ...positiveSeconds('vrrp_delay_after_boot', global.vrrpDelayAfterBoot),
  ];
}

function bufferPolicy(policy: NonNullable<GlobalConfiguration['advertisementBuffers']['policy']>): string | number {
  if (policy === 'mtu') return 'MTU';
  return policy === 'advertisement' ? 'ADVERT' : policy.bytes;
}

function firewallLines(firewall: FirewallConfiguration): PrintedLine[] {
  return [
    ...optional('nftables', firewall.table),
    line('nftables_priority', firewall.priority),
    ...flagLine('nftables_ifindex', firewall.interfaceIndexes),
    ...flagLine('nftables_counters', firewall.counters),
    ...optional('nftables_ipvs', firewall.ipvsTable),
    line('nftables_ipvs_priority', firewall.ipvsPriority),
    line('nftables_ipvs_start_fwmark', firewall.ipvsFirstMark),
  ];
}

function monitoringLines({ snmp, dbus }: GlobalConfiguration): PrintedLine[] {
  return [
    ...optional('snmp_socket', snmp.socket),
    ...flagLine('enable_traps', snmp.traps),
    ...flagLine('enable_snmp_vrrp', snmp.vrrp),
    ...flagLine('enable_snmp_checker', snmp.checker),
    ...flagLine('enable_snmp_rfcv2', snmp.rfc2787),
    ...flagLine('enable_snmp_rfcv3', snmp.rfc6527),
    line('snmp_vs_stats_update_interval', seconds(snmp.virtualServerStatisticsInterval)),
    line('snmp_rs_stats_update_interval', seconds(snmp.realServerStatisticsInterval)),
    ...flagLine('enable_dbus', dbus.enabled),
    line('dbus_service_name', dbus.serviceName),
    line('dbus_no_interface_name', dbus.noInterfaceName),
  ];
}

/** Ours: only who uses them has lines that keepalived does not know. */
function controlSocketLines({ controlSocket, watchConfiguration }: GlobalConfiguration): PrintedLine[] {
  const { group, mode } = controlSocket;
  return [
    ...(mode === undefined ? [] : [line('control_socket_mode', `0${mode.toString(8)}`)]),
    ...(group === undefined ? [] : [line('control_socket_group', group.name, group.mayChange ? 'change' : 'read')]),
    ...(watchConfiguration === undefined ? [] : [line('watch_config', seconds(watchConfiguration.settleTime))]),
  ];
}

function fileLines(global: GlobalConfiguration): PrintedLine[] {
  const { reload, dumps, nameTables } = global;
  return [
    ...(global.umask === undefined ? [] : [line('umask', `0${global.umask.toString(8)}`)]),
    ...optional('random_seed', global.randomSeed),
    ...(reload.checkConfiguration
      ? [line('reload_check_config', ...(reload.checkLog === undefined ? [] : [reload.checkLog]))]
      : []),
    ...optional('reload_time_file', reload.timeFile),
    ...flagLine('reload_repeat', reload.repeat),
    ...(reload.file === undefined ? [] : [line('reload_file', ...(reload.file === '' ? [] : [reload.file]))]),
    ...controlSocketLines(global),
    ...optional('config_save_dir', dumps.configurationDirectory),
    ...optional('tmp_config_directory', global.temporaryDirectory),
    boolLine('data_use_instance', dumps.useInstance),
    line('json_version', dumps.jsonVersion),
    ...optional('state_dump_file', dumps.state),
    ...optional('stats_dump_file', dumps.statistics),
    ...optional('json_dump_file', dumps.json),
    line('iproute_usr_dir', nameTables.distribution),
    line('iproute_etc_dir', nameTables.administrator),
  ];
}

function processLines(global: GlobalConfiguration): PrintedLine[] {
  const { processNames, automaticPriority } = global;
  return [
    ...optional('process_name', processNames.parent),
    ...optional('vrrp_process_name', processNames.vrrp),
    ...optional('checker_process_name', processNames.checker),
    ...optional('bfd_process_name', processNames.bfd),
    ...schedulingLines('vrrp', global.vrrpScheduling),
    ...schedulingLines('checker', global.checkerScheduling),
    ...schedulingLines('bfd', global.bfdScheduling),
    line('max_auto_priority', automaticPriority.maximum),
    line('min_auto_priority_delay', automaticPriority.minimumDelayUs),
    ...receiveBufferLines(global),
  ];
}

function scriptLines(global: GlobalConfiguration): PrintedLine[] {
  const { scriptUser, startupScript, shutdownScript } = global;
  return [
    ...(scriptUser ? [line('script_user', ...accountWords(scriptUser.user, scriptUser.group))] : []),
    ...flagLine('enable_script_security', global.enableScriptSecurity),
    boolLine('use_symlink_paths', global.useSymlinkPaths),
    // keepalived 2.4.3 does not know it yet: only who uses it has a line that only its successor takes.
    ...(global.setSupplementaryGroups ? [boolLine('set_supplementary_groups', true)] : []),
    ...fifoLines('notify_fifo', global.notifyFifo),
    ...fifoLines('vrrp_notify_fifo', global.vrrpNotifyFifo),
    ...fifoLines('lvs_notify_fifo', global.lvsNotifyFifo),
    boolLine('vrrp_notify_priority_changes', global.vrrpNotifyPriorityChanges),
    ...flagLine('fifo_write_vrrp_states_on_reload', global.repeatStatesAfterReload),
    ...scriptLine('startup_script', startupScript),
    ...(startupScript ? [line('startup_script_timeout', seconds(startupScript.timeout))] : []),
    ...scriptLine('shutdown_script', shutdownScript),
    ...(shutdownScript ? [line('shutdown_script_timeout', seconds(shutdownScript.timeout))] : []),
  ];
}

/** Keywords of the top level that stand outside of blocks. */
export function printTop(global: GlobalConfiguration): PrintedLine[] {
  return [
    ...optional('net_namespace', global.netNamespace),
    ...(global.netNamespaceIpvs === undefined
      ? []
      : [line('net_namespace_ipvs', ...(global.netNamespaceIpvs === '' ? [] : [global.netNamespaceIpvs]))]),
    ...optional('instance', global.instance),
    ...flagLine('namespace_with_ipsets', global.namespaceWithIpsets),
    ...flagLine('use_pid_dir', global.usePidDirectory),
    ...flagLine('linkbeat_use_polling', global.pollLinks),
    line('child_wait_time', seconds(global.childWaitTime)),
  ];
}

/** global_defs. */
export function printGlobal(global: GlobalConfiguration): PrintedLine {
  return blockLine(
    'global_defs',
    [],
    [
      ...optional('router_id', global.routerId),
      ...mailLines(global),
      ...scriptLines(global),
      ...processLines(global),
      ...fileLines(global),
      ...monitoringLines(global),
      ...vrrpLines(global),
      ...firewallLines(global.firewall),
      ...ipvsLines(global),
      boolLine('checker_log_all_failures', global.checkerLogAllFailures),
      boolLine('rs_init_notifies', global.rsInitNotifies),
    ],
  );
}
