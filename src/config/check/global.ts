/** global_defs: drafts to model. */
import type { GlobalDraft, FifoDraft, ReceiveBufferDraft, SchedulingDraft, InstanceDraft } from '../drafts.ts';
import type {
  DbusConfiguration,
  DumpFiles,
  GlobalConfiguration,
  LvsSyncDaemonConfiguration,
  MailConfiguration,
  NotifyFifo,
  ProcessScheduling,
  ReceiveBuffer,
  ReceiveBuffers,
  ControlSocketConfiguration,
  ReloadConfiguration,
  SnmpConfiguration,
  VrrpConfiguration,
} from '../model.ts';
import { locate } from '../statement.ts';
import type { Context } from '../schema/context.ts';
import { firewall, vmacNames, vrrpDefaults } from './global-vrrp.ts';
import { commandOf } from './scripts.ts';

/** Of static addresses, routes and rules that name none. */
const defaultInterface = 'eth0';

function fifo(draft: FifoDraft): NotifyFifo | undefined {
  if (draft.path === undefined) return undefined;
  const script = commandOf(draft.script);
  return {
    path: draft.path,
    ...(draft.user !== undefined && { user: draft.user }),
    ...(draft.group !== undefined && { group: draft.group }),
    ...(script && { script }),
  };
}

function scheduling(draft: SchedulingDraft): ProcessScheduling {
  return { ...draft, noSwap: draft.noSwap ?? false };
}

/** The one synchronisation daemon: that of global_defs, else that of the first instance that asks for one. */
function syncDaemon(
  global: GlobalDraft,
  instances: readonly InstanceDraft[],
  context: Context,
): LvsSyncDaemonConfiguration | undefined {
  const asking = instances.filter((instance) => instance.lvsSyncDaemonInterface !== undefined);
  const { lvsSyncDaemon } = global;
  if (lvsSyncDaemon) {
    for (const instance of asking) ignored(instance, 'global_defs has an lvs_sync_daemon', context);
    const { statement, instance, interface: name, ...options } = lvsSyncDaemon;
    const followed = instances.find((other) => other.name === instance);
    if (instance !== undefined && !followed) {
      context.report(
        'note',
        statement,
        0,
        'CFG_UNKNOWN_INSTANCE',
        `lvs_sync_daemon follows vrrp_instance ${instance}, which is not defined`,
      );
    }
    return {
      interface: name,
      ...options,
      ...(instance !== undefined && { vrrpInstance: instance }),
      syncId: options.syncId ?? followed?.virtualRouterId ?? 0,
      at: locate(statement),
    };
  }
  const [first, ...others] = asking;
  if (!first?.lvsSyncDaemonAt) return undefined;
  for (const instance of others)
    ignored(
      instance,
      `one synchronisation daemon follows vrrp_instance ${first.name} already, and there can be no other`,
      context,
    );
  return {
    interface: first.lvsSyncDaemonInterface ?? '',
    vrrpInstance: first.name,
    // Seen with 2.2.7: the old keyword leaves the id 0, only lvs_sync_daemon takes that of the virtual router.
    syncId: 0,
    at: locate(first.lvsSyncDaemonAt),
  };
}

function ignored(instance: InstanceDraft, why: string, context: Context): void {
  if (!instance.lvsSyncDaemonAt) return;
  context.report(
    'warning',
    instance.lvsSyncDaemonAt,
    0,
    'CFG_SYNC_DAEMON',
    `lvs_sync_daemon_interface of vrrp_instance ${instance.name} is ignored: ${why}`,
    'remove the line',
  );
}

function notifyFifos(context: Context): Pick<GlobalConfiguration, 'notifyFifo' | 'vrrpNotifyFifo' | 'lvsNotifyFifo'> {
  const { global } = context.draft;
  const notifyFifo = fifo(global.notifyFifo);
  const vrrpNotifyFifo = fifo(global.vrrpNotifyFifo);
  const lvsNotifyFifo = fifo(global.lvsNotifyFifo);
  return {
    ...(notifyFifo && { notifyFifo }),
    ...(vrrpNotifyFifo && { vrrpNotifyFifo }),
    ...(lvsNotifyFifo && { lvsNotifyFifo }),
  };
}

