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

function* printed<T>(items: readonly T[], print: (item: T) => PrintedLine): Generator<PrintedLine> {
  for (const item of items) yield print(item);
}

/**
 * Every line, made when it is asked for, in an order in which nothing is named before it is defined. Lines of a keyword stand
 * together.
 */
export function* eachLine({
  global,
  vrrp,
  check,
  bfd,
  connectionLimits = [],
  metrics,
  statusPage,
}: Configuration): Generator<PrintedLine> {
  yield* printTop(global);
  yield printGlobal(global);
  // Before the static items, which name them.
  yield* printed(vrrp.trackGroups, printTrackGroup);
  yield* valueBlock('static_ipaddress', vrrp.staticAddresses.map(printAddress));
  yield* valueBlock('static_routes', vrrp.staticRoutes.map(printRoute));
  yield* valueBlock('static_rules', vrrp.staticRules.map(printRule));
  yield* valueBlock('linkbeat_interfaces', vrrp.linkbeatInterfaces.map(printLinkbeat));
  yield* valueBlock('interface_up_down_delays', vrrp.interfaceDelays.map(printDelays));
  yield* printed(vrrp.scripts, printScript);
  yield* printed(vrrp.trackFiles, printTrackFile);
  yield* printed(vrrp.trackProcesses, printTrackProcess);
  yield* printed(bfd.instances, printBfdInstance);
  yield* printed(vrrp.garpGroups, printGarpGroup);
  yield* printed(vrrp.instances, printInstance);
  yield* printed(vrrp.syncGroups, printSyncGroup);
  yield* printTlsClient(check.tlsClient);
  yield* printed(check.groups, printVirtualServerGroup);
  yield* printed(check.virtualServers, printVirtualServer);
  yield* printed(connectionLimits, printConnectionLimit);
  yield* printMetrics(metrics);
  yield* printStatusPage(statusPage);
}

/** All of them. */
export function configurationLines(configuration: Configuration): PrintedLine[] {
  return [...eachLine(configuration)];
}

/** The configuration as text, every default written out. */
export function printConfiguration(configuration: Configuration, options?: TextOptions): string {
  return printText(eachLine(configuration), options);
}
