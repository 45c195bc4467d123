/**
 * How dump files are written: as a whole or not at all, never through a symbolic link that
 * somebody left in a directory open to all.
 */
import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, open, rename, unlink } from 'node:fs/promises';
import { DaemonError } from '../../core/errors.ts';

/** A file to write, or what takes the text instead. */
export type DumpTarget = string | ((text: string) => void);

/** @throws DaemonError DUMP_NOT_WRITTEN */
export async function deliverDump(target: DumpTarget, text: string): Promise<void> {
  if (typeof target === 'string') await writeDumpFile(target, text);
  else target(text);
}

async function standing(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Writes a dump file: a temporary file in the same directory takes its place when it is complete. Readers never see
 * half a file. The descriptor is closed after the renaming, so that a watcher of the final name gets its close event.
 * The mode is what the umask leaves of rw-rw-rw-.
 * @throws DaemonError DUMP_NOT_WRITTEN with one line for the log; nothing of the attempt stays behind
 */
export async function writeDumpFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const before = await standing(file);
    if (before !== undefined && !before.isFile()) {
      throw new Error(
        before.isSymbolicLink() ? 'it is a symbolic link, remove it' : 'it is no regular file, remove it',
      );
    }
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const handle = await open(temporary, flags, 0o666);
    try {
      await handle.writeFile(text);
      await rename(temporary, file);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DaemonError('DUMP_NOT_WRITTEN', `${file} not written: ${reason}`, { cause: error });
  }
}
