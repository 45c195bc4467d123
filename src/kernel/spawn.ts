/**
 * Starting processes of this daemon. Node's own way loads streams and sockets before the first one is there, and forks:
 * the kernel then notes for each page of the parent that it is shared, and the parent takes a fault for each that it
 * writes next.
 */
import { constants } from 'node:os';
import { addon } from './addon.ts';
import { deliver } from './descriptor.ts';
import { checked } from './errors.ts';
import { reapChild } from './process-control.ts';

/** How a process ended: by an exit status, or by a signal. Neither: somebody else has taken that. */
export type ProcessEnd = readonly [code: number | null, signal: NodeJS.Signals | null];

const running = new Map<number, (...end: ProcessEnd) => void>();

/** Of the lower 7 bits of a status (wait(2)): the signal that ended the process. */
const signalBits = 0x7f;

function endOf(status: number): ProcessEnd {
  const number = status & signalBits;
  if (number === 0) return [(status >> 8) & 0xff, null];
  const known = Object.entries(constants.signals).find(([, of]) => of === number);
  return [null, (known?.[0] ?? `signal ${number}`) as NodeJS.Signals];
}

/** A signal may stand for several processes that have ended. */
function collect(): void {
  for (const [processId, ended] of running) {
    const reaped = reapChild(processId);
    if (reaped === undefined) continue;
    running.delete(processId);
    deliver(() => ended(...endOf(reaped.status)));
  }
}

/**
 * Starts a program with the default action for every signal.
 * @param words what it is called with, its own name first
 * @param descriptors what it inherits: the one with the number n is descriptors[n]; -1: /dev/null
 * @param ended called once, from the event loop. Until then the process id is nobody else's.
 * @returns the process id
 * @throws SystemError ENOENT, EACCES, EAGAIN, ENOMEM, EMFILE
 */
export function spawnProcess(
  file: string,
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  descriptors: readonly number[],
  ended: (...end: ProcessEnd) => void,
): number {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value ?? ''}`);
  // Node collects those that it started itself, and leaves the others alone.
  if (running.size === 0 && !process.listeners('SIGCHLD').includes(collect)) process.on('SIGCHLD', collect);
  const processId = checked(addon().spawn(file, words, variables, descriptors), 'spawn', file);
  running.set(processId, ended);
  return processId;
}
