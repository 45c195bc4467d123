/** Keeps the rules of nftables_ipvs: one run of nft a change, one transaction a run. */
import type { Log } from '../log/log.ts';
import { markRemovalScript, markScript } from '../network/mark-script.ts';
import type { GroupMark, MarkSettings } from '../network/mark-script.ts';
import type { RunScript } from './firewall-keeper.ts';

export class MarkKeeper {
  readonly #log: Log;
  readonly #run: RunScript;
  readonly #runAtEnd: RunScript;
  /** Of the tables that are there. */
  #settings: MarkSettings | undefined;
  #script = '';

  /**
   * @param run while the process works
   * @param runAtEnd when there may be nobody to ask any more
   */
  constructor(log: Log, run: RunScript, runAtEnd: RunScript) {
    this.#log = log;
    this.#run = run;
    this.#runAtEnd = runAtEnd;
  }

  /** Brings the rules there; without settings, or in another table, the former ones go first. Not to be called again before it has settled. */
  async follow(marks: readonly GroupMark[], settings: MarkSettings | undefined): Promise<void> {
    if (this.#settings?.table !== settings?.table) await this.#remove(this.#run);
    if (settings === undefined) return;
    const script = markScript(marks, settings);
    if (script === this.#script) return;
    try {
      await this.#run(script);
      this.#settings = settings;
      this.#script = script;
    } catch (error) {
      this.#script = '';
      this.#log.error(
        `nftables: table ${settings.table} cannot be made: ${(error as Error).message}. Services of virtual server groups ` +
          'get no packets: repair it and reload, or remove nftables_ipvs',
      );
    }
  }

  /** Takes our tables away. */
  release(): Promise<void> {
    return this.#remove(this.#runAtEnd);
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
