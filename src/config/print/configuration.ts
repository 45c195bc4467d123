/** Prints the whole checked configuration as a text that keepalived reads to the same configuration. */
import type { Configuration } from '../model.ts';
import { printAddress } from './addresses.ts';
import { printBfdInstance } from './bfd.ts';
import { printTlsClient } from './checkers.ts';
import { printGarpGroup } from './garp-group.ts';
import { printGlobal, printTop } from './global.ts';
import { printInstance } from './instance.ts';
import { printConnectionLimit } from './limits.ts';
import { printDelays, printLinkbeat } from './interfaces.ts';
import { valueBlock, type PrintedLine } from './printed.ts';
import { printRoute, printRule } from './routes.ts';
import { printVirtualServer, printVirtualServerGroup } from './servers.ts';
import { printSyncGroup } from './sync-group.ts';
import { printText, type TextOptions } from './text.ts';
import { printMetrics, printStatusPage } from './web.ts';
import { printScript, printTrackFile, printTrackGroup, printTrackProcess } from './trackables.ts';

/** Every line, in an order in which nothing is named before it is defined. */
export function configurationLines({
  global,
  vrrp,
  check,
  bfd,
  connectionLimits = [],
  metrics,
  statusPage,
}: Configuration): PrintedLine[] {
  return [
    ...printTop(global),
    printGlobal(global),
    // Before the static items, which name them.
    ...vrrp.trackGroups.map(printTrackGroup),
    ...valueBlock('static_ipaddress', vrrp.staticAddresses.map(printAddress)),
    ...valueBlock('static_routes', vrrp.staticRoutes.map(printRoute)),
    ...valueBlock('static_rules', vrrp.staticRules.map(printRule)),
    ...valueBlock('linkbeat_interfaces', vrrp.linkbeatInterfaces.map(printLinkbeat)),
    ...valueBlock('interface_up_down_delays', vrrp.interfaceDelays.map(printDelays)),
    ...vrrp.scripts.map(printScript),
    ...vrrp.trackFiles.map(printTrackFile),
    ...vrrp.trackProcesses.map(printTrackProcess),
    ...bfd.instances.map(printBfdInstance),
    ...vrrp.garpGroups.map(printGarpGroup),
    ...vrrp.instances.map(printInstance),
    ...vrrp.syncGroups.map(printSyncGroup),
    ...printTlsClient(check.tlsClient),
    ...check.groups.map(printVirtualServerGroup),
    ...check.virtualServers.map(printVirtualServer),
    ...connectionLimits.map(printConnectionLimit),
    ...printMetrics(metrics),
    ...printStatusPage(statusPage),
  ];
}

/** The configuration as text, every default written out. */
export function printConfiguration(configuration: Configuration, options?: TextOptions): string {
  return printText(configurationLines(configuration), options);
}
