/**
 * A machine under systemd: this machine's own files under an overlay that forgets everything, the real systemd as process
 * 1 of its own namespaces, a network of its own.
 */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import { run, start } from '../../../lab/lib/run.ts';
import type { RunOptions, RunResult } from '../../../lab/lib/run.ts';

export const systemd = '/lib/systemd/systemd';
const patience = 60_000;

/** $1: folder. $2: a control group of its own, of which systemd sees nothing else. */
const enter = 'echo $$ > "$2/cgroup.procs" && exec unshare -f -p -m -n -C -u -i --kill-child sh -e -c "$3" sh "$1"';

/** Units that look after hardware, clocks and files of a real machine. */
const idle = [
  ...['systemd-udevd', 'systemd-udev-trigger', 'systemd-modules-load', 'systemd-remount-fs', 'systemd-sysctl'],
  ...['systemd-tmpfiles-setup', 'systemd-tmpfiles-setup-dev', 'systemd-sysusers', 'kmod-static-nodes'],
  ...['systemd-binfmt', 'systemd-journal-flush', 'systemd-machine-id-commit', 'systemd-update-utmp'],
  ...['systemd-timesyncd', 'systemd-random-seed', 'systemd-pcrphase', 'systemd-networkd', 'systemd-resolved'],
];

const prepare = [
  'mount --make-rprivate /',
  'mount -t tmpfs -o mode=755 none "$1"',
  'mkdir "$1/upper" "$1/work" "$1/root"',
  'root="$1/root"',
  'mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$root"',
  'mount -t proc proc "$root/proc"',
  'mount -t sysfs sysfs "$root/sys"',
  'mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"',
  'mount -t tmpfs -o mode=755 none "$root/dev"',
  'cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty "$root/dev/"',
  'mkdir "$root/dev/shm" "$root/dev/pts"',
  'for place in run tmp etc/keepalived; do mount -t tmpfs -o mode=755 none "$root/$place"; done',
  'chmod 1777 "$root/tmp"',
  'sysctl -q -e -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1',
  'ip link set lo up',
  'rm -f "$root/usr/sbin/policy-rc.d" "$root/var/lib/man-db/auto-update" "$root"/etc/systemd/system/*.wants/*',
  `for unit in ${idle.join(' ')}; do ln -sf /dev/null "$root/etc/systemd/system/$unit.service"; done`,
  'printf "[Unit]\\nRequires=basic.target\\nAfter=basic.target\\n" > "$root/etc/systemd/system/quiet.target"',
  `exec chroot "$root" env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin ${systemd} --system --unit=quiet.target --show-status=0`,
].join('\n');

/** Where the second version of control groups is, if anywhere. */
export function controlGroups(): string | undefined {
  const mounted = readFileSync('/proc/mounts', 'utf8').split('\n');
  return mounted.map((line) => line.split(' ')).find((words) => words[2] === 'cgroup2')?.[1];
}

export class SystemdMachine {
  /** Process 1, as this machine numbers it. */
  readonly init: number;

  private constructor(init: number) {
    this.init = init;
  }

  static async make(cleanUp: CleanUp, name: string): Promise<SystemdMachine> {
    const groups = controlGroups();
    if (groups === undefined) throw new Error('no control groups (cgroup2) are mounted');
    const folder = mkdtempSync(path.join(tmpdir(), `keepalived-${name}-`));
    cleanUp.add('remove the folder', () => rmSync(folder, { recursive: true, force: true }));
    const group = path.join(groups, path.basename(folder));
    mkdirSync(group);
    cleanUp.add('remove the control group', () => removeGroup(group));
    const holder = start(cleanUp, name, 'sh', ['-c', enter, 'sh', folder, group, prepare]);
    const init = await until(`process 1 of ${name}`, { within: patience, every: 20 }, () => {
      if (holder.code !== undefined) throw new Error(holder.lines.map(({ text }) => text).join('\n'));
      return Number(readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').trim()) || undefined;
    });
    // All of its processes end with it.
    cleanUp.add(`end ${name}`, async () => {
      process.kill(init, 'SIGKILL');
      await holder.ended;
    });
    const machine = new SystemdMachine(init);
    await until(`systemd runs on ${name}`, { within: patience, every: 100 }, async () => {
      if (holder.code !== undefined) throw new Error(holder.lines.map(({ text }) => text).join('\n'));
      return (await machine.run(['systemctl', 'is-active', 'basic.target'], { accept: 'any' })).code === 0;
    });
    return machine;
  }

  path(file: string): string {
    return `/proc/${this.init}/root${file}`;
  }

  write(file: string, text: string, mode = 0o644): void {
    mkdirSync(path.dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text, { mode });
  }

  run(command: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const root = `/proc/${this.init}/root`;
    const env = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8', ...options.env };
    return run('nsenter', ['-t', String(this.init), '-a', `--root=${root}`, `--wd=${root}`, ...command], {
      timeout: 60_000,
      ...options,
      env,
    });
  }

  /** A line of shell. @returns what it prints on both outputs, in order, and its status if that is not 0 */
  async shell(line: string): Promise<string> {
    const { code, stdout } = await this.run(['sh', '-c', `{ ${line}\n} 2>&1`], { accept: 'any' });
    return `${stdout}${code === 0 ? '' : `(exit status ${code})\n`}`;
  }
}

async function removeGroup(group: string): Promise<void> {
  const remove = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) remove(path.join(folder, entry.name));
    rmdirSync(folder);
  };
  // Busy until the kernel has done with the last process.
  await until('the control group is empty', { within: patience, every: 50 }, () => {
    try {
      remove(group);
      return true;
    } catch {
      return false;
    }
  });
}
