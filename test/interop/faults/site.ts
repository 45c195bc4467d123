/** Two balancers on one cable: one under this daemon, which gets the faults, and the other that watches it. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { CleanUp } from '../../../lab/lib/clean-up.ts';
import { nowMs, sleep, until } from '../../../lab/lib/clock.ts';
import { run } from '../../../lab/lib/run.ts';
import type { Running } from '../../../lab/lib/run.ts';
import { Machine, configurationFile, instance, isAlive, keepalived, patience } from '../process/machine.ts';
import type { SeenAdvertisement } from './two-masters.ts';

const watchersSource = '10.88.0.2';
export const virtualAddress = '10.88.0.100/24';
const originalBinary = '/usr/sbin/keepalived';
/** Seconds between two advertisements. */
export const interval = 0.15;
/** Of the watcher, in milliseconds: it takes over later than that after the last advertisement (RFC 9568, section 6.1). */
export const masterDown = 3 * interval * 1000 + ((256 - 100) / 256) * interval * 1000;

const global = `global_defs {
    router_id test
    vrrp_version 3
    reload_file
    script_user root
}
`;

function configuration(priority: number): string {
  return global + instance({ state: 'BACKUP', interval, priority });
}

/** The better one of the two takes the address whenever it can. Its BFD session, which nobody answers, is there to be killed. */
export const victimConfiguration = `${configuration(150)}bfd_instance nobody {
    neighbor_ip 10.88.0.9
}
`;

/** Keeps what comes to /dev/log, as a system log does. */
const systemLog = `
import os, socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind('/dev/log')
while True: print(s.recv(65536).decode(), flush=True)
`;
const privateDevices = [
  'mkdir -p /tmp/dev',
  'mount -t tmpfs -o mode=755 none /tmp/dev',
  'cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /tmp/dev/',
  'mount --move /tmp/dev /dev',
].join(' && ');

export class Site {
  readonly victim: Machine;
  readonly watcher: Machine;
  /** What became of the daemon under test: every line of all its lives. */
  readonly log: string[] = [];
  readonly #wire: Running;
  readonly #preload: string;
  #daemon: Running;
  #systemLog: Running | undefined;
  /** Lines that reached the system log. */
  readonly systemLog: string[] = [];
  #closed = false;

  private constructor(victim: Machine, watcher: Machine, wire: Running, preload: string) {
    this.victim = victim;
    this.watcher = watcher;
    this.#wire = wire;
    this.#preload = preload;
    this.#daemon = this.#start();
  }

  /** @param other what the watching balancer runs */
  static async make(cleanUp: CleanUp, other: 'ours' | 'debian'): Promise<Site> {
    const [victim, watcher] = await Machine.pair(cleanUp);
    await victim.run(['sh', '-c', privateDevices]);
    // Small enough to be filled at once. (/var/tmp is the one place for files that both machines and this one see.)
    await victim.run(['mount', '-o', 'remount,size=4m', '/tmp']);
    const folder = mkdtempSync('/var/tmp/keepalived-faults-');
    cleanUp.add('remove the clock', () => rmSync(folder, { recursive: true, force: true }));
    const preload = path.join(folder, 'clock.so');
    execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', preload, path.join(import.meta.dirname, 'clock.c'), '-ldl']);
    const words = ['tcpdump', '-tt', '-l', '-n', '-i', 'eth0', 'ip proto 112'];
    const wire = watcher.start('tcpdump', words);
    await until('tcpdump listens', { within: patience, every: 20 }, () =>
      wire.lines.some(({ text }) => text.includes('listening on')),
    );
    victim.write('/run/clock-step', '\0'.repeat(8));
    victim.write(configurationFile, victimConfiguration);
    watcher.write(configurationFile, configuration(100));
    const site = new Site(victim, watcher, wire, preload);
    cleanUp.add('let the daemon rest', () => site.close());
    await site.startSystemLog();
    watcher.start(other, [other === 'ours' ? keepalived : originalBinary, '-n', '-l', '-D', '-P']);
    await site.settled();
    return site;
  }

