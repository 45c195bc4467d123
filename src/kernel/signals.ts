/** Signals by number, the real-time ones included, which Node itself does not deliver. */

/** The real-time signals of the original: glibc's SIGRTMIN is 34 and SIGRTMAX 64. */
export const realTimeSignals = {
  /** SIGRTMIN + 2: write the state as JSON. */
  jsonDump: 36,
  /** SIGRTMAX - 1: reload the configuration of thread timers and the like (see the command line reference). */
  sigrtmaxMinus1: 63,
} as const;

/**
 * Calls `listener` from the event loop each time the signal arrives (signals that arrive together may be one call for
 * numbers below 32, as the kernel does). Does not keep the process alive.
 * @returns a function that stops listening; with the last listener the signal gets its default action back.
 */
export function onSignal(_signal: number | NodeJS.Signals, _listener: (signal: number) => void): () => void {
  throw new Error('not yet');
}

/** Ignores a signal (inherited through exec, as SIG_IGN is). */
export function ignoreSignal(_signal: number | NodeJS.Signals): void {
  throw new Error('not yet');
}

/** Gives a signal its default action back. */
export function resetSignal(_signal: number | NodeJS.Signals): void {
  throw new Error('not yet');
}

/** The number of a signal name. @throws DaemonError SIGNAL_UNKNOWN */
export function signalNumber(_signal: number | NodeJS.Signals): number {
  throw new Error('not yet');
}
