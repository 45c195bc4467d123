/** A machine for the tests of the processes: network and mount namespaces without a name, which end with their holder. */
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import { descendants, run, start } from '../../../lab/lib/run.ts';
import type { RunOptions, RunResult, Running, StartOptions } from '../../../lab/lib/run.ts';

/** Where the programs under test are. */
export const distribution = process.env['KEEPALIVED_DIST'] ?? path.join(import.meta.dirname, '..', '..', '..', 'dist');
export const keepalived = path.join(distribution, 'bin', 'keepalived');
export const keepalivectl = path.join(distribution, 'bin', 'keepalivectl');
export const configurationFile = '/etc/keepalived/keepalived.conf';

/** The noise of a shared machine must not fail a test: nothing here takes longer unless it is broken. Milliseconds. */
export const patience = 20_000;

/** Private /run, /tmp and /etc/keepalived; eth0 with its other end in the same place, unless it is cabled elsewhere. */
const prepare = [
  'set -e',
  'mount --make-rprivate /',
  'mkdir -p /etc/keepalived',
  'for place in /run /tmp /etc/keepalived; do mount -t tmpfs -o mode=755 none $place; done',
  'chmod 1777 /tmp',
  'sysctl -q -e -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1',
  'ip link set lo up',
  'echo ready',
  'exec cat',
].join('\n');

export class Machine {
  readonly name: string;
  readonly #holder: Running;
  readonly #cleanUp: CleanUp;

  private constructor(name: string, holder: Running, cleanUp: CleanUp) {
    this.name = name;
    this.#holder = holder;
    this.#cleanUp = cleanUp;
  }

  static async make(cleanUp: CleanUp, name: string): Promise<Machine> {
    const holder = start(cleanUp, name, 'unshare', ['-n', '-m', 'sh', '-c', prepare]);
    await until(`${name} is ready`, { within: patience, every: 10 }, () => {
      if (holder.code !== undefined) throw new Error(holder.lines.map(({ text }) => text).join('\n'));
      return holder.lines.some(({ text }) => text === 'ready');
    });
    const machine = new Machine(name, holder, cleanUp);
    cleanUp.add(`end the processes of ${name}`, () => machine.killAll());
    return machine;
  }

  /** eth0 with an address and its other end in the same machine: for tests that need no peer. */
  async ethernet(address: string, interfaceName = 'eth0'): Promise<void> {
    await this.ip(
      `link add ${interfaceName} type veth peer name ${interfaceName}w`,
      `addr add ${address} dev ${interfaceName}`,
      `link set ${interfaceName}w up`,
      `link set ${interfaceName} up`,
    );
  }

  get holder(): number {
    return this.#holder.pid;
  }

  /** A file of the machine, by a path that works here. */
  path(file: string): string {
    return `/proc/${this.#holder.pid}/root${file}`;
  }

  exists(file: string): boolean {
    return existsSync(this.path(file));
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8');
  }

  write(file: string, text: string, mode = 0o644): void {
    mkdirSync(path.dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text, { mode });
  }

