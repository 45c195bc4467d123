/** What every part of the daemon is doing: the parent's own knowledge and the children's answers. */
import type { DaemonStatus } from '../cli/status-text.ts';
import type { Milliseconds } from '../core/time.ts';
import type { Children } from './children.ts';

/** Answers in time or not at all: the rest of the status does not wait longer. */
const patience: Milliseconds = 2_000;

export async function daemonStatus(
  children: Children,
  files: readonly string[],
  lastReload: DaemonStatus['lastReload'],
): Promise<DaemonStatus> {
  const answered = await Promise.all(
    children.all().map(async (child) => {
      const answer = await child.ask('status', null, patience).catch(() => undefined);
      const { status } = child;
      const silent = status.state === 'running' && answer === undefined;
      return { answer, process: silent ? { ...status, state: 'silent' as const } : status };
    }),
  );
  const answers = answered.flatMap(({ answer, process: { kind } }) => (answer === undefined ? [] : [[kind, answer]]));
  return {
    pid: process.pid,
    files,
    processes: answered.map((child) => child.process),
    ...(lastReload === undefined ? {} : { lastReload }),
    ...(Object.fromEntries(answers) as Pick<DaemonStatus, 'vrrp' | 'checker' | 'bfd'>),
  };
}
