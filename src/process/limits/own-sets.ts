/**
 * What of the kernel's sets is ours, in a file beside the checker's pid file: tables of nftables, and ipsets that we have
 * made. Bans go on in the kernel while nobody runs, and for ever those without an end when a process was killed; so what
 * no limit has a use for any more is taken away by the next start or reload, also when there is no checker process left
 * to do it. What is not in the file is never touched, and who never had a limit never runs nft or ipset.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { Log } from '../../log/log.ts';
import { tableScript } from '../../limit/nft-script.ts';
import { writeDumpFile } from '../dump/dump-file.ts';
import { removeOwnIpset } from './ipset-keeper.ts';
import type { FirewallProgram } from './messages.ts';

/** Something of ours in the kernel. */
interface OwnEntry {
  readonly kind: 'table' | 'ipset';
  readonly name: string;
  /** Path of the network namespace it is in, if not the daemon's. */
  readonly namespace?: string;
}

/** What the limits of a configuration have in the kernel. */
export interface WantedSets {
  readonly table?: string;
  /** Names of sets that stay if they are ours. */
  readonly ipsets: readonly string[];
  readonly namespace?: string;
}

type RunFirewall = (program: FirewallProgram) => Promise<string>;

/** They end up in scripts and command lines. */
const names = { table: /^keepalived_limits\w*$/, ipset: /^[A-Za-z_][A-Za-z0-9_.-]{0,25}$/ } as const;

function entryOf(value: unknown): OwnEntry | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('name' in value)) return undefined;
  const { kind, name } = value;
  if ((kind !== 'table' && kind !== 'ipset') || typeof name !== 'string' || !names[kind].test(name)) return undefined;
  const elsewhere = 'namespace' in value && typeof value.namespace === 'string';
  return { kind, name, ...(elsewhere && { namespace: String(value.namespace) }) };
}

export class OwnSetsRecord {
  readonly #path: string;
  readonly #run: RunFirewall;
  readonly #log: Log;
  #entries: readonly OwnEntry[];
  #work: Promise<void> = Promise.resolve();

  /** @param pidFile the checker process's */
  constructor(pidFile: string, run: RunFirewall, log: Log) {
    this.#path = `${pidFile.replace(/\.pid$/, '')}.limits`;
    this.#run = run;
    this.#log = log;
    this.#entries = this.#read();
  }

  /** Names of the ipsets in a namespace that are ours. */
  ipsets(namespace: string | undefined): readonly string[] {
    return this.#entries.filter((one) => one.kind === 'ipset' && one.namespace === namespace).map(({ name }) => name);
  }

  /**
   * From now on this is meant, and what else is ours goes.
   * @param others who takes away the ipsets of this namespace that are not meant: 'keeper', who is at work in it, or nobody
   * @returns settled when it is gone; never rejects
   */
  follow(wanted: WantedSets, others?: 'keeper'): Promise<void> {
    return this.#next(async () => {
      const { ipsets, namespace, table } = wanted;
      const place = namespace === undefined ? {} : { namespace };
      const left: OwnEntry[] = table === undefined ? [] : [{ kind: 'table', name: table, ...place }];
      for (const entry of this.#entries) {
        const here = entry.namespace === namespace;
        if (entry.kind === 'table' && here && entry.name === table) continue;
        const stays = entry.kind === 'ipset' && here && (others === 'keeper' || ipsets.includes(entry.name));
        if (stays || !(await this.#remove(entry))) left.push(entry);
      }
      return left;
    });
  }

  /** These are all the ipsets of ours in a namespace. */
  made(ipsets: readonly string[], namespace: string | undefined): Promise<void> {
    const place = namespace === undefined ? {} : { namespace };
    return this.#next(() =>
      Promise.resolve([
        ...this.#entries.filter((entry) => entry.kind !== 'ipset' || entry.namespace !== namespace),
        ...ipsets.map((name) => ({ kind: 'ipset', name, ...place }) as const),
      ]),
    );
  }

  #next(change: () => Promise<readonly OwnEntry[]>): Promise<void> {
    this.#work = this.#work.then(async () => this.#write(await change()));
    return this.#work;
  }

  async #write(entries: readonly OwnEntry[]): Promise<void> {
    if (JSON.stringify(entries) === JSON.stringify(this.#entries)) return;
    try {
      if (entries.length === 0) rmSync(this.#path, { force: true });
      else await writeDumpFile(this.#path, `${JSON.stringify(entries)}\n`);
      this.#entries = entries;
    } catch (error) {
      const sets = entries.map(({ name }) => name).join(', ');
      this.#log.warning(
        `${(error as Error).message}. After a crash and without their limit, sets of connection limits may be left behind: ${sets}`,
      );
    }
  }

  /** @returns whether it is gone */
  async #remove({ kind, name, namespace }: OwnEntry): Promise<boolean> {
    // With its namespace everything in it has gone.
    if (namespace !== undefined && !existsSync(namespace)) return true;
    const run = (program: Omit<FirewallProgram, 'namespace'>): Promise<string> =>
      this.#run({ ...program, ...(namespace !== undefined && { namespace }) });
    try {
      if (kind === 'ipset') await removeOwnIpset(run, name);
      else await run({ program: 'nft', arguments: ['-f', '-'], input: tableScript(name, []) });
      return true;
    } catch (error) {
      const what = kind === 'ipset' ? `ipset ${name}` : `table ${name} of nftables`;
      this.#log.warning(`connection limits: ${what} has no limit any more and stays: ${(error as Error).message}`);
      return false;
    }
  }

  #read(): readonly OwnEntry[] {
    try {
      const found: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      return Array.isArray(found) ? found.map(entryOf).filter((entry) => entry !== undefined) : [];
    } catch {
      return [];
    }
  }
}
