/**
 * Starts scripts, in a process of no protocol, so that no protocol loop forks. A script gets its user and group, no
 * supplementary groups (libuv drops them with the user) unless they are asked for, a session of its own, default signal
 * dispositions, null devices, and a clean environment. It does not die with a daemon that is killed: a signal on the parent's death
 * cannot be asked for through spawn.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ScriptCommand } from '../config/model.ts';
import type { Milliseconds } from '../core/time.ts';
import { now } from '../kernel/clock.ts';
import { resolveIdentity, lookUpUser, type Identity } from './accounts.ts';
import type { ScriptCall } from './scripts.ts';
import { checkScriptSecurity, findExecutable, hasRootsRights } from './script-security.ts';
import { waitAtMost } from './wait-at-most.ts';

/** How one run ended. */
export interface ScriptResult {
  /** Exit status; absent if a signal ended it or it could not be started. */
  readonly exit?: number;
  readonly signal?: string;
  readonly duration: Milliseconds;
  /** First line of what it wrote to stderr, or why it could not be started. */
  readonly message?: string;
}

export interface RunOptions {
  /** After this time the whole process group gets SIGTERM, two seconds later SIGKILL. */
  readonly timeout?: Milliseconds;
}

export interface RunningScript {
  /** Settles when the script has ended; never rejects. */
  readonly result: Promise<ScriptResult>;
  /** Signals its whole process group; harmless when it has ended. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Whose rights a command without user gets, and how strict to be. */
export interface ScriptPolicy {
  readonly scriptUser?: { readonly user: string; readonly group?: string };
  readonly enableScriptSecurity: boolean;
  readonly useSymlinkPaths: boolean;
  /** Scripts get the supplementary groups of their user. */
  readonly supplementaryGroups?: boolean;
}

const killAfterTerm = 2_000;
const longestStderr = 4_096;
/** Between two pieces (64 KiB) of what is written beyond that. */
const restTime = 20;
/** How long the end of stderr is waited for after the exit. */
const lastWordsTime = 100;
/** The user of scripts that name none, if it exists on the machine. */
const conventionalUser = 'keepalived_script';
/** Where nothing says where programs are. */
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Would let the environment of the daemon change what a script with other rights does. */
const removedVariables = ['IFS', 'LD_PRELOAD', 'LD_LIBRARY_PATH'];

/** The environment scripts get from one. */
export function scriptEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !removedVariables.includes(name)));
}

/** The first line of a text without control characters, or `undefined` if it is empty. */
export function firstLine(text: string): string | undefined {
  const line = (text.trimStart().split('\n', 1)[0] ?? '').replace(/\p{Cc}+/gu, ' ').trim();
  return line === '' ? undefined : line;
}

export class ScriptRunner {
  /** Hears of every run that has ended. */
  finished: ((call: ScriptCall, result: ScriptResult) => void) | undefined;
  #policy: ScriptPolicy;
  readonly #running = new Set<RunningScript>();
  readonly #identities = new Map<string, Promise<Identity | undefined>>();

  constructor(policy: ScriptPolicy) {
    this.#policy = policy;
  }

  /** After a reload: other defaults, and users are looked up anew. */
  setPolicy(policy: ScriptPolicy): void {
    this.#policy = policy;
    this.#identities.clear();
  }

  /** Starts a script and waits for its end. Never rejects. */
  run(call: ScriptCall, options: RunOptions = {}): Promise<ScriptResult> {
    return this.start(call, options).result;
  }

  /** Starts a script. What keeps it from starting is in the result. */
  start(call: ScriptCall, options: RunOptions = {}): RunningScript {
    let child: ChildProcess | undefined;
    let early: NodeJS.Signals | undefined;
    const kill = (signal: 'SIGTERM' | 'SIGKILL'): void => {
      if (child === undefined) early = signal;
      else signalGroup(child, signal);
    };
    const begun = now();
    const launch = async (): Promise<ScriptResult> => {
      try {
        const prepared = await this.#prepare(call);
        if (early !== undefined) return { signal: early, duration: now() - begun };
        child = spawn(prepared.file, prepared.argv.slice(1), {
          argv0: prepared.argv[0],
          stdio: ['ignore', 'ignore', 'pipe'],
          detached: true,
          env: scriptEnvironment(process.env),
          ...prepared.identity,
        });
        return await watch(child, begun, options.timeout);
      } catch (error) {
        return { duration: now() - begun, message: error instanceof Error ? error.message : String(error) };
      }
    };
    const result = launch();
    const running: RunningScript = { result, kill };
    this.#running.add(running);
    void result.then((ended) => {
      this.#running.delete(running);
      this.finished?.(call, ended);
    });
    return running;
  }

