/**
 * A machine to install packages on: this machine's own files under an overlay that forgets everything, a network of its
 * own, and a stand-in for systemd that does what maintainer scripts ask of it and keeps a record.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import { run, start } from '../../../lab/lib/run.ts';
import type { RunOptions, RunResult, Running } from '../../../lab/lib/run.ts';

const prepare = [
  'set -e',
  'mount --make-rprivate /',
  'mount -t tmpfs -o mode=755 none "$1"',
  'mkdir "$1/upper" "$1/work" "$1/root"',
  'mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"',
  'for place in proc sys dev; do mount --rbind /$place "$1/root/$place"; done',
  'for place in run tmp etc/keepalived; do mount -t tmpfs -o mode=755 none "$1/root/$place"; done',
  'chmod 1777 "$1/root/tmp"',
  'sysctl -q -e -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1',
  'ip link set lo up',
  'ip link add eth0 type veth peer name eth0w',
  'ip addr add 10.89.0.1/24 dev eth0',
  'ip link set eth0w up',
  'ip link set eth0 up',
  'echo ready',
  'exec cat',
].join('\n');

/** Knows one unit. The record has a line for each change that was asked for. */
const systemctl = `#!/bin/sh
action=
for word do case $word in is-enabled | is-active | preset | start | stop | restart | daemon-reload) action=$word; break ;; esac; done
pid() { cat /run/keepalived.pid 2>/dev/null; }
stop() {
    old=$(pid) || return 0
    kill "$old" 2>/dev/null || return 0
    while [ -d "/proc/$old" ] && ! grep -q '^State:.Z' "/proc/$old/status" 2>/dev/null; do sleep 0.05; done
}
start() {
    [ -s /etc/keepalived/keepalived.conf ] || return 0
    DAEMON_ARGS=
    [ -r /etc/default/keepalived ] && . /etc/default/keepalived
    /usr/sbin/keepalived $DAEMON_ARGS </dev/null >/dev/null 2>&1
}
case $action in
    is-enabled) if [ -L /etc/systemd/system/multi-user.target.wants/keepalived.service ]; then echo enabled; else echo disabled; exit 1; fi ;;
    is-active) kill -0 "$(pid)" 2>/dev/null ;;
    preset) mkdir -p /etc/systemd/system/multi-user.target.wants && ln -sf /usr/lib/systemd/system/keepalived.service /etc/systemd/system/multi-user.target.wants/ ;;
    start) echo start >> /run/record; kill -0 "$(pid)" 2>/dev/null || start ;;
    stop) echo stop >> /run/record; stop ;;
    restart) echo restart >> /run/record; stop; start ;;
    *) ;;
esac
`;

export class TestRoot {
  readonly #holder: Running;
  readonly #folder: string;

  private constructor(holder: Running, folder: string) {
    this.#holder = holder;
    this.#folder = folder;
  }

  static async make(cleanUp: CleanUp): Promise<TestRoot> {
    const folder = mkdtempSync(path.join(tmpdir(), 'keepalived-root-'));
    cleanUp.add('remove the folder of the test root', () => rmSync(folder, { recursive: true, force: true }));
    const holder = start(cleanUp, 'test root', 'unshare', ['-n', '-m', 'sh', '-c', prepare, 'sh', folder]);
    await until('the test root is ready', { within: 20_000, every: 10 }, () => {
      if (holder.code !== undefined) throw new Error(holder.lines.map(({ text }) => text).join('\n'));
      return holder.lines.some(({ text }) => text === 'ready');
    });
    const root = new TestRoot(holder, folder);
    cleanUp.add('end the processes of the test root', () => root.#killAll());
    mkdirSync(root.path('/run/systemd/system'), { recursive: true });
    root.write('/usr/bin/systemctl', systemctl, 0o755);
    rmSync(root.path('/usr/sbin/policy-rc.d'), { force: true });
    // Without this file man-db makes no index of all manual pages at each installation.
    rmSync(root.path('/var/lib/man-db/auto-update'), { force: true });
    return root;
  }

  /** A file of the root, by a path that works here. */
  path(file: string): string {
    return `/proc/${this.#holder.pid}/root${this.#folder}/root${file}`;
  }

  exists(file: string): boolean {
    return existsSync(this.path(file));
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8');
  }

  write(file: string, text: string, mode = 0o644): void {
    mkdirSync(path.dirname(this.path(file)), { recursive: true });
    rmSync(this.path(file), { force: true });
    writeFileSync(this.path(file), text, { mode });
  }

  /** Runs a command in the root, for at most 60 s. */
  run(command: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const env = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8', ...options.env };
    return run('nsenter', [...this.#inside(), ...command], { timeout: 60_000, ...options, env });
  }

  /** Starts a command in the root that goes on. */
  start(cleanUp: CleanUp, name: string, command: readonly string[], env: Record<string, string>): Running {
    return start(cleanUp, name, 'nsenter', [...this.#inside(), ...command], { env });
  }

  #inside(): string[] {
    return ['-t', String(this.#holder.pid), '-n', '-m', 'chroot', path.join(this.#folder, 'root')];
  }

  /** dpkg, without its waits for the disk. */
  dpkg(...words: readonly string[]): Promise<RunResult> {
    return this.run(['dpkg', '--force-unsafe-io', ...words]);
  }

  /** What the stand-in for systemd was asked for since the last call. */
  record(): string[] {
    const lines = this.exists('/run/record') ? this.read('/run/record').split('\n').slice(0, -1) : [];
    rmSync(this.path('/run/record'), { force: true });
    return lines;
  }

  #killAll(): void {
    const own = readlinkSync(`/proc/${this.#holder.pid}/ns/mnt`);
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (Number(pid) === this.#holder.pid) continue;
      try {
        if (readlinkSync(`/proc/${pid}/ns/mnt`) === own) process.kill(Number(pid), 'SIGKILL');
      } catch {
        // Ended meanwhile.
      }
    }
  }
}
