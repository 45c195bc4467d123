/** `keepalivectl replay`: goes through a recording with the real engine and prints its decisions with their reasons. */
import { readFileSync } from 'node:fs';
import { elapsed, replayLines, UnreadableRecording } from '../vrrp/recording/replay.ts';
import { decidesSomething, isAbout, stepText } from './replay-text.ts';

export interface ReplayOptions {
  readonly file: string;
  /** Seconds since the beginning, or a date and time in UTC. */
  readonly from?: string;
  readonly instance?: string;
  readonly all: boolean;
}

/** When printing begins, in milliseconds since 1970. */
function beginning(from: string | undefined, first: number): number | undefined {
  if (from === undefined) return -Infinity;
  if (/^\d+(\.\d+)?$/.test(from)) return first + Number(from) * 1000;
  const zoned = /Z|[+-]\d\d:?\d\d$/.test(from) ? from : `${from.replace(' ', 'T')}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? undefined : time;
}

function complain(message: string): 1 {
  process.stderr.write(`keepalivectl: ${message}\n`);
  return 1;
}

/** @returns exit status: 1 if the file cannot be read, or something was decided otherwise than recorded */
export function replay({ all, file, from, instance }: ReplayOptions): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return complain(`${file}: ${(error as Error).message}`);
  }
  let first: number | undefined;
  let steps = 0;
  let differences = 0;
  try {
    for (const step of replayLines(text.split('\n'))) {
      if (typeof step === 'string') {
        process.stdout.write(`${step}\n`);
        continue;
      }
      steps++;
      if (step.difference !== undefined) differences++;
      first ??= step.time;
      const begin = beginning(from, first);
      if (begin === undefined)
        return complain(
          `--from ${from ?? ''}: seconds since the beginning, or a time like "2026-01-31 12:00:00" (UTC)`,
        );
      if (step.time < begin || !(all || decidesSomething(step))) continue;
      if (instance !== undefined && !isAbout(step, instance)) continue;
      process.stdout.write(`${stepText(step, elapsed(first, step.time)).join('\n')}\n`);
    }
  } catch (error) {
    if (!(error instanceof UnreadableRecording)) throw error;
    return complain(`${file} cannot be replayed: ${error.message}`);
  }
  const verdict =
    differences === 0 ? 'every decision is as recorded' : `${differences} decided otherwise than recorded`;
  process.stdout.write(`${steps} steps, ${verdict}\n`);
  return differences === 0 ? 0 : 1;
}
