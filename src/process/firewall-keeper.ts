/** Keeps the rules of nftables as the instances need them: one run of nft a change, one transaction a run. */
import type { Milliseconds } from '../core/time.ts';
import type { TableFamily } from '../network/nftables-notices.ts';
import { RetryTimer } from '../kernel/retry-timer.ts';
import type { Log } from '../log/log.ts';
import { firewallScript, removalScript } from '../network/firewall-script.ts';
import type { FirewallFamilies, FirewallFamily, FirewallSettings } from '../network/firewall-script.ts';

/**
 * Between attempts after one that failed: an interface that the rules name may be gone for a moment only, and without nft
 * nothing is gained by haste.
 */
const firstRetry: Milliseconds = 1_000;
const longestRetry: Milliseconds = 60_000;

/** Runs a script of nft. Rejects with what nft says. */
export type RunScript = (script: string) => Promise<void>;

/** Whether there is a table for it. */
function isMade(family: FirewallFamily | undefined): boolean {
  return family !== undefined && (family.drops || family.vmacs.length > 0);
}

export class FirewallKeeper {
  readonly #log: Log;
  readonly #run: RunScript;
  readonly #runAtEnd: RunScript;
  #settings: FirewallSettings | undefined;
  /** As the last run left it; undefined: unknown. */
  #present: FirewallFamilies | undefined;
  #wanted: FirewallFamilies | undefined;
  #running: Promise<void> | undefined;
  /** While it is pending nothing else is tried, because the last attempt failed. */
  readonly #retry = new RetryTimer(() => this.#begin(), firstRetry, longestRetry);
  /** Families whose table somebody has taken away while nft was run, or just before. */
  readonly #removed = new Set<TableFamily>();
  /** What nft complained of, until it works again: said once. */
  #complaint: string | undefined;

  /**
   * @param run while there is a protocol loop to keep free
   * @param runAtEnd when there is none any more, nor perhaps anybody to ask
   */
  constructor(log: Log, run: RunScript, runAtEnd: RunScript) {
    this.#log = log;
    this.#run = run;
    this.#runAtEnd = runAtEnd;
  }

  get isActive(): boolean {
    return this.#settings !== undefined;
  }

  /** Takes the settings of a configuration. Another table is made by the next follow(); the old one goes now. */
  async configure(settings: FirewallSettings | undefined): Promise<void> {
    this.#retry.end();
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    await this.release();
    this.#settings = settings;
  }

  /** Brings the rules there, behind a run that is under way. Returns at once. */
  follow(wanted: FirewallFamilies): void {
    this.#wanted = wanted;
    this.#begin();
  }

  /** A table is gone: if it is ours, and nothing of ours took it away, it is made anew. */
  tableRemoved(family: TableFamily, table: string): void {
    if (table !== this.#settings?.table) return;
    this.#removed.add(family);
    this.#mend();
  }

  /** While nft is run it is open what will be there; what our own scripts take away is not missing behind them. */
  #mend(): void {
    if (this.#running !== undefined || this.#settings === undefined) return;
    const present = this.#present;
    const missing = [...this.#removed].filter((family) => isMade(present?.[family]));
    this.#removed.clear();
    if (present === undefined || missing.length === 0) return;
    this.#log.warning(
      `nftables: table ${this.#settings.table} (${missing.join(', ')}) was removed by somebody else; it is made again`,
    );
    this.#present = undefined;
    this.#wanted ??= present;
    this.#begin();
  }

  #begin(): void {
    if (this.#running !== undefined || this.#settings === undefined || this.#retry.isPending) return;
    this.#running = this.#work().finally(() => {
      this.#running = undefined;
      this.#mend();
      // Something else may be wanted since the last look.
      if (this.#wanted !== undefined) this.#begin();
    });
  }

  /** Settles when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Takes our tables away. */
  async release(): Promise<void> {
    this.#wanted = undefined;
    await this.settled();
    this.#retry.end();
    const settings = this.#settings;
    const made = (['ip', 'ip6'] as const).filter((family) => isMade(this.#present?.[family]));
    this.#settings = undefined;
    this.#present = undefined;
    if (settings === undefined || made.length === 0) return;
    await this.#runAtEnd(removalScript(settings, made)).catch((error: unknown) => {
      this.#log.warning(`nftables: table ${settings.table} is not removed: ${(error as Error).message}`);
    });
  }

  async #work(): Promise<void> {
    while (this.#wanted !== undefined && this.#settings !== undefined && !this.#retry.isPending) {
      const wanted = this.#wanted;
      this.#wanted = undefined;
      const script = firewallScript(this.#present, wanted, this.#settings);
      if (script === '') continue;
      try {
        await this.#run(script);
        this.#present = wanted;
        this.#worked(this.#settings);
      } catch (error) {
        this.#failed(error as Error, wanted);
      }
    }
  }

  #worked({ table }: FirewallSettings): void {
    this.#retry.reset();
    if (this.#complaint === undefined) return;
    this.#complaint = undefined;
    this.#log.notice(`nftables: table ${table} is made now`);
  }

  /** Somebody may have taken the table away: once more from the beginning, then later again. */
  #failed(error: Error, wanted: FirewallFamilies): void {
    const { table } = this.#settings ?? { table: '' };
    if (this.#present !== undefined) {
      this.#present = undefined;
      this.#wanted ??= wanted;
      return;
    }
    this.#wanted ??= wanted;
    this.#retry.later();
    if (this.#complaint === error.message) return;
    this.#complaint = error.message;
    this.#log.error(
      `nftables: table ${table} cannot be made: ${error.message}. Packets for addresses of instances with no_accept are ` +
        'accepted, and VMACs send their group membership reports themselves; it is tried again',
    );
  }
}
