/** global_defs: drafts to model. */
import type { GlobalDraft, FifoDraft, SchedulingDraft, InstanceDraft } from '../drafts.ts';
import type { GlobalConfiguration, LvsSyncDaemonConfiguration, NotifyFifo, ProcessScheduling } from '../model.ts';
import { locate } from '../statement.ts';
import type { Context } from '../schema/context.ts';
import { commandOf } from './scripts.ts';

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

/** Fills in the defaults of global_defs. */
export function checkGlobal(context: Context): GlobalConfiguration {
  const { global, instances } = context.draft;
  const daemon = syncDaemon(global, instances, context);
  const notifyFifo = fifo(global.notifyFifo);
  const vrrpNotifyFifo = fifo(global.vrrpNotifyFifo);
  const lvsNotifyFifo = fifo(global.lvsNotifyFifo);
  const startup = commandOf(global.startupScript);
  const shutdown = commandOf(global.shutdownScript);
  const { lvsTimeouts } = global;
  const defaultTimeout = 10_000;
  return {
    ...(global.routerId !== undefined && { routerId: global.routerId }),
    mail: {
      ...(global.mailServer && { server: global.mailServer }),
      ...(global.mailHelo !== undefined && { heloName: global.mailHelo }),
      ...(global.mailFrom !== undefined && { from: global.mailFrom }),
      connectTimeout: global.mailTimeout ?? 30_000,
      recipients: global.mailRecipients,
      noFaultMail: global.noFaultMail ?? false,
      noCheckerMail: global.noCheckerMail ?? false,
    },
    ...(global.scriptUser && { scriptUser: global.scriptUser }),
    enableScriptSecurity: global.enableScriptSecurity ?? false,
    useSymlinkPaths: global.useSymlinkPaths ?? false,
    ...(notifyFifo && { notifyFifo }),
    ...(vrrpNotifyFifo && { vrrpNotifyFifo }),
    ...(lvsNotifyFifo && { lvsNotifyFifo }),
    vrrpNotifyPriorityChanges: global.vrrpNotifyPriorityChanges ?? false,
    ...(startup && { startupScript: { ...startup, timeout: global.startupScriptTimeout ?? defaultTimeout } }),
    ...(shutdown && { shutdownScript: { ...shutdown, timeout: global.shutdownScriptTimeout ?? defaultTimeout } }),
    ...(global.netNamespace !== undefined && { netNamespace: global.netNamespace }),
    ...(global.netNamespaceIpvs !== undefined && { netNamespaceIpvs: global.netNamespaceIpvs }),
    ...(global.instance !== undefined && { instance: global.instance }),
    // A name or a namespace implies the directory (runtime contract, section 4).
    usePidDirectory: global.usePidDirectory ?? (global.instance !== undefined || global.netNamespace !== undefined),
    processNames: global.processNames,
    childWaitTime: global.childWaitTime ?? 5000,
    vrrpScheduling: scheduling(global.vrrpScheduling),
    checkerScheduling: scheduling(global.checkerScheduling),
    lvsFlush: global.lvsFlush ?? false,
    ...(global.lvsFlushOnStop && { lvsFlushOnStop: global.lvsFlushOnStop }),
    ...(Object.keys(lvsTimeouts).length > 0 && { lvsTimeouts }),
    ...(daemon && { lvsSyncDaemon: daemon }),
    checkerLogAllFailures: global.checkerLogAllFailures ?? false,
    rsInitNotifies: global.rsInitNotifies ?? false,
    dynamicInterfaces: global.dynamicInterfaces ?? false,
    vrrpStartupDelay: global.vrrpStartupDelay ?? 0,
    ...(global.umask !== undefined && { umask: global.umask }),
    reloadCheckConfig: global.reloadCheckConfig ?? false,
  };
}
