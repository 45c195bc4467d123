/**
 * Users and groups by name. The files of the machine are read first; a directory service is asked through getent(1),
 * because Node has no call for it.
 */
import { readFile } from 'node:fs/promises';
import { DaemonError } from '../core/errors.ts';
import { runProgram } from './run-program.ts';

/** A directory server that does not answer must not hold up a start. */
const lookupTimeout = 5_000;

export interface UserAccount {
  readonly name: string;
  readonly uid: number;
  /** Its primary group. */
  readonly gid: number;
}

/** Numeric identity a program runs as. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** The line of a passwd(5) or group(5) text whose name, or whose number, is `wanted`. */
function findEntry(text: string, wanted: string): readonly string[] | undefined {
  const entries = text.split('\n').map((line) => line.split(':'));
  return (
    entries.find((fields) => fields[0] === wanted) ??
    entries.find((fields) => /^[0-9]+$/.test(wanted) && fields[2] === wanted)
  );
}

/** A user in the text of passwd(5), by name or number. */
export function findUser(passwd: string, wanted: string): UserAccount | undefined {
  const entry = findEntry(passwd, wanted);
  const uid = Number.parseInt(entry?.[2] ?? '', 10);
  const gid = Number.parseInt(entry?.[3] ?? '', 10);
  const name = entry?.[0];
  return name === undefined || Number.isNaN(uid) || Number.isNaN(gid) ? undefined : { name, uid, gid };
}

/** The number of a group in the text of group(5), by name or number. */
export function findGroup(group: string, wanted: string): number | undefined {
  const gid = Number.parseInt(findEntry(group, wanted)?.[2] ?? '', 10);
  return Number.isNaN(gid) ? undefined : gid;
}

async function database(name: 'passwd' | 'group', wanted: string): Promise<string> {
  const file = await readFile(`/etc/${name}`, 'utf8').catch(() => '');
  if (findEntry(file, wanted) !== undefined) return file;
  try {
    return await runProgram('getent', [name, wanted], lookupTimeout);
  } catch {
    return '';
  }
}

/** A user of this machine, or `undefined`. */
export async function lookUpUser(user: string): Promise<UserAccount | undefined> {
  return findUser(await database('passwd', user), user);
}

/** The number of a group of this machine, or `undefined`. A bare number needs no entry. */
export async function lookUpGroup(group: string): Promise<number | undefined> {
  return findGroup(await database('group', group), group) ?? (/^[0-9]+$/.test(group) ? Number(group) : undefined);
}

/**
 * The identity of a `user [group]` of the configuration.
 * @throws DaemonError ACCOUNT_UNKNOWN
 */
export async function resolveIdentity(user: string, group?: string): Promise<Identity> {
  const account = await lookUpUser(user);
  if (account === undefined) {
    throw new DaemonError('ACCOUNT_UNKNOWN', `user ${user} does not exist: create it or name another one`);
  }
  if (group === undefined) return { uid: account.uid, gid: account.gid };
  const gid = await lookUpGroup(group);
  if (gid === undefined) {
    throw new DaemonError('ACCOUNT_UNKNOWN', `group ${group} does not exist: create it or name another one`);
  }
  return { uid: account.uid, gid };
}