  /** At the end of the daemon: what still runs after `grace` is killed. */
  async finish(grace: Milliseconds): Promise<void> {
    if (this.#running.size === 0) return;
    await waitAtMost(grace, Promise.all([...this.#running].map((script) => script.result)));
    for (const script of this.#running) script.kill('SIGKILL');
  }

  async #prepare(call: ScriptCall): Promise<Prepared> {
    const argv = [...call.command.argv, ...call.extraArguments];
    const word = argv[0] ?? '';
    const found = await findExecutable(word, process.env['PATH'] ?? usualPath);
    if (found === undefined) throw new Error(`${word} is not an executable in PATH`);
    const identity = await this.#identity(call.command);
    const own = { uid: process.getuid?.(), gid: process.getgid?.() };
    if (this.#policy.enableScriptSecurity && (await hasRootsRights(found, identity?.uid ?? own.uid))) {
      const security = await checkScriptSecurity(found);
      if (!security.safe) throw new Error(`not run, insecure: ${security.message}`);
    }
    const file = this.#policy.useSymlinkPaths ? found : await realpath(found).catch(() => found);
    // Without the right to change, asking for what we are already would fail.
    const same = identity === undefined || (own.uid !== 0 && identity.uid === own.uid && identity.gid === own.gid);
    if (!same && this.#policy.supplementaryGroups === true) return withGroups(file, argv.slice(1), identity);
    return { file, argv, identity: same ? {} : identity };
  }

  #identity(command: ScriptCommand): Promise<Identity | undefined> {
    const named = command.user === undefined ? this.#policy.scriptUser : { user: command.user, group: command.group };
    const key = `${named?.user ?? ''}:${named?.group ?? ''}`;
    let identity = this.#identities.get(key);
    if (identity === undefined) {
      identity =
        named === undefined
          ? lookUpUser(conventionalUser).then((account) => account && { uid: account.uid, gid: account.gid })
          : resolveIdentity(named.user, named.group);
      // An account that is missing now may be there at the next run.
      identity.catch(() => this.#identities.delete(key));
      this.#identities.set(key, identity);
    }
    return identity;
  }
}

interface Prepared {
  readonly file: string;
  readonly argv: readonly string[];
  readonly identity: Partial<Identity>;
}

/** Node takes all supplementary groups away from whom it makes another user: setpriv(1) of util-linux gives that user's. */
async function withGroups(file: string, words: readonly string[], { uid, gid }: Identity): Promise<Prepared> {
  const setpriv = await findExecutable('setpriv', usualPath);
  if (setpriv === undefined) throw new Error('set_supplementary_groups needs setpriv: install util-linux');
  const rights = [`--reuid=${uid}`, `--regid=${gid}`, '--init-groups'];
  return { file: setpriv, argv: ['setpriv', ...rights, '--', file, ...words], identity: {} };
}

/** A script is the leader of its own session: its number is that of its process group. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended in the meantime.
  }
}

/** Reads on a little later: what nobody will see must not keep this process busy, however fast it is written. */
function rest(stream: Readable | null): void {
  stream?.pause();
  setTimeout(() => stream?.resume(), restTime).unref();
}

function watch(child: ChildProcess, begun: number, timeout: Milliseconds | undefined): Promise<ScriptResult> {
  return new Promise((resolve) => {
    let stderr = '';
    const timers: NodeJS.Timeout[] = [];
    if (timeout !== undefined) {
      timers.push(
        setTimeout(() => signalGroup(child, 'SIGTERM'), timeout),
        setTimeout(() => signalGroup(child, 'SIGKILL'), timeout + killAfterTerm),
      );
    }
    // Read to its end, also after the exit: something the script left running may still write, and must not die of it.
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < longestStderr) stderr += text;
      else rest(child.stderr);
    });
    child.stderr?.on('error', () => undefined);
    let spawnError: Error | undefined;
    const finish = (exit: number | null, signal: NodeJS.Signals | null, duration: Milliseconds): void => {
      const message = spawnError === undefined ? firstLine(stderr) : spawnError.message;
      resolve({
        ...(exit === null ? {} : { exit }),
        ...(signal === null ? {} : { signal }),
        duration,
        ...(message === undefined ? {} : { message }),
      });
    };
    child.once('error', (error) => {
      spawnError = error;
      if (child.pid === undefined) finish(null, null, now() - begun);
    });
    child.once('exit', (exit, signal) => {
      timers.forEach((timer) => clearTimeout(timer));
      const duration = now() - begun;
      // What it wrote last may still be in the pipe; whoever holds the other end must not delay the result.
      const patience = setTimeout(() => finish(exit, signal, duration), lastWordsTime);
      child.once('close', () => {
        clearTimeout(patience);
        finish(exit, signal, duration);
      });
    });
  });
}
