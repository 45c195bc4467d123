/** Command line and configuration together: which files, names and options the processes get. Pure. */
import type { KeepalivedArguments, LogProcess } from '../cli/keepalived-arguments.ts';
import type { Configuration, GlobalConfiguration } from '../config/model.ts';
import type { LogOptions } from '../log/log.ts';
import type { ChildKind, ChildOptions } from './messages.ts';

export const defaultConfigurationFile = '/etc/keepalived/keepalived.conf';
/** Compile-time choice of Debian's package (reference: runtime contract, files). */
export const runDirectory = '/run';
export const pidDirectory = '/run/keepalived';
const defaultUmask = 0o177;

const pidBaseNames = { parent: 'keepalived', vrrp: 'vrrp', checker: 'checkers', bfd: 'bfd' } as const;
const idents = {
  parent: 'Keepalived',
  vrrp: 'Keepalived_vrrp',
  checker: 'Keepalived_healthcheckers',
  bfd: 'Keepalived_bfd',
} as const;

/** Path of a pid file: option, else /run/NAME.pid, else (instance, namespace or use_pid_dir) below /run/keepalived. */
export function pidFilePath(
  kind: keyof typeof pidBaseNames,
  args: KeepalivedArguments,
  global: GlobalConfiguration,
): string {
  const option = {
    parent: args.pidFile,
    vrrp: args.vrrpPidFile,
    checker: args.checkersPidFile,
    bfd: args.bfdPidFile,
  }[kind];
  if (option !== undefined) return option;
  if (!usesPidDirectory(args, global)) return `${runDirectory}/${pidBaseNames[kind]}.pid`;
  const suffix = global.instance === undefined ? '' : `_${global.instance}`;
  return `${pidDirectory}/${pidBaseNames[kind]}${suffix}.pid`;
}

/** Path of `reload_file`: what it names, or keepalived[_INSTANCE].reload beside the pid file; undefined without the keyword. */
export function reloadFilePath(args: KeepalivedArguments, global: GlobalConfiguration): string | undefined {
  const { file } = global.reload;
  if (file !== '') return file;
  if (!usesPidDirectory(args, global)) return `${runDirectory}/keepalived.reload`;
  const suffix = global.instance === undefined ? '' : `_${global.instance}`;
  return `${pidDirectory}/keepalived${suffix}.reload`;
}

/** Path of the control socket: beside the pid file where `-p` names one, else below /run/keepalived. */
export function controlSocketPath(args: KeepalivedArguments, global: GlobalConfiguration): string {
  if (args.pidFile !== undefined) return `${args.pidFile.replace(/\.pid$/, '')}.sock`;
  const suffix = global.instance === undefined ? '' : `_${global.instance}`;
  return `${pidDirectory}/control${suffix}.sock`;
}

export function usesPidDirectory(args: KeepalivedArguments, global: GlobalConfiguration): boolean {
  return global.usePidDirectory || global.instance !== undefined || networkNamespace(args, global) !== undefined;
}

/** `-s` overrides the configuration. */
export function networkNamespace(args: KeepalivedArguments, global: GlobalConfiguration): string | undefined {
  return args.namespace ?? global.netNamespace;
}

/** Identification in the system log: `_NAMESPACE` and `_INSTANCE` are appended where set. */
export function syslogIdent(
  kind: keyof typeof idents,
  args: KeepalivedArguments,
  global?: GlobalConfiguration,
): string {
  const namespace = global === undefined ? args.namespace : networkNamespace(args, global);
  return [idents[kind], namespace, global?.instance].filter((part) => part !== undefined).join('_');
}

/** comm of a process: exporters look for `keepalived` in all of them. */
export function processName(kind: keyof typeof idents, global: GlobalConfiguration): string {
  const configured = {
    parent: global.processNames.parent,
    vrrp: global.processNames.vrrp,
    checker: global.processNames.checker,
    bfd: global.processNames.bfd,
  };
  return configured[kind] ?? 'keepalived';
}

/** How `of` logs. */
export function logOptions(of: LogProcess, args: KeepalivedArguments): Omit<LogOptions, 'ident' | 'pid'> {
  return {
    facility: args.logFacility,
    syslog: args.syslog,
    // A daemon in the background has no terminal.
    console: args.logConsole && args.dontFork,
    ...(args.logFile === undefined ? {} : { file: args.logFile }),
    level: args.logLevels[of] ?? (args.logDetail > 0 ? 'debug' : 'info'),
    structured: args.logJson,
  };
}

export function umaskOf(args: KeepalivedArguments, global: GlobalConfiguration): number {
  return args.umask ?? global.umask ?? defaultUmask;
}

export function childOptions(kind: ChildKind, args: KeepalivedArguments, global: GlobalConfiguration): ChildOptions {
  const namespace = networkNamespace(args, global);
  return {
    kind,
    pidFile: pidFilePath(kind, args, global),
    log: logOptions(kind, args),
    ident: syslogIdent(kind, args, global),
    processName: processName(kind, global),
    ...(namespace !== undefined && { networkNamespace: namespace }),
    keepAddressesAtStop: args.dontReleaseVrrp,
    keepServicesAtStop: args.dontReleaseIpvs,
    monitorAddresses: args.addressMonitoring,
    dumpConfiguration: args.dumpConfiguration,
    umask: umaskOf(args, global),
    ...(kind === 'vrrp' && args.recordFile !== undefined && { recordFile: args.recordFile }),
  };
}

/** Which children this configuration and command line call for, in the order in which they are started. */
export function wantedChildren(args: KeepalivedArguments, configuration: Configuration): readonly ChildKind[] {
  const { bfd, check, connectionLimits = [], global, vrrp } = configuration;
  const checker =
    check.virtualServers.length > 0 ||
    connectionLimits.length > 0 ||
    (global.lvsSyncDaemon !== undefined && global.lvsSyncDaemon.vrrpInstance === undefined);
  const kinds: ChildKind[] = [];
  if (args.bfd && (bfd.instances.length > 0 || args.allProcesses)) kinds.push('bfd');
  if (args.checker && (checker || args.allProcesses)) kinds.push('checker');
  // Static addresses, routes and rules are the VRRP process's, with or without an instance.
  const { instances, staticAddresses, staticRoutes, staticRules } = vrrp;
  const vrrpItems = instances.length + staticAddresses.length + staticRoutes.length + staticRules.length;
  if (args.vrrp && (vrrpItems > 0 || args.allProcesses)) kinds.push('vrrp');
  return kinds;
}
