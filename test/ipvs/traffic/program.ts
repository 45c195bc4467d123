/** Program of the guest: real requests through this daemon's services, at rest and while reloads change them. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Count, Order } from './client.ts';
import { build, vip } from './site.ts';

const keepalived = path.join(process.env['LAB_ROOT'] ?? '', 'dist', 'bin', 'keepalived');
const configurationFile = '/run/keepalived.conf';
const longestWait = 60_000;
/** Requests that a part of the load has to bring before the next reload. */
const requestsEach = 500;

interface Pool {
  readonly address: string;
  readonly method: string;
  readonly lines?: readonly string[];
  /** Server 1 to 3, with their weights. */
  readonly weights?: Readonly<Record<number, number>>;
  readonly port?: number;
}

const even = { 1: 1, 2: 1, 3: 1 };

function service({ address, lines = [], method, port = 80, weights = even }: Pool): string {
  const back = address.includes(':') ? 'fd07::1' : '10.7.0.1';
  const servers = Object.entries(weights).map(
    ([last, weight]) => `real_server ${back}${last} ${port} {\nweight ${weight}\n}`,
  );
  const scheduler = new Set(Object.values(weights)).size > 1 ? 'wrr' : 'rr';
  return `virtual_server ${address} {\nlvs_sched ${scheduler}\nlvs_method ${method}\n${lines.join('\n')}\n${servers.join('\n')}\n}\n`;
}

const tcp = ['protocol TCP'];

function configuration(load: Readonly<Record<number, number>>): string {
  const pools: Pool[] = [
    { address: `10.6.0.${vip.nat} 80`, method: 'NAT', lines: tcp, weights: { 1: 3, 2: 2, 3: 1 } },
    { address: `10.6.0.${vip.direct} 80`, method: 'DR', lines: tcp },
    { address: `10.6.0.${vip.tunnel} 80`, method: 'TUN', lines: tcp },
    { address: `fd06::${vip.nat} 80`, method: 'NAT', lines: tcp },
    { address: `fd06::${vip.direct} 80`, method: 'DR', lines: tcp },
    { address: `fd06::${vip.tunnel} 80`, method: 'TUN', lines: tcp },
    { address: 'fwmark 7', method: 'NAT' },
    { address: `10.6.0.${vip.persistent} 80`, method: 'NAT', lines: [...tcp, 'persistence_timeout 300'] },
    { address: `10.6.0.${vip.load} 80`, method: 'NAT', lines: [...tcp, 'drain_timeout 60'], weights: load },
  ];
  return pools.map(service).join('');
}

const log: string[] = [];

async function until(what: string, probe: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + longestWait;
  while (!(await probe())) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}\n${log.join('')}`);
    await sleep(100);
  }
}

const said = (text: string): number => log.join('').split(text).length - 1;
const writes = (): number[] => [...log.join('').matchAll(/IPVS: (\d+) writes/g)].map(([, n]) => Number(n));

function onDirector(...command: readonly string[]): string {
  return execFileSync('ip', ['netns', 'exec', 'director', ...command], { encoding: 'utf8' });
}
/** Without the service under load, where servers are still draining at the end. */
const table = (): string[] =>
  onDirector('ipvsadm', '-Sn')
    .split('\n')
    .filter((line) => line !== '' && !line.includes(`10.6.0.${vip.load}:`))
    .sort();
/** Connections that each server of the service by NAT has had. */
const statistics = (): string[] =>
  onDirector('ipvsadm', '-Ln', '--stats', '--exact', '-t', `10.6.0.${vip.nat}:80`)
    .split('\n')
    .flatMap((line) => /-> (\S+)\s+(\d+)/.exec(line)?.slice(1).join(' ') ?? []);

const client: ChildProcess = spawn(
  'sh',
  [
    '-c',
    'while ! ip netns exec client true 2>/dev/null; do sleep 0.2; done; exec ip netns exec client "$0" "$@"',
    process.execPath,
    '/run/out/client.mjs',
  ],
  { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
);
let answered: ((count: Count) => void) | undefined;
client.on('message', (count: Count) => answered?.(count));

async function order(what: Order): Promise<Count['answers']> {
  const { answers } = await new Promise<Count>((resolve) => {
    answered = resolve;
    client.send(what);
  });
  return answers;
}

const ask = (host: string, times: number, port = 80): Promise<Count['answers']> =>
  order({ do: 'ask', host, port, times });
const total = (answers: Count['answers']): number => Object.values(answers).reduce((sum, n) => sum + n, 0);

build();
writeFileSync(configurationFile, configuration({ 1: 1, 2: 1 }));
const daemon = spawn(
  'ip',
  ['netns', 'exec', 'director', keepalived, '-n', '-l', '-G', '-D', '-I', '-f', configurationFile],
  {
    stdio: ['ignore', 'ignore', 'pipe'],
  },
);
daemon.stderr.on('data', (data: Buffer) => log.push(data.toString()));
const ended = new Promise((resolve) => daemon.on('exit', resolve));
await until('the start', () => said('Startup complete') === 1);

const answers: Record<string, Count['answers']> = {
  'NAT by weights': await ask(`10.6.0.${vip.nat}`, 12),
  'direct routing': await ask(`10.6.0.${vip.direct}`, 12),
  tunnels: await ask(`10.6.0.${vip.tunnel}`, 12),
  'NAT, IPv6': await ask(`fd06::${vip.nat}`, 12),
  'direct routing, IPv6': await ask(`fd06::${vip.direct}`, 12),
  'tunnels, IPv6': await ask(`fd06::${vip.tunnel}`, 12),
  'a mark': await ask(`10.6.0.${vip.marked}`, 6),
  'a mark, another address and port': await ask(`10.6.0.${vip.alsoMarked}`, 6, 8080),
  persistence: await ask(`10.6.0.${vip.persistent}`, 12),
};
// The kernel adds up every two seconds.
await until(
  'all requests are counted',
  () => statistics().reduce((sum, line) => sum + Number(line.split(' ')[1]), 0) === 12,
);
const before = statistics();

async function reload(name: string, weights: Readonly<Record<number, number>>): Promise<void> {
  const done = said('Reload complete');
  writeFileSync(configurationFile, configuration(weights));
  execFileSync('sh', ['-c', `kill -HUP $(cat /run/keepalived.pid)`]);
  await until(`reload: ${name}`, () => said('Reload complete') > done);
}

await order({ do: 'load', host: `10.6.0.${vip.load}`, atOnce: 10, pause: 150 });
const more = async (): Promise<void> => {
  const from = total(await order({ do: 'progress' }));
  await until('more requests', async () => total(await order({ do: 'progress' })) >= from + requestsEach);
};
const changes: readonly (readonly [string, Readonly<Record<number, number>>])[] = [
  ['nothing changed', { 1: 1, 2: 1 }],
  ['a server added', { 1: 1, 2: 1, 3: 1 }],
  ['other weights', { 1: 5, 2: 1, 3: 2 }],
  ['a server taken away', { 2: 1, 3: 2 }],
  ['servers exchanged', { 1: 4 }],
];
for (const [name, weights] of changes) {
  await more();
  await reload(name, weights);
}
await more();
const load = await order({ do: 'stop' });
const left = table();
execFileSync('sh', ['-c', `kill -TERM $(cat /run/keepalived.pid)`]);
await ended;
const result = {
  answers,
  load,
  writes: writes(),
  statistics: { before, after: statistics() },
  table: { left, stopped: table() },
};
writeFileSync('/run/out/result.json', JSON.stringify({ ...result, log: log.join('') }));
process.exit();
