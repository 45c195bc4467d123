/** How keepalivectl ends. */

/** Exit statuses: 0 done, 1 refused or wrong usage, 2 no daemon reached; of `plan`: 3 something would change. */
export const exitCodes = { done: 0, refused: 1, unreachable: 2, changes: 3 } as const;

/** Says why on standard error. @returns the exit status */
export function refuse(message: string): number {
  process.stderr.write(`keepalivectl: ${message}\n`);
  return exitCodes.refused;
}
