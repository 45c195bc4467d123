/**
 * Which IPVS services are ours, in a file beside the pid file. An orderly stop removes it; where it is found at a start, a
 * process ended in disorder, and what it names is taken over: what is still wanted goes on, the rest is removed.
 */
import { readFileSync, rmSync } from 'node:fs';
import type { Log } from '../log/log.ts';
import { writeDumpFile } from './dump/dump-file.ts';

export class ServicesRecord {
  readonly #path: string;
  readonly #log: Log;
  #written: string | undefined;
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

  /** Writes what is ours from now on, if it is something else than before. */
  write(keys: Iterable<string>): Promise<void> {
    const text = `${JSON.stringify([...keys])}\n`;
    if (text === this.#written) return this.#writing;
    this.#written = text;
    this.#writing = this.#writing
      .then(() => writeDumpFile(this.#path, text))
      .catch((error: unknown) => {
        this.#written = undefined;
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
