/**
 * Tables of nftables that an earlier life of the daemon left: bans go on in the kernel while nobody runs, and for ever
 * those without an end when a process was killed. Which table is ours stands in a file beside the pid file; a start
 * whose configuration has no limit for it any more takes it away. Who never had a limit never runs nft.
 */
import { readFileSync, rmSync } from 'node:fs';
import { tableScript } from '../../limit/nft-script.ts';
import type { Log } from '../../log/log.ts';
import { writeDumpFile } from '../dump/dump-file.ts';
import type { FirewallProgram } from './messages.ts';

/** A table of ours, and the path of the network namespace in which it is, if not the daemon's. */
export interface OwnTable {
  readonly table: string;
  readonly namespace?: string;
}

export class StaleTables {
  readonly #path: string;
  readonly #run: (program: FirewallProgram) => Promise<string>;
  readonly #log: Log;
  /** As the file has it. */
  #recorded: OwnTable | undefined;
  #work: Promise<void> = Promise.resolve();

  /** @param pidFile the checker process's */
  constructor(pidFile: string, run: (program: FirewallProgram) => Promise<string>, log: Log) {
    this.#path = `${pidFile.replace(/\.pid$/, '')}.limits`;
    this.#run = run;
    this.#log = log;
    this.#recorded = this.#read();
  }

  /**
   * From now on this is the table of ours, or there is none; one of before that is not meant any more goes.
   * @returns settled when it is gone; never rejects
   */
  follow(own: OwnTable | undefined): Promise<void> {
    this.#work = this.#work.then(() => this.#followNow(own));
    return this.#work;
  }

  async #followNow(own: OwnTable | undefined): Promise<void> {
    const before = this.#recorded;
    if (before?.table === own?.table && before?.namespace === own?.namespace) return;
    if (before !== undefined && !(await this.#remove(before))) return;
    try {
      if (own === undefined) rmSync(this.#path, { force: true });
      else await writeDumpFile(this.#path, `${JSON.stringify(own)}\n`);
      this.#recorded = own;
    } catch (error) {
      this.#log.warning(
        `${(error as Error).message}. After a crash and without its limit, table ${own?.table ?? before?.table ?? ''} of nftables may be left behind`,
      );
    }
  }

  async #remove({ namespace, table }: OwnTable): Promise<boolean> {
    const program = { program: 'nft', arguments: ['-f', '-'], input: tableScript(table, []) } as const;
    try {
      await this.#run({ ...program, ...(namespace !== undefined && { namespace }) });
      return true;
    } catch (error) {
      this.#log.warning(
        `connection limits: table ${table} of nftables has no limit any more and cannot be removed: ${(error as Error).message}`,
      );
      return false;
    }
  }

  #read(): OwnTable | undefined {
    try {
      const found: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      if (typeof found !== 'object' || found === null || !('table' in found)) return undefined;
      const { table } = found;
      // It ends in a script.
      if (typeof table !== 'string' || !/^keepalived_limits\w*$/.test(table)) return undefined;
      const isElsewhere = 'namespace' in found && typeof found.namespace === 'string';
      return { table, ...(isElsewhere && { namespace: String(found.namespace) }) };
    } catch {
      return undefined;
    }
  }
}