function mail(global: GlobalDraft): MailConfiguration {
  return {
    ...(global.mailServer && { server: global.mailServer }),
    ...(global.mailHelo !== undefined && { heloName: global.mailHelo }),
    ...(global.mailFrom !== undefined && { from: global.mailFrom }),
    connectTimeout: global.mailTimeout ?? 30_000,
    recipients: global.mailRecipients,
    noFaultMail: global.noFaultMail ?? false,
    noCheckerMail: global.noCheckerMail ?? false,
    alerts: {
      ...(global.smtpAlert !== undefined && { all: global.smtpAlert }),
      ...(global.smtpAlertVrrp !== undefined && { vrrp: global.smtpAlertVrrp }),
      ...(global.smtpAlertChecker !== undefined && { checker: global.smtpAlertChecker }),
    },
  };
}

function receiveBuffer({ bytes, force = false }: ReceiveBufferDraft): ReceiveBuffer {
  return { ...(bytes !== undefined && { bytes }), force };
}

function receiveBuffers({ receiveBuffers: draft }: GlobalDraft): ReceiveBuffers {
  return {
    vrrpNetlinkCommand: receiveBuffer(draft.vrrpNetlinkCommand),
    vrrpNetlinkMonitor: receiveBuffer(draft.vrrpNetlinkMonitor),
    checkerNetlinkCommand: receiveBuffer(draft.checkerNetlinkCommand),
    checkerNetlinkMonitor: receiveBuffer(draft.checkerNetlinkMonitor),
    processMonitor: receiveBuffer(draft.processMonitor),
  };
}

function snmp({ snmp: draft }: GlobalDraft): SnmpConfiguration {
  const virtualServerStatisticsInterval = draft.virtualServerStatisticsInterval ?? 5000;
  return {
    ...(draft.socket !== undefined && { socket: draft.socket }),
    traps: draft.traps ?? false,
    vrrp: draft.vrrp ?? false,
    checker: draft.checker ?? false,
    rfc2787: draft.rfc2787 ?? false,
    rfc6527: draft.rfc6527 ?? false,
    virtualServerStatisticsInterval,
    realServerStatisticsInterval: draft.realServerStatisticsInterval ?? virtualServerStatisticsInterval,
  };
}

function dbus({ dbus: draft }: GlobalDraft): DbusConfiguration {
  return {
    enabled: draft.enabled ?? false,
    serviceName: draft.serviceName ?? 'org.keepalived.Vrrp1',
    noInterfaceName: draft.noInterfaceName ?? 'none',
  };
}

function reload(context: Context): ReloadConfiguration {
  const { reload: draft } = context.draft.global;
  if (draft.repeatAt && draft.timeFile === undefined) {
    context.report(
      'note',
      draft.repeatAt,
      0,
      'CFG_NO_CONSEQUENCE',
      'reload_repeat has nothing to repeat: there is no reload_time_file',
      'add "reload_time_file <path>", or remove the line',
    );
  }
  return {
    checkConfiguration: draft.checkConfiguration ?? false,
    ...(draft.checkLog !== undefined && { checkLog: draft.checkLog }),
    ...(draft.timeFile !== undefined && { timeFile: draft.timeFile }),
    repeat: draft.repeat ?? false,
    ...(draft.file !== undefined && { file: draft.file }),
  };
}

/** Long enough for a program that writes a set of files one after the other. */
const defaultSettleTime = 2_000;
const othersWrite = 0o002;

function controlSocket(context: Context): ControlSocketConfiguration {
  const { group, mode } = context.draft.global.controlSocket;
  if (group?.mayChange === true && mode !== undefined && (mode & othersWrite) !== 0) {
    context.report(
      'note',
      group.at,
      2,
      'CFG_NO_CONSEQUENCE',
      'control_socket_group: "change" has no effect, because control_socket_mode lets everybody connect',
      'take the write permission of others out of control_socket_mode',
    );
  }
  return {
    ...(mode !== undefined && { mode }),
    ...(group && { group: { name: group.name, mayChange: group.mayChange } }),
  };
}

function dumps({ dumps: draft }: GlobalDraft): DumpFiles {
  return { ...draft, useInstance: draft.useInstance ?? false, jsonVersion: draft.jsonVersion ?? 1 };
}

