/**
 * In the guest kernel: one daemon with thousands of services is started, reloaded and stopped, and looked at from
 * outside. Words: SERVICES, `checked` or `plain`, `calls` or `time`, and the daemon's program. Writes result.json.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceKey } from '../../src/ipvs/types.ts';
import { IpvsTable } from '../../src/kernel/ipvs-table.ts';
import type { ThirdChanged } from '../configurations.ts';
import { scaledConfiguration, scaledPort, serversOfService } from '../configurations.ts';
import { family, memoryOf, processorTime } from '../processes.ts';
import type { ScaleResult } from '../scale-result.ts';

const [servicesText = '', checked = '', what = '', binary = ''] = process.argv.slice(2);
const services = Number(servicesText);
const configuration = '/tmp/scale.conf';
const traced = '/run/out/calls';
const patience = 150_000;

const table = await IpvsTable.open();

function configure(changed: ThirdChanged): void {
  writeFileSync(configuration, [...scaledConfiguration(services, checked === 'checked', changed)].join(''));
}

interface Counted {
  readonly services: number;
  readonly servers: number;
  /** Servers with weight 2, and servers that took the place of others. */
  readonly weights: number;
  readonly addresses: number;
}

function tableNow(): Counted {
  const lines = readFileSync('/proc/net/ip_vs', 'utf8').split('\n');
  const servers = lines.filter((line) => /^ {2}-> [0-9A-F]{8}:/.test(line)).map((line) => line.trim().split(/\s+/));
  return {
    services: lines.filter((line) => line.startsWith('TCP')).length,
    servers: servers.length,
    weights: servers.filter(([, , , weight]) => weight === '2').length,
    addresses: servers.filter(([, address = '']) => address.startsWith('7F04')).length,
  };
}

function isComplete(changed: ThirdChanged): boolean {
  const found = tableNow();
  return (
    found.services === services &&
    found.servers === 3 * services &&
    found.weights === (changed === 'weight' ? services : 0) &&
    found.addresses === (changed === 'address' ? services : 0)
  );
}

/**
 * Until the table is complete. Cheap, because both daemons work from the first service to the last: looks at the last one
 * and, when that is as it should be, counts all of them. Counting takes this program a third of a second, so the moment is
 * that of the look before it.
 * @returns that moment, in milliseconds of performance.now()
 */
async function complete(changed: ThirdChanged, daemon: ChildProcess): Promise<number> {
  const { service, servers } = serversOfService(services - 1, changed);
  const key: ServiceKey = { kind: 'address', family: 'inet', protocol: 'tcp', address: service, port: 80 };
  const deadline = performance.now() + patience;
  for (;;) {
    if (performance.now() > deadline || daemon.exitCode !== null)
      throw new Error(`the table is not complete: ${JSON.stringify(tableNow())}`);
    const found = (await table.dumpDestinations(key)) ?? [];
    const seen = performance.now();
    const last = found.find(({ address }) => address === servers[2]);
    const asWanted = found.length === 3 && last?.weight === (changed === 'weight' ? 2 : 1);
    if (asWanted && isComplete(changed)) return seen;
    await sleep(20);
  }
}

/** Until the daemon has hardly worked for two seconds; a traced one may never come to rest. */
async function quiet(pid: number): Promise<void> {
  const mostRounds = 30;
  for (let round = 0, before = -1000, now = processorTime(pid); now - before > 20 && round < mostRounds; round++) {
    await sleep(2000);
    before = now;
    now = processorTime(pid);
  }
}

/** strace -f -c of the whole life; the daemon is the child of strace. */
async function daemonPid(starter: ChildProcess): Promise<number> {
  if (what !== 'calls') return starter.pid ?? 0;
  for (;;) {
    const [, child] = family(starter.pid ?? 0);
    if (child !== undefined && existsSync('/run/scale.pid')) return child;
    await sleep(20);
  }
}

/** Asking for the time is no system call but in this guest, which has no vDSO. */
const clockCalls = new Set(['clock_gettime', 'gettimeofday', 'time', 'total']);

function callsMade(): number {
  let calls = 0;
  for (const line of readFileSync(traced, 'utf8').split('\n').slice(2)) {
    const [, , , count = '', ...rest] = line.trim().split(/\s+/);
    if (/^\d+$/.test(count) && !clockCalls.has(rest.at(-1) ?? '')) calls += Number(count);
  }
  return calls;
}

const listener = createServer((socket) => socket.destroy()).listen(scaledPort, '0.0.0.0');
await once(listener, 'listening');
configure('nothing');
const log = openSync('/run/out/log', 'w');
const command = [binary, '-n', '-l', '-G', '-f', configuration, '-p', '/run/scale.pid'];
const [program = '', ...words] = what === 'calls' ? ['strace', '-f', '-c', '-o', traced, ...command] : command;
const began = performance.now();
const starter = spawn(program, words, { stdio: ['ignore', log, log] });
closeSync(log);
const ended = once(starter, 'exit');
const start = (await complete('nothing', starter)) - began;
console.log(`started in ${start.toFixed(0)} ms`);
const pid = await daemonPid(starter);
await quiet(pid);
const memory = memoryOf(pid).proportional;
const before = processorTime(pid);
process.kill(pid, 'SIGHUP');
await quiet(pid);
const unchanged = processorTime(pid) - before;
console.log(`reloaded without a change in ${unchanged} ms of processor time`);

async function reload(changed: ThirdChanged): Promise<number> {
  configure(changed);
  const asked = performance.now();
  process.kill(pid, 'SIGHUP');
  const time = (await complete(changed, starter)) - asked;
  console.log(`reloaded with another ${changed} of every third server in ${time.toFixed(0)} ms`);
  await quiet(pid);
  return time;
}

const weights = await reload('weight');
const addresses = await reload('address');
const memoryAfter = memoryOf(pid).proportional;
const stopped = performance.now();
process.kill(pid, 'SIGTERM');
await ended;
const stop = performance.now() - stopped;
const rest = tableNow();
const left = rest.services + rest.servers;
console.log(`stopped in ${stop.toFixed(0)} ms, ${left} entries left`);
const result: ScaleResult = { start, memory, unchanged, weights, addresses, memoryAfter, stop, left };
writeFileSync('/run/out/result.json', JSON.stringify(what === 'calls' ? { ...result, calls: callsMade() } : result));
process.exit(0);
