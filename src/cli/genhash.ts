/** The `genhash` program: fetches a page as the HTTP checker does and prints the digest for the configuration. */

/** Runs genhash with the arguments after the program name; resolves with the exit code. Writes to standard output. */
export function genhashMain(_argv: readonly string[]): Promise<number> {
  return Promise.resolve(1);
}
