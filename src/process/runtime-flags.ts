/** The flags of the runtime: those of the parent, and those with which it starts other processes of the daemon. */
import { availableParallelism } from 'node:os';
import type { ChildKind } from './messages.ts';

/**
 * What the launcher says for the parent; all but the last are for the parent alone, which reads a configuration now and
 * then. What that leaves behind is collected more often, each time in less: `MemoryRest` gives this memory back after a
 * reload, and the next one touches 8 MB less anew than with 4 MB for each half. The second optimizing compiler and threads
 * that help to collect do not pay off. The first one does, but not in threads beside this one: each of them touches memory
 * of its own for every function, 8 to 13 MB in a start with 10,000 services, to save this one a tenth of its time. And a
 * heap that is expected to grow is not collected over and over while it does (`MemoryRest` does that, once, when there is
 * time).
 */
export const parentFlags = [
  '--max-semi-space-size=1',
  '--no-opt',
  '--no-concurrent-recompilation',
  '--single-threaded-gc',
  '--initial-heap-size=128',
  '--no-flush-bytecode',
] as const;

/** V8's helpers would be threads with rights of their own; there is little for them to do. */
const flagsOfWeb = ['--v8-pool-size=0', '--max-semi-space-size=4'];

/**
 * V8 forgets compiled code that was not used for a while; the code of a takeover is unused for months and then must not
 * be compiled first. What checks leave to the garbage collector dies at once: a small space for it is collected more
 * often, each time in less, and saves 20 MB.
 */
const flagsOfChild = {
  vrrp: ['--no-flush-bytecode'],
  checker: ['--max-semi-space-size=2', '--initial-heap-size=128'],
  // Nor does it wait for other threads to collect garbage when it has no real-time priority.
  bfd: ['--no-flush-bytecode', '--single-threaded-gc'],
} as const satisfies Record<ChildKind, readonly string[]>;

/** The launcher's flags that are for all processes. */
export function inheritedFlags(given: readonly string[] = process.execArgv): readonly string[] {
  const own = parentFlags.slice(0, -1).map(nameOfFlag);
  return given.filter((flag) => !own.includes(nameOfFlag(flag)));
}

function nameOfFlag(flag: string): string {
  return flag.split('=', 1)[0] ?? '';
}

/** All flags of a child. @param given the parent's own */
export function childFlags(
  kind: ChildKind,
  given: readonly string[] = process.execArgv,
  processors: number = availableParallelism(),
): readonly string[] {
  const flags = [...inheritedFlags(given), ...flagsOfChild[kind]];
  // Threads that help to collect garbage and to compile have no processor to do it on: they take turns with the one they help.
  if (kind === 'checker' && processors === 1) flags.push('--single-threaded-gc', '--no-concurrent-recompilation');
  return flags;
}

/** All flags of the process that serves HTTP. */
export function webFlags(given: readonly string[] = process.execArgv): readonly string[] {
  return [...inheritedFlags(given), ...flagsOfWeb];
}
