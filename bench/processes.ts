/** What /proc says about the processes of one daemon: its family, its memory, its scheduling. */
import { closeSync, openSync, readFileSync, readdirSync, readSync } from 'node:fs';

const PAGE = 4096;

/** `root` and all its descendants, parents before children. A process that ends meanwhile is left out. */
export function family(root: number): number[] {
  const members = [root];
  for (const pid of members) {
    try {
      for (const thread of readdirSync(`/proc/${pid}/task`)) {
        const children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8');
        members.push(...children.split(' ').filter(Boolean).map(Number));
      }
    } catch {
      // Ended between two reads.
    }
  }
  return members;
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * Ends a daemon the way a power cut does: no process of it gets a chance to say good-bye. The parent is stopped first,
 * so that it neither starts a child again nor takes the others down in an orderly way.
 */
export function crash(root: number): void {
  signal(root, 'SIGSTOP');
  for (const pid of family(root).reverse()) signal(pid, 'SIGKILL');
}

export interface Memory {
  readonly processes: number;
  /** Sum of the resident sets, megabytes (10^6 octets): pages shared by two processes count twice. */
  readonly resident: number;
  /** Sum of the proportional sets: shared pages are divided among all processes of the machine that map them. */
  readonly proportional: number;
  /** Distinct pages of memory that the daemon's processes map, however many others map them as well. */
  readonly distinct: number | undefined;
}

function kilobytes(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
}

/** Frame numbers of the resident pages of a process; empty if the kernel hides them (no CAP_SYS_ADMIN). */
function residentFrames(pid: number): bigint[] {
  const frames: bigint[] = [];
  const pagemap = openSync(`/proc/${pid}/pagemap`, 'r');
  try {
    const areas = readFileSync(`/proc/${pid}/smaps`, 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
    for (const area of areas) {
      const range = /^([0-9a-f]+)-([0-9a-f]+) /.exec(area);
      if (range === null || kilobytes(area, 'Rss') === 0) continue;
      const first = parseInt(range[1] ?? '0', 16) / PAGE;
      const count = parseInt(range[2] ?? '0', 16) / PAGE - first;
      const entries = new BigUint64Array(count);
      const read = readSync(pagemap, entries, 0, count * 8, first * 8);
      for (const entry of entries.subarray(0, read / 8)) {
        const frame = entry & ((1n << 55n) - 1n);
        if (entry >> 63n === 1n && frame !== 0n) frames.push(frame);
      }
    }
  } finally {
    closeSync(pagemap);
  }
  return frames;
}

/** Memory of a daemon, all its processes together. */
export function memoryOf(root: number): Memory {
  const members = family(root);
  const frames = new Set<bigint>();
  let resident = 0;
  let proportional = 0;
  for (const pid of members) {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    resident += kilobytes(rollup, 'Rss');
    proportional += kilobytes(rollup, 'Pss');
    for (const frame of residentFrames(pid)) frames.add(frame);
  }
  return {
    processes: members.length,
    resident: (resident * 1024) / 1e6,
    proportional: (proportional * 1024) / 1e6,
    distinct: frames.size === 0 ? undefined : (frames.size * PAGE) / 1e6,
  };
}

/** Largest resident set so far over the processes of a family that are alive now, megabytes. */
export function peakResident(root: number): number {
  let sum = 0;
  for (const pid of family(root)) {
    try {
      sum += kilobytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmHWM');
    } catch {
      // Ended between two reads.
    }
  }
  return (sum * 1024) / 1e6;
}

/** Processor time that the living processes of a daemon have used so far, milliseconds. Fields 14 and 15 of /proc/PID/stat. */
export function processorTime(root: number): number {
  const ticksPerSecond = 100;
  const ticks = family(root).reduce((sum, pid) => sum + statField(pid, 14) + statField(pid, 15), 0);
  return (ticks * 1000) / ticksPerSecond;
}

/** A number in /proc/PID/stat, by its place in proc(5). */
function statField(pid: number, field: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold spaces; the fields after it start with number 3.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[field - 3]);
}

/** Open descriptors of all processes of a daemon. */
export function openDescriptors(root: number): number {
  return family(root).reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0);
}

/** Real-time priorities found in the family, one a process (0: not real-time). Field 40 of /proc/PID/stat. */
export function realTimePriorities(root: number): number[] {
  return family(root).map((pid) => statField(pid, 40));
}
