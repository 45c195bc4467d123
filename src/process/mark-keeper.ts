/** Keeps the rules of nftables_ipvs: one run of nft a change, one transaction a run. */
import type { Milliseconds } from '../core/time.ts';
import type { TableFamily } from '../network/nftables-notices.ts';
import { RetryTimer } from '../kernel/retry-timer.ts';
import type { Log } from '../log/log.ts';
import { markRemovalScript, markScript } from '../network/mark-script.ts';
import type { GroupMark, MarkSettings } from '../network/mark-script.ts';
import type { RunScript } from './firewall-keeper.ts';

/** Where nft refuses, it is asked again after this time. */
const firstRetry: Milliseconds = 5_000;
const longestRetry: Milliseconds = 60_000;

interface Wanted {
  readonly marks: readonly GroupMark[];
  readonly settings: MarkSettings;
}

export class MarkKeeper {
  readonly #log: Log;
  readonly #run: RunScript;
  readonly #runAtEnd: RunScript;
  /** Of the tables that are there. */
  #settings: MarkSettings | undefined;
  #script = '';
  /** What it makes. */
  #written: Wanted | undefined;
  /** What nft refused. */
  #refused: Wanted | undefined;
  readonly #retry = new RetryTimer(() => void this.#next(() => this.#writeRefused()), firstRetry, longestRetry);
  /** What nft says against it; told once. */
  #complaint = '';
  /** One change after the other. */
  #work: Promise<void> = Promise.resolve();

  /**
   * @param run while the process works
   * @param runAtEnd when there may be nobody to ask any more
   */
  constructor(log: Log, run: RunScript, runAtEnd: RunScript) {
    this.#log = log;
    this.#run = run;
    this.#runAtEnd = runAtEnd;
  }

  /**
   * Brings the rules there; without settings, or in another table, the former ones go first. What nft refuses is told, and
   * tried again until something else is asked for.
   */
  follow(marks: readonly GroupMark[], settings: MarkSettings | undefined): Promise<void> {
    this.#giveUp();
    return this.#next(async () => {
      // A try that was under way has perhaps asked for another one.
      this.#giveUp();
      if (this.#settings?.table !== settings?.table) await this.#remove(this.#run);
      if (settings !== undefined) await this.#write({ marks, settings });
    });
  }

  /** A table is gone: if it is one that we made last, all of them are made anew. */
  tableRemoved(family: TableFamily, table: string): Promise<void> {
    return this.#next(async () => {
      const written = this.#written;
      if (written === undefined || !this.#script.includes(`\ntable ${family} ${table} {\n`)) return;
      this.#log.warning(`nftables: table ${table} (${family}) was removed by somebody else; it is made again`);
      this.#script = '';
      await this.#write(written);
    });
  }

  /** Takes our tables away. */
  release(): Promise<void> {
    this.#giveUp();
    return this.#next(() => {
      this.#giveUp();
      return this.#remove(this.#runAtEnd);
    });
  }

  #giveUp(): void {
    this.#retry.end();
    this.#refused = undefined;
    this.#complaint = '';
  }

  #next(change: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(change);
    return this.#work;
  }

  async #writeRefused(): Promise<void> {
    if (this.#refused !== undefined) await this.#write(this.#refused);
  }

  async #write(wanted: Wanted): Promise<void> {
    const { marks, settings } = wanted;
    const script = markScript(marks, settings);
    if (script === this.#script) return;
    try {
      await this.#run(script);
      this.#settings = settings;
      this.#script = script;
      this.#written = wanted;
      if (this.#complaint !== '')
        this.#log.notice(
          `nftables: table ${settings.table} is made now: services of virtual server groups get their packets`,
        );
      this.#complaint = '';
    } catch (error) {
      this.#script = '';
      this.#complain(settings, (error as Error).message);
      this.#refused = wanted;
      this.#retry.later();
    }
  }

  #complain({ table }: MarkSettings, complaint: string): void {
    if (complaint === this.#complaint) return;
    this.#complaint = complaint;
    this.#log.error(
      `nftables: table ${table} cannot be made: ${complaint}. Services of virtual server groups get no packets; it is ` +
        'tried again. "nft list ruleset" must work here: load nf_tables, install nft, or remove nftables_ipvs',
    );
  }

  async #remove(run: RunScript): Promise<void> {
    const settings = this.#settings;
    this.#settings = undefined;
    this.#script = '';
    if (settings === undefined) return;
    await run(markRemovalScript(settings)).catch((error: unknown) => {
      this.#log.warning(`nftables: table ${settings.table} is not removed: ${(error as Error).message}`);
    });
  }
}
