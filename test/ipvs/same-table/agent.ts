/**
 * Lives in network and mount namespaces of its own: runs a daemon there and the servers that it checks, and tells what
 * the kernel, the FIFO and the scripts show. Argument: a command whose output is the table.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, createReadStream, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { promisify } from 'node:util';
import { goodPage } from './text.ts';
import type { Answer, Behaviour, Order, Request, Seen } from './messages.ts';

const execute = promisify(execFile);
const tableCommand = process.argv[2] ?? 'ipvsadm -Sn';
const configurationFile = '/run/keepalived.conf';
const endOfTable = '@@';

/** A server that the checks meet, on port 80 of one address. */
class Backend {
  readonly #address: string;
  #behaviour: Behaviour = 'refusing';
  #server: net.Server | undefined;
  readonly #sockets = new Set<net.Socket>();

  constructor(address: string) {
    this.#address = address;
  }

  async behave(behaviour: Behaviour): Promise<void> {
    this.#behaviour = behaviour;
    if (behaviour === 'refusing') await this.#close();
    else if (this.#server === undefined) await this.#listen();
  }

  async #listen(): Promise<void> {
    const server = net.createServer((socket) => this.#serve(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(80, this.#address, 511, resolve);
    });
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  #serve(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', () => {
      if (this.#behaviour === 'slow') return;
      const page = this.#behaviour === 'good' ? goodPage : 'something else\n';
      socket.end(`HTTP/1.0 200 OK\r\nContent-Length: ${page.length}\r\n\r\n${page}`);
    });
    socket.on('end', () => socket.end());
  }
}

const backends = new Map<string, Backend>();
const log: string[] = [];
let told = '';
let daemon: ChildProcess | undefined;
let ended: Promise<unknown> = Promise.resolve();

function lines(text: string): string[] {
  // Some versions end lines of the FIFO with a NUL.
  return text.replaceAll('\0', '').split('\n').filter(Boolean);
}

async function prepare(commands: readonly string[], addresses: readonly string[]): Promise<void> {
  const script = [
    'set -e',
    'modprobe -a ip_vs dummy 2>/dev/null || true',
    'mkfifo /run/fifo',
    ': >/run/said',
    'ip link set lo up',
    'sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.ip_nonlocal_bind=1',
    'ip route add local 10.9.0.0/16 dev lo',
    'ip -6 route add local 2001:db8:9::/48 dev lo',
    ...commands,
  ];
  await execute('sh', ['-c', script.join('\n')]);
  writeFileSync('/run/say.sh', '#!/bin/sh\necho "$*" >>/run/said\n');
  writeFileSync('/run/status.sh', '#!/bin/sh\nread status <"/run/status.$1"\nexit $status\n');
  for (const name of ['say.sh', 'status.sh']) chmodSync(`/run/${name}`, 0o755);
  createReadStream('/run/fifo', { flags: 'r+', encoding: 'utf8' }).on('data', (text) => (told += String(text)));
  for (const address of addresses) {
    const backend = new Backend(address);
    backends.set(address, backend);
    await backend.behave('good');
  }
}

function start([program = '', ...options]: readonly string[], configuration: string): void {
  writeFileSync(configurationFile, configuration);
  const child = spawn(program, ['-n', '-l', '-G', '-D', '-f', configurationFile, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(...lines(text)));
  daemon = child;
  ended = new Promise((resolve) => child.on('exit', resolve)).then(() => (daemon = undefined));
}

/** Starting programs is dear in the guest, from a large process above all: a shell stands by for it. */
const reader = spawn('sh', ['-c', `while read -r _; do ${tableCommand}; echo ${endOfTable}; done`], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
reader.stdout.setEncoding('utf8');

function readTable(): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const take = (part: string): void => {
      text += part;
      if (!text.endsWith(`${endOfTable}\n`)) return;
      reader.stdout.off('data', take);
      resolve(text.slice(0, -endOfTable.length - 1));
    };
    reader.stdout.on('data', take);
    reader.stdin.write('\n');
  });
}

async function look(): Promise<Seen> {
  return {
    table: lines(await readTable()),
    told: lines(told),
    said: lines(readFileSync('/run/said', 'utf8')),
    log: log.splice(0),
    running: daemon !== undefined,
  };
}

async function obey(order: Order): Promise<Seen | undefined> {
  switch (order.do) {
    case 'prepare':
      await prepare(order.commands, order.backends);
      return undefined;
    case 'start':
      start(order.command, order.configuration);
      return undefined;
    case 'reload':
      writeFileSync(configurationFile, order.configuration);
      daemon?.kill('SIGHUP');
      return undefined;
    case 'stop':
      daemon?.kill('SIGTERM');
      await ended;
      return undefined;
    case 'behave':
      await backends.get(order.backend)?.behave(order.behaviour);
      return undefined;
    case 'write':
      writeFileSync(order.file, order.text);
      return undefined;
    case 'run':
      await execute('sh', ['-c', order.command]);
      return undefined;
    case 'look':
      return look();
  }
}

process.on('message', (request: Request) => {
  const answer = (rest: Omit<Answer, 'id'>): void => void process.send?.({ id: request.id, ...rest });
  obey(request.order).then(
    (seen) => answer(seen === undefined ? {} : { seen }),
    (error: unknown) => answer({ trouble: (error as Error).message }),
  );
});
process.on('disconnect', () => process.exit());
