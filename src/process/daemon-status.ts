/** What every part of the daemon is doing: the parent's own knowledge and the children's answers. */
import { ownVersion } from '../cli/version.ts';
import { answerOf } from '../control/live-fields.ts';
import type { Milliseconds } from '../core/time.ts';
import type { AnyChange } from '../live/types.ts';
import type { Children } from './children.ts';
import { readinessOf } from './readiness.ts';
import { statusVersion } from './status-types.ts';
import type { DaemonStatus, ProcessStatus, StatusQuery } from './status-types.ts';

/** Answers in time, each part of them, or not at all: the rest of the status does not wait longer. */
const patience: Milliseconds = 2_000;

/** What the parent knows itself. */
export interface ParentFacts {
  /** Every process took its first configuration. */
  readonly started: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Of the running configuration. */
  readonly files: readonly string[];
  readonly lastReload: DaemonStatus['lastReload'];
  /** Those that have no target at the moment. */
  readonly waitingChanges: readonly AnyChange[];
  /** Processes that are not asked. */
  readonly others: readonly ProcessStatus[];
}

export async function daemonStatus(
  children: Children,
  { files, lastReload, others, started, startedAt, waitingChanges }: ParentFacts,
  query: StatusQuery,
): Promise<DaemonStatus> {
  const answered = await Promise.all(
    children.all().map(async (child) => {
      const answer = await child.ask('status', query, patience).catch(() => undefined);
      const { status } = child;
      const silent = status.state === 'running' && answer === undefined;
      return { answer, process: silent ? { ...status, state: 'silent' as const } : status };
    }),
  );
  const answers = answered.flatMap(({ answer, process: { kind } }) => (answer === undefined ? [] : [[kind, answer]]));
  const processes = [...answered.map((child) => child.process), ...others];
  const reports = Object.fromEntries(answers) as Pick<DaemonStatus, 'vrrp' | 'checker' | 'bfd'>;
  return {
    version: statusVersion,
    time: new Date().toISOString(),
    pid: process.pid,
    release: ownVersion,
    startedAt: new Date(startedAt).toISOString(),
    files,
    processes,
    readiness: readinessOf({ started, processes, ...reports }),
    ...(lastReload === undefined ? {} : { lastReload }),
    ...(waitingChanges.length > 0 && { waitingChanges: waitingChanges.map((change) => answerOf(change, true)) }),
    ...reports,
  };
}
