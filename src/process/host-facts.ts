/** The configuration reader's port to the facts of this host: accounts, interfaces, names of iproute2, programs. */
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readFileSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Stats } from 'node:fs';
import type { HostFacts, RoutingNameTable, ScriptFacts, SecretFileResult, UserFacts } from '../config/ports.ts';

/** Where programs without a slash are looked for if PATH is not set (confstr _CS_PATH). */
const defaultPath = '/bin:/usr/bin';

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Fields of the entry of a colon-separated table such as /etc/passwd. */
function entryOf(file: string, name: string): readonly string[] | undefined {
  const line = readText(file)
    .split('\n')
    .find((candidate) => candidate.startsWith(`${name}:`));
  return line?.split(':');
}

function user(name: string): UserFacts | undefined {
  const entry = entryOf('/etc/passwd', name);
  return entry && { uid: Number(entry[2]), gid: Number(entry[3]) };
}

function group(name: string): number | undefined {
  const entry = entryOf('/etc/group', name);
  return entry && Number(entry[2]);
}

/** Where iproute2 has its tables: what stands in /etc wins; older versions keep all of it there. */
const iprouteDirectories = { etc: '/etc/iproute2', user: ['/usr/share/iproute2', '/usr/lib/iproute2'] };

/** Every name of one table with its number; of one name the first counts. */
function readNames(table: RoutingNameTable, directories: readonly string[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const directory of directories) {
    const extra = join(directory, `${table}.d`);
    const names = existsSync(extra) ? readdirSync(extra).filter((file) => file.endsWith('.conf')) : [];
    for (const file of [join(directory, table), ...names.map((file) => join(extra, file))]) {
      for (const line of readText(file).split('\n')) {
        const [number, name] = line.trim().split(/\s+/);
        if (name === undefined || number === undefined || !/^(0x[0-9a-f]+|[0-9]+)$/i.test(number)) continue;
        if (!numbers.has(name)) numbers.set(name, Number(number));
      }
    }
  }
  return numbers;
}

