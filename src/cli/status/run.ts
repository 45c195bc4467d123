/** `keepalivectl status`: one look, looks again and again, or the question whether the daemon is ready. */
import { setTimeout as pause } from 'node:timers/promises';
import type { DaemonStatus } from '../../process/status-types.ts';
import { Unreachable, ask } from '../control/client.ts';
import { exitCodes, refuse } from '../control/exit-codes.ts';
import type { Layout } from './layout.ts';
import type { StatusOptions } from './options.ts';
import { formatDetails, formatOverview, hasAnything } from './text.ts';
import { Screen } from './screen.ts';

/** Services with a line of their own in the first view; those in trouble come first. */
const mostLines = 40;
/** Between two questions whether the daemon is ready, in milliseconds. */
const readyInterval = 200;

/** @returns exit status */
export function runStatus(options: StatusOptions): Promise<number> {
  if (options.ready) return untilReady(options);
  if (options.watch !== undefined && !options.json) return watch(options, options.watch);
  return once(options);
}

async function once(options: StatusOptions): Promise<number> {
  const answer = await ask(options.socket, request(options));
  if (!answer.ok) return refuse(answer.error);
  const status = answer.result as DaemonStatus;
  process.stdout.write(options.json ? `${JSON.stringify(status, undefined, 2)}\n` : shown(status, options, layoutOf()));
  return found(status, options) ? exitCodes.done : refuse(`nothing is called ${options.names.join(' or ')}`);
}

/** The first view needs no more than it shows. */
function request({ json, names, verbose }: StatusOptions): {
  readonly command: 'status';
  readonly [field: string]: unknown;
} {
  const full = json || verbose || names.length > 0;
  return {
    command: 'status',
    detail: full ? 'full' : 'summary',
    ...(names.length > 0 && { names }),
    ...(!full && { most: mostLines }),
  };
}

function found(status: DaemonStatus, { names }: StatusOptions): boolean {
  return names.length === 0 || hasAnything(status);
}

function shown(status: DaemonStatus, options: StatusOptions, layout: Layout): string {
  if (!found(status, options)) return '';
  const named = options.names.length > 0;
  return named || options.verbose ? formatDetails(status, layout, named) : formatOverview(status, layout);
}

/** Colour only on a terminal, and where nobody said otherwise (no-color.org). */
export function layoutOf(): Layout {
  const { columns, isTTY } = process.stdout;
  const noColor = (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
  return { width: isTTY ? columns : Infinity, colour: isTTY && !noColor };
}

/** Ends with Ctrl-C, a signal, or the end of what reads us. A daemon that goes away is waited for. */
async function watch(options: StatusOptions, seconds: number): Promise<number> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  process.stdout.once('error', end);
  using screen = new Screen(process.stdout);
  while (!ending.signal.aborted) {
    screen.show(await look(options));
    await screen.pause(seconds * 1000, ending.signal);
  }
  return exitCodes.done;
}

async function look(options: StatusOptions): Promise<string> {
  try {
    const answer = await ask(options.socket, request(options));
    if (!answer.ok) return `${answer.error}\n`;
    const status = answer.result as DaemonStatus;
    return found(status, options)
      ? shown(status, options, layoutOf())
      : `nothing is called ${options.names.join(' or ')}\n`;
  } catch (error) {
    if (error instanceof Unreachable) return `${error.message}\n`;
    throw error;
  }
}

/** 0: ready; 1: not ready in time; 2: no daemon reached in time. */
async function untilReady({ json, socket, wait }: StatusOptions): Promise<number> {
  const until = performance.now() + wait;
  const questions = { command: 'status', detail: 'summary', most: 0, no_traffic: true };
  for (;;) {
    const last = performance.now() + readyInterval > until;
    try {
      const answer = await ask(socket, questions);
      if (!answer.ok) return refuse(answer.error);
      const { readiness } = answer.result as DaemonStatus;
      if (readiness.ready || last) {
        if (json) process.stdout.write(`${JSON.stringify(readiness)}\n`);
        else process.stdout.write(readiness.ready ? 'ready\n' : `not ready: ${readiness.waitingFor.join('; ')}\n`);
        return readiness.ready ? exitCodes.done : exitCodes.refused;
      }
    } catch (error) {
      if (!(error instanceof Unreachable) || last) throw error;
    }
    await pause(readyInterval);
  }
}
