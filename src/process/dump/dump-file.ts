/**
 * How dump files are written: as a whole or not at all, never through a symbolic link that
 * somebody left in a directory open to all.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, constants, lstatSync, openSync, renameSync, type Stats, unlinkSync, writeFileSync } from 'node:fs';
import { lstat, open, rename, unlink } from 'node:fs/promises';
import { DaemonError } from '../../core/errors.ts';

/** A file to write, or what takes the text instead. */
export type DumpTarget = string | ((text: string) => void);

/** @throws DaemonError DUMP_NOT_WRITTEN */
export async function deliverDump(target: DumpTarget, text: string): Promise<void> {
  if (typeof target === 'string') await writeDumpFile(target, text);
  else target(text);
}

const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const mode = 0o666;

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
    refuseOther(await standing(file));
    const handle = await open(temporary, newFile, mode);
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
    throw notWritten(file, error);
  }
}

/**
 * The same before it returns, for what others have to wait for anyway: neither threads nor promises, of which a process
 * may not have had any yet.
 * @param pieces of the text, written one by one
 * @throws DaemonError DUMP_NOT_WRITTEN
 */
export function writeFileAtOnce(file: string, pieces: Iterable<string>): void {
  const temporary = `${file}.${Math.random().toString(36).slice(2)}`;
  try {
    refuseOther(lstatSync(file, { throwIfNoEntry: false }));
    const descriptor = openSync(temporary, newFile, mode);
    try {
      for (const piece of pieces) writeFileSync(descriptor, piece);
      renameSync(temporary, file);
    } catch (error) {
      unlinkSync(temporary);
      throw error;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw notWritten(file, error);
  }
}

/** Only a regular file is replaced. */
function refuseOther(standing: Stats | undefined): void {
  if (standing === undefined || standing.isFile()) return;
  throw new Error(standing.isSymbolicLink() ? 'it is a symbolic link, remove it' : 'it is no regular file, remove it');
}

function notWritten(file: string, error: unknown): DaemonError {
  const reason = error instanceof Error ? error.message : String(error);
  return new DaemonError('DUMP_NOT_WRITTEN', `${file} not written: ${reason}`, { cause: error });
}
