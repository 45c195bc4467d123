/**
 * Private worlds for the daemons: a network namespace with a mount namespace whose /run is empty. They have no name
 * and live as long as the process that holds them; that one ends when this program does, however it ends, so nothing
 * is ever left behind.
 */
import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { BenchError } from './contenders.ts';

const run = promisify(execFile);

/** Ready when /run is private and lo is up; `cat` then waits for the end of our pipe. IPv6 would only chatter. */
const holderScript = [
  'mount -t tmpfs tmpfs /run',
  'mount -t sysfs sysfs /sys 2>/dev/null || true',
  'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || true',
  'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null || true',
  'ip link set lo up',
  'echo ready',
  'exec cat',
].join('\n');

export class Namespace implements AsyncDisposable {
  readonly #holder: ChildProcess;
  /** Process id of the holder, as `ip link ... netns PID` and nsenter take it. */
  readonly pid: number;

  private constructor(holder: ChildProcess, pid: number) {
    this.#holder = holder;
    this.pid = pid;
  }

  static async create(): Promise<Namespace> {
    const holder = spawn('unshare', ['--net', '--mount', 'sh', '-e', '-c', holderScript], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let complaint = '';
    holder.stderr.on('data', (piece: Buffer) => (complaint += piece.toString()));
    const outcome = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
    if (holder.pid === undefined || String(outcome[0]) !== 'ready\n') {
      throw new BenchError(`no network namespace could be made (root is needed): ${complaint.trim()}`);
    }
    const namespace = new Namespace(holder, holder.pid);
    // Nothing below may ever touch the machine's own network.
    if (readlinkSync(`/proc/${holder.pid}/ns/net`) === readlinkSync('/proc/self/ns/net')) {
      await namespace[Symbol.asyncDispose]();
      throw new Error('the new namespace is the one of this machine: refusing to work in it');
    }
    return namespace;
  }

  /** Words to put before a command so that it runs inside, and ends when this program does. */
  get prefix(): readonly string[] {
    return ['setpriv', '--pdeathsig', 'KILL', 'nsenter', '-t', String(this.pid), '--net', '--mount', '--'];
  }

  /** Runs commands of iproute2 inside, one a line. */
  async ip(...lines: string[]): Promise<void> {
    for (const line of lines) {
      const [program, ...rest] = this.prefix;
      await run(program ?? '', [...rest, 'ip', ...line.split(' ')]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#holder.exitCode !== null || this.#holder.signalCode !== null) return;
    const ended = once(this.#holder, 'exit');
    this.#holder.stdin?.end();
    await ended;
  }
}
