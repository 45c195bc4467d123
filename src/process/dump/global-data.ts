/** The section of global definitions in the state dumps. */
import type { GlobalConfiguration, NotifyFifo, ProcessScheduling } from '../../config/model.ts';
import { commandText, seconds } from './texts.ts';

const trueFalse = (value: boolean): string => (value ? 'true' : 'false');

function scheduling(name: string, process: ProcessScheduling): string[] {
  return [
    ` ${name} process priority = ${process.priority ?? 0}`,
    ` ${name} don't swap = ${trueFalse(process.noSwap)}`,
    ` ${name} realtime priority = ${process.realTimePriority ?? 0}`,
    ` ${name} realtime limit = ${process.realTimeLimitUs ?? 10_000}`,
  ];
}

function fifo(name: string, configured: NotifyFifo | undefined): string[] {
  if (configured === undefined) return [];
  return [
    ` ${name} notify fifo = ${configured.path}`,
    ...(configured.script === undefined ? [] : [` ${name} notify fifo script = ${commandText(configured.script)}`]),
  ];
}

function mail({ mail: configured }: GlobalConfiguration, hostName: string): string[] {
  const lines: string[] = [];
  if (configured.server !== undefined) {
    lines.push(
      ` Smtp server = ${configured.server.host}`,
      ` Smtp server port = ${configured.server.port}`,
      ` Smtp HELO name = ${configured.heloName ?? hostName}`,
      ` Smtp server connection timeout = ${seconds(configured.connectTimeout)}`,
    );
  }
  if (configured.from !== undefined) lines.push(` Email notification from = ${configured.from}`);
  if (configured.recipients.length > 0) {
    lines.push(' Email notification to:', ...configured.recipients.map((recipient) => `   ${recipient}`));
  }
  return lines;
}

/** The lines from the heading on, newline terminated. */
export function globalDataText(global: GlobalConfiguration, hostName: string): string {
  const lines = [
    '------< Global definitions >------',
    ` Network namespace = ${global.netNamespace ?? '(default)'}`,
    ` Network namespace ipvs = ${global.netNamespaceIpvs === undefined || global.netNamespaceIpvs === '' ? '(main namespace)' : global.netNamespaceIpvs}`,
    ...(global.instance === undefined ? [] : [` Instance name = ${global.instance}`]),
    ` Router ID = ${global.routerId ?? hostName}`,
    ...mail(global, hostName),
    ` Checkers log all failures = ${trueFalse(global.checkerLogAllFailures)}`,
    global.reloadCheckConfig ? ' Test config before reload' : ' No test config before reload',
    ` Dynamic interfaces = ${trueFalse(global.dynamicInterfaces)}`,
    ` LVS flush = ${trueFalse(global.lvsFlush)}`,
    ` LVS flush on stop = ${{ none: 'disabled', all: 'full', services: 'VS' }[global.lvsFlushOnStop ?? 'none']}`,
    ...fifo('Global', global.notifyFifo),
    ...fifo('VRRP', global.vrrpNotifyFifo),
    ...fifo('LVS', global.lvsNotifyFifo),
    ` VRRP notify priority changes = ${trueFalse(global.vrrpNotifyPriorityChanges)}`,
    ...scheduling('VRRP', global.vrrpScheduling),
    ...scheduling('Checker', global.checkerScheduling),
    ` Script security ${global.enableScriptSecurity ? 'enabled' : 'disabled'}`,
    ` rs_init_notifies = ${global.rsInitNotifies ? 1 : 0}`,
    ` no_checker_emails = ${global.mail.noCheckerMail ? 1 : 0}`,
    ` umask = 0${(global.umask ?? 0o177).toString(8)}`,
    ...(global.vrrpStartupDelay > 0 ? [` vrrp_startup_delay = ${seconds(global.vrrpStartupDelay)}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
