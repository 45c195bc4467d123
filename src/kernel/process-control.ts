/** What a process can do to itself: name, scheduling, memory, limits, namespaces, the bond to its parent. */
import { readFileSync, readdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import { ERRNO, addon } from './addon.ts';
import { SystemError, checked } from './errors.ts';
import { signalNumber } from './signals.ts';

/** linux/prctl.h */
const PR = {
  SET_PDEATHSIG: 1,
  SET_DUMPABLE: 4,
  SET_NAME: 15,
  SET_CHILD_SUBREAPER: 36,
  SET_NO_NEW_PRIVS: 38,
  CAP_AMBIENT: 47,
} as const;
const PR_CAP_AMBIENT_CLEAR_ALL = 4;
/** linux/sched.h */
const SCHED = { OTHER: 0, RR: 2, RESET_ON_FORK: 0x40000000 } as const;
const CLONE = { NEWNS: 0x20000, NEWNET: 0x40000000 } as const;
/** linux/mount.h */
const MS = { BIND: 4096, REC: 16384, SLAVE: 1 << 19 } as const;
/** asm-generic/mman.h */
const MCL = { CURRENT: 1, FUTURE: 2, ONFAULT: 4 } as const;
/** asm-generic/resource.h */
const RLIMIT = { stack: 3, core: 4, nofile: 7, memlock: 8, rtprio: 14, rttime: 15 } as const;
const thisThread = 0;
const namespaceFolder = '/run/netns';

/**
 * Has the kernel send `signal` to this process when its parent dies.
 * @param expectedParent pid that must be the parent now; it may have died before the request was made
 * @returns false if the parent is gone already: the caller should end itself
 * @throws SystemError
 */
export function signalOnParentDeath(signal: number | NodeJS.Signals, expectedParent: number): boolean {
  checked(addon().prctl(PR.SET_PDEATHSIG, signalNumber(signal)), 'prctl');
  return process.ppid === expectedParent;
}

/** Pid of the parent, read from the kernel now. */
export function parentProcessId(): number {
  return process.ppid;
}

/** Sets the command line that `ps` shows and /proc/PID/comm (cut to 15 octets), which exporters look for. */
export function setProcessName(name: string): void {
  process.title = name;
  // The title cannot grow beyond the memory of the first command line, and is cut there; the name is not.
  checked(addon().prctl(PR.SET_NAME, name), 'prctl');
}

/** Makes this process adopt orphaned descendants (PR_SET_CHILD_SUBREAPER). @throws SystemError */
export function adoptOrphans(enabled: boolean): void {
  checked(addon().prctl(PR.SET_CHILD_SUBREAPER, enabled ? 1 : 0), 'prctl');
}

/** Whether the process may leave a core dump and be traced by its own user (PR_SET_DUMPABLE). @throws SystemError */
export function setDumpable(enabled: boolean): void {
  checked(addon().prctl(PR.SET_DUMPABLE, enabled ? 1 : 0), 'prctl');
}

/**
 * Gives up every capability of the event loop's thread, and that any program which it executes may get more rights
 * (PR_SET_NO_NEW_PRIVS). Threads that exist already keep theirs.
 * @throws SystemError
 */
export function dropCapabilities(): void {
  checked(addon().prctl(PR.SET_NO_NEW_PRIVS, 1), 'prctl');
  checked(addon().prctl(PR.CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL), 'prctl');
  checked(addon().capset(0), 'capset');
}

/**
 * Collects a child that Node did not start (an adopted orphan), if it has ended.
 * @returns undefined if it still runs or is no child; `status` as wait(2) encodes it
 * @throws SystemError
 */
export function reapChild(processId: number): { readonly processId: number; readonly status: number } | undefined {
  const result = addon().waitpid(processId);
  if (typeof result === 'number') {
    if (result === -ERRNO.ECHILD) return undefined;
    throw new SystemError('waitpid', -result);
  }
  const [ended, status] = result;
  return ended === 0 ? undefined : { processId: ended, status };
}

/** Names of the threads in which V8 compiles and collects garbage, and of the one that sends datagrams at their moment. */
const runtimeHelper = 'V8Worker';
const timedSender = 'timed-send';

/**
 * Real-time round robin for the event loop's thread and the one that sends at a given moment and, a step below them, for
 * the helper threads of V8: the collector waits until they have put down what they compile, and beside busy processes
 * threads without priority take up to 100 ms for that. Threads and children made from now on start without it.
 * @param priority 1..99
 * @throws SystemError EPERM without CAP_SYS_NICE, EINVAL
 */
export function setRealTimePriority(priority: number): void {
  setPolicy(thisThread, priority);
  const helpers = Math.max(1, priority - 1);
  forEachThread((thread) => {
    const name = threadName(thread);
    if (name === timedSender) setPolicy(thread, priority);
    else if (name === runtimeHelper) setPolicy(thread, helpers);
  });
}

function setPolicy(thread: number, priority: number): void {
  checked(
    addon().setScheduler(thread, SCHED.RR | SCHED.RESET_ON_FORK, priority),
    'sched_setscheduler',
    `real-time priority ${priority}`,
  );
}

/** Back to time sharing. @throws SystemError */
export function clearRealTimePriority(): void {
  checked(addon().setScheduler(thisThread, SCHED.OTHER, 0), 'sched_setscheduler');
  forEachThread((thread) => {
    const name = threadName(thread);
    if (name === timedSender || name === runtimeHelper)
      checked(addon().setScheduler(thread, SCHED.OTHER, 0), 'sched_setscheduler');
  });
}

/** Undefined: it is gone already. */
function threadName(thread: number): string | undefined {
  try {
    return readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trimEnd();
  } catch {
    return undefined;
  }
}

/** Thread ids of this process. */
function threads(): readonly number[] {
  return readdirSync('/proc/self/task').map(Number);
}

/** Does something to every thread; one that ended meanwhile is no error. */
function forEachThread(act: (thread: number) => void): void {
  const noSuchProcess = 'ESRCH';
  for (const thread of threads()) {
    try {
      act(thread);
    } catch (error) {
      if (
        (error as { code?: unknown }).code !== noSuchProcess &&
        (error as { info?: { code?: unknown } }).info?.code !== noSuchProcess
      )
        throw error;
    }
  }
}

/** Nice value -20..19 of all threads of this process. @throws SystemError of Node (EACCES) */
export function setNice(nice: number): void {
  forEachThread((thread) => setPriority(thread, nice));
}

/** Binds all threads of this process to these processors. @throws SystemError EINVAL if none of them exists */
export function setAffinity(processors: readonly number[]): void {
  forEachThread((thread) => {
    checked(addon().setAffinity(thread, processors), 'sched_setaffinity', `processors ${processors.join(', ')}`);
  });
}

/** Processors that the event loop's thread may run on. @throws SystemError */
export function getAffinity(): readonly number[] {
  const result = addon().getAffinity(thisThread);
  if (typeof result === 'number') throw new SystemError('sched_getaffinity', -result);
  return result;
}

/**
 * Keeps pages in memory once touched (MCL_ONFAULT: without it a Node process would grow to hundreds of megabytes).
 * @throws SystemError EPERM, ENOMEM (RLIMIT_MEMLOCK)
 */
export function lockMemory(): void {
  checked(addon().mlockall(MCL.CURRENT | MCL.FUTURE | MCL.ONFAULT), 'mlockall');
}

/** @throws SystemError */
export function unlockMemory(): void {
  checked(addon().mlockall(0), 'munlockall');
}

/** Gives back to the kernel what malloc keeps for itself in all threads (malloc_trim); under a millisecond. */
export function trimHeap(): void {
  addon().trimHeap();
}

export type ResourceLimit = keyof typeof RLIMIT;

/** Soft and hard limit; Infinity: none. Units of setrlimit(2) (octets, descriptors, microseconds). */
export interface LimitValues {
  readonly soft: number;
  readonly hard: number;
}

/** @throws SystemError */
export function getLimit(limit: ResourceLimit): LimitValues {
  const result = addon().getrlimit(RLIMIT[limit]);
  if (typeof result === 'number') throw new SystemError('getrlimit', -result);
  return { soft: result[0], hard: result[1] };
}

/** @throws SystemError EPERM for a hard limit above the present one without CAP_SYS_RESOURCE, EINVAL for soft above hard */
export function setLimit(limit: ResourceLimit, values: LimitValues): void {
  checked(addon().setrlimit(RLIMIT[limit], values.soft, values.hard), 'setrlimit', `limit ${limit}`);
}

/** Path of a network namespace by its name in /run/netns, or the path itself. */
export function namespacePath(nameOrPath: string): string {
  return nameOrPath.includes('/') ? nameOrPath : `${namespaceFolder}/${nameOrPath}`;
}

/**
 * Moves the event loop's thread (and every process started afterwards) into a network namespace. Threads that exist
 * already stay where they are: for a whole process, do this in the one that starts it.
 * @throws SystemError ENOENT, EPERM, EINVAL
 */
export function enterNetworkNamespace(nameOrPath: string): void {
  const path = namespacePath(nameOrPath);
  checked(addon().setns(path, CLONE.NEWNET), 'setns', `network namespace ${path}`);
}

/**
 * Gives the event loop's thread (and every process started afterwards) a mount namespace of its own, whose changes stay
 * inside while those of the machine still come in. Threads that exist already see the old one.
 * @throws SystemError EPERM
 */
export function unshareMounts(): void {
  checked(addon().unshare(CLONE.NEWNS), 'unshare');
  checked(addon().mount('none', '/', '', MS.REC | MS.SLAVE), 'mount', 'mount propagation of /');
}

/** mount --bind. @throws SystemError */
export function bindMount(source: string, target: string): void {
  checked(addon().mount(source, target, '', MS.BIND), 'mount', `${source} at ${target}`);
}

/**
 * Takes the exclusive lock of an open, writable file (open-file-description lock: it lives until the last copy of the
 * descriptor is closed, and is not lost when the file is opened and closed elsewhere in the process).
 * @returns false if another process holds it
 * @throws SystemError EBADF if it is not open for writing
 */
export function lockFile(descriptor: number): boolean {
  const result = addon().lockFile(descriptor);
  if (result === -ERRNO.EAGAIN || result === -ERRNO.EACCES) return false;
  checked(result, 'fcntl');
  return true;
}

/** Index of an interface in the event loop's namespace; undefined if there is none. */
export function interfaceIndex(name: string): number | undefined {
  const index = addon().interfaceIndex(name);
  return index < 0 ? undefined : index;
}

/** Name of an interface in the event loop's namespace; undefined if there is none. */
export function interfaceName(index: number): string | undefined {
  const name = addon().interfaceName(index);
  return typeof name === 'string' ? name : undefined;
}
