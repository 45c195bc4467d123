/** The parent's side of plans: one at a time, each by a process of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KeepalivedArguments } from '../cli/keepalived-arguments.ts';
import { DaemonError } from '../core/errors.ts';
import type { Milliseconds } from '../core/time.ts';
import { withEarlySignalGuard } from '../kernel/early-signals.ts';
import { PlanTally, planItems, summaryText } from '../plan/plan.ts';
import type { InstanceSituation } from '../plan/types.ts';
import type { Configuration } from '../config/model.ts';
import { now } from '../kernel/clock.ts';
import type { FromPlanProcess, PlanOutcome, PlanPart, ToPlanProcess } from './plan-messages.ts';
import type { Loaded } from './reload-judgement.ts';
import { planRole } from './roles.ts';
import { inheritedFlags } from './runtime-flags.ts';
import { childOptions } from './settings.ts';
import { snapshotPieces } from './snapshot-pieces.ts';

/** Longer than the largest configuration takes on a busy machine. */
const patience: Milliseconds = 100_000;
const slice: Milliseconds = 5;
/** Of the items of a plan, some microseconds each, between two looks at the clock. */
const itemsBetweenLooks = 32;

export interface PlanRequest {
  /** Absolute; absent: the daemon's own. */
  readonly file?: string;
  readonly verbose: boolean;
}

/** What a plan is made from, at the moment it begins. */
export interface PlanSource {
  readonly args: KeepalivedArguments;
  readonly running: Loaded;
  readonly situations?: readonly InstanceSituation[];
}

export class Planner {
  /** Settles when the plan before is done: none beside another one. */
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param source asked when it is this plan's turn
   * @param part takes the changes as they come
   * @throws DaemonError PLAN_FAILED
   */
  make(
    request: PlanRequest,
    source: () => Promise<PlanSource>,
    part: (part: PlanPart) => void,
    gone: AbortSignal,
  ): Promise<PlanOutcome> {
    const plan = this.#last.then(async () => {
      if (gone.aborted) throw new DaemonError('PLAN_FAILED', 'nobody wants this plan any more');
      return runPlan(request, await source(), part, gone);
    });
    this.#last = plan.catch(() => undefined);
    return plan;
  }
}

async function runPlan(
  { file, verbose }: PlanRequest,
  { args, running, situations }: PlanSource,
  part: (part: PlanPart) => void,
  gone: AbortSignal,
): Promise<PlanOutcome> {
  const child = startProcess();
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  const leave = (): void => void child.kill('SIGKILL');
  gone.addEventListener('abort', leave);
  try {
    return await new Promise<PlanOutcome>((resolve, reject) => {
      child.on('message', (message: FromPlanProcess) => {
        if (message.type === 'part') part(message);
        else if (message.type === 'done') resolve(message.result);
        else void tellAll();
      });
      child.once('error', (error) =>
        reject(new DaemonError('PLAN_FAILED', `no process for the plan: ${error.message}`)),
      );
      child.once('exit', (code, signal) => {
        const how = signal === null ? `with status ${code ?? 'none'}` : `by ${signal}`;
        reject(new DaemonError('PLAN_FAILED', `the process that makes the plan ended ${how}`));
      });
      const send = (message: ToPlanProcess): void => {
        if (child.connected) child.send(message, () => undefined);
      };
      const tellAll = async (): Promise<void> => {
        const { configuration, diagnostics } = running;
        const options = childOptions('checker', args, configuration.global);
        for (const message of snapshotPieces({ type: 'configure', configuration, options })) {
          send(message);
          // A piece takes a millisecond or two: others have theirs between them.
          await nextTurn();
        }
        const wanted = file === undefined ? args : { ...args, configurationFile: file };
        send({ type: 'plan', args: wanted, diagnostics, verbose, ...(situations && { situations }) });
      };
    });
  } finally {
    clearTimeout(timer);
    gone.removeEventListener('abort', leave);
    child.kill('SIGKILL');
  }
}

function startProcess(): ChildProcess {
  const main = process.argv[1];
  if (main === undefined) throw new DaemonError('PLAN_FAILED', 'the path of the program is unknown');
  return spawn(process.execPath, [...inheritedFlags(), main, planRole], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'json',
    env: withEarlySignalGuard(process.env),
  });
}

/** What a reload has changed, in a line; empty: nothing. In slices, so that the parent does not stand still. */
export async function changesText(before: Configuration, after: Configuration): Promise<string> {
  // A reload that found nothing new goes on with the very same one.
  if (before === after) return '';
  const tally = new PlanTally();
  let began = now();
  let items = 0;
  // What the instances did about it, their own events tell.
  for (const item of planItems(before, after, [], false)) {
    if (item !== undefined) tally.take(item);
    if (++items % itemsBetweenLooks !== 0 || now() - began < slice) continue;
    await nextTurn();
    began = now();
  }
  return summaryText(tally.summary);
}