  /** The daemon, and somebody who starts it again when its parent process ends, as a service manager does. */
  #start(): Running {
    const env = { LD_PRELOAD: this.#preload, CLOCK_STEP: '/run/clock-step' };
    // Straight to where it runs: a wrapper would be the process that is killed.
    const running = this.victim.start('keepalived', [keepalived, '-n', '-l', '-D'], {
      env,
      onLine: ({ text }) => this.log.push(text.replace(/^\w{3} \w{3} [ \d]\d [\d:]+ \d{4}: /, '')),
    });
    void this.#restart(running);
    return running;
  }

  async #restart(running: Running): Promise<void> {
    await until('its end', { within: 2 ** 31 - 1, every: 50 }, () => this.#closed || !isAlive(running.pid));
    if (this.#closed) return;
    this.log.push('the service manager starts the daemon again');
    await sleep(100);
    if (!this.#closed) this.#daemon = this.#start();
  }

  close(): void {
    this.#closed = true;
  }

  get parentPid(): number {
    return this.#daemon.pid;
  }

  get vrrpPid(): number {
    return this.victim.exists('/run/vrrp.pid') ? Number(this.victim.read('/run/vrrp.pid')) : 0;
  }

  get bfdPid(): number {
    return this.victim.exists('/run/bfd.pid') ? Number(this.victim.read('/run/bfd.pid')) : 0;
  }

  /** All processes of the daemon that live. */
  get processes(): number[] {
    return [this.parentPid, this.vrrpPid, this.bfdPid].filter((pid) => pid > 0 && isAlive(pid));
  }

  async startSystemLog(): Promise<void> {
    const receiver = this.victim.start('system log', ['python3', '-c', systemLog], {
      onOutput: (text) => this.systemLog.push(text),
    });
    this.#systemLog = receiver;
    await until('the system log listens', { within: patience, every: 20 }, () => this.victim.exists('/dev/log'));
  }

  /** It ends, and its socket goes with it. */
  async stopSystemLog(): Promise<void> {
    await this.#systemLog?.stop('SIGKILL');
    await this.victim.run(['rm', '-f', '/dev/log']);
  }

  /** Moves the clock of dates of the daemon by so many seconds from the true one. */
  stepClock(seconds: number): void {
    // In place: the daemon has the file mapped, and would not survive to see it empty.
    const file = openSync(this.victim.path('/run/clock-step'), 'r+');
    writeSync(file, new BigInt64Array([BigInt(seconds)]));
    closeSync(file);
  }

  get advertisements(): SeenAdvertisement[] {
    return this.#wire.lines.flatMap(({ text }) => {
      const found = /^(\d+\.\d+) IP (\S+) > .*, prio (\d+),/.exec(text);
      return found === null
        ? []
        : [{ time: Number(found[1]) * 1000, source: found[2] ?? '', priority: Number(found[3]) }];
    });
  }

  /** Waits until the better router is master again, and it alone. */
  async settled(): Promise<void> {
    const since = nowMs();
    await until('the better router is master again, alone', { within: patience, every: 20 }, () => {
      const seen = this.advertisements.filter(({ time }) => time > since);
      const last = seen.findLastIndex(({ source }) => source === watchersSource);
      return seen.length - 1 - last >= 3;
    });
    await this.victim.untilAddress(virtualAddress);
    await this.watcher.untilNoAddress(virtualAddress);
  }

  /** Sends a signal to a process of the daemon; one that ended meanwhile is no error. */
  signal(pid: number, signal: NodeJS.Signals | number): void {
    if (pid <= 0) return;
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended.
    }
  }

  async command(...words: readonly string[]): Promise<void> {
    await this.victim.run(words, { accept: 'any' });
  }

  async said(pattern: RegExp, since: number): Promise<void> {
    try {
      await until(`the log says ${pattern}`, { within: patience, every: 20 }, () =>
        this.log.slice(since).some((line) => pattern.test(line)),
      );
    } catch (error) {
      throw new Error(`${(error as Error).message} It says:\n${this.log.slice(since).join('\n')}`, { cause: error });
    }
  }

  /** So many descriptors and no more. */
  async limitDescriptors(pid: number, most: number | 'as before'): Promise<void> {
    // The runtime has raised its soft limit to the hard one.
    const before = /^Max open files +\d+ +(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1];
    await run('prlimit', ['--pid', String(pid), `--nofile=${most === 'as before' ? (before ?? '') : most}:`]);
  }
}
