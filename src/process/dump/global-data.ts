/** The section of global definitions, with which every state dump begins. */
import type {
  GlobalConfiguration,
  NotifyFifo,
  ProcessScheduling,
  ReceiveBuffers,
  ScriptCommand,
  SmtpAlertDefaults,
} from '../../config/model.ts';
import { enabled, scriptText, seconds, sixDecimals, textOf, trueFalse, yesNo, type NumericIdentity } from './texts.ts';

/** What the dumps show of the machine they are made on. */
export interface MachineFacts {
  /** The name of this machine, used as router id if none is configured. */
  readonly hostName: string;
  readonly identityOf?: (command: ScriptCommand) => NumericIdentity;
  /** Whom scripts run as that say nothing. */
  readonly defaultIdentity?: NumericIdentity;
}

export interface GlobalDumpFacts extends MachineFacts {
  /** Only the VRRP process looks for the interface that static entries without one are put on. */
  readonly process: 'parent' | 'vrrp' | 'checker' | 'bfd';
}

/** The lines from the heading on, newline terminated. */
export function globalDataText(global: GlobalConfiguration, facts: GlobalDumpFacts): string {
  return textOf([
    '------< Global definitions >------',
    ...(global.dumps.configurationDirectory === undefined
      ? []
      : [` Config save dir = ${global.dumps.configurationDirectory}`]),
    ...processLines(global, facts.hostName),
    ...mailLines(global, facts.hostName),
    ` Checkers log all failures = ${trueFalse(global.checkerLogAllFailures)}`,
    ...reloadLines(global),
    // Only the parent runs them.
    ...(facts.process === 'parent' ? startAndStopLines(global, facts) : []),
    ...interfaceLines(global),
    ...ipvsLines(global, facts),
    ...fifoLines('Global', global.notifyFifo, facts),
    ...fifoLines('VRRP', global.vrrpNotifyFifo, facts),
    ...fifoLines('LVS', global.lvsNotifyFifo, facts),
    ` FIFO write vrrp states on reload = ${trueFalse(global.repeatStatesAfterReload)}`,
    ` VRRP notify priority changes = ${trueFalse(global.vrrpNotifyPriorityChanges)}`,
    ...vrrpLines(global),
    ...schedulingLines('VRRP', global.vrrpScheduling),
    ...schedulingLines('Checker', global.checkerScheduling),
    ...schedulingLines('BFD', global.bfdScheduling),
    ...monitoringLines(global),
    ` Script security ${enabled(global.enableScriptSecurity)}`,
    ...(facts.defaultIdentity === undefined
      ? []
      : [` Default script uid:gid ${facts.defaultIdentity.uid}:${facts.defaultIdentity.gid}`]),
    ...bufferLines(global.receiveBuffers),
    ` rs_init_notifies = ${Number(global.rsInitNotifies)}`,
    ` no_checker_emails = ${Number(global.mail.noCheckerMail)}`,
    ...advertisementBufferLines(global),
    ` umask = 0${(global.umask ?? 0o177).toString(8)}`,
    ...(global.vrrpStartupDelay > 0 ? [` vrrp_startup_delay = ${seconds(global.vrrpStartupDelay)}`] : []),
    ...vmacNameLines(global),
  ]);
}

function processLines(global: GlobalConfiguration, hostName: string): string[] {
  const { parent, vrrp, checker, bfd } = global.processNames;
  const named = (what: string, name: string | undefined): string[] =>
    name === undefined ? [] : [` ${what} = ${name}`];
  return [
    ` Network namespace = ${global.netNamespace ?? '(default)'}`,
    ` Network namespace ipvs = ${global.netNamespaceIpvs === undefined || global.netNamespaceIpvs === '' ? '(main namespace)' : global.netNamespaceIpvs}`,
    ...named('Instance name', global.instance),
    ...named('Parent process name', parent),
    ...named('VRRP process name', vrrp),
    ...named('LVS process name', checker),
    ...named('BFD process name', bfd),
    ` Router ID = ${global.routerId ?? hostName}`,
  ];
}

