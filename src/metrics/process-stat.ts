/** What the kernel says of a process in /proc/PID/stat (proc(5)). */

/** sysconf(_SC_CLK_TCK) and the page size, the same on every machine that this program runs on. */
const ticksPerSecond = 100;

export interface ProcessStat {
  /** Seconds of processor time, user and system. */
  readonly processorTime: number;
  /** Octets. */
  readonly residentMemory: number;
  /** Seconds from the boot to its start. */
  readonly startedAfterBoot: number;
}

/**
 * @param text the content of the file
 * @param pageSize in octets
 * @returns undefined if it is none
 */
export function readProcessStat(text: string, pageSize: number): ProcessStat | undefined {
  // The name, in parentheses, may hold anything, parentheses included. The field behind it is number 3.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  const stat = {
    processorTime: (field(14) + field(15)) / ticksPerSecond,
    residentMemory: field(24) * pageSize,
    startedAfterBoot: field(22) / ticksPerSecond,
  };
  return Object.values(stat).every(Number.isFinite) ? stat : undefined;
}
