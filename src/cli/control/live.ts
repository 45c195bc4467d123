/** What `keepalivectl server` and `keepalivectl vrrp` have in common. */
import type { LiveCleared, LiveList, LiveSet } from '../../control/live-fields.ts';
import { parseDuration } from '../../live/duration.ts';
import { formatCleared, formatList, formatSet } from '../live-text.ts';
import { ask } from './client.ts';
import { exitCodes, refuse } from './exit-codes.ts';

export const forOption = {
  type: 'string',
  requiresArg: true,
  describe: 'ends by itself after 30s, 10m, 2h, 1d (default: until it is taken back)',
} as const;

/** Seconds of --for; undefined without it. @throws Error in words for the operator */
export function readFor(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const span = parseDuration(text);
  if (span === undefined) throw new Error(`--for ${text}: write a span such as 30s, 10m, 2h or 1h30m, a year at most`);
  return span / 1000;
}

/** A number where one is meant: the daemon says what is wrong with it. */
export function numberIn(word: string | undefined): number | string | undefined {
  return word !== undefined && /^-?\d+(\.\d+)?$/.test(word) ? Number(word) : word;
}

interface LiveRequest {
  readonly command: 'server' | 'vrrp';
  readonly action: string;
  readonly [field: string]: unknown;
}

/** Asks, and prints the answer in its form. @returns exit status */
export async function changeLive(socketPath: string, json: boolean, request: LiveRequest): Promise<number> {
  const answer = await ask(socketPath, request);
  if (!answer.ok) return refuse(answer.error);
  const result = answer.result as LiveList | LiveSet | LiveCleared;
  if (json) process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  else if ('changes' in result) process.stdout.write(formatList(result));
  else process.stdout.write('set' in result ? formatSet(result) : formatCleared(result));
  return exitCodes.done;
}
