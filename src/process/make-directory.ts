/** Directories of the daemon have the mode that is named, whatever mask the configuration gives to files. */
import { mkdirSync } from 'node:fs';

/**
 * Makes the directory if it is missing, not those above it. At once.
 * @throws the refusal of the system
 */
export function makeDirectory(directory: string, mode: number): void {
  const mask = process.umask(0o777 & ~mode);
  try {
    mkdirSync(directory, { mode });
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
  } finally {
    process.umask(mask);
  }
}
