/**
 * The process that works out what a reload would change. One of its own, for one plan: reading tens of thousands of
 * servers takes a second or more, in which the parent has other things to do.
 */
import { setPriority } from 'node:os';
import { formatDiagnostic } from '../config/format-diagnostic.ts';
import { setProcessName } from '../kernel/process-control.ts';
import { PlanTally, planItems } from '../plan/plan.ts';
import type { ItemChange, KernelWrite } from '../plan/types.ts';
import { readConfiguration } from './configuration-source.ts';
import type { FromPlanProcess, PlanOutcome, PlanWish, ToPlanProcess } from './plan-messages.ts';
import { judgeReload } from './reload-judgement.ts';
import { SnapshotCollector } from './snapshot-pieces.ts';
import type { SnapshotMessage } from './snapshot-pieces.ts';

/** It gives way to everything. */
const niceness = 10;
const itemsAtOnce = 500;
/** Changes that are listed for who did not ask for all of them. */
const mostListed = 1_000;

export function runPlanProcess(): void {
  setProcessName('keepalived_plan');
  try {
    setPriority(niceness);
  } catch {
    // It works without.
  }
  const collector = new SnapshotCollector();
  let running: SnapshotMessage | undefined;
  const send = (message: FromPlanProcess): void => void process.send?.(message);
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: ToPlanProcess) => {
    switch (message.type) {
      case 'configure-piece':
        collector.piece(message);
        return;
      case 'configure':
        running = collector.complete(message);
        return;
      case 'plan':
        if (running === undefined) throw new Error('a plan was asked for before there was a configuration');
        send({ type: 'done', result: makePlan(running, message, send) });
    }
  });
  send({ type: 'hello' });
}

function makePlan(
  { configuration: before }: SnapshotMessage,
  { args, diagnostics, situations, verbose }: PlanWish,
  send: (message: FromPlanProcess) => void,
): PlanOutcome {
  const judgement = judgeReload(
    args,
    { configuration: before, diagnostics },
    () => readConfiguration(args, 'test').exitCode,
  );
  const errors = judgement.errors.map((diagnostic) => formatDiagnostic(diagnostic, undefined, { oneLine: true }));
  const after = judgement.configuration;
  if (after === undefined) {
    const why = errors.length === 0 ? ['the configuration cannot be read'] : errors;
    return { outcome: 'refused', errors: why, omitted: 0 };
  }
  const tally = new PlanTally();
  let changes: ItemChange[] = [];
  let writes: KernelWrite[] = [];
  let listed = 0;
  let omitted = 0;
  const flush = (): void => {
    if (changes.length + writes.length > 0) send({ type: 'part', changes, writes });
    changes = [];
    writes = [];
  };
  let different = false;
  for (const item of planItems(before, after, situations)) {
    if (item === undefined) continue;
    tally.take(item);
    if (item.type === 'change') {
      different = true;
      if (verbose || listed < mostListed) {
        changes.push(item.change);
        listed++;
      } else omitted++;
    } else if (item.type === 'write') {
      different = true;
      if (verbose) writes.push(item.write);
    }
    if (changes.length + writes.length >= itemsAtOnce) flush();
  }
  flush();
  const outcome = errors.length > 0 ? 'refused' : different ? 'changes' : 'nothing';
  return { outcome, errors, summary: tally.summary, omitted };
}
