/**
 * A guest kernel with IPVS: Debian's user-mode-linux runs as an ordinary program, on the host's own file system
 * (read-only), without any network interface to the outside. Boots in about 2 s.
 *
 * linux.uml runs as the first process of a process namespace of its own: when that process is killed, nothing of the
 * guest stays.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CleanUp } from './clean-up.ts';
import { nowMs } from './clock.ts';
import { LabError } from './errors.ts';
import { projectRoot } from './places.ts';
import { descendants } from './run.ts';

export interface GuestOptions {
  /** Module to run under the pinned Node inside, TypeScript or JavaScript; bundled before the boot. */
  readonly module: string;
  readonly args?: readonly string[];
  /** Further modules, bundled beside it as NAME.mjs. */
  readonly companions?: Readonly<Record<string, string>>;
  /** NAME=value words; they reach the module as environment variables. Values must not hold blanks or quotes. */
  readonly words?: Readonly<Record<string, string>>;
  /** Memory of the guest in megabytes, taken from the host as it is used; 1536 unless given. */
  readonly memory?: number;
  /** Seconds after which the guest is powered off and the call fails; 480 unless given. */
  readonly limit?: number;
  /**
   * For measurements: the guest stays on one processor. Its kernel and each of its programs are processes here that take
   * turns; where they wake each other up across processors, the same program takes up to 3.5 times as long.
   */
  readonly onOneProcessor?: boolean;
  /** Takes what the module prints, line by line. */
  readonly onLine?: (line: string) => void;
  /** Hands the terminal to the guest; onLine and limit do not apply. */
  readonly console?: boolean;
}

export interface GuestResult {
  /** Exit code of the module. */
  readonly code: number;
  /** Folder with the files the module wrote to /run/out; removed by the clean-up. */
  readonly folder: string;
  readonly seconds: number;
}

const kernel = '/usr/bin/linux.uml';
const modules = '/usr/lib/uml/modules';

/** Why no guest can be booted here, or undefined when it can. */
export function guestObstacle(): string | undefined {
  if (process.arch !== 'x64') return `user-mode-linux exists for x86-64 only, this is ${process.arch}`;
  if (!existsSync(kernel) || !existsSync(modules)) return `${kernel} is missing: apt-get install user-mode-linux`;
  return undefined;
}

function requireWord(name: string, value: string): string {
  if (!/^[\w./:,=@%+-]*$/.test(value)) {
    throw new LabError(
      `"${value}" cannot be handed to the guest as ${name}: words on a kernel's command line hold no blanks and no quotes.`,
    );
  }
  return `${name}=${value}`;
}

async function bundle(entry: string, output: string): Promise<void> {
  // Stripping types and resolving files one by one is slow in the guest; one bundle starts in a second.
  const { build } = await import('esbuild');
  await build({
    entryPoints: [entry],
    outfile: output,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    sourcemap: 'inline',
    external: ['esbuild'],
    logLevel: 'warning',
  });
}

