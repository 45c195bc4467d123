/** init_file: track files that are made, or written anew, before anything reads them. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { VrrpTrackFile } from '../config/model.ts';
import type { Log } from '../log/log.ts';

/** Others may read it; a link in place of the file is not followed, whoever put it there. */
const mode = 0o644;
const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const anyFile = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/** Writes the numbers of the files that want it. A file that cannot be written is told of; it counts as it is. */
export async function initializeTrackFiles(files: readonly VrrpTrackFile[], log: Log): Promise<void> {
  await Promise.all(files.map((file) => initialize(file, log)));
}

async function initialize({ name, path, initialize: initial }: VrrpTrackFile, log: Log): Promise<void> {
  if (!initial) return;
  try {
    const handle = await open(path, initial.overwrite ? anyFile : newFile, mode);
    try {
      await handle.writeFile(`${initial.value}\n`);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // It has a number of its own.
    if (code === 'EEXIST' && !initial.overwrite) return;
    log.warning(`track_file ${name}: init_file cannot write ${path}: ${message}`);
  }
}
