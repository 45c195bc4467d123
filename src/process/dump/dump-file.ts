/**
 * Where dump files stand and how they are written: as a whole or not at all, never through a symbolic link that
 * somebody left in a directory open to all.
 */
import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { DaemonError } from '../../core/errors.ts';

/** The files that signals ask for. */
export const dumpFileNames = {
  vrrpData: 'keepalived.data',
  parentData: 'keepalived_parent.data',
  checkerData: 'keepalived_check.data',
  bfdData: 'keepalived_bfd.data',
  statistics: 'keepalived.stats',
  json: 'keepalived.json',
} as const;

/** Path of a dump file: in TMPDIR if that is absolute, else in /tmp. */
export function dumpFilePath(file: keyof typeof dumpFileNames, environment: NodeJS.ProcessEnv): string {
  const wanted = environment['TMPDIR'];
  return path.join(wanted !== undefined && path.isAbsolute(wanted) ? wanted : '/tmp', dumpFileNames[file]);
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
