/** Prints global_defs, and the keywords of the top level that stand outside of blocks. */
import type { GlobalConfiguration, NotifyFifo, ProcessScheduling } from '../model.ts';
import {
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

function account(user: string | undefined, group: string | undefined): string[] {
  return user === undefined ? [] : [user, ...(group === undefined ? [] : [group])];
}

function fifoLines(keyword: string, fifo: NotifyFifo | undefined): PrintedLine[] {
  if (!fifo) return [];
  return [line(keyword, fifo.path, ...account(fifo.user, fifo.group)), ...scriptLine(`${keyword}_script`, fifo.script)];
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

/** Keywords of the top level that stand outside of blocks. */
export function printTop(global: GlobalConfiguration): PrintedLine[] {
  return [
    ...optional('net_namespace', global.netNamespace),
    ...(global.netNamespaceIpvs === undefined
      ? []
      : [line('net_namespace_ipvs', ...(global.netNamespaceIpvs === '' ? [] : [global.netNamespaceIpvs]))]),
    ...optional('instance', global.instance),
    ...flagLine('use_pid_dir', global.usePidDirectory),
    line('child_wait_time', seconds(global.childWaitTime)),
  ];
}

/** global_defs. */
export function printGlobal(global: GlobalConfiguration): PrintedLine {
  const { processNames, scriptUser, startupScript, shutdownScript } = global;
  return blockLine(
    'global_defs',
    [],
    [
      ...optional('router_id', global.routerId),
      ...optional('process_name', processNames.parent),
      ...optional('vrrp_process_name', processNames.vrrp),
      ...optional('checker_process_name', processNames.checker),
      ...optional('bfd_process_name', processNames.bfd),
      ...mailLines(global),
      ...(scriptUser ? [line('script_user', scriptUser.user, ...account('', scriptUser.group).slice(1))] : []),
      ...flagLine('enable_script_security', global.enableScriptSecurity),
      boolLine('use_symlink_paths', global.useSymlinkPaths),
      ...fifoLines('notify_fifo', global.notifyFifo),
      ...fifoLines('vrrp_notify_fifo', global.vrrpNotifyFifo),
      ...fifoLines('lvs_notify_fifo', global.lvsNotifyFifo),
      boolLine('vrrp_notify_priority_changes', global.vrrpNotifyPriorityChanges),
      ...scriptLine('startup_script', startupScript),
      ...(startupScript ? [line('startup_script_timeout', seconds(startupScript.timeout))] : []),
      ...scriptLine('shutdown_script', shutdownScript),
      ...(shutdownScript ? [line('shutdown_script_timeout', seconds(shutdownScript.timeout))] : []),
      ...schedulingLines('vrrp', global.vrrpScheduling),
      ...schedulingLines('checker', global.checkerScheduling),
      ...ipvsLines(global),
      boolLine('checker_log_all_failures', global.checkerLogAllFailures),
      boolLine('rs_init_notifies', global.rsInitNotifies),
      ...flagLine('dynamic_interfaces', global.dynamicInterfaces),
      ...(global.vrrpStartupDelay > 0 ? [line('vrrp_startup_delay', seconds(global.vrrpStartupDelay))] : []),
      ...(global.umask === undefined ? [] : [line('umask', `0${global.umask.toString(8)}`)]),
    ],
  );
}
