/**
 * promote_secondaries: with this sysctl of an interface the kernel keeps the other addresses of a network when the first
 * one goes. Set while an instance asks for it, and put back as it was.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { VrrpConfiguration } from '../config/model.ts';
import type { Log } from '../log/log.ts';

const interfaceSettings = '/proc/sys/net/ipv4/conf';

export class PromotedSecondaries {
  readonly #log: Log;
  readonly #directory: string;
  /** Interfaces of the configuration that want it. */
  #wanted: ReadonlySet<string> = new Set();
  /** Those we set, which are to be restored. */
  readonly #set = new Set<string>();
  /** Changes are made one after the other. */
  #idle: Promise<void> = Promise.resolve();

  /** @param directory where the settings of the interfaces are */
  constructor(log: Log, directory = interfaceSettings) {
    this.#log = log;
    this.#directory = directory;
  }

  /** Takes a configuration: sets what it asks for, restores what it asks for no more. Settles when that is done. */
  follow({ instances }: Pick<VrrpConfiguration, 'instances'>): Promise<void> {
    // A VMAC and an ipvlan have settings of their own.
    const wanting = instances.filter((each) => each.promoteSecondaries && each.virtualInterface === undefined);
    this.#wanted = new Set(wanting.map((each) => each.interface).filter((name) => name !== ''));
    return this.#queue(async () => {
      for (const name of this.#set) if (!this.#wanted.has(name)) await this.#restore(name);
      await this.#setAll();
    });
  }

  /** An interface may have come, or come back with the settings of a new one. */
  interfacesChanged(): void {
    if (this.#wanted.size > 0) void this.#queue(() => this.#setAll());
  }

  /** Restores everything. */
  release(): Promise<void> {
    this.#wanted = new Set();
    return this.#queue(async () => {
      for (const name of this.#set) await this.#restore(name);
    });
  }

  #queue(work: () => Promise<void>): Promise<void> {
    this.#idle = this.#idle.then(work);
    return this.#idle;
  }

  async #setAll(): Promise<void> {
    for (const name of this.#wanted) {
      const before = await this.#read(name);
      // An interface that is gone takes its setting along.
      if (before === undefined) this.#set.delete(name);
      else if (before === '0' && (await this.#write(name, '1'))) this.#set.add(name);
    }
  }

  async #restore(name: string): Promise<void> {
    this.#set.delete(name);
    if ((await this.#read(name)) === '1') await this.#write(name, '0');
  }

  #file(name: string): string {
    return path.join(this.#directory, name, 'promote_secondaries');
  }

  async #read(name: string): Promise<string | undefined> {
    // A name is no path.
    if (name.includes('/') || name.startsWith('.')) return undefined;
    try {
      return (await readFile(this.#file(name), 'latin1')).trim();
    } catch {
      return undefined;
    }
  }

  /** @returns whether it was written */
  async #write(name: string, value: string): Promise<boolean> {
    try {
      await writeFile(this.#file(name), value);
      return true;
    } catch (error) {
      this.#log.warning(`promote_secondaries of ${name} cannot be set to ${value}: ${(error as Error).message}`);
      return false;
    }
  }
}