/** Fills in the defaults of global_defs. */
export function checkGlobal(context: Context, vrrp: VrrpConfiguration): GlobalConfiguration {
  const { global, instances } = context.draft;
  const daemon = syncDaemon(global, instances, context);
  const startup = commandOf(global.startupScript);
  const shutdown = commandOf(global.shutdownScript);
  const { lvsTimeouts } = global;
  const defaultTimeout = 10_000;
  return {
    ...(global.routerId !== undefined && { routerId: global.routerId }),
    mail: mail(global),
    ...(global.scriptUser && { scriptUser: global.scriptUser }),
    enableScriptSecurity: global.enableScriptSecurity ?? false,
    useSymlinkPaths: global.useSymlinkPaths ?? false,
    setSupplementaryGroups: global.setSupplementaryGroups ?? false,
    ...notifyFifos(context),
    vrrpNotifyPriorityChanges: global.vrrpNotifyPriorityChanges ?? false,
    repeatStatesAfterReload: global.repeatStatesAfterReload ?? false,
    ...(startup && { startupScript: { ...startup, timeout: global.startupScriptTimeout ?? defaultTimeout } }),
    ...(shutdown && { shutdownScript: { ...shutdown, timeout: global.shutdownScriptTimeout ?? defaultTimeout } }),
    ...(global.netNamespace !== undefined && { netNamespace: global.netNamespace }),
    ...(global.netNamespaceIpvs !== undefined && { netNamespaceIpvs: global.netNamespaceIpvs }),
    namespaceWithIpsets: global.namespaceWithIpsets ?? false,
    ...(global.instance !== undefined && { instance: global.instance }),
    // A name or a namespace implies the directory (runtime contract, section 4).
    usePidDirectory: global.usePidDirectory ?? (global.instance !== undefined || global.netNamespace !== undefined),
    processNames: global.processNames,
    childWaitTime: global.childWaitTime ?? 5000,
    vrrpScheduling: scheduling(global.vrrpScheduling),
    checkerScheduling: scheduling(global.checkerScheduling),
    bfdScheduling: scheduling(global.bfdScheduling),
    automaticPriority: {
      maximum: global.automaticPriority.maximum ?? 0,
      minimumDelayUs: global.automaticPriority.minimumDelayUs ?? 1_000_000,
    },
    receiveBuffers: receiveBuffers(global),
    lvsFlush: global.lvsFlush ?? false,
    ...(global.lvsFlushOnStop && { lvsFlushOnStop: global.lvsFlushOnStop }),
    ...(Object.keys(lvsTimeouts).length > 0 && { lvsTimeouts }),
    ...(daemon && { lvsSyncDaemon: daemon }),
    checkerLogAllFailures: global.checkerLogAllFailures ?? false,
    rsInitNotifies: global.rsInitNotifies ?? false,
    dynamicInterfaces: global.dynamicInterfaces ?? false,
    allowInterfaceTypeChanges: global.allowInterfaceTypeChanges ?? false,
    defaultInterface: global.defaultInterface ?? defaultInterface,
    pollLinks: global.pollLinks ?? false,
    disableLocalIgmp: global.disableLocalIgmp ?? false,
    vrrpDefaults: vrrpDefaults(global),
    ...(global.extraGratuitous && { extraGratuitous: global.extraGratuitous }),
    advertisementBuffers: {
      ...(global.advertisementBuffers.policy !== undefined && { policy: global.advertisementBuffers.policy }),
      multiplier: global.advertisementBuffers.multiplier ?? 3,
    },
    logUnknownVirtualRouters: global.logUnknownVirtualRouters ?? false,
    firewall: firewall(global, vrrp),
    vmacNames: vmacNames(global),
    vrrpStartupDelay: global.vrrpStartupDelay ?? 0,
    vrrpDelayAfterBoot: global.vrrpDelayAfterBoot ?? 0,
    snmp: snmp(global),
    dbus: dbus(global),
    ...(global.umask !== undefined && { umask: global.umask }),
    ...(global.randomSeed !== undefined && { randomSeed: global.randomSeed }),
    reload: reload(context),
    ...(global.watchConfiguration && {
      watchConfiguration: { settleTime: global.watchConfiguration.settleTime ?? defaultSettleTime },
    }),
    controlSocket: controlSocket(context),
    dumps: dumps(global),
    ...(global.temporaryDirectory !== undefined && { temporaryDirectory: global.temporaryDirectory }),
    nameTables: {
      distribution: global.iprouteUserDirectory ?? '/usr/share/iproute2',
      administrator: global.iprouteEtcDirectory ?? '/etc/iproute2',
    },
  };
}
