/** Whether the parent of a child process has died, asked while the signal of its death is being handled. */
import { readFileSync } from 'node:fs';
import { parentProcessId } from '../kernel/process-control.ts';

/** "getting shut down" (linux/sched.h). */
const PF_EXITING = 0x4;
/** Place of the flags of the kernel behind the name in /proc/PID/stat (proc(5): field 9, the name is 2). */
const flagsField = 6;

/**
 * The signal comes from the parent's first thread; while its other threads still end, getppid(2) does not know yet.
 * @param parent the process that started this one
 */
export function isOrphaned(parent: number): boolean {
  if (parentProcessId() !== parent) return true;
  try {
    const stat = readFileSync(`/proc/${parent}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[flagsField]) & PF_EXITING) !== 0;
  } catch {
    return true;
  }
}
