/** Services, servers and checks for people: a line a service, or everything of one. */
import type {
  CheckerReport as CheckOfServer,
  ConnectionsReport,
  RealServerReport,
  VirtualServerReport,
  VirtualServerSummary,
} from '../../check/report-types.ts';
import type { DrainingStatus } from '../../check/status.ts';
import { meansOf } from '../../core/live-change.ts';
import type { MonotonicMs } from '../../core/time.ts';
import type { Traffic } from '../../ipvs/types.ts';
import type { CheckerReport } from '../../process/status-types.ts';
import { formatAge } from '../age.ts';
import { limitLine } from '../bans-text.ts';
import { paint, printable, state, table, tableRows } from './layout.ts';
import type { Layout, Row } from './layout.ts';
import { count, duration, left, overrideText, plural, rate, sinceText } from './numbers.ts';

/** Totals, then a line a service as far as they were asked for. */
export function checkOverview(report: CheckerReport, layout: Layout): string[] {
  const { connectionLimits = [], draining = [], now, services = [], totals } = report;
  if (totals.services.total + connectionLimits.length + draining.length === 0) return [];
  const rest = totals.services.total - services.length;
  const untold = totals.services.trouble - services.filter(({ trouble }) => trouble).length;
  return [
    paint('Services', 'strong', layout),
    ...table([[totalsText(report)]], layout, 2),
    ...serviceLines(services, now, layout),
    ...(rest > 0 ? table([[restText(rest, untold)]], layout, 2) : []),
    ...draining.map((server) => `  draining ${server.server} of ${server.virtualServer} ${drainingText(server, now)}`),
    ...connectionLimits.map((limit) => `  ${limitLine(limit)}`),
  ];
}

/** What a server that a reload took away still has. */
function drainingText({ connections, since, until }: DrainingStatus, now: MonotonicMs): string {
  const known = connections === undefined ? 'connections not counted yet' : `${plural(connections, 'connection')} left`;
  return `for ${formatAge(now - since)}: ${known}, goes in ${left(until - now)} at the latest`;
}

function restText(rest: number, untold: number): string {
  const state = untold > 0 ? `${count(untold)} of them in trouble` : 'all well';
  return `and ${count(rest)} more, ${state} (name one, or --verbose for all)`;
}

function totalsText({ services = [], totals }: CheckerReport): string {
  const { checks, servers } = totals;
  const parts = [
    `${plural(totals.services.total, 'service')}${downText(totals.services.down)}`,
    `${plural(servers.total, 'server')}${downText(servers.down)}`,
    ...(totals.services.sorry > 0 ? [`${plural(totals.services.sorry, 'sorry server')} in use`] : []),
    ...(totals.services.suspended > 0 ? [`checks of ${plural(totals.services.suspended, 'service')} suspended`] : []),
    ...(checks.pending > 0 ? [`${count(checks.pending)} of ${plural(checks.total, 'check')} not concluded yet`] : []),
  ];
  const shown = services.length === totals.services.total ? trafficOfAll(services) : undefined;
  return [...parts, ...(shown === undefined ? [] : [shown])].join(', ');
}

function downText(down: number): string {
  return down === 0 ? '' : ` (${count(down)} down)`;
}

function trafficOfAll(services: readonly VirtualServerSummary[]): string | undefined {
  const all = services.flatMap(({ traffic }) => traffic ?? []);
  if (all.length === 0) return undefined;
  const sum = (of: (traffic: Traffic) => number): number => all.reduce((total, each) => total + of(each), 0);
  return ratesText(
    sum((each) => each.connectionsPerSecond),
    sum((each) => each.incomingBytesPerSecond),
    sum((each) => each.outgoingBytesPerSecond),
  );
}

function ratesText(connections: number, incoming: number, outgoing: number): string {
  return `${count(connections)} conn/s, in ${rate(incoming, 'B')}, out ${rate(outgoing, 'B')}`;
}

/** A line a service, and below it what an operator has changed of its servers. */
function serviceLines(services: readonly VirtualServerSummary[], now: MonotonicMs, layout: Layout): string[] {
  const rows = services.map((service) => serviceRow(service, now));
  const lines = tableRows(rows, layout, 2);
  return services.flatMap(({ overrides = [] }, index) => [
    ...(lines[index] ?? []),
    ...table(
      overrides.map(({ override, server }) => [
        { text: `server ${server} changed by ${meansOf(override)}: ${overrideText(override, now)}`, style: 'warn' },
      ]),
      layout,
      6,
    ),
  ]);
}

function serviceRow(service: VirtualServerSummary, now: MonotonicMs): Row {
  const { explanation, label, name, since, state: is, traffic } = service;
  const flow =
    traffic === undefined
      ? ''
      : `; ${ratesText(traffic.connectionsPerSecond, traffic.incomingBytesPerSecond, traffic.outgoingBytesPerSecond)}`;
  const why = explanation.slice(`${is}: `.length);
  return [
    name === undefined ? label : `${label} ${name}`,
    state(is),
    formatAge(now - since),
    `${printable(why)}${flow}`,
  ];
}

/** Everything of the services that are told, each with the servers that a reload took away. */
export function checkDetails({ draining = [], now, virtualServers = [] }: CheckerReport, layout: Layout): string[] {
  return virtualServers.flatMap((service) => [
    ...serviceDetails(service, now, layout),
    ...draining
      .filter(({ virtualServer }) => virtualServer === service.label)
      .map((server) => `  server ${server.server}: draining ${drainingText(server, now)} (taken away by a reload)`),
  ]);
}

