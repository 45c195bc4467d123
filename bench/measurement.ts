/** What a measurement is to the command: a name, and rows of samples for both daemons. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Bar } from './bars.ts';
import type { Contender, ContenderName } from './contenders.ts';

export interface Row {
  readonly title: string;
  readonly unit: string;
  readonly samples: Readonly<Record<ContenderName, readonly number[]>>;
  readonly bars: readonly Bar[];
  /** What a reader must know to trust the figures, e.g. that a run had to be repeated. */
  readonly remarks: readonly string[];
}

export interface Bench {
  readonly contenders: readonly Contender[];
  /** Runs for each daemon and row, or undefined for the measurement's own number. */
  readonly runs: number | undefined;
  /** Only rows whose title holds this text. */
  readonly only: string | undefined;
  /** How long each daemon is watched where a measurement waits for something that must not happen. */
  readonly minutes: number;
  readonly folder: WorkFolder;
  /** One line to the person who waits; never part of the result. */
  readonly progress: (line: string) => void;
}

export interface Measurement {
  readonly name: string;
  /** Heads the table: what the samples are. */
  readonly title: string;
  readonly runs: number;
  measure(bench: Bench): Promise<Row[]>;
}

/** A private folder for configurations and logs, removed at the end. */
export class WorkFolder implements Disposable {
  readonly path = mkdtempSync(path.join(os.tmpdir(), 'keepalived-bench-'));
  readonly #remove = (): void => rmSync(this.path, { recursive: true, force: true });

  /** `keep`: leave it behind, for a look at the logs. */
  constructor(keep = false) {
    if (keep) this.#remove = (): void => undefined;
    // An interrupted bench exits without unwinding its scopes.
    process.once('exit', this.#remove);
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  write(name: string, content: string, mode = 0o644): string {
    const file = this.file(name);
    writeFileSync(file, content, { mode });
    return file;
  }

  /** A script that can be started. */
  program(name: string, content: string): string {
    return this.write(name, content, 0o755);
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#remove);
    this.#remove();
  }
}

/**
 * Runs `sample` for each daemon in turn, `runs` times, so that whatever else happens on the machine meets both. The
 * order within a pair changes each time.
 */
export async function alternate(
  bench: Bench,
  runs: number,
  title: string,
  sample: (contender: Contender, run: number) => Promise<readonly number[]>,
): Promise<Row['samples']> {
  const samples: Record<ContenderName, number[]> = { keepalived: [], 'keepalived-ts': [] };
  for (let run = 0; run < runs; run++) {
    const order = run % 2 === 0 ? bench.contenders : bench.contenders.toReversed();
    for (const contender of order) {
      bench.progress(`${title}: run ${run + 1} of ${runs}, ${contender.name}`);
      samples[contender.name].push(...(await sample(contender, run)));
    }
  }
  return samples;
}

/** Whether `--only` leaves this row in. */
export function wanted(bench: Bench, title: string): boolean {
  return bench.only === undefined || title.includes(bench.only);
}
