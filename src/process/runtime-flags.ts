/** The flags of the runtime with which the parent starts other processes of the daemon. */
import { availableParallelism } from 'node:os';
import type { ChildKind } from './messages.ts';

/** What the launcher says for the parent alone: how it uses memory and compiles, which it does seldom. */
const flagsOfParent = ['--max-semi-space-size', '--single-threaded-gc', '--no-opt'];

/**
 * V8 forgets compiled code that was not used for a while; the code of a takeover is unused for months and then must not
 * be compiled first. What checks leave to the garbage collector dies at once: a small space for it is collected more
 * often, each time in less, and saves 20 MB.
 */
const flagsOfChild = {
  vrrp: ['--no-flush-bytecode'],
  checker: ['--max-semi-space-size=2'],
  // Nor does it wait for other threads to collect garbage when it has no real-time priority.
  bfd: ['--no-flush-bytecode', '--single-threaded-gc'],
} as const satisfies Record<ChildKind, readonly string[]>;

/** The launcher's flags that are for all processes. */
export function inheritedFlags(): readonly string[] {
  return process.execArgv.filter((flag) => !flagsOfParent.includes(flag.split('=', 1)[0] ?? ''));
}

/** All flags of a child. */
export function childFlags(kind: ChildKind): readonly string[] {
  const flags = [...inheritedFlags(), ...flagsOfChild[kind]];
  // Threads that help to collect garbage have no processor to do it on; they take turns with the one they help.
  if (kind === 'checker' && availableParallelism() === 1) flags.push('--single-threaded-gc');
  return flags;
}
