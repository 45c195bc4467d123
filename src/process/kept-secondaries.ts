/**
 * Addresses of the machine that stand behind one of ours in its subnet would go with ours. That happens where an interface
 * comes late or is made again: ours is there first. While ours is removed the kernel is told to keep them
 * (promote_secondaries of the interface), and then no longer.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '../log/log.ts';

const interfaceSettings = '/proc/sys/net/ipv4/conf';

export class KeptSecondaries {
  readonly #log: Log;
  readonly #directory: string;
  /** Interfaces whose setting we changed, with the removals under way. */
  readonly #removals = new Map<string, number>();

  /** @param directory where the settings of the interfaces are */
  constructor(log: Log, directory = interfaceSettings) {
    this.#log = log;
    this.#directory = directory;
  }

  /**
   * Removes addresses from these interfaces without what stands behind them.
   * @param remove begins at once; the setting stays until it has settled
   */
  async during<Result>(names: readonly string[], remove: () => Promise<Result>): Promise<Result> {
    const changed = names.filter((name) => this.#begin(name));
    try {
      return await remove();
    } finally {
      for (const name of changed) this.#end(name);
    }
  }

  /** @returns whether end() is to follow */
  #begin(name: string): boolean {
    const removals = this.#removals.get(name) ?? 0;
    // Where it is set anyhow, by the configuration or by the administrator, it stays.
    if (removals === 0 && !(this.#read(name) === '0' && this.#write(name, '1'))) return false;
    this.#removals.set(name, removals + 1);
    return true;
  }

  #end(name: string): void {
    const removals = (this.#removals.get(name) ?? 1) - 1;
    if (removals > 0) {
      this.#removals.set(name, removals);
      return;
    }
    this.#removals.delete(name);
    if (this.#read(name) === '1') this.#write(name, '0');
  }

  #file(name: string): string {
    return path.join(this.#directory, name, 'promote_secondaries');
  }

  /** Undefined: the interface is gone. */
  #read(name: string): string | undefined {
    try {
      return readFileSync(this.#file(name), 'latin1').trim();
    } catch {
      return undefined;
    }
  }

  /** @returns whether it was written */
  #write(name: string, value: string): boolean {
    try {
      writeFileSync(this.#file(name), value, { flag: 'r+' });
      return true;
    } catch (error) {
      this.#log.warning(`promote_secondaries of ${name} cannot be set to ${value}: ${(error as Error).message}`);
      return false;
    }
  }
}
