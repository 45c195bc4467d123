/** Numbers of the signals that steer the daemon, as `--signum` prints them (signal(7), Linux). */
export const signalNumbers = {
  STOP: 15,
  RELOAD: 1,
  DATA: 10,
  STATS: 12,
  /** SIGRTMAX - 1. */
  STATS_CLEAR: 63,
  /** SIGRTMIN + 2, counted from glibc's SIGRTMIN of 34. */
  JSON: 36,
} as const;

/** The number behind a name, or `undefined`. Names are matched exactly. */
export function signalNumberOf(name: string): number | undefined {
  return Object.hasOwn(signalNumbers, name) ? signalNumbers[name as keyof typeof signalNumbers] : undefined;
}
