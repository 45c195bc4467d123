/**
 * Settings of the kernel (sysctl) that are ours for a while: set, read back to be sure, and put back as they were. A
 * container may refuse some, or accept the write and keep the value.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '../log/log.ts';

const root = '/proc/sys/net';

export class KernelSettings {
  readonly #log: Log;
  readonly #root: string;
  /** Values before ours and ours, by the setting. */
  readonly #changed = new Map<string, { readonly before: string; readonly ours: string }>();
  /** Settings that could not be made, told once. */
  readonly #told = new Set<string>();

  /** @param directory where the settings of the network are */
  constructor(log: Log, directory = root) {
    this.#log = log;
    this.#root = directory;
  }

  /** The value of a setting ("ipv4/conf/eth0/arp_ignore"); undefined: it does not exist here. */
  async read(setting: string): Promise<string | undefined> {
    try {
      return (await readFile(path.join(this.#root, setting), 'latin1')).trim();
    } catch {
      return undefined;
    }
  }

  /** Sets for ever, as on an interface that goes with us. A setting that this kernel does not have is left out. */
  async set(setting: string, value: string): Promise<void> {
    const before = await this.read(setting);
    if (before !== undefined && before !== value) await this.#write(setting, value);
  }

  /** Sets until restore(). Setting it again keeps what it was before the first time. */
  async borrow(setting: string, value: string): Promise<void> {
    const before = await this.read(setting);
    if (before === undefined || before === value) return;
    const known = this.#changed.get(setting);
    if (await this.#write(setting, value)) this.#changed.set(setting, { before: known?.before ?? before, ours: value });
  }

  /** Interfaces have other names: their settings are elsewhere. @param names of before, with those of now */
  renamed(names: ReadonlyMap<string, string>): void {
    if (names.size === 0) return;
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const [setting, values] of changed) {
      const [family = '', conf = '', name = '', ...rest] = setting.split('/');
      this.#changed.set([family, conf, names.get(name) ?? name, ...rest].join('/'), values);
    }
  }

  /** Puts those back that `which` names and nobody else has changed since. */
  async restore(which: (setting: string) => boolean = () => true): Promise<void> {
    for (const [setting, { before, ours }] of [...this.#changed].filter(([name]) => which(name))) {
      this.#changed.delete(setting);
      if ((await this.read(setting)) === ours) await this.#write(setting, before);
    }
  }

  /** @returns whether the kernel now says what was asked for */
  async #write(setting: string, value: string): Promise<boolean> {
    let trouble: string | undefined;
    try {
      await writeFile(path.join(this.#root, setting), value);
      const after = await this.read(setting);
      // An interface that has just gone is nobody's trouble.
      if (after !== undefined && after !== value) trouble = `it stays ${after}`;
    } catch (error) {
      trouble = (error as Error).message;
    }
    if (trouble === undefined) {
      this.#told.delete(setting);
      return true;
    }
    if (!this.#told.has(setting)) {
      this.#told.add(setting);
      const name = `net.${setting.replaceAll('.', '\u0000').replaceAll('/', '.').replaceAll('\u0000', '/')}`;
      this.#log.warning(`${name} cannot be set to ${value}: ${trouble}`);
    }
    return false;
  }
}
