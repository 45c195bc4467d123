/** What a process can do to itself: name, scheduling, memory, limits, namespaces, the bond to its parent. */

/**
 * Has the kernel send `signal` to this process when its parent dies.
 * @param _expectedParent pid that must be the parent now; it may have died before the request was made.
 * @returns false if the parent is gone already: the caller should end itself.
 */
export function signalOnParentDeath(_signal: number | NodeJS.Signals, _expectedParent: number): boolean {
  throw new Error('not yet');
}

/** Pid of the parent, read from the kernel now. */
export function parentProcessId(): number {
  throw new Error('not yet');
}

/** Sets the name in `ps` and the 15 octets of /proc/PID/comm, which exporters look for. */
export function setProcessName(_name: string): void {
  throw new Error('not yet');
}

/** Makes this process adopt orphaned descendants (PR_SET_CHILD_SUBREAPER). */
export function adoptOrphans(_enabled: boolean): void {
  throw new Error('not yet');
}

/** Whether the process may leave a core dump and be traced by its own user (PR_SET_DUMPABLE). */
export function setDumpable(_enabled: boolean): void {
  throw new Error('not yet');
}

/** Collects one ended child that Node did not start (adopted orphan). @returns undefined if there is none. */
export function reapChild(_processId: number): { readonly processId: number; readonly status: number } | undefined {
  throw new Error('not yet');
}

/** Real-time round robin for the event loop's thread; children are started without it (SCHED_RESET_ON_FORK). @param _priority 1..99 */
export function setRealTimePriority(_priority: number): void {
  throw new Error('not yet');
}

/** Back to time sharing. */
export function clearRealTimePriority(): void {
  throw new Error('not yet');
}

/** Nice value -20..19 of all threads of this process. */
export function setNice(_nice: number): void {
  throw new Error('not yet');
}

/** Binds all threads of this process to these processors. */
export function setAffinity(_processors: readonly number[]): void {
  throw new Error('not yet');
}

/** Processors that the event loop's thread may run on. */
export function getAffinity(): readonly number[] {
  throw new Error('not yet');
}

/** Keeps pages in memory once touched (MCL_ONFAULT: without it a Node process would grow to hundreds of megabytes). */
export function lockMemory(): void {
  throw new Error('not yet');
}

export function unlockMemory(): void {
  throw new Error('not yet');
}

export type ResourceLimit = 'core' | 'nofile' | 'rttime' | 'rtprio' | 'memlock' | 'stack';

/** Soft and hard limit; Infinity: none. Units of setrlimit(2) (octets, descriptors, microseconds). */
export interface LimitValues {
  readonly soft: number;
  readonly hard: number;
}

export function getLimit(_limit: ResourceLimit): LimitValues {
  throw new Error('not yet');
}

export function setLimit(_limit: ResourceLimit, _values: LimitValues): void {
  throw new Error('not yet');
}

/** Path of a network namespace by its name in /run/netns, or the path itself. */
export function namespacePath(_nameOrPath: string): string {
  throw new Error('not yet');
}

/**
 * Moves the event loop's thread (and every process started afterwards) into a network namespace. Threads that exist
 * already stay: do this before anything uses the thread pool, or in the parent of the process that should live there.
 */
export function enterNetworkNamespace(_nameOrPath: string): void {
  throw new Error('not yet');
}

/** Gives this process a mount namespace of its own whose changes stay inside. */
export function unshareMounts(): void {
  throw new Error('not yet');
}

/** mount --bind */
export function bindMount(_source: string, _target: string): void {
  throw new Error('not yet');
}

/**
 * Takes the exclusive lock of an open file (open-file-description lock: it lives as long as the descriptor, also in children).
 * @returns false if another process holds it.
 */
export function lockFile(_descriptor: number): boolean {
  throw new Error('not yet');
}

/** Index of an interface in this process's namespace; undefined if there is none. */
export function interfaceIndex(_name: string): number | undefined {
  throw new Error('not yet');
}

/** Name of an interface in this process's namespace; undefined if there is none. */
export function interfaceName(_index: number): string | undefined {
  throw new Error('not yet');
}
