/**
 * Which IPVS services are ours, in a file beside the pid file. An orderly stop removes it; where it is found at a start, a
 * process ended in disorder, and what it names is taken over: what is still wanted goes on, the rest is removed.
 */
import { readFileSync, rmSync } from 'node:fs';
import { serviceKeyText } from '../ipvs/keys.ts';
import type { ServiceKey } from '../ipvs/types.ts';
import type { Log } from '../log/log.ts';
import { writeDumpFile } from './dump/dump-file.ts';

export class ServicesRecord {
  readonly #path: string;
  readonly #log: Log;
  /** Services in the file; they are ours and those that were announced. */
  #recorded: number | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** @param pidFile the checker's */
  constructor(pidFile: string, log: Log) {
    this.#path = `${pidFile.replace(/\.pid$/, '')}.services`;
    this.#log = log;
  }

  /** Key texts of the services that were left; none after an orderly stop. A file of another form counts as none. */
  read(): ReadonlySet<string> {
    try {
      const found: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      return new Set(Array.isArray(found) ? found.filter((key): key is string => typeof key === 'string') : []);
    } catch {
      return new Set();
    }
  }

  /**
   * Before they are written to IPVS.
   * @param owned key texts of the services that are ours already
   * @param coming those that may be new
   */
  announce(owned: ReadonlySet<string>, coming: readonly ServiceKey[]): Promise<void> {
    const keys: string[] = [];
    for (const key of coming) {
      const text = serviceKeyText(key);
      if (!owned.has(text)) keys.push(text);
    }
    if (keys.length === 0 && this.#recorded !== undefined) return this.#writing;
    for (const text of owned) keys.push(text);
    return this.#write(keys);
  }

  /** What is ours after writing: of what was announced, all but what is gone. */
  owned(owned: ReadonlySet<string>): Promise<void> {
    return owned.size === this.#recorded ? this.#writing : this.#write([...owned]);
  }

  #write(keys: readonly string[]): Promise<void> {
    this.#recorded = keys.length;
    const text = `${JSON.stringify(keys)}\n`;
    this.#writing = this.#writing
      .then(() => writeDumpFile(this.#path, text))
      .catch((error: unknown) => {
        this.#recorded = undefined;
        this.#log.warning(
          `${(error as Error).message}. After a crash and a change of the configuration services may be left behind`,
        );
      });
    return this.#writing;
  }

  async remove(): Promise<void> {
    await this.#writing;
    try {
      rmSync(this.#path, { force: true });
    } catch (error) {
      this.#log.warning((error as Error).message);
    }
  }
}
