/**
 * In a guest kernel or a namespace of its own: a daemon with thousands of services is looked at in every way there is:
 * status, metrics, page, plan, doctor. Words: SERVICES, the daemon's program, keepalivectl, a folder for result.json and
 * the log.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ThirdChanged } from '../configurations.ts';
import { manyConfiguration, scaledConfiguration, scaledPort, serversOfService } from '../configurations.ts';
import { family, processorTime } from '../processes.ts';
import type { View, ViewsResult } from '../views-result.ts';

const [servicesText = '', binary = '', control = '', folder = ''] = process.argv.slice(2);
const services = Number(servicesText);
const configuration = '/run/views.conf';
const changed = '/run/views-changed.conf';
const sockets = { control: '/run/views.sock', metrics: '/run/metrics.sock', page: '/run/page.sock' } as const;
const told = ['--socket', sockets.control];
const patience = 200_000;
/** A scrape is answered with what was read a second behind the one before it. */
const scrapePause = 6_000;

function configure(file: string, third: ThirdChanged): void {
  const instance = manyConfiguration(1, { version: 3, interval: 100, priority: 100 });
  const web = `metrics {\n listen unix ${sockets.metrics}\n}\nstatus_page {\n listen unix ${sockets.page}\n}\n`;
  writeFileSync(file, [instance, web, ...scaledConfiguration(services, false, third)].join(''));
}

function command(file: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, words, { maxBuffer: 1 << 30 }, (error, stdout, stderr) => {
      // Exit codes of a plan or a doctor say what was found; nothing at all, that it did not run.
      if (error !== null && stdout === '') reject(new Error(`${file} ${words.join(' ')}: ${error.message} ${stderr}`));
      else resolve(stdout);
    });
  });
}

/** One question at the control socket. */
function ask(content: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(sockets.control);
    const pieces: Buffer[] = [];
    socket.on('connect', () => socket.end(`${JSON.stringify({ version: 1, ...content })}\n`));
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('end', () => resolve(Buffer.concat(pieces).toString()));
    socket.on('error', reject);
  });
}

function fetched(socketPath: string, path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path, headers: { host: 'localhost' } }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(pieces));
        else reject(new Error(`${path} is answered with ${response.statusCode ?? 0}`));
      });
    }).on('error', reject);
  });
}

const listener = createServer((socket) => socket.destroy()).listen(scaledPort, '0.0.0.0');
await once(listener, 'listening');
for (const words of ['link add eth0 type veth peer name eth1', 'addr add 10.89.0.1/16 dev eth0'])
  await command('ip', words.split(' '));
for (const name of ['eth1', 'eth0']) await command('ip', ['link', 'set', name, 'up']);
configure(configuration, 'nothing');
configure(changed, 'weight');
const log = openSync(`${folder}/log`, 'w');
const daemon = spawn(binary, ['-n', '-l', '-G', '-f', configuration, '-p', '/run/views.pid'], {
  stdio: ['ignore', log, log],
});
closeSync(log);
const pid = daemon.pid ?? 0;

async function untilReady(): Promise<void> {
  const deadline = performance.now() + patience;
  for (;;) {
    const answer = await ask({ command: 'status', detail: 'summary', most: 0 }).catch(() => '');
    if (answer.includes('"ready":true')) return;
    if (performance.now() > deadline || daemon.exitCode !== null) throw new Error(`the daemon is not ready: ${answer}`);
    await sleep(500);
  }
}

/** Until the daemon has hardly worked for two seconds. */
async function untilQuiet(): Promise<void> {
  for (let before = -1000, now = processorTime(pid); now - before > 40;) {
    await sleep(2000);
    before = now;
    now = processorTime(pid);
  }
}

await untilReady();
await untilQuiet();

/** Children by the lines of the log: "Starting VRRP child process, pid=4712". */
const started = readFileSync(`${folder}/log`, 'utf8').matchAll(/Starting (.+?) child process, pid=(\d+)/g);
const names = new Map([...started].map(([, name, child]) => [Number(child), name ?? '']));

/** Processor time by process, milliseconds. */
function times(): Record<string, number> {
  return Object.fromEntries(
    family(pid).flatMap((each) => {
      const name = each === pid ? 'parent' : names.get(each);
      if (name === undefined) return [];
      const text = readFileSync(`/proc/${each}/stat`, 'utf8');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return [[name, 10 * (Number(fields[11]) + Number(fields[12]))]];
    }),
  );
}

const views: View[] = [];

async function look(
  title: string,
  runs: number,
  question: () => Promise<string | Buffer>,
  pause = 0,
): Promise<string | Buffer> {
  const samples: number[] = [];
  const before = times();
  let last: string | Buffer = '';
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    last = await question();
    samples.push(performance.now() - began);
    await sleep(pause);
  }
  const spent = Object.entries(times()).map(([name, time]) => [name, (time - (before[name] ?? 0)) / runs] as const);
  views.push({ title, times: samples, octets: last.length, processor: Object.fromEntries(spent) });
  console.log(`${title}: ${samples.map((each) => each.toFixed(0)).join(' ')} ms`);
  return last;
}

/** What a figure stands for must be in the answer. */
function requireIn(answer: string | Buffer, ...texts: readonly string[]): void {
  for (const text of texts)
    if (!answer.includes(text)) throw new Error(`"${text}" is not in ${answer.toString().slice(0, 2000)}`);
}

const { service, servers } = serversOfService(services - 1, 'nothing');
const [server = ''] = servers;
const metrics = (): Promise<Buffer> => fetched(sockets.metrics, '/metrics');
const doctor = ['doctor', '-f', configuration, '--listen', '0'];

requireIn(
  await look('question: first view', 10, () => ask({ command: 'status', detail: 'summary', most: 40 })),
  '"traffic"',
);
requireIn(await look('question: one service', 10, () => ask({ command: 'status', names: [service] })), '"connections"');
await look('question: all services, a line each', 3, () => ask({ command: 'status', detail: 'summary' }));
requireIn(await look('question: everything', 2, () => ask({ command: 'status' })), server, '"connections"');
await look('keepalivectl version', 5, () => command(control, ['version']));
await look('keepalivectl status', 5, () => command(control, ['status', ...told]));
requireIn(await look('keepalivectl status NAME', 5, () => command(control, ['status', service, ...told])), server);
await look('keepalivectl status --json', 1, () => command(control, ['status', '--json', ...told]));
await look('scrape, first', 1, metrics, scrapePause);
await look('scrape, second', 1, metrics, scrapePause);
requireIn(await look('scrape', 5, metrics, scrapePause), '\nkeepalived_real_server_connections_total{');
await look('page, first', 1, () => fetched(sockets.page, '/'));
await look('page', 5, () => fetched(sockets.page, '/'));
requireIn(await look('page, a search', 5, () => fetched(sockets.page, `/?q=${server}`)), service);
requireIn(
  await look('keepalivectl plan', 1, () => command(control, ['plan', changed, ...told])),
  `plan: ${services} real_server changed`,
);
requireIn(await look('keepalivectl doctor', 1, () => command(control, doctor)), ' warnings, ');
const result: ViewsResult = { views };
writeFileSync(`${folder}/result.json`, JSON.stringify(result));
const ended = once(daemon, 'exit');
process.kill(pid, 'SIGTERM');
await Promise.race([ended, sleep(60_000)]);
process.exit(0);
