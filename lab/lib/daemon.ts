/** The daemon under the light: this project's, or Debian's original, behind the same verbs. */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { CleanUp } from './clean-up.ts';
import { LabError } from './errors.ts';
import { projectRoot } from './places.ts';
import type { Running, TimedLine } from './run.ts';
import type { Topology } from './topology.ts';

export type DaemonKind = 'ours' | 'debian';

/** The programs of a kind. */
export interface DaemonPrograms {
  readonly keepalived: string;
  readonly genhash: string;
}

/** Paths of the programs of a kind. @throws LabError when they are not there */
export function programsOf(kind: DaemonKind): DaemonPrograms {
  const folder = path.join(projectRoot(), 'dist', 'bin');
  const programs =
    kind === 'ours'
      ? { keepalived: path.join(folder, 'keepalived'), genhash: path.join(folder, 'genhash') }
      : { keepalived: '/usr/sbin/keepalived', genhash: '/usr/bin/genhash' };
  for (const program of Object.values(programs)) {
    if (!existsSync(program)) {
      throw new LabError(
        `${program} is missing. ${kind === 'ours' ? 'Build it first: npm run build' : 'Install it: apt-get install keepalived'}`,
      );
    }
  }
  return programs;
}

export interface DaemonOptions {
  readonly kind: DaemonKind;
  readonly machine: string;
  /** Becomes the machine's /etc/keepalived. */
  readonly configuration: string;
  /** The machine's own folder for state dumps ($TMPDIR). */
  readonly scratch: string;
  /** Further command line options, such as --vrrp. */
  readonly args?: readonly string[];
  readonly onLine?: (line: TimedLine) => void;
}

/** A keepalived on one machine. Two of them on one kernel do not meet: each has its own /run and /etc/keepalived. */
export class Daemon {
  readonly kind: DaemonKind;
  readonly machine: string;
  readonly #running: Running;
  #settledAt = 0;

  constructor(kind: DaemonKind, machine: string, running: Running) {
    this.kind = kind;
    this.machine = machine;
    this.#running = running;
  }

  /** Everything it logged, with the times of arrival. */
  get log(): readonly TimedLine[] {
    return this.#running.lines;
  }

  /** Exit code, or undefined while it runs. */
  get code(): number | undefined {
    return this.#running.code;
  }

  /** SIGHUP: read the configuration again. */
  reload(): void {
    this.#running.signal('SIGHUP');
  }

  signal(signal: NodeJS.Signals | number): void {
    this.#running.signal(signal);
  }

  /** SIGTERM and wait for the end. Returns the exit code. */
  async stop(): Promise<number> {
    return this.#running.stop('SIGTERM', 15_000);
  }

  /** All its processes end at once, without a last word, as when the machine loses power. */
  async crash(): Promise<void> {
    this.#running.kill();
    await this.#running.ended;
  }

  /** What it logged so far was finding its place: who starts first may be master of everything for a moment. */
  settle(): void {
    this.#settledAt = this.log.length;
  }

  /** State changes it logged since it settled, such as "VI_1 MASTER", in order. */
  transitions(): string[] {
    return this.log.slice(this.#settledAt).flatMap(({ text }) => {
      const found = /\(([^)]+)\) Entering (\w+) STATE/.exec(text);
      return found === null ? [] : [`${found[1]} ${found[2]}`];
    });
  }
}

/** `ip netns exec` gives the shell a mount namespace of its own, so these mounts are the machine's alone. */
const startScript = 'mount --bind "$1" /etc/keepalived && mount -t tmpfs tmpfs /run && shift && exec "$@"';

/** Starts a keepalived in the foreground, logging to standard error only. */
export function startDaemon(cleanUp: CleanUp, topology: Topology, options: DaemonOptions): Daemon {
  const { kind, machine, configuration, scratch, args = [], onLine } = options;
  const { keepalived } = programsOf(kind);
  mkdirSync('/etc/keepalived', { recursive: true });
  mkdirSync(scratch, { recursive: true });
  const command = [keepalived, '--dont-fork', '--log-console', '--no-syslog', '--log-detail', ...args];
  const running = topology.start(
    cleanUp,
    `keepalived on ${machine}`,
    machine,
    ['sh', '-c', startScript, 'sh', configuration, ...command],
    { env: { TMPDIR: scratch }, ...(onLine === undefined ? {} : { onLine }) },
  );
  return new Daemon(kind, machine, running);
}
