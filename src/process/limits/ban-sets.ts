/** Keeps the sets of the kernel as the limits want them: one run of nft and one of ipset for all changes together. */
import type { ConnectionLimit } from '../../config/model.ts';
import type { LogLevel } from '../../core/events.ts';
import type { MonotonicMs } from '../../core/time.ts';
import type { Elements, FoundElement } from '../../limit/engine.ts';
import { existingElementScript, ownElementScript, ownElements, ownNames, tableScript } from '../../limit/nft-script.ts';
import type { OwnLimit } from '../../limit/nft-script.ts';
import { parseNftSets } from '../../limit/nft-json.ts';
import { setChanges } from '../../limit/set-changes.ts';
import { IpsetKeeper } from './ipset-keeper.ts';
import type { FirewallProgram } from './messages.ts';

/** Runs a program; answers with its standard output, rejects with what it says. */
export type RunProgram = (program: Omit<FirewallProgram, 'namespace'>) => Promise<string>;
export type LogLine = (level: LogLevel, message: string) => void;

type Found = ReadonlyMap<string, FoundElement>;
const nothing: Elements = new Map();

/** A change of a set of somebody else. */
interface ExistingChange {
  readonly name: string;
  script: string;
  /** What of us is in it afterwards. */
  readonly put: Elements;
  readonly wanted: Elements;
}

function ownLimit(limit: ConnectionLimit): OwnLimit {
  const { action, clientPrefix, enforceInKernel, maxEstablished, services, set } = limit;
  const bans = set.kind === 'nftables';
  const name = set.kind === 'nftables' ? set.name : limit.name.replaceAll(/[^A-Za-z0-9_]/g, '_');
  return { action, bans, clientPrefix, enforceInKernel, maxEstablished, name, ...(services && { services }) };
}

export class BanSets {
  readonly #run: RunProgram;
  readonly #log: LogLine;
  readonly #ipsets: IpsetKeeper;
  #table = '';
  #limits: readonly ConnectionLimit[] = [];
  /** The structure of our table as it was written; undefined: it is to be written anew, with everything in it. */
  #written: string | undefined;
  /** There is a table of ours. */
  #made = false;
  /** What each limit has in its set, as the last run left it. */
  readonly #present = new Map<string, Elements>();
  /** What we have put into sets of somebody else. */
  readonly #put = new Map<string, Elements>();
  #complaint = '';

  /** @param made told of all ipsets that were made by us, whenever they are others */
  constructor(run: RunProgram, log: LogLine, made: (ipsets: readonly string[]) => void = () => undefined) {
    this.#run = run;
    this.#log = log;
    this.#ipsets = new IpsetKeeper({ run, log, made });
  }

  /** What an earlier life has made, before the first configuration. */
  recall(ipsets: Iterable<string>): void {
    this.#ipsets.recall(ipsets);
  }

