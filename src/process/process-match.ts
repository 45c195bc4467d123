/** What /proc says of a process, and whether that is what a vrrp_track_process means. Pure. */
import type { VrrpTrackProcess } from '../config/model.ts';

/** Characters of a process's name that the kernel keeps (TASK_COMM_LEN less the NUL). */
const longestName = 15;

export interface ProcessStat {
  readonly name: string;
  readonly zombie: boolean;
}

/** `PID (NAME) STATE ...` of /proc/PID/stat; the name may hold anything, parentheses too. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  const state = text.charAt(close + 2);
  return { name: text.slice(open + 1, close), zombie: state === 'Z' || state === 'X' };
}

/**
 * @param name as in /proc/PID/stat
 * @param commandLine content of /proc/PID/cmdline: arguments, each with a NUL behind it; empty for threads of the kernel
 */
export function matchesProcess(tracked: VrrpTrackProcess, name: string, commandLine: string): boolean {
  if (!tracked.fullCommand) return name === tracked.process.slice(0, longestName);
  const [command, ...parameters] = commandLine.replace(/\0$/, '').split('\0');
  if (command !== tracked.process) return false;
  return matchesParameters(tracked, parameters);
}

function matchesParameters(
  { parameterMatch, parameters: wanted }: VrrpTrackProcess,
  parameters: readonly string[],
): boolean {
  switch (parameterMatch) {
    case 'none':
      return true;
    case 'exact':
      return parameters.length === wanted.length && wanted.every((word, index) => parameters[index] === word);
    case 'partial':
      return wanted.every((word, index) => parameters[index] === word);
    case 'initial': {
      const last = wanted.length - 1;
      return wanted.every((word, index) => {
        const found = parameters[index];
        return index === last ? found?.startsWith(word) === true : found === word;
      });
    }
  }
}
