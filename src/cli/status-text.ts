/** The daemon's status for people: one line a thing, indented by belonging, each state with its age and its reason. */
import { formatAge } from './age.ts';
import { limitLine } from './bans-text.ts';
import type { CheckStatus, VirtualServerStatus } from '../check/status.ts';
import type { BfdSessionStatus } from '../bfd/types.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { LimitSummary } from '../process/limits/messages.ts';
import type { VrrpProcessStatus } from '../vrrp/processes.ts';
import type { VrrpGroupStatus, VrrpInstanceStatus } from '../vrrp/types.ts';

/** One child process as the parent sees it. */
export interface ProcessStatus {
  readonly kind: 'vrrp' | 'checker' | 'bfd' | 'web';
  readonly pid?: number;
  /** `starting`: no configuration taken yet; `waiting`: it died and is started again later; `silent`: gave no answer in time. */
  readonly state: 'running' | 'starting' | 'waiting' | 'silent';
  /** How often it died since the daemon was started. */
  readonly deaths: number;
}

/** Answer of the control command `status`. */
export interface DaemonStatus {
  readonly pid: number;
  /** Files of the running configuration. */
  readonly files: readonly string[];
  readonly processes: readonly ProcessStatus[];
  /** Absent: nobody has asked for one. */
  readonly lastReload?: {
    /** ISO 8601. */
    readonly at: string;
    readonly outcome: 'applied' | 'refused';
    readonly errors: readonly string[];
  };
  readonly vrrp?: {
    readonly now: MonotonicMs;
    readonly instances: readonly VrrpInstanceStatus[];
    readonly groups: readonly VrrpGroupStatus[];
    /** What vrrp_track_process counts. */
    readonly processes?: readonly VrrpProcessStatus[];
  } | null;
  readonly checker?:
    (CheckStatus & { readonly now: MonotonicMs; readonly connectionLimits?: readonly LimitSummary[] }) | null;
  readonly bfd?: {
    readonly now: MonotonicMs;
    readonly sessions: readonly BfdSessionStatus[];
    /** Packets that belong to no session, by reason. */
    readonly strangers: Readonly<Record<string, number>>;
  } | null;
}

export function formatStatus(status: DaemonStatus): string {
  const lines = [`keepalived, pid ${status.pid}, configuration ${status.files[0] ?? '(none)'}`];
  const { bfd, checker, lastReload, vrrp } = status;
  if (lastReload?.outcome === 'refused') {
    lines.push(`last reload refused at ${lastReload.at}: the configuration before it is running`);
    lines.push(...lastReload.errors.map((error) => `  ${error}`));
  }
  for (const process of status.processes) lines.push(...processLines(process));
  if (vrrp) {
    for (const group of vrrp.groups) {
      lines.push(`group ${group.name}: ${group.state} for ${formatAge(vrrp.now - group.since)} (${group.reason})`);
      lines.push(`  members ${group.members.join(', ')}`);
    }
    for (const instance of vrrp.instances) lines.push(...instanceLines(instance, vrrp.now));
    for (const process of vrrp.processes ?? []) lines.push(trackedProcessLine(process));
  }
  if (bfd) for (const session of bfd.sessions) lines.push(...sessionLines(session, bfd.now));
  if (checker) for (const service of checker.virtualServers) lines.push(...serviceLines(service, checker.now));
  for (const limit of checker?.connectionLimits ?? []) lines.push(limitLine(limit));
  return `${lines.join('\n')}\n`;
}

const processStates = {
  running: undefined,
  starting: 'is starting',
  waiting: 'has died and is started again soon',
  silent: 'does not answer',
} as const;

/** Nothing of a process that is well and always was. */
function processLines({ deaths, kind, pid, state }: ProcessStatus): string[] {
  const words = [
    ...(processStates[state] === undefined ? [] : [processStates[state]]),
    ...(deaths > 0 ? [`died ${deaths === 1 ? 'once' : `${deaths} times`} since the start`] : []),
  ];
  if (words.length === 0) return [];
  return [`process ${kind}${pid === undefined ? '' : `, pid ${pid}`}: ${words.join(', ')}`];
}

function instanceLines(instance: VrrpInstanceStatus, now: MonotonicMs): string[] {
  const master =
    instance.masterAddress === undefined || instance.state === 'MASTER'
      ? []
      : [`  master ${instance.masterAddress}, priority ${instance.masterPriority}`];
  return [
    `instance ${instance.name}: ${instance.state} for ${formatAge(now - instance.since)} (${instance.reason})`,
    `  priority ${instance.priorityExplanation}`,
    ...master,
    ...(instance.state === 'MASTER' && !instance.heardPeer ? ['  no other router was heard so far'] : []),
    ...(instance.listeningUntil === undefined ? [] : ['  was late, and listens before it speaks']),
    ...instance.refusals.map(
      ({ at, count, reason, source }) =>
        `  dropped ${count} ${count === 1 ? 'advertisement' : 'advertisements'}: ${reason} (last from ${source}, ${formatAge(now - at)} ago)`,
    ),
  ];
}

function trackedProcessLine({ delayed, name, running, up }: VrrpProcessStatus): string {
  if (running === undefined) return `tracked process ${name}: not counted yet`;
  const waiting = delayed === undefined ? '' : `, that counts once ${delayed}_delay has passed`;
  return `tracked process ${name}: ${up === true ? 'UP' : 'DOWN'}, ${running} running${waiting}`;
}

function sessionLines(session: BfdSessionStatus, now: MonotonicMs): string[] {
  const { detectionTime, name, neighbor, reason, refusals, remote, sendInterval, since, state } = session;
  const interval = (milliseconds: number): string => `${Number(milliseconds.toFixed(3))} ms`;
  return [
    `BFD session ${name} with ${neighbor}: ${state} for ${formatAge(now - since)} (${reason})`,
    ...(state === 'Up'
      ? [
          `  sends every ${interval(sendInterval)}, hears every ${interval(remote.sendInterval)}, is down after ${interval(detectionTime)} without a packet`,
        ]
      : []),
    ...refusals.map(
      (refusal) => `  dropped ${refusal.count} ${refusal.count === 1 ? 'packet' : 'packets'}: ${refusal.reason}`,
    ),
  ];
}

function serviceLines(service: VirtualServerStatus, now: MonotonicMs): string[] {
  const { quorum, sorryServer } = service;
  const lines = [
    `service ${service.label}: ${quorum.state} for ${formatAge(now - quorum.since)} (${quorum.reason}), weight ${quorum.weight}, quorum ${quorum.quorum}`,
  ];
  if (sorryServer?.active === true) lines.push(`  sorry server ${sorryServer.label} answers`);
  for (const server of service.servers) {
    lines.push(
      `  ${server.label}: ${server.state} for ${formatAge(now - server.since)}, weight ${server.effectiveWeight} (${server.reason})`,
    );
    for (const checker of server.checkers) {
      lines.push(
        `    ${checker.type}: ${checker.state}, ${checker.runs} runs, ${checker.failures} failed (${checker.reason})`,
      );
    }
  }
  return lines;
}