function mailLines({ mail }: GlobalConfiguration, hostName: string): string[] {
  return [
    ...(mail.server === undefined
      ? []
      : [
          ` Smtp server = ${mail.server.host}`,
          ` Smtp server port = ${mail.server.port}`,
          ` Smtp HELO name = ${mail.heloName ?? hostName}`,
          ` Smtp server connection timeout = ${seconds(mail.connectTimeout)}`,
        ]),
    ...(mail.from === undefined && mail.recipients.length === 0
      ? []
      : [
          ` Email notification from = ${mail.from ?? `root@${hostName}`}`,
          ' Email notification to:',
          ...mail.recipients.map((recipient) => `   ${recipient}`),
        ]),
    ...alertLines(mail.alerts),
  ];
}

function alertLines({ all, vrrp, checker }: SmtpAlertDefaults): string[] {
  const word = (value: boolean | undefined): string => (value === undefined ? 'unset' : value ? 'on' : 'off');
  return [
    ` Default smtp_alert = ${word(all)}`,
    ` Default smtp_alert_vrrp = ${word(vrrp)}`,
    ` Default smtp_alert_checker = ${word(checker)}`,
  ];
}

function reloadLines({ reload }: GlobalConfiguration): string[] {
  return [
    reload.checkConfiguration
      ? ` Test config before reload, log to ${reload.checkLog ?? '/dev/null'}`
      : ' No test config before reload',
    ...(reload.timeFile === undefined
      ? []
      : [` Reload time file = ${reload.timeFile}${reload.repeat ? ' (repeat)' : ''}`]),
    ...(reload.file === undefined ? [] : [` Reload_file = ${reload.file}`]),
  ];
}

function startAndStopLines({ startupScript, shutdownScript }: GlobalConfiguration, facts: GlobalDumpFacts): string[] {
  return [
    ...(startupScript === undefined
      ? []
      : [
          ` Startup script = ${scriptText(startupScript, facts.identityOf?.(startupScript))}, timeout ${seconds(startupScript.timeout)}`,
        ]),
    ...(shutdownScript === undefined
      ? []
      : [
          ` Shutdown script = ${scriptText(shutdownScript, facts.identityOf?.(shutdownScript))} timeout ${seconds(shutdownScript.timeout)}`,
        ]),
  ];
}

function interfaceLines(global: GlobalConfiguration): string[] {
  return [
    ` Dynamic interfaces = ${trueFalse(global.dynamicInterfaces)}`,
    ...(global.dynamicInterfaces ? [` Allow interface changes = ${trueFalse(global.allowInterfaceTypeChanges)}`] : []),
    ...(global.mail.noFaultMail ? [' Send emails for fault transitions = off'] : []),
  ];
}

function ipvsLines(global: GlobalConfiguration, { process }: GlobalDumpFacts): string[] {
  const { tcp, tcpFin, udp } = global.lvsTimeouts ?? {};
  const timeout = (name: string, value: number | undefined): string[] =>
    value === undefined || value === 0 ? [] : [` LVS ${name} timeout = ${seconds(value)}`];
  return [
    ...timeout('TCP', tcp),
    ...timeout('TCP FIN', tcpFin),
    ...timeout('UDP', udp),
    ...(process === 'vrrp' ? [` Default interface = ${global.defaultInterface}`] : []),
    ` Disable local IGMP = ${yesNo(global.disableLocalIgmp)}`,
    ...syncDaemonLines(global, process),
    ` LVS flush = ${trueFalse(global.lvsFlush)}`,
    ` LVS flush on stop = ${{ none: 'disabled', all: 'full', services: 'VS' }[global.lvsFlushOnStop ?? 'none']}`,
  ];
}