/** Boots the guest, runs the module in it, powers it off. */
export async function runInGuest(cleanUp: CleanUp, options: GuestOptions): Promise<GuestResult> {
  const obstacle = guestObstacle();
  if (obstacle !== undefined) throw new LabError(`The guest kernel cannot be booted: ${obstacle}.`);
  const folder = mkdtempSync(path.join(tmpdir(), 'kts-guest-'));
  cleanUp.add(`remove ${folder}`, () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const out = path.join(folder, 'out');
  mkdirSync(out);
  mkdirSync('/lib/modules', { recursive: true });
  await bundle(options.module, path.join(out, 'main.mjs'));
  for (const [name, file] of Object.entries(options.companions ?? {}))
    await bundle(file, path.join(out, `${name}.mjs`));
  const args = ['--enable-source-maps', '/run/out/main.mjs', ...(options.args ?? [])];
  const quoted = [process.execPath, ...args].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
  writeFileSync(path.join(out, 'command.sh'), `exec ${quoted.join(' ')}\n`);

  const started = nowMs();
  const { seconds, log } = await boot(cleanUp, folder, options).then((lines) => ({
    seconds: (nowMs() - started) / 1000,
    log: lines,
  }));
  const status = path.join(out, 'status');
  if (!existsSync(status)) {
    const tail = log.slice(-15).join('\n');
    // Seen with the guest kernel of Debian 13 (6.12), which loses its memory under the lab's load; that of Debian 12 does not.
    const remedy = log.some((line) => line.includes('Kernel panic'))
      ? '\nThe guest kernel itself failed. On a machine whose own kernel has IPVS (modprobe ip_vs) the scenes need no guest; where it has not, use the user-mode-linux of Debian 12.'
      : '';
    throw new LabError(
      `The guest ended after ${seconds.toFixed(1)} s without a result. Its last words:\n${tail}${remedy}`,
    );
  }
  return { code: Number(readFileSync(status, 'utf8')), folder: out, seconds };
}

function commandLine(folder: string, options: GuestOptions): string[] {
  const root = projectRoot();
  const words: Record<string, string> = {
    LAB_OUT: path.join(folder, 'out'),
    LAB_ROOT: root,
    LAB_COMMAND: '/run/out/command.sh',
    ...(options.console === true
      ? { LAB_CONSOLE: 'yes', LAB_ROWS: String(process.stdout.rows), LAB_COLUMNS: String(process.stdout.columns) }
      : {}),
    ...options.words,
  };
  const init = path.join(root, 'lab', 'lib', 'guest-init.sh');
  return [
    `mem=${options.memory ?? 1536}M`,
    `uml_dir=${folder}`,
    'umid=uml',
    'rootfstype=hostfs',
    'rootflags=/',
    'ro',
    requireWord('init', init),
    'con=null',
    options.console === true ? 'con0=fd:0,fd:1' : 'con0=null,fd:1',
    ...(options.console === true ? [] : ['con1=fd:0,fd:1']),
    'quiet',
    'panic=1',
    ...Object.entries(words).map(([name, value]) => requireWord(name, value)),
  ];
}

/** Runs linux.uml to its end; returns all lines it printed. */
async function boot(cleanUp: CleanUp, folder: string, options: GuestOptions): Promise<string[]> {
  const wrapper = ['--pdeathsig', 'KILL', 'unshare', '--kill-child=KILL', '--fork', '--pid', '--mount-proc'];
  const place = options.onOneProcessor === true ? ['taskset', '-c', lastProcessor()] : [];
  const child = spawn('setpriv', [...wrapper, ...place, kernel, ...commandLine(folder, options)], {
    stdio: options.console === true ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: memoryFolder(options.memory ?? 1536) },
  });
  const pid = child.pid ?? 0;
  const kill = (): void => {
    // The wrapper ignores polite signals. Its child is the first process of the namespace and takes all others along.
    for (const inner of descendants(pid).slice(0, 1)) process.kill(inner, 'SIGKILL');
    if (descendants(pid).length === 0) child.kill('SIGKILL');
  };
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      resolve();
    });
  });
  const forget = cleanUp.add('power off the guest', async () => {
    if (child.exitCode === null && child.signalCode === null) kill();
    await ended;
  });
  const lines: string[] = [];
  // A kernel that panicked stays and spins.
  const onPanic = (): void => void setTimeout(kill, 200);
  readLines(child.stdout, lines, options.onLine, onPanic);
  readLines(child.stderr, lines, undefined, onPanic);
  const limit = options.limit ?? 480;
  let late = false;
  const timer =
    options.console === true
      ? undefined
      : setTimeout(() => {
          late = true;
          kill();
        }, limit * 1000);
  await ended.finally(() => {
    clearTimeout(timer);
  });
  await forget();
  if (late)
    throw new LabError(`The guest was not done after ${limit} s. Its last words:\n${lines.slice(-15).join('\n')}`);
  return lines;
}

/** The last processor that this process may use (proc(5): "0-3,8"). */
function lastProcessor(): string {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
  return allowed?.split(/[-,]/).at(-1) ?? '0';
}

/** A folder for the guest's memory file: /dev/shm, unless it is too small for it (as in containers). */
function memoryFolder(megabytes: number): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize > megabytes * 1024 * 1024) return '/dev/shm';
  } catch {
    // There is no /dev/shm.
  }
  return tmpdir();
}

/** Collects lines; those between the init script's marks are handed on. */
function readLines(
  stream: NodeJS.ReadableStream | null,
  lines: string[],
  onLine: ((line: string) => void) | undefined,
  onPanic: () => void,
): void {
  if (stream === null) return;
  let rest = '';
  let inside = false;
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const line = part.replace(/\r+$/, '');
      lines.push(line);
      if (line.startsWith('Kernel panic')) onPanic();
      if (line === '@@lab begins') inside = true;
      else if (line === '@@lab ends') inside = false;
      else if (inside) onLine?.(line);
    }
  });
}
