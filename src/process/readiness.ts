/** Whether the daemon knows what it has to know, from what its processes say: for scripts and containers that wait for it. */
import { seconds } from '../vrrp/outbox.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { VrrpInstanceReport } from '../vrrp/report-types.ts';
import type { CheckerReport, ProcessStatus, Readiness, VrrpReport } from './status-types.ts';

export interface ReadinessFacts {
  /** Every process took its first configuration. */
  readonly started: boolean;
  readonly processes: readonly ProcessStatus[];
  readonly vrrp?: Pick<VrrpReport, 'waitingFor'> | null | undefined;
  readonly checker?: Pick<CheckerReport, 'totals' | 'running'> | null | undefined;
}

const processWords = {
  starting: 'is starting',
  waiting: 'has died and is started again soon',
  silent: 'does not answer',
} as const;

export function readinessOf({ checker, processes, started, vrrp }: ReadinessFacts): Readiness {
  const waitingFor = processes.flatMap(({ kind, state }) =>
    state === 'running' ? [] : `process ${kind} ${processWords[state]}`,
  );
  if (!started && waitingFor.length === 0) waitingFor.push('the start is not complete');
  waitingFor.push(...(vrrp?.waitingFor ?? []));
  if (checker) {
    const { pending, total } = checker.totals.checks;
    if (pending > 0) waitingFor.push(`${pending} of ${total} checks have not come to a conclusion yet`);
  }
  return { ready: waitingFor.length === 0, waitingFor };
}

/** Instances that have not begun, or that a start delay holds back. */
export function waitingInstances(instances: readonly VrrpInstanceReport[], now: MonotonicMs): string[] {
  const waiting = instances
    .filter(({ state }) => state === 'INIT')
    .map(({ name, reason }) => `instance ${name}: ${reason}`);
  const held = instances.find(({ startupDelayUntil }) => startupDelayUntil !== undefined);
  if (held?.startupDelayUntil !== undefined)
    waiting.push(`the start delay of VRRP, another ${seconds(held.startupDelayUntil - now)}`);
  return waiting;
}
