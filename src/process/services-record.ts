/**
 * Which IPVS services are ours, in a file beside the pid file. An orderly stop removes it; where it is found at a start, a
 * process ended in disorder, and what it names is taken over: what is still wanted goes on, the rest is removed.
 */
import { readFileSync, rmSync } from 'node:fs';
import type { KeyTexts } from '../ipvs/service-entries.ts';
import type { Log } from '../log/log.ts';
import { writeFileAtOnce } from './dump/dump-file.ts';

/** Key texts of one write: a text of all of them would be memory that is needed once. */
const textsInPiece = 512;

export class ServicesRecord {
  readonly #path: string;
  readonly #log: Log;
  /** Services in the file; they are ours and those that were announced. */
  #recorded: number | undefined;

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
  announce(owned: KeyTexts, coming: readonly string[]): void {
    const isNew = owned.size === 0;
    const texts = isNew ? [...coming] : coming.filter((text) => !owned.has(text));
    if (texts.length === 0 && this.#recorded !== undefined) return;
    if (!isNew) for (const text of owned) texts.push(text);
    this.#write(texts);
  }

  /** What is ours after writing: of what was announced, all but what is gone. */
  owned(owned: KeyTexts): void {
    if (owned.size !== this.#recorded) this.#write([...owned]);
  }

  #write(texts: readonly string[]): void {
    try {
      writeFileAtOnce(this.#path, listOf(texts));
      this.#recorded = texts.length;
    } catch (error) {
      this.#recorded = undefined;
      this.#log.warning(
        `${(error as Error).message}. After a crash and a change of the configuration services may be left behind`,
      );
    }
  }

  remove(): void {
    try {
      rmSync(this.#path, { force: true });
    } catch (error) {
      this.#log.warning((error as Error).message);
    }
  }
}

/** The list in JSON, on one line. No key text has a character that JSON writes otherwise. */
function* listOf(texts: readonly string[]): Generator<string> {
  for (let first = 0; first < texts.length; first += textsInPiece)
    yield `${first === 0 ? '[' : ','}"${texts.slice(first, first + textsInPiece).join('","')}"`;
  yield texts.length === 0 ? '[]\n' : ']\n';
}