  /**
   * Takes the limits of a configuration. Sets of limits that are gone are given back.
   * @returns what is in sets of limits that are new
   */
  async configure(limits: readonly ConnectionLimit[], table: string, now: MonotonicMs): Promise<Map<string, Found>> {
    const fresh = limits.filter(({ name, set }) => {
      const before = this.#limits.find((limit) => limit.name === name);
      return JSON.stringify(before?.set) !== JSON.stringify(set);
    });
    const gone = this.#limits.filter(
      (before) => !limits.some(({ name }) => name === before.name) || fresh.some(({ name }) => name === before.name),
    );
    for (const limit of gone) await this.#giveBack(limit, now);
    this.#limits = limits;
    this.#table = table;
    const found = new Map<string, Found>();
    const own = fresh.some(({ set }) => set.kind === 'nftables')
      ? [...(await this.#list(`table ip ${table}`)), ...(await this.#list(`table ip6 ${table}`))]
      : [];
    for (const limit of fresh) {
      if (limit.set.kind === 'nftables') found.set(limit.name, ownElements(own, ownLimit(limit)));
      else if (limit.set.kind === 'ipset') found.set(limit.name, await this.#ipsets.open(limit.name, limit.set));
    }
    return found;
  }

  /** Writes what is different. @returns false if something could not be written: it is to be tried again later */
  async write(wanted: ReadonlyMap<string, Elements>, now: MonotonicMs): Promise<boolean> {
    try {
      await this.#writeNftables(wanted, now);
      for (const { name, set } of this.#limits) {
        if (set.kind === 'ipset') await this.#ipsets.write(name, wanted.get(name) ?? nothing, now);
      }
      this.#complaint = '';
      return true;
    } catch (error) {
      const complaint = (error as Error).message;
      if (complaint !== this.#complaint) this.#log('error', `connection limits: bans cannot be written: ${complaint}`);
      this.#complaint = complaint;
      this.#written = undefined;
      return false;
    }
  }

  /** Looks whether our table is still there. */
  async verify(): Promise<boolean> {
    const own = this.#own();
    if (own.length === 0 || this.#written === undefined) return true;
    const chains = await this.#run({ program: 'nft', arguments: ['list', 'chains'], input: '' }).catch(() => '');
    const there = ['ip', 'ip6'].every((family) => {
      const [, rest = ''] = chains.split(`table ${family} ${this.#table} {`);
      return own.every((limit) => !limit.bans || rest.includes(`chain ${ownNames(limit).chain} {`));
    });
    if (!there) {
      this.#log(
        'warning',
        `connection limits: somebody has changed table ${this.#table} of nftables: it is made again`,
      );
      this.#written = undefined;
    }
    return there;
  }

  /**
   * The end of the daemon. Bans go on in the kernel, each for its time, and a next start finds them; what would never end
   * there is taken out, and a table without bans too.
   */
  async close(now: MonotonicMs): Promise<void> {
    for (const limit of this.#limits) {
      if (limit.set.kind === 'nftables-existing') await this.#giveBack(limit, now);
    }
    await this.#ipsets.close(now).catch(() => undefined);
    if (this.#written === undefined) return;
    const own = this.#own();
    const banning = this.#limits.filter(
      ({ name, set }) => set.kind === 'nftables' && (this.#present.get(name)?.size ?? 0) > 0,
    );
    if (own.length === 0 || (banning.length === own.length && own.every(({ enforceInKernel }) => !enforceInKernel)))
      return;
    // Rules that count, and sets that nobody is in, are of no use without the daemon.
    const left = banning.map((limit) => ({ ...ownLimit(limit), enforceInKernel: false }));
    const elements = banning.map((limit) => this.#all(limit, this.#present.get(limit.name) ?? nothing, now));
    await this.#nft(tableScript(this.#table, left) + elements.join('')).catch(() => undefined);
  }

  /** Every element of a limit of ours, for a table that was just made. */
  #all(limit: ConnectionLimit, elements: Elements, now: MonotonicMs): string {
    return ownElementScript(this.#table, ownLimit(limit), setChanges(nothing, elements), elements, now);
  }

  #ownLimits(): ConnectionLimit[] {
    return this.#limits.filter(({ enforceInKernel, set }) => set.kind === 'nftables' || enforceInKernel);
  }

  #own(): OwnLimit[] {
    return this.#ownLimits().map(ownLimit);
  }

  #nft(script: string): Promise<string> {
    return this.#run({ program: 'nft', arguments: ['-f', '-'], input: script });
  }

  /** Sets of a table or a set; none if there is no such thing. */
  async #list(what: string): Promise<ReturnType<typeof parseNftSets>> {
    const json = await this.#run({ program: 'nft', arguments: ['-j', 'list', ...what.split(' ')], input: '' }).catch(
      () => '',
    );
    return json === '' ? [] : parseNftSets(json);
  }

