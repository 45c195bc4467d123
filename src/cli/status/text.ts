/** The daemon's status for people: what matters in a line each, or everything of what was named. */
import type { BfdSessionStatus } from '../../bfd/types.ts';
import type { MonotonicMs } from '../../core/time.ts';
import type { DaemonStatus, ProcessStatus } from '../../process/status-types.ts';
import { formatAge } from '../age.ts';
import { listLine } from '../live-text.ts';
import { checkDetails, checkOverview } from './check-text.ts';
import { paint, printable, state, table } from './layout.ts';
import type { Layout } from './layout.ts';
import { groupDetails, instanceDetails, scriptLines, trackedProcessLine, vrrpOverview } from './vrrp-text.ts';

/** What is missing for readiness, as far as it is told. */
const mostMissing = 4;

/** A line an instance, a service, a session. */
export function formatOverview(status: DaemonStatus, layout: Layout): string {
  const { bfd, checker, vrrp } = status;
  return text([
    ...headLines(status, layout),
    ...(vrrp ? vrrpOverview(vrrp, layout) : []),
    ...(vrrp?.processes ?? []).filter(({ up }) => up !== true).map((process) => `  ${trackedProcessLine(process)}`),
    ...(bfd && bfd.sessions.length > 0 ? [paint('BFD', 'strong', layout)] : []),
    ...(bfd ? bfd.sessions.flatMap((session) => sessionLines(session, bfd.now, layout, false)) : []),
    ...(checker ? checkOverview(checker, layout) : []),
  ]);
}

/** Everything. @param named only of what was named: without the daemon itself */
export function formatDetails(status: DaemonStatus, layout: Layout, named: boolean): string {
  const { bfd, checker, vrrp } = status;
  return text([
    ...(named ? [] : headLines(status, layout)),
    ...(vrrp ? vrrp.groups.flatMap((group) => groupDetails(group, vrrp.now, layout)) : []),
    ...(vrrp ? vrrp.instances.flatMap((instance) => instanceDetails(instance, vrrp, layout)) : []),
    ...(vrrp ? scriptLines(vrrp, layout) : []),
    ...(vrrp?.processes ?? []).map(trackedProcessLine),
    ...(bfd ? bfd.sessions.flatMap((session) => sessionLines(session, bfd.now, layout, true)) : []),
    ...(checker ? checkDetails(checker, layout) : []),
    ...(checker && !named ? checkOverview(checker, layout) : []),
  ]);
}

/** Whether anything of what was named is there. */
export function hasAnything({ bfd, checker, vrrp }: DaemonStatus): boolean {
  const found = [vrrp?.instances, vrrp?.groups, vrrp?.scripts, vrrp?.processes, bfd?.sessions, checker?.virtualServers];
  return found.some((list) => (list ?? []).length > 0);
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

function headLines(status: DaemonStatus, layout: Layout): string[] {
  const { files, lastReload, pid, processes, readiness, startedAt, time, waitingChanges } = status;
  const age = formatAge(Date.parse(time) - Date.parse(startedAt));
  const ready = readiness.ready ? 'ready' : 'not ready';
  const lines = table([[`keepalived, pid ${pid}, up ${age}, configuration ${files[0] ?? '(none)'}, ${ready}`]], layout);
  const missing = readiness.waitingFor
    .slice(0, mostMissing)
    .map((words) => [{ text: `waits for: ${printable(words)}`, style: 'warn' as const }]);
  lines.push(...table(missing, layout, 2));
  if (lastReload?.outcome === 'refused') {
    lines.push(
      paint(`last reload refused at ${lastReload.at}: the configuration before it is running`, 'bad', layout),
      ...table(
        lastReload.errors.map((error) => [printable(error)]),
        layout,
        2,
      ),
    );
  }
  const waiting = (waitingChanges ?? []).map((change) => [
    { text: `beside the file: ${printable(listLine(change))}`, style: 'warn' as const },
  ]);
  lines.push(...table(waiting, layout));
  return [...lines, ...processes.flatMap((process) => processLines(process, layout))];
}

const processStates = {
  running: undefined,
  starting: 'is starting',
  waiting: 'has died and is started again soon',
  silent: 'does not answer',
} as const;

/** Nothing of a process that is well and always was. */
function processLines({ deaths, kind, pid, state: of }: ProcessStatus, layout: Layout): string[] {
  const words = [
    ...(processStates[of] === undefined ? [] : [processStates[of]]),
    ...(deaths > 0 ? [`died ${deaths === 1 ? 'once' : `${deaths} times`} since the start`] : []),
  ];
  if (words.length === 0) return [];
  return [paint(`process ${kind}${pid === undefined ? '' : `, pid ${pid}`}: ${words.join(', ')}`, 'warn', layout)];
}

function sessionLines(session: BfdSessionStatus, now: MonotonicMs, layout: Layout, details: boolean): string[] {
  const { detectionTime, name, neighbor, reason, refusals, remote, sendInterval, since, state: of } = session;
  const interval = (milliseconds: number): string => `${Number(milliseconds.toFixed(3))} ms`;
  const head = table(
    [
      [
        `${details ? 'BFD session ' : ''}${name}`,
        state(of),
        formatAge(now - since),
        `with ${neighbor}: ${printable(reason)}`,
      ],
    ],
    layout,
    details ? 0 : 2,
  );
  if (!details) return head;
  const { packetsReceived, packetsSent } = session;
  return [
    ...head,
    ...(of === 'Up'
      ? [
          `  sends every ${interval(sendInterval)}, hears every ${interval(remote.sendInterval)}, is down after ${interval(detectionTime)} without a packet`,
        ]
      : []),
    `  ${packetsSent} packets sent, ${packetsReceived} received`,
    ...refusals.map(
      (refusal) =>
        `  dropped ${refusal.count} ${refusal.count === 1 ? 'packet' : 'packets'}: ${printable(refusal.reason)}`,
    ),
  ];
}