/** Everything of one service. */
function serviceDetails(service: VirtualServerReport, now: MonotonicMs, layout: Layout): string[] {
  const { connections, explanation, label, name, quorum, servers, sinceTime, traffic } = service;
  const is = quorum.state;
  const rows: [string, string][] = [
    ['why', printable(explanation.slice(`${is}: `.length))],
    ['service', serviceText(service)],
    ...(traffic === undefined ? [] : [['traffic', trafficText(traffic, connections)] as [string, string]]),
  ];
  const title = name === undefined ? label : `${label} ${name}`;
  return [
    `service ${title}: ${paint(is, state(is).style ?? 'strong', layout)} ${sinceText(quorum.since, sinceTime, now)}`,
    ...table(rows, layout, 2),
    ...servers.flatMap((server) => serverDetails(server, now, layout)),
  ];
}

function serviceText({
  kernelServices,
  persistenceTimeout = 0,
  quorum,
  scheduler,
  sorryServer,
}: VirtualServerReport): string {
  return [
    `scheduler ${scheduler}`,
    ...(persistenceTimeout > 0 ? [`persistence ${duration(persistenceTimeout)}`] : []),
    `quorum ${quorum.quorum}${quorum.hysteresis === 0 ? '' : `, hysteresis ${quorum.hysteresis}`}`,
    ...(sorryServer === undefined ? [] : [`sorry server ${sorryServer.label}${sorryServer.active ? ' in use' : ''}`]),
    ...(kernelServices === 1 ? [] : [`${plural(kernelServices, 'kernel service')}`]),
  ].join(', ');
}

function connectionsText({ active, inactive, persistent }: ConnectionsReport): string {
  const bound = persistent > 0 ? `, ${count(persistent)} persistent` : '';
  return `${count(active)} active, ${count(inactive)} inactive${bound}`;
}

function trafficText(traffic: Traffic, connections: ConnectionsReport | undefined): string {
  const at = connections === undefined ? '' : `${connectionsText(connections)}; `;
  const packets = `${rate(traffic.incomingPacketsPerSecond, 'packets')} in, ${rate(traffic.outgoingPacketsPerSecond, 'packets')} out`;
  const { connectionsPerSecond, incomingBytesPerSecond, outgoingBytesPerSecond } = traffic;
  return `${at}${ratesText(connectionsPerSecond, incomingBytesPerSecond, outgoingBytesPerSecond)}, ${packets}; ${plural(traffic.connections, 'connection')} so far`;
}

function serverDetails(server: RealServerReport, now: MonotonicMs, layout: Layout): string[] {
  const { checkers, connections, explanation, label, sinceTime, since, state: is, traffic } = server;
  const rows: [string, string][] = [
    ['why', printable(explanation.slice(`${is}: `.length))],
    ['weight', weightText(server, now)],
    ...(connections === undefined || traffic === undefined
      ? []
      : [['traffic', trafficText(traffic, connections)] as [string, string]]),
  ];
  return [
    `  server ${label}: ${paint(is, state(is).style ?? 'strong', layout)} ${sinceText(since, sinceTime, now)}`,
    ...table(rows, layout, 4),
    ...checkers.flatMap((checker) => checkerLines(checker, now, layout)),
  ];
}

function weightText(
  { forwarding, inPool, inhibitOnFailure, override, state: is, weightExplanation }: RealServerReport,
  now: MonotonicMs,
): string {
  const away = is === 'DOWN' && inhibitOnFailure ? '0 in the kernel (inhibit_on_failure)' : 'not in the kernel';
  const place = inPool ? '' : `, ${away}`;
  const changed = override === undefined ? '' : `, changed by ${meansOf(override)}: ${overrideText(override, now)}`;
  return `${printable(weightExplanation)}${place}, ${forwarding}${changed}`;
}

function checkerLines(checker: CheckOfServer, now: MonotonicMs, layout: Layout): string[] {
  const { state: is, type } = checker;
  return table([[`${type}${targetText(checker)}`, state(is), checkerText(checker, now)]], layout, 4);
}

function targetText({ address, command, port, trackFile }: CheckOfServer): string {
  if (address !== undefined) return ` ${address}${port === undefined || port === 0 ? '' : `:${port}`}`;
  if (command !== undefined) return ` ${printable(command[0] ?? '')}`;
  return trackFile === undefined ? '' : ` ${trackFile.name}`;
}

function checkerText(checker: CheckOfServer, now: MonotonicMs): string {
  const { failures, hasRun, lastResult, lastRun, nextRun, reason, retriesLeft, retry, runs, sharedBy, suspended } =
    checker;
  const parts: string[] = [];
  if (runs > 0 && lastResult !== undefined) {
    parts.push(`${lastResult.ok ? '' : `${lastResult.phase}: `}${printable(lastResult.detail)}${phasesText(checker)}`);
    if (lastRun !== undefined) parts.push(`${left(now - lastRun)} ago`);
    parts.push(`${count(failures)} of ${plural(runs, 'probe')} failed`);
  } else {
    parts.push(printable(reason));
  }
  if (!hasRun) parts.push('no conclusion yet');
  if (retry > 0) parts.push(`${plural(retriesLeft, 'retry').replace('retrys', 'retries')} left`);
  if (suspended) parts.push('suspended');
  else if (nextRun !== undefined) parts.push(`next in ${left(nextRun - now)}`);
  if (sharedBy > 1) parts.push(`shared by ${plural(sharedBy, 'server')}`);
  return parts.join(', ');
}

/** " in 3.4 ms (connect 0.4 ms, first octet 2.1 ms, rest 0.9 ms)". */
function phasesText({ lastResult, phases }: CheckOfServer): string {
  if (lastResult === undefined) return '';
  const parts = phases.map(
    ({ failed, phase, took }) => `${phase} ${duration(took)}${failed === true ? ' failed' : ''}`,
  );
  return ` in ${duration(lastResult.duration)}${parts.length < 2 ? '' : ` (${parts.join(', ')})`}`;
}