/** Numbers of names in the tables of iproute2, each table read once. */
function routingNames(): NonNullable<HostFacts['routingName']> {
  const tables = new Map<string, ReadonlyMap<string, number>>();
  return (table, name, { etc = iprouteDirectories.etc, user } = {}) => {
    const directories = [etc, ...(user === undefined ? iprouteDirectories.user : [user])];
    const key = [table, ...directories].join('\0');
    let names = tables.get(key);
    if (!names) tables.set(key, (names = readNames(table, directories)));
    return names.get(name);
  };
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Looks a program without a slash up in PATH, as execvp(3) does. */
function findInPath(command: string): string | undefined {
  for (const directory of (process.env['PATH'] ?? defaultPath).split(':')) {
    const candidate = join(directory === '' ? '.' : directory, command);
    if (statOf(candidate)?.isFile()) return candidate;
  }
  return undefined;
}

function mayExecute(file: Stats, path: string, runAs: UserFacts): boolean {
  if (!file.isFile()) return false;
  if (runAs.uid === 0) return (file.mode & 0o111) !== 0;
  if (runAs.uid === file.uid) return (file.mode & 0o100) !== 0;
  if (runAs.gid === file.gid) return (file.mode & 0o010) !== 0;
  if ((file.mode & 0o001) !== 0) return true;
  if (runAs.uid !== process.getuid?.()) return false;
  try {
    // Access control lists may allow what the mode does not show.
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Every part of an absolute path, from the root down. */
function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (let part = path; ; part = dirname(part)) {
    parts.unshift(part);
    if (part === '/') return parts;
  }
}

/** Why a program must not be run as root, and what mends it. */
export interface Insecurity {
  readonly reason: string;
  readonly remedy?: string;
}

/** Name of an account or group by its number, for people; the number if it has none. */
function nameOf(table: '/etc/passwd' | '/etc/group', id: number): string {
  const entry = readText(table)
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[2] === String(id));
  return entry?.[0] ?? String(id);
}

/** What others than root could do to one part of the path of a program. */
export function writableByOthers(path: string, stats: Stats): Insecurity | undefined {
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  const kind = stats.isDirectory() ? 'the directory ' : '';
  if (stats.uid !== 0)
    return {
      reason: `${kind}${path} belongs to ${nameOf('/etc/passwd', stats.uid)}, not to root`,
      remedy: `chown root ${path}`,
    };
  // In a sticky directory nobody can replace what is another's.
  const sticky = stats.isDirectory() && (stats.mode & 0o1000) !== 0;
  if ((stats.mode & 0o002) !== 0 && !sticky)
    return {
      reason: `${kind}${path} can be written by everybody (mode ${mode}, bit 0002)`,
      remedy: `chmod o-w ${path}`,
    };
  if ((stats.mode & 0o020) !== 0 && stats.gid !== 0 && !sticky)
    return {
      reason: `${kind}${path} can be written by the group ${nameOf('/etc/group', stats.gid)} (mode ${mode}, bit 0020)`,
      remedy: `chmod g-w ${path}`,
    };
  return undefined;
}

/**
 * Which part of the path others than root could change: of the path as written, and of the one that it leads to. A
 * symbolic link among them is as safe as the directory that it stands in.
 */
function insecurity(path: string): Insecurity | undefined {
  for (const part of new Set([...partsOf(path), ...partsOf(realpathSync(path))])) {
    const stats = lstatSync(part, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() === true) continue;
    const found = stats ? writableByOthers(part, stats) : { reason: `${part} cannot be examined` };
    if (found) return found;
  }
  return undefined;
}

function script(command: string, runAs: UserFacts): ScriptFacts {
  const path = command.includes('/') ? resolve(command) : findInPath(command);
  if (path === undefined) return { found: false, detail: 'it is in no directory of PATH' };
  const stats = statOf(path);
  if (!stats) return { found: false, detail: 'there is no such file' };
  const insecure = insecurity(path);
  return {
    found: true,
    path,
    executable: mayExecute(stats, path, runAs),
    ...(insecure && { insecure: insecure.reason }),
    ...(insecure?.remedy !== undefined && { secureWith: insecure.remedy }),
  };
}

/** The content of a file with a secret, and whether others than its owner could know it. */
function secretFile(path: string): SecretFileResult {
  try {
    const { mode } = statSync(path);
    const others = (mode & 0o007) !== 0 ? 'everybody' : (mode & 0o070) !== 0 ? 'its group' : undefined;
    const insecure = others && `${path} is open to ${others} (mode ${(mode & 0o7777).toString(8)})`;
    return { ok: true, text: readFileSync(path, 'utf8'), ...(insecure !== undefined && { insecure }) };
  } catch (error) {
    return { ok: false, detail: (error as NodeJS.ErrnoException).code ?? (error as Error).message };
  }
}

/** Interfaces of this process's network namespace; /sys may still show those of another. */
function interfaceNames(): ReadonlySet<string> {
  const lines = readText('/proc/self/net/dev').split('\n').slice(2);
  return new Set(lines.map((line) => line.split(':', 1)[0]?.trim() ?? ''));
}

/** Facts of this host, looked up when asked for. */
export function nodeHostFacts(): HostFacts {
  let interfaces: ReadonlySet<string> | undefined;
  const uid = process.geteuid?.() ?? 0;
  const gid = process.getegid?.() ?? 0;
  return {
    interfaceExists: (name) => (interfaces ??= interfaceNames()).has(name),
    user,
    group,
    routingName: routingNames(),
    script,
    secretFile,
    directoryExists: (path) => statOf(path)?.isDirectory() === true,
    networkNamespaceExists: (name) => existsSync(join('/run/netns', name)),
    effectiveUser: { uid, gid },
  };
}
