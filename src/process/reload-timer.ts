/**
 * Reloads at the time that `reload_time_file` names: the file is read at the start, at every reload and whenever it is
 * written; without it nothing is planned.
 */
import { readFileSync, rmSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import type { ReloadConfiguration } from '../config/model.ts';
import type { Milliseconds } from '../core/time.ts';
import type { Log } from '../log/log.ts';
import { parseReloadTime, type ReloadTime } from './reload-time.ts';

/** How long one wait is at most: timers do not follow a clock that is set. */
const longestWait: Milliseconds = 30_000;

type Plan = Pick<ReloadConfiguration, 'timeFile' | 'repeat'>;

export class ReloadTimer {
  readonly #log: Log;
  readonly #reload: () => void;
  #plan: Plan | undefined;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #next: ReloadTime | undefined;

  /** @param reload asked for when the time has come */
  constructor(log: Log, reload: () => void) {
    this.#log = log;
    this.#reload = reload;
  }

  /** When the next reload is planned, in milliseconds since the epoch. */
  get next(): number | undefined {
    return this.#next?.at;
  }

  /** Follows the file of this configuration instead of the former one. */
  follow(plan: Plan): void {
    this.close();
    this.#plan = plan;
    const { timeFile } = plan;
    if (timeFile === undefined) return;
    try {
      // The directory is watched: a file that is replaced or removed is another one.
      this.#watcher = watch(path.dirname(timeFile), (_event, name) => {
        if (name === null || name === path.basename(timeFile)) this.#read(timeFile);
      });
      this.#watcher.on('error', (error) => this.#log.warning(`reload_time_file ${timeFile}: ${error.message}`));
    } catch (error) {
      this.#log.warning(`reload_time_file ${timeFile} is not watched: ${(error as Error).message}`);
    }
    this.#read(timeFile);
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    clearTimeout(this.#timer);
    this.#next = undefined;
    this.#plan = undefined;
  }

  #read(file: string): void {
    const former = this.#next;
    this.#next = undefined;
    clearTimeout(this.#timer);
    let text: string;
    try {
      text = readFileSync(file, 'latin1');
    } catch {
      if (former !== undefined) this.#log.info(`reload_time_file ${file} is gone: no reload is planned`);
      return;
    }
    // The file is empty while somebody is writing it: its next change tells more.
    if (text === '') return;
    const result = parseReloadTime(text, Date.now());
    if (!result.ok) {
      this.#log.warning(`reload_time_file ${file}: ${result.reason}; no reload is planned`);
      return;
    }
    this.#next = result.time;
    if (former?.at !== result.time.at)
      this.#log.info(`reload_time_file ${file}: reload planned at ${new Date(result.time.at).toISOString()}`);
    this.#wait();
  }

  #wait(): void {
    const next = this.#next;
    if (next === undefined) return;
    const left = next.at - Date.now();
    if (left <= 0) this.#fire(next);
    else this.#timer = setTimeout(() => this.#wait(), Math.min(left, longestWait));
  }

  #fire({ dated }: ReloadTime): void {
    const { timeFile: file, repeat = false } = this.#plan ?? {};
    this.#next = undefined;
    if (file === undefined) return;
    this.#log.info(`reload_time_file ${file}: the time has come`);
    if (repeat && !dated) this.#read(file);
    else rmSync(file, { force: true });
    this.#reload();
  }
}