function syncDaemonLines(
  { lvsSyncDaemon: daemon }: GlobalConfiguration,
  process: GlobalDumpFacts['process'],
): string[] {
  if (daemon === undefined) return [];
  return [
    ...(daemon.vrrpInstance === undefined
      ? []
      : [` LVS syncd vrrp ${process === 'vrrp' ? 'instance' : 'name'} = ${daemon.vrrpInstance}`]),
    ` LVS syncd interface = ${daemon.interface}`,
    ...(daemon.syncId === undefined ? [] : [` LVS syncd syncid = ${daemon.syncId}`]),
    ...(daemon.maxLength === undefined ? [] : [` LVS syncd maxlen = ${daemon.maxLength}`]),
    ...(daemon.group === undefined ? [] : [` LVS mcast group ${daemon.group}`]),
    ...(daemon.port === undefined ? [] : [` LVS syncd mcast port = ${daemon.port}`]),
    ...(daemon.ttl === undefined ? [] : [` LVS syncd mcast ttl = ${daemon.ttl}`]),
  ];
}

function fifoLines(name: string, fifo: NotifyFifo | undefined, facts: GlobalDumpFacts): string[] {
  if (fifo === undefined) return [];
  const owner = facts.identityOf?.({
    argv: [fifo.path],
    ...(fifo.user !== undefined && { user: fifo.user }),
    ...(fifo.group !== undefined && { group: fifo.group }),
  });
  return [
    ` ${name} notify fifo = ${fifo.path}${owner === undefined ? '' : `, uid:gid ${owner.uid}:${owner.gid}`}`,
    ...(fifo.script === undefined
      ? []
      : [` ${name} notify fifo script = ${scriptText(fifo.script, facts.identityOf?.(fifo.script))}`]),
  ];
}

function vrrpLines(global: GlobalConfiguration): string[] {
  const { vrrpDefaults: defaults, automaticPriority } = global;
  const { gratuitous } = defaults;
  const extra = global.extraGratuitous;
  return [
    ` VRRP IPv4 mcast group = ${defaults.multicastGroup4}`,
    ` VRRP IPv6 mcast group = ${defaults.multicastGroup6}`,
    ` Gratuitous ARP delay = ${seconds(gratuitous.masterDelay)}`,
    ` Gratuitous ARP repeat = ${gratuitous.masterRepeat}`,
    ` Gratuitous ARP refresh timer = ${seconds(gratuitous.masterRefresh)}`,
    ` Gratuitous ARP refresh repeat = ${gratuitous.masterRefreshRepeat}`,
    ` Gratuitous ARP lower priority delay = ${seconds(gratuitous.lowerPriorityDelay)}`,
    ` Gratuitous ARP lower priority repeat = ${gratuitous.lowerPriorityRepeat}`,
    ` Num adverts before down = ${defaults.downTimerAdvertisements}`,
    ` Gratuitous ARP for each secondary ${extra?.allInterfaces === true ? 'i/f' : 'VMAC'} = ${seconds(extra?.interval ?? 0)}s`,
    ` Send advert after receive lower priority advert = ${trueFalse(!defaults.lowerPriorityNoAdvertisement)}`,
    ` Send advert after receive higher priority advert = ${trueFalse(defaults.higherPrioritySendAdvertisement)}`,
    ` Gratuitous ARP interval = ${sixDecimals(gratuitous.arpInterval)}`,
    ` Gratuitous NA interval = ${sixDecimals(gratuitous.naInterval)}`,
    ` VRRP default protocol version = ${defaults.version}`,
    ...firewallLines(global),
    ` VRRP check unicast_src = ${trueFalse(defaults.checkUnicastSource)}`,
    ` VRRP skip check advert addresses = ${trueFalse(defaults.skipCheckAdvertisedAddresses)}`,
    ` VRRP strict mode = ${trueFalse(defaults.strict)}`,
    ` Max auto priority = ${automaticPriority.maximum === -1 ? 'Disabled' : automaticPriority.maximum}`,
    ` Min auto priority delay = ${automaticPriority.minimumDelayUs} usecs`,
  ];
}

