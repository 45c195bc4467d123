/**
 * Undoing, in reverse order, whatever the lab made: processes, namespaces, folders. Runs when the work ends, fails,
 * or is interrupted by a signal.
 */

type Undo = () => Promise<void> | void;

/** A stack of things to undo. Each is undone once; a failing one does not keep the others from being undone. */
export class CleanUp {
  readonly #entries: { what: string; undo: Undo }[] = [];

  /** Remembers how to undo something. Returns a function that undoes it earlier than the rest. */
  add(what: string, undo: Undo): () => Promise<void> {
    const entry = { what, undo };
    this.#entries.push(entry);
    return async () => {
      const index = this.#entries.indexOf(entry);
      if (index < 0) return;
      this.#entries.splice(index, 1);
      await undo();
    };
  }

  /** Undoes everything, last made first. Returns what could not be undone, in words. */
  async run(): Promise<string[]> {
    const failures: string[] = [];
    for (let entry = this.#entries.pop(); entry !== undefined; entry = this.#entries.pop()) {
      try {
        await entry.undo();
      } catch (error) {
        failures.push(`${entry.what}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return failures;
  }
}

const interrupts = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Runs `work` with a clean-up stack that is emptied afterwards, whether `work` returned, threw, or the process was
 * interrupted (then the process exits with 128 + the signal's number).
 */
export async function withCleanUp<T>(work: (cleanUp: CleanUp) => Promise<T>): Promise<T> {
  const cleanUp = new CleanUp();
  let interrupted = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (interrupted) return;
    interrupted = true;
    console.error(`\n${signal}: cleaning up`);
    void cleanUp.run().then((failures) => {
      for (const failure of failures) console.error(`clean-up: ${failure}`);
      process.exit(interrupts[signal as keyof typeof interrupts]);
    });
  };
  for (const signal of Object.keys(interrupts)) process.on(signal, onSignal);
  try {
    return await work(cleanUp);
  } finally {
    // While a signal's clean-up is running, the work's own end must not race it to the exit.
    if (interrupted) await new Promise(() => undefined);
    const failures = await cleanUp.run();
    for (const signal of Object.keys(interrupts)) process.off(signal, onSignal);
    for (const failure of failures) console.error(`clean-up: ${failure}`);
  }
}