  /** Words that run a command on the machine. */
  on(command: readonly string[]): [string, string[]] {
    return ['nsenter', ['-t', String(this.#holder.pid), '-n', '-m', ...command]];
  }

  run(command: readonly string[], options?: RunOptions): Promise<RunResult> {
    const [file, args] = this.on(command);
    return run(file, args, options);
  }

  start(name: string, command: readonly string[], options?: StartOptions): Running {
    const [file, args] = this.on(command);
    return start(this.#cleanUp, `${name} on ${this.name}`, file, args, options);
  }

  async ip(...lines: readonly string[]): Promise<void> {
    await this.run(['ip', '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }

  /** IPv4 addresses with prefix length on an interface; an address that is there twice is twice in the list. */
  async addresses(interfaceName = 'eth0'): Promise<string[]> {
    const { stdout } = await this.run(['ip', '-j', '-4', 'addr', 'show', 'dev', interfaceName], { accept: 'any' });
    if (stdout === '') return [];
    const links = JSON.parse(stdout) as { addr_info?: { local: string; prefixlen: number }[] }[];
    return links.flatMap((link) => (link.addr_info ?? []).map(({ local, prefixlen }) => `${local}/${prefixlen}`));
  }

  async untilAddress(address: string, interfaceName = 'eth0', within = patience): Promise<void> {
    await until(`${address} on ${this.name}`, { within, every: 25 }, async () =>
      (await this.addresses(interfaceName)).includes(address),
    );
  }

  async untilNoAddress(address: string, interfaceName = 'eth0', within = patience): Promise<void> {
    await until(
      `no ${address} on ${this.name}`,
      { within, every: 25 },
      async () => !(await this.addresses(interfaceName)).includes(address),
    );
  }

  /** Starts the daemon in the foreground with its log on stderr, and waits until it says that it is up. */
  async daemon(
    configuration: string,
    { env, options = [] }: { readonly options?: readonly string[]; readonly env?: Record<string, string> } = {},
  ): Promise<Daemon> {
    this.write(configurationFile, configuration);
    const running = this.start(
      'keepalived',
      [keepalived, '-n', '-l', '-D', ...options],
      env === undefined ? {} : { env },
    );
    const daemon = new Daemon(this, running);
    await daemon.untilLog('Startup complete');
    return daemon;
  }

  /** Two machines, eth0 to eth0. */
  static async pair(cleanUp: CleanUp): Promise<[Machine, Machine]> {
    const machines = await Promise.all([Machine.make(cleanUp, 'left'), Machine.make(cleanUp, 'right')]);
    const [left, right] = machines;
    await run('nsenter', [
      ...['-t', String(left.holder), '-n', 'ip', 'link', 'add', 'eth0', 'type', 'veth'],
      ...['peer', 'name', 'eth0', 'netns', String(right.holder)],
    ]);
    await Promise.all([
      left.ip('addr add 10.88.0.1/24 dev eth0', 'link set eth0 up'),
      right.ip('addr add 10.88.0.2/24 dev eth0', 'link set eth0 up'),
    ]);
    return machines;
  }

  /** Ends whatever was started here and is still alive, daemons that left their starter included, and removes what they left in /run. */
  killAll(): void {
    // All stand still before the first one ends: a child that sees its parent end would begin to clean up.
    this.#signalAll('SIGSTOP');
    this.#signalAll('SIGKILL');
  }

  #signalAll(signal: NodeJS.Signals): void {
    const own = readlinkSync(`/proc/${this.#holder.pid}/ns/mnt`);
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (Number(pid) === this.#holder.pid) continue;
      try {
        if (readlinkSync(`/proc/${pid}/ns/mnt`) === own) process.kill(Number(pid), signal);
      } catch {
        // Ended meanwhile.
      }
    }
  }
}

/**
 * Gives the tests of a file a machine with eth0 (10.88.0.1/24), one for all of them or a new one for each. What a test
 * started ends with the test; nothing of the machine is left after the last.
 */
export function provideMachine(name: string, share: 'all tests' | 'each test', use: (machine: Machine) => void): void {
  const cleanUp = new CleanUp();
  let machine: Machine;
  const before = share === 'all tests' ? beforeAll : beforeEach;
  before(async () => {
    machine = await Machine.make(cleanUp, name);
    use(machine);
    await machine.ethernet('10.88.0.1/24');
  });
  afterEach(() => machine.killAll());
  afterAll(async () => {
    expect(await cleanUp.run()).toEqual([]);
  });
}

/** A running daemon and what it has said. */
export class Daemon {
  readonly machine: Machine;
  readonly running: Running;

  constructor(machine: Machine, running: Running) {
    this.machine = machine;
    this.running = running;
  }

  get pid(): number {
    return this.running.pid;
  }

  /** Pid of the VRRP process, from its pid file. */
  get vrrpPid(): number {
    return Number(this.machine.read('/run/vrrp.pid'));
  }

  get children(): number[] {
    return descendants(this.pid);
  }

  /** The log's texts, without dates. */
  get log(): string[] {
    return this.running.lines.map(({ text }) => text.replace(/^\w{3} \w{3} [ \d]\d [\d:]+ \d{4}: /, ''));
  }

  /** Number of log lines that hold `text`. */
  said(text: string | RegExp): number {
    return this.log.filter((line) => (typeof text === 'string' ? line.includes(text) : text.test(line))).length;
  }

  async untilLog(text: string | RegExp, times = 1, within = patience): Promise<void> {
    try {
      await until(`the log says "${text}" ${times} times`, { within, every: 10 }, () => {
        if (this.said(text) >= times) return true;
        if (this.running.code !== undefined) throw new Error(`the daemon ended with ${this.running.code}`);
        return false;
      });
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${this.log.join('\n')}`, { cause: error });
    }
  }

  signal(signal: NodeJS.Signals | number): void {
    process.kill(this.pid, signal);
  }

  /** Asks for a reload with a new configuration and waits for its end. */
  async reload(configuration: string): Promise<void> {
    this.machine.write(configurationFile, configuration);
    const before = this.said(/Reload complete|Reload refused/);
    this.signal('SIGHUP');
    await this.untilLog(/Reload complete|Reload refused/, before + 1);
  }

  stop(): Promise<number> {
    return this.running.stop('SIGTERM', patience);
  }
}

export function descriptorsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return '';
    }
  });
}

export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** One instance on eth0. */
export function instance(
  options: {
    readonly name?: string;
    readonly id?: number;
    readonly state?: string;
    readonly priority?: number;
    readonly interval?: number;
    readonly addresses?: readonly string[];
    readonly more?: string;
  } = {},
): string {
  const { addresses = ['10.88.0.100/24'], id = 51, interval = 1, more = '', name = 'VI_1', priority = 150 } = options;
  return `vrrp_instance ${name} {
    state ${options.state ?? 'MASTER'}
    interface eth0
    virtual_router_id ${id}
    priority ${priority}
    advert_int ${interval}
    virtual_ipaddress {
        ${addresses.join('\n        ')}
    }
    ${more}
}
`;
}

/** VRRP version 3 takes intervals below a second: tests that wait for the protocol are short. */
export const quick = 'global_defs {\n    router_id test\n    vrrp_version 3\n}\n';
