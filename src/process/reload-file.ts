/**
 * `reload_file`: a file that exists while the files of a reload are read, so that who writes the configuration can keep
 * still meanwhile. It is emptied when the reading begins and gone when it is over (reference: runtime contract, files).
 */
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import type { Log } from '../log/log.ts';

/**
 * Does the reading with the file in place. A file that cannot be written is reported; the reload goes on.
 * @param file absent: none is wanted
 */
export function whileReloadFileExists<Result>(file: string | undefined, log: Log, readFiles: () => Result): Result {
  if (file === undefined) return readFiles();
  const flags =
    constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    closeSync(openSync(file, flags, 0o644));
  } catch (error) {
    log.warning(`reload_file ${file} is not written: ${(error as Error).message}`);
    return readFiles();
  }
  try {
    return readFiles();
  } finally {
    rmSync(file, { force: true });
  }
}
