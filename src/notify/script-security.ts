/**
 * Who could replace a script that runs with root's rights: every directory on the way to it, and the file itself, must
 * belong to root and be writable by nobody else. The answer names the place and the bit.
 */
import { constants } from 'node:fs';
import { access, lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** One component of a path as lstat(2) sees it. */
export interface PathComponent {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  /** Mode with type bits. */
  readonly mode: number;
}

export type ScriptSecurity =
  | { readonly safe: true }
  | {
      readonly safe: false;
      /** The directory or file that is open to others. */
      readonly path: string;
      readonly cause: 'owner' | 'group-writable' | 'other-writable' | 'missing';
      /** What is wrong and what to do, for the log. */
      readonly message: string;
    };

const fileType = 0o170000;
const directoryType = 0o040000;
const linkType = 0o120000;
const stickyBit = 0o1000;
const setUidBit = 0o4000;
const setGidBit = 0o2000;
const groupWrite = 0o020;
const otherWrite = 0o002;

/** Judges one component: owned by root, and written by root only. A sticky directory protects what is in it. */
export function judgeComponent(component: PathComponent): ScriptSecurity {
  const { uid, gid, mode } = component;
  const octal = (mode & 0o7777).toString(8).padStart(4, '0');
  if (uid !== 0) {
    return {
      safe: false,
      path: component.path,
      cause: 'owner',
      message: `${component.path} belongs to user ${uid}, not to root: chown root ${component.path}`,
    };
  }
  // The mode of a symbolic link means nothing, and its directory has been judged.
  if ((mode & fileType) === linkType) return { safe: true };
  if ((mode & fileType) === directoryType && (mode & stickyBit) !== 0) return { safe: true };
  if ((mode & otherWrite) !== 0) {
    return {
      safe: false,
      path: component.path,
      cause: 'other-writable',
      message: `${component.path} (mode ${octal}) is writable by everybody: chmod o-w ${component.path}`,
    };
  }
  if ((mode & groupWrite) !== 0 && gid !== 0) {
    return {
      safe: false,
      path: component.path,
      cause: 'group-writable',
      message: `${component.path} (mode ${octal}) is writable by group ${gid}: chmod g-w ${component.path}`,
    };
  }
  return { safe: true };
}

/** `/a/b/c` to `/`, `/a`, `/a/b`, `/a/b/c`. */
export function pathComponents(absolute: string): readonly string[] {
  const names = absolute.split('/').filter((name) => name !== '');
  return ['/', ...names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)];
}

/** Walks the path as written and, where it leads through links, the path it resolves to. Never throws. */
export async function checkScriptSecurity(script: string): Promise<ScriptSecurity> {
  try {
    const written = path.resolve(script);
    const resolved = await realpath(written);
    for (const component of new Set([...pathComponents(written), ...pathComponents(resolved)])) {
      const { uid, gid, mode } = await lstat(component);
      const verdict = judgeComponent({ path: component, uid, gid, mode });
      if (!verdict.safe) return verdict;
    }
    return { safe: true };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { safe: false, path: script, cause: 'missing', message: `${script} cannot be examined: ${message}` };
  }
}

/** Whether a program has root's rights when this user runs it: root itself, or by the set-id bits of root's file. */
export async function hasRootsRights(file: string, uid: number | undefined): Promise<boolean> {
  if (uid === 0) return true;
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return false;
  const { gid, mode, uid: owner } = found;
  return (owner === 0 && (mode & setUidBit) !== 0) || (gid === 0 && (mode & setGidBit) !== 0);
}

/** The file that a command word names: itself if it has a slash, else the first executable one in PATH. */
export async function findExecutable(word: string, searchPath: string): Promise<string | undefined> {
  if (word.includes('/')) return word;
  for (const directory of searchPath.split(':')) {
    const candidate = path.join(directory === '' ? '.' : directory, word);
    try {
      await access(candidate, constants.X_OK);
      if ((await lstat(await realpath(candidate))).isFile()) return candidate;
    } catch {
      // Not here.
    }
  }
  return undefined;
}
