/** What commands can reach of the parent process. */
import type { Configuration } from '../config/model.ts';
import type { Milliseconds } from '../core/time.ts';
import type { EventHistory } from '../events/history.ts';
import type { Log } from '../log/log.ts';
import type { LiveOverlay } from '../process/live-overlay.ts';
import type { ChildKind } from '../process/messages.ts';
import type { PlanOutcome, PlanPart } from '../process/plan-messages.ts';
import type { PlanRequest } from '../process/planner.ts';
import type { ReloadOutcome } from '../process/parent.ts';
import type { DaemonStatus, StatusQuery } from '../process/status-types.ts';
import type { Answered, Asked, Question } from '../process/questions.ts';

export interface ControlPorts {
  readonly log: Log;
  /** The configuration in force. */
  configuration(): Configuration | undefined;
  /** The last events, and whoever wants to hear of further ones. */
  readonly events: EventHistory;
  /** What is set beside the file. */
  readonly live: Pick<LiveOverlay, 'set' | 'clear' | 'get' | 'list'>;
  /** Changes with every start of the daemon. */
  readonly life: string;
  /** What every part is doing. Children that do not answer in time are said to be silent. */
  status(query: StatusQuery): Promise<DaemonStatus>;
  /** Reads the configuration anew; settles when it is applied or refused. @param reason who wants it, for the events */
  reload(reason: string): Promise<ReloadOutcome>;
  /**
   * Works out what a reload would change, in a process of its own.
   * @param part takes the changes as they come
   * @throws DaemonError PLAN_FAILED
   */
  plan(request: PlanRequest, part: (part: PlanPart) => void, gone: AbortSignal): Promise<PlanOutcome>;
  /**
   * Asks a child process.
   * @param patience how long it may take, in milliseconds; default 2000
   * @throws DaemonError CHILD_ABSENT (it does not run), CHILD_SILENT, CHILD_FAILED, in words for the operator
   */
  ask<Q extends Question>(kind: ChildKind, question: Q, asked: Asked<Q>, patience?: Milliseconds): Promise<Answered<Q>>;
}
