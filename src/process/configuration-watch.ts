/**
 * `watch_config`: a reload by itself when the files of the configuration were written. A notification only says that it
 * is worth a look; what counts is whether the files are others than were read, and stayed so for the settle time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { FSWatcher } from 'chokidar';
import type { ConfigurationWatch } from '../config/model.ts';
import type { Milliseconds } from '../core/time.ts';
import type { Log } from '../log/log.ts';
import type { ReadTrace } from './read-trace.ts';

/** Folders that are replaced, and file systems that notify nobody, are seen by looking. */
const lookEvery: Milliseconds = 30_000;
/** A program that writes a file causes a dozen notifications. */
const together: Milliseconds = 50;
/** Names of unfinished files are waited for this many times the settle time: an editor may have left one for good. */
const patience = 5;
const mostNames = 3;

export interface WatchPorts {
  /** Reads the files and applies them if they are right; whoever is behind it calls follow() again. */
  readonly reload: (reason: string) => Promise<unknown>;
  readonly log: Log;
  /** For tests. */
  readonly wait?: (time: Milliseconds, signal: AbortSignal) => Promise<void>;
}

export class ConfigurationWatcher {
  readonly #ports: WatchPorts;
  #settings: ConfigurationWatch | undefined;
  #trace: ReadTrace | undefined;
  #watchers: FSWatcher[] = [];
  /** What the watchers are told to watch. */
  #watched = '';
  #looking = false;
  #timer: NodeJS.Timeout | undefined;
  #notified: NodeJS.Timeout | undefined;
  #closed = new AbortController();

  constructor(ports: WatchPorts) {
    this.#ports = ports;
  }

  /**
   * After every reading, applied or refused.
   * @param settings of the configuration in force; undefined: nothing is watched
   * @param trace of the last reading
   */
  follow(settings: ConfigurationWatch | undefined, trace: ReadTrace): void {
    this.#trace = trace;
    this.#settings = settings;
    if (settings === undefined) {
      this.close();
      return;
    }
    if (this.#closed.signal.aborted) this.#closed = new AbortController();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#look(), lookEvery);
    this.#timer.unref();
    void this.#watch([...trace.directories()]);
    // What was written while it was read.
    this.#look();
  }

  close(): void {
    this.#closed.abort();
    clearInterval(this.#timer);
    clearTimeout(this.#notified);
    this.#notified = undefined;
    this.#unwatch();
  }

  #unwatch(): void {
    for (const watcher of this.#watchers) void watcher.close();
    this.#watchers = [];
    this.#watched = '';
  }

  async #watch(directories: readonly (readonly [string, number])[]): Promise<void> {
    const wanted = JSON.stringify(directories.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    if (wanted === this.#watched) return;
    this.#unwatch();
    this.#watched = wanted;
    // Loaded where it is needed only.
    const { watch } = await import('chokidar');
    if (this.#watched !== wanted || this.#closed.signal.aborted) return;
    for (const depth of new Set(directories.map(([, levels]) => levels))) {
      const paths = directories.flatMap(([directory, levels]) => (levels === depth ? [directory] : []));
      const watcher = watch(paths, { ignoreInitial: true, depth, followSymlinks: false });
      // Its own events are thinned out, and the last of several changes may be missing: what the kernel says counts.
      watcher.on('raw', () => this.#soon());
      watcher.on('all', () => this.#soon());
      // What was written before it was watched.
      watcher.on('ready', () => this.#soon());
      watcher.on('error', (error) =>
        this.#ports.log.warning(
          `watch_config: ${String(error)}; files are looked at every ${lookEvery / 1000} s instead`,
        ),
      );
      this.#watchers.push(watcher);
    }
  }

  /** Many notifications are one look. */
  #soon(): void {
    this.#notified ??= setTimeout(() => {
      this.#notified = undefined;
      this.#look();
    }, together).unref();
  }

  /** Whether there is something to do is found out once at a time. */
  #look(): void {
    if (this.#looking || this.#settings === undefined || this.#trace === undefined) return;
    if (this.#trace.now() === this.#trace.then()) return;
    this.#looking = true;
    const { signal } = this.#closed;
    void this.#settle(signal)
      .catch((error: unknown) => {
        if (!signal.aborted) this.#ports.log.error(`watch_config: ${(error as Error).message}`);
      })
      .finally(() => {
        this.#looking = false;
        // A change of the last moment has had its notification already.
        if (!signal.aborted) this.#look();
      });
  }

  /** Waits until nothing changes any more; then reloads, unless everything is as it was. */
  async #settle(signal: AbortSignal): Promise<void> {
    const { log, reload, wait = pause } = this.#ports;
    let before: string | undefined;
    let excused = 0;
    for (;;) {
      const trace = this.#trace;
      const settings = this.#settings;
      if (trace === undefined || settings === undefined) return;
      const state = trace.now();
      // Put back, or read by another reload meanwhile.
      if (state === trace.then()) return;
      const unfinished = trace.unfinished();
      if (state === before && (unfinished === undefined || excused >= patience)) {
        const names = trace.changes();
        const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
        const reason = `watch_config: ${names.slice(0, mostNames).join(', ')}${more} changed`;
        log.info(reason);
        await reload(reason);
        // Whoever did not call follow() must not be asked again for the same files.
        if (this.#trace === trace) throw new Error('the files were not read');
        return;
      }
      if (state === before) excused++;
      before = state;
      await wait(settings.settleTime, signal);
    }
  }
}

async function pause(time: Milliseconds, signal: AbortSignal): Promise<void> {
  await delay(time, undefined, { signal, ref: false });
}