function firewallLines({ firewall }: GlobalConfiguration): string[] {
  return [
    ...(firewall.table === undefined
      ? []
      : [
          ` nftables table name = ${firewall.table}`,
          ` nftables base chain priority = ${firewall.priority}`,
          ` nftables ${firewall.interfaceIndexes ? '' : "don't "}force use ifindex for link local IPv6`,
        ]),
    ...(firewall.ipvsTable === undefined
      ? []
      : [
          ` ipvs nftables table name = ${firewall.ipvsTable}`,
          ` ipvs nftables base chain priority = ${firewall.ipvsPriority}`,
          ` ipvs nftables start fwmark = ${firewall.ipvsFirstMark}`,
        ]),
    ` nftables with${firewall.counters ? '' : 'out'} counters`,
  ];
}

function schedulingLines(name: string, process: ProcessScheduling): string[] {
  return [
    ` ${name} process priority = ${process.priority ?? 0}`,
    ` ${name} don't swap = ${trueFalse(process.noSwap)}`,
    ` ${name} realtime priority = ${process.realTimePriority ?? 0}`,
    ...(process.cpuAffinity === undefined ? [] : [` ${name} CPU Affinity = ${process.cpuAffinity.join(' ')}`]),
    ` ${name} realtime limit = ${process.realTimeLimitUs ?? 10_000}`,
  ];
}

function monitoringLines({ snmp, dbus }: GlobalConfiguration): string[] {
  return [
    ` SNMP vrrp ${enabled(snmp.vrrp)}`,
    ` SNMP checker ${enabled(snmp.checker)}`,
    ` SNMP RFCv2 ${enabled(snmp.rfc2787)}`,
    ` SNMP RFCv3 ${enabled(snmp.rfc6527)}`,
    ` SNMP traps ${enabled(snmp.traps)}`,
    ` SNMP socket = ${snmp.socket ?? 'default (unix:/var/agentx/master)'}`,
    ` DBus ${enabled(dbus.enabled)}`,
    // The original shows no name that it was not given.
    ` DBus service name = ${dbus.serviceName === 'org.keepalived.Vrrp1' ? '' : dbus.serviceName}`,
  ];
}

function bufferLines(buffers: ReceiveBuffers): string[] {
  const names: readonly [string, keyof ReceiveBuffers][] = [
    ['vrrp_netlink_cmd', 'vrrpNetlinkCommand'],
    ['vrrp_netlink_monitor', 'vrrpNetlinkMonitor'],
    ['process_monitor', 'processMonitor'],
    ['lvs_netlink_cmd', 'checkerNetlinkCommand'],
    ['lvs_netlink_monitor', 'checkerNetlinkMonitor'],
  ];
  return names.flatMap(([name, key]) => [
    ` ${name}_rcv_bufs = ${buffers[key].bytes ?? 0}`,
    ` ${name}_rcv_bufs_force = ${Number(buffers[key].force)}`,
  ]);
}

function advertisementBufferLines({ advertisementBuffers: { policy, multiplier } }: GlobalConfiguration): string[] {
  const size = typeof policy === 'object' ? [` rx_bufs_size = ${policy.bytes}`] : [];
  const named = policy === 'mtu' || policy === 'advertisement';
  return [
    ...(named ? [` rx_bufs_policy = ${policy === 'mtu' ? 'MTU' : 'ADVERT'}`] : []),
    ...size,
    ` rx_bufs_multiples = ${multiplier}`,
  ];
}

/** Shown only if they are not the original's own. */
function vmacNameLines({ vmacNames: { prefix, addressPrefix } }: GlobalConfiguration): string[] {
  return [
    ...(prefix === 'vrrp' ? [] : [` VMAC prefix = ${prefix}`]),
    ...(addressPrefix === 'vrrp' || addressPrefix === prefix ? [] : [` VMAC address prefix = ${addressPrefix}`]),
  ];
}
