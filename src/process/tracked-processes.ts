/**
 * Counts the processes that instances track. /proc is read once at the start, then the kernel tells what begins, changes
 * its program or its name, and ends. Reading is asynchronous: the VRRP loop waits for no process that holds its memory.
 */
import { readFile, readdir } from 'node:fs/promises';
import type { VrrpConfiguration, VrrpTrackProcess } from '../config/model.ts';
import type { ProcessEvent } from '../core/netlink/process-connector.ts';
import type { Milliseconds } from '../core/time.ts';
import { ProcessEvents } from '../kernel/process-events.ts';
import type { Log } from '../log/log.ts';
import { matchesProcess, parseProcessStat } from './process-match.ts';

/** How often /proc is read where the kernel tells nothing. */
const pollInterval: Milliseconds = 1000;
/** Files of /proc read at the same time. */
const parallelReads = 16;
/** The first network namespace of the machine, the only one that hears of processes. */
const firstNamespace = '/proc/1/ns/net';

/** What is known of one process. */
interface Known {
  /** Names of the vrrp_track_process blocks that it fits. */
  readonly fits: ReadonlySet<string>;
}

/** What stands for a process whose files are being read: an older reading that comes later does not count. */
interface Reading {
  readonly fits: ReadonlySet<string>;
}

const nothing: ReadonlySet<string> = new Set();

export class TrackedProcesses {
  readonly #log: Log;
  readonly #counted: (name: string, running: number) => void;
  readonly #processes = new Map<number, Known>();
  readonly #readings = new Map<number, Reading>();
  readonly #told = new Map<string, number>();
  #tracked: readonly VrrpTrackProcess[] = [];
  #events: ProcessEvents | undefined;
  #poll: NodeJS.Timeout | undefined;
  /** Events that came while all of /proc was being read. */
  #waiting: ProcessEvent[] | undefined;
  #again = false;

  /** @param counted told of every process at the start, and of each change of a number */
  constructor(log: Log, counted: (name: string, running: number) => void) {
    this.#log = log;
    this.#counted = counted;
  }

  /** Counts what this configuration tracks instead of what was tracked, and settles when everything was counted once. */
  async follow({ trackProcesses, instances, syncGroups }: VrrpConfiguration): Promise<void> {
    const used = new Set(
      [...instances, ...syncGroups].flatMap((each) => each.trackProcesses.map((line) => line.process)),
    );
    this.#tracked = trackProcesses.filter(({ name }) => used.has(name));
    this.#told.clear();
    if (this.#tracked.length === 0) {
      this.close();
      return;
    }
    this.#listen();
    await this.#readAll();
  }

  close(): void {
    this.#events?.close();
    this.#events = undefined;
    clearInterval(this.#poll);
    this.#poll = undefined;
    this.#tracked = [];
    this.#processes.clear();
    this.#readings.clear();
  }

  #listen(): void {
    if (this.#events !== undefined || this.#poll !== undefined) return;
    const listener = {
      event: (event: ProcessEvent) => this.#event(event),
      overrun: () => void this.#readAll(),
    };
    let problem: string | undefined;
    for (const namespacePath of [undefined, firstNamespace]) {
      try {
        this.#events = ProcessEvents.open(listener, namespacePath);
        return;
      } catch (error) {
        problem ??= (error as Error).message;
      }
    }
    this.#log.warning(
      `processes are looked for every second, because the kernel does not tell of them here: ${problem ?? ''} ` +
        '(it tells the first network namespace of the machine only)',
    );
    this.#poll = setInterval(() => void this.#readAll(), pollInterval);
  }

  #event(event: ProcessEvent): void {
    if (this.#waiting) {
      this.#waiting.push(event);
      return;
    }
    const { pid } = event;
    if (event.kind === 'exit') this.#set(pid, undefined);
    else if (event.kind !== 'fork') void this.#read(pid);
    // A child is what its parent is until it runs another program.
    else if (this.#readings.has(event.parent)) void this.#read(pid);
    else if (this.#processes.has(event.parent)) this.#set(pid, this.#processes.get(event.parent)?.fits);
    this.#tell();
  }

  /** Reads one process; what happened to it meanwhile wins. */
  async #read(pid: number): Promise<void> {
    const reading: Reading = { fits: nothing };
    this.#readings.set(pid, reading);
    const fits = await this.#examine(String(pid));
    if (this.#readings.get(pid) !== reading) return;
    this.#set(pid, fits);
    if (!this.#waiting) this.#tell();
  }

  #set(pid: number, fits: ReadonlySet<string> | undefined): void {
    this.#readings.delete(pid);
    if (fits === undefined || fits.size === 0) this.#processes.delete(pid);
    else this.#processes.set(pid, { fits });
  }

  /** Which tracked processes this one is; undefined if it is gone or a zombie. */
  async #examine(pid: string): Promise<ReadonlySet<string> | undefined> {
    try {
      const stat = parseProcessStat(await readFile(`/proc/${pid}/stat`, 'latin1'));
      if (stat === undefined || stat.zombie) return undefined;
      const needsArguments = this.#tracked.some(({ fullCommand }) => fullCommand);
      const commandLine = needsArguments ? await readFile(`/proc/${pid}/cmdline`, 'utf8') : '';
      return new Set(
        this.#tracked.filter((each) => matchesProcess(each, stat.name, commandLine)).map(({ name }) => name),
      );
    } catch {
      // It ended while we looked.
      return undefined;
    }
  }

  async #readAll(): Promise<void> {
    if (this.#waiting) {
      // Events were lost during a reading: what it found may be older than what was lost.
      this.#again = true;
      return;
    }
    this.#waiting = [];
    do {
      this.#again = false;
      await this.#scan();
    } while (this.#again);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const event of waiting) this.#event(event);
    this.#tell();
  }

  async #scan(): Promise<void> {
    const pids = await this.#processIds();
    const found = new Map<number, ReadonlySet<string>>();
    const next = pids[Symbol.iterator]();
    const worker = async (): Promise<void> => {
      for (const pid of next) {
        const fits = await this.#examine(pid);
        if (fits && fits.size > 0) found.set(Number(pid), fits);
      }
    };
    await Promise.all(Array.from({ length: parallelReads }, worker));
    this.#readings.clear();
    this.#processes.clear();
    for (const [pid, fits] of found) this.#processes.set(pid, { fits });
  }

  async #processIds(): Promise<string[]> {
    try {
      return (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name));
    } catch (error) {
      this.#log.warning(`processes cannot be counted: ${(error as Error).message}`);
      return [];
    }
  }

  /** Says every number that is another one than what was said last. */
  #tell(): void {
    if (this.#waiting) return;
    const counts = new Map(this.#tracked.map(({ name }) => [name, 0]));
    for (const { fits } of this.#processes.values()) {
      for (const name of fits) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const [name, count] of counts) {
      if (this.#told.get(name) === count) continue;
      this.#told.set(name, count);
      this.#counted(name, count);
    }
  }
}