  async #writeNftables(wanted: ReadonlyMap<string, Elements>, now: MonotonicMs): Promise<void> {
    const own = this.#own();
    const structure = JSON.stringify([this.#table, own]);
    const anew = structure !== this.#written;
    let ours = anew && (own.length > 0 || this.#made) ? tableScript(this.#table, own) : '';
    const others: ExistingChange[] = [];
    const after = new Map<string, Elements>();
    let trouble: Error | undefined;
    for (const limit of this.#limits) {
      const elements = wanted.get(limit.name) ?? nothing;
      if (limit.set.kind === 'nftables') {
        const changes = setChanges(anew ? nothing : (this.#present.get(limit.name) ?? nothing), elements);
        ours += ownElementScript(this.#table, ownLimit(limit), changes, elements, now);
        after.set(limit.name, elements);
      } else if (limit.set.kind === 'nftables-existing') {
        try {
          others.push(await this.#existing(limit, elements, now));
        } catch (error) {
          trouble ??= error as Error;
        }
      }
    }
    const script = ours + others.map((other) => other.script).join('');
    if (script !== '') {
      await this.#nft(script).catch(async (error: unknown) => {
        // Trouble with somebody else's set must not keep ours from being written.
        if (ours === '' || script === ours) throw error;
        await this.#nft(ours);
        this.#wrote(structure, after);
        throw error;
      });
    }
    this.#wrote(structure, after);
    for (const { name, put, wanted: elements } of others) {
      this.#put.set(name, put);
      this.#present.set(name, elements);
    }
    if (trouble !== undefined) throw trouble;
  }

  #wrote(structure: string, after: ReadonlyMap<string, Elements>): void {
    this.#written = structure;
    this.#made = this.#own().length > 0;
    for (const [name, elements] of after) this.#present.set(name, elements);
  }

  /** The changes of a set of somebody else, against what it has at this moment. */
  async #existing(limit: ConnectionLimit, wanted: Elements, now: MonotonicMs): Promise<ExistingChange> {
    const { name, set } = limit;
    const put = new Map(this.#put.get(name) ?? nothing);
    const change: ExistingChange = { name, script: '', put, wanted };
    const { add, remove } = setChanges(this.#present.get(name) ?? nothing, wanted);
    if (set.kind !== 'nftables-existing' || add.length + remove.length === 0) return change;
    for (const family of ['inet', 'inet6'] as const) {
      const ofFamily = (text: string): boolean => text.includes(':') === (family === 'inet6');
      const changes = {
        add: add.filter(([text]) => ofFamily(text)),
        remove: remove.filter((text) => ofFamily(text) && put.has(text)),
      };
      const setName = set[family];
      if (changes.add.length + changes.remove.length === 0) continue;
      if (setName === undefined) {
        this.#log(
          'warning',
          `connection_limit ${name}: its set takes no ${family === 'inet' ? 'IPv4' : 'IPv6'} address`,
        );
        continue;
      }
      const { table, tableFamily } = set;
      const [found] = await this.#list(`set ${tableFamily} ${table} ${setName}`);
      if (found === undefined) throw new Error(`there is no set ${setName} in table ${tableFamily} ${table}`);
      const wide = changes.add.filter(([text]) => text.includes('/'));
      if (wide.length > 0 && !found.flags.includes('interval')) {
        const problem = `set ${setName} takes no prefixes (flags interval): ${wide.length} are left out`;
        this.#log('warning', `connection_limit ${name}: ${problem}`);
        changes.add = changes.add.filter(([text]) => !text.includes('/'));
      }
      // What is there for ever and is not ours is banned already, and stays. What has a time is of a former run.
      changes.add = changes.add.filter(
        ([text]) => put.has(text) || found.elements.get(text)?.remaining !== undefined || !found.elements.has(text),
      );
      change.script += existingElementScript({ tableFamily, table, set: setName }, found, changes, now);
      for (const text of changes.remove) put.delete(text);
      for (const [text, element] of changes.add) put.set(text, element);
    }
    return change;
  }

  /** Takes out of a set what we have put in. Own sets go with the structure of the table. */
  async #giveBack(limit: ConnectionLimit, now: MonotonicMs): Promise<void> {
    const { name, set } = limit;
    try {
      if (set.kind === 'nftables-existing') {
        const { script } = await this.#existing(limit, nothing, now);
        if (script !== '') await this.#nft(script);
      } else if (set.kind === 'ipset') await this.#ipsets.release(name, now);
    } catch (error) {
      this.#log('warning', `connection_limit ${name}: bans stay in its set: ${(error as Error).message}`);
    }
    this.#present.delete(name);
    this.#put.delete(name);
  }
}
