/** Signals by number, the real-time ones included, which Node itself does not deliver. */
import { constants } from 'node:os';
import { DaemonError } from '../core/errors.ts';
import { EPOLL, addon } from './addon.ts';
import { deliver } from './descriptor.ts';
import { checked } from './errors.ts';

/** The real-time signals of the original, by the numbers that glibc's SIGRTMIN (34) and SIGRTMAX (64) give them. */
export const realTimeSignals = {
  /** SIGRTMIN + 2: write the state as JSON. */
  jsonDump: 36,
  /** SIGRTMAX - 1: write the statistics file, then set the counters to zero. */
  statisticsAndClear: 63,
} as const;

type Listener = (signal: number) => void;

const listeners = new Map<number, Set<Listener>>();
let watching = false;
const highestSignal = 64;

/** The number of a signal. @throws DaemonError SIGNAL_UNKNOWN */
export function signalNumber(signal: number | NodeJS.Signals): number {
  const number = typeof signal === 'number' ? signal : constants.signals[signal];
  if (!Number.isInteger(number) || number < 1 || number > highestSignal) {
    throw new DaemonError('SIGNAL_UNKNOWN', `there is no signal ${signal}`);
  }
  return number;
}

function dispatch(): void {
  for (const signal of addon().signalTake()) {
    for (const listener of [...(listeners.get(signal) ?? [])]) deliver(() => listener(signal));
  }
}

/**
 * Calls `listener` from the event loop each time the signal arrives (several of one number below 32 that arrive together
 * are one, as the kernel does it). Does not keep the process alive. Not for SIGCHLD, which Node needs for its children.
 * @returns a function that stops listening; with the last listener the signal gets its default action back
 * @throws DaemonError SIGNAL_UNKNOWN, SystemError EINVAL (SIGKILL, SIGSTOP and the two that the C library keeps)
 */
export function onSignal(signal: number | NodeJS.Signals, listener: (signal: number) => void): () => void {
  const number = signalNumber(signal);
  if (!watching) {
    const descriptor = checked(addon().signalDescriptor(), 'eventfd');
    checked(addon().watch(descriptor, EPOLL.IN, dispatch, false), 'epoll_ctl');
    watching = true;
  }
  const known = listeners.get(number) ?? new Set<Listener>();
  if (known.size === 0) checked(addon().signalCatch(number), 'sigaction', `signal ${signal}`);
  listeners.set(number, known.add(listener));
  return () => {
    if (known.delete(listener) && known.size === 0) {
      listeners.delete(number);
      addon().signalDefault(number);
    }
  };
}

/** Ignores a signal and drops its listeners (a program started by exec then ignores it too). @throws as onSignal */
export function ignoreSignal(signal: number | NodeJS.Signals): void {
  const number = signalNumber(signal);
  checked(addon().signalIgnore(number), 'sigaction', `signal ${signal}`);
  listeners.get(number)?.clear();
  listeners.delete(number);
}

/** Gives a signal its default action back and drops its listeners. @throws as onSignal */
export function resetSignal(signal: number | NodeJS.Signals): void {
  const number = signalNumber(signal);
  checked(addon().signalDefault(number), 'sigaction', `signal ${signal}`);
  listeners.get(number)?.clear();
  listeners.delete(number);
}
