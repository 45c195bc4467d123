/** `keepalivectl plan`: what a reload would change, before it does it. */
import path from 'node:path';
import { summaryText } from '../../plan/plan.ts';
import type { ItemChange, KernelWrite } from '../../plan/types.ts';
import type { PlanOutcome, PlanPart } from '../../process/plan-messages.ts';
import { ask } from '../control/client.ts';
import { exitCodes, refuse } from '../control/exit-codes.ts';
import { jsonOption, socketOption } from '../control/options.ts';
import { changeLines, summaryLines, writeLine } from '../plan-text.ts';
import type { Subcommand } from '../subcommand.ts';

export const plan: Subcommand = (parser, finish) =>
  parser.command(
    'plan [file]',
    'what a reload would change; exit status 0: nothing, 3: something, 1: it would be refused',
    (command) =>
      command
        .positional('file', { type: 'string', describe: 'main file (default: the one the daemon reads)' })
        .option('socket', socketOption)
        .option('verbose', {
          alias: 'v',
          type: 'boolean',
          default: false,
          describe: 'every change and every write to the kernel',
        })
        .option('json', jsonOption),
    async ({ file, json, socket, verbose }) => finish(await show(socket, { file, json, verbose })),
  );

interface Wanted {
  readonly file: string | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
}

async function show(socketPath: string, { file, json, verbose }: Wanted): Promise<number> {
  const changes: ItemChange[] = [];
  const writes: KernelWrite[] = [];
  const take = (part: PlanPart): void => {
    for (const change of part.changes ?? []) changes.push(change);
    for (const write of part.writes ?? []) writes.push(write);
  };
  const fields = { verbose, ...(file !== undefined && { file: path.resolve(file) }) };
  const answer = await ask(socketPath, { command: 'plan', ...fields }, { part: (part) => take(part as PlanPart) });
  if (!answer.ok) return refuse(answer.error);
  const outcome = answer.result as PlanOutcome;
  if (json) process.stdout.write(`${JSON.stringify({ ...outcome, changes, writes }, undefined, 2)}\n`);
  else print(outcome, changes, writes, verbose);
  return { nothing: exitCodes.done, changes: exitCodes.changes, refused: exitCodes.refused }[outcome.outcome];
}

function print(
  { errors, omitted, outcome, summary }: PlanOutcome,
  changes: readonly ItemChange[],
  writes: readonly KernelWrite[],
  verbose: boolean,
): void {
  // What half a file would change says nothing that anybody wants to know at once.
  if (outcome === 'refused' && !verbose) {
    refuse(`the reload would be refused:\n${errors.map((line) => `  ${line}`).join('\n')}`);
    return;
  }
  const lines = changes.flatMap(changeLines);
  if (writes.length > 0) lines.push('writes:', ...writes.map(writeLine));
  if (summary !== undefined && outcome !== 'nothing') {
    lines.push(...summaryLines(summary, omitted));
    lines.push(`plan: ${summaryText(summary) || 'only what is written to the kernel'}`);
  }
  if (outcome === 'nothing') lines.push('plan: a reload changes nothing');
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  if (outcome === 'refused') refuse(`the reload would be refused:\n${errors.map((line) => `  ${line}`).join('\n')}`);
}
