/** Plays the life of the checker process under the real daemon and writes down what ipvsadm shows after each step. */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const keepalived = path.join(process.env['LAB_ROOT'] ?? '', 'dist', 'bin', 'keepalived');
const configurationFile = '/run/keepalived.conf';
const longestWait = 30_000;

function service(port: number, servers: readonly number[]): string {
  const server = (last: number): string => `  real_server 10.9.0.${last} ${port} {\n    weight 1\n  }\n`;
  return `virtual_server 10.9.1.1 ${port} {\n  lb_algo rr\n  lb_kind NAT\n  protocol TCP\n${servers.map(server).join('')}}\n`;
}

function table(): string[] {
  return execFileSync('ipvsadm', ['-Sn'], { encoding: 'utf8' }).split('\n').filter(Boolean).sort();
}

async function until(what: string, probe: () => boolean): Promise<void> {
  const deadline = performance.now() + longestWait;
  while (!probe()) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}\n${log.join('')}`);
    await sleep(50);
  }
}

const log: string[] = [];
function start(): number {
  const daemon = spawn(keepalived, ['-n', '-l', '-G', '-f', configurationFile], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  daemon.stderr.on('data', (data: Buffer) => log.push(data.toString()));
  daemon.on('exit', () => log.push('ENDED\n'));
  return daemon.pid ?? 0;
}
function said(text: string): number {
  return log.join('').split(text).length - 1;
}
function checkerPid(): number {
  try {
    return Number(readFileSync('/run/checkers.pid', 'utf8'));
  } catch {
    return 0;
  }
}
async function reload(pid: number, configuration: string): Promise<void> {
  const before = said('Reload complete');
  writeFileSync(configurationFile, configuration);
  process.kill(pid, 'SIGHUP');
  await until('reload', () => said('Reload complete') > before);
}

const result: Record<string, string[]> = {};
const global = 'global_defs {\n router_id test\n}\n';
writeFileSync(configurationFile, global + service(80, [1, 2]) + service(25, [1]));
let pid = start();
await until('start', () => said('Startup complete') === 1);
result['started'] = table();

// Connections and rates are the kernel's, read when somebody asks.
interface Told {
  readonly label: string;
  readonly traffic?: { readonly connections: number };
  readonly servers: readonly { readonly label: string; readonly connections?: { readonly active: number } }[];
}
const told = execFileSync(path.join(path.dirname(keepalived), 'keepalivectl'), ['status', '--json'], {
  encoding: 'utf8',
});
result['told'] = (JSON.parse(told) as { checker: { virtualServers: Told[] } }).checker.virtualServers.map(
  ({ label, servers, traffic }) =>
    [label, traffic?.connections, ...servers.map((server) => `${server.label} ${server.connections?.active}`)].join(
      ' ',
    ),
);

// A service of somebody else survives; ours come back without anybody asking.
execFileSync('ipvsadm', ['-C']);
execFileSync('ipvsadm', ['-A', '-t', '10.9.9.9:99', '-s', 'rr']);
await until('what was cleared is back', () => table().length === 6);
result['cleared by somebody'] = table();
await until('word of it', () => said('somebody else changed IPVS') > 0);
result['told of it'] = [String(said('somebody else changed IPVS: 2 services and 3 servers are'))];
execFileSync('ipvsadm', ['-D', '-t', '10.9.9.9:99']);

// A server that is down until its check has passed, and one that is down: what they were outlives the checker.
const port = createServer((socket) => socket.destroy());
await new Promise<void>((resolve) => port.listen(8080, '127.0.0.1', resolve));
const alpha = (last: number, connectPort: number): string =>
  `  real_server 10.9.0.${last} 83 {\n    TCP_CHECK {\n warmup 0\n retry 0\n connect_ip 127.0.0.1\n connect_port ${connectPort}\n }\n  }\n`;
const checked3 = `virtual_server 10.9.1.1 83 {\n alpha\n delay_loop 600\n protocol TCP\n lb_algo rr\n lb_kind NAT\n${alpha(1, 8080)}${alpha(2, 8079)}}\n`;
const several = global + service(80, [1, 2]) + service(25, [1]) + checked3;
await reload(pid, several);
await until('the alpha server', () => table().length === 7);
await until('the failed check', () => said('10.9.0.2]:tcp:83') > 0);
const killed = checkerPid();
process.kill(killed, 'SIGKILL');
const smallest = { lines: table().length };
await until('another checker', () => {
  smallest.lines = Math.min(smallest.lines, table().length);
  return said('Starting Healthcheck child process') === 2 && ![0, killed].includes(checkerPid());
});
await until('its word', () => {
  smallest.lines = Math.min(smallest.lines, table().length);
  return said('of the services that a process before left') > 0;
});
for (let look = 0; look < 10; look++) {
  smallest.lines = Math.min(smallest.lines, table().length);
  await sleep(100);
}
result['checker killed'] = table();
result['lines never fewer than'] = [String(smallest.lines)];
port.close();

await reload(pid, global + service(80, [2, 3]));
result['reloaded'] = table();

const suspended = `virtual_server 10.9.2.1 81 {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  ha_suspend
  alpha
  delay_loop 1
  real_server 10.9.0.1 81 {
    TCP_CHECK {
      warmup 0
      connect_ip 127.0.0.1
      connect_port 8081
    }
  }
}
`;
const checked = createServer((socket) => socket.destroy());
await new Promise<void>((resolve) => checked.listen(8081, '127.0.0.1', resolve));
await reload(pid, global + suspended);
// Time for more than one check, were there any.
await sleep(4000);
result['address elsewhere'] = table();
execFileSync('ip', ['address', 'add', '10.9.2.1/32', 'dev', 'lo']);
await until('a check once the address is here', () => table().length === 2);
result['address here'] = table();
execFileSync('ip', ['address', 'del', '10.9.2.1/32', 'dev', 'lo']);
checked.close();

// A server on this machine itself, with a connection that stays open over the reload that takes the server away.
execFileSync('ip', ['address', 'add', '10.9.3.1/32', 'dev', 'lo']);
execFileSync('ip', ['address', 'add', '10.9.3.2/32', 'dev', 'lo']);
const heard: string[] = [];
const backend = createServer((socket) => {
  socket.on('data', (data) => heard.push(data.toString()));
  socket.on('error', () => undefined);
});
await new Promise<void>((resolve) => backend.listen(82, '10.9.3.2', resolve));
const drained = (server: string): string =>
  `virtual_server 10.9.3.1 82 {\n lb_algo rr\n lb_kind NAT\n protocol TCP\n drain_timeout 60\n real_server ${server} 82 {\n }\n}\n`;
// Beside it one that the operator drains, with a connection of its own.
const live: string[] = [];
const operated = createServer((socket) => {
  socket.on('data', (data) => live.push(data.toString()));
  socket.on('error', () => undefined);
});
await new Promise<void>((resolve) => operated.listen(84, '10.9.3.2', resolve));
const operatedService =
  'virtual_server 10.9.3.1 84 {\n lb_algo rr\n lb_kind NAT\n protocol TCP\n real_server 10.9.3.2 84 {\n }\n}\n';
const operate = (...words: string[]): string =>
  execFileSync(path.join(path.dirname(keepalived), 'keepalivectl'), ['server', ...words], { encoding: 'utf8' });
/** The weight of the operated server in IPVS; none if it is not there. */
const operatedWeight = (): string =>
  table()
    .find((line) => line.startsWith('-a -t 10.9.3.1:84'))
    ?.split(' ')
    .at(-1) ?? 'none';
await reload(pid, global + drained('10.9.3.2') + operatedService);
const client = connect(82, '10.9.3.1');
await new Promise((resolve) => client.once('connect', resolve));
const operatedClient = connect(84, '10.9.3.1');
await new Promise((resolve) => operatedClient.once('connect', resolve));
result['operator drains'] = operate('10.9.3.1:84', '10.9.3.2', 'drain').split('\n');
await until('weight 0', () => operatedWeight() === '0');
execFileSync('ipvsadm', ['-e', '-t', '10.9.3.1:84', '-r', '10.9.3.2:84', '-m', '-w', '7']);
await until('weight 0 again', () => operatedWeight() === '0');
await reload(pid, global + drained('10.9.3.3') + operatedService);
await sleep(3000);
result['draining'] = table();
client.write('after the reload');
await until('the word over the old connection', () => heard.length > 0);
result['heard'] = heard;
// IPVS forgets a connection 10 s after a reset, but 2 min after an orderly end.
operatedClient.write('while it drains');
await until('the word over the connection to a drained server', () => live.length > 0);
result['heard while drained'] = live;
operatedClient.resetAndDestroy();
operated.close();
client.resetAndDestroy();
backend.close();
await until('drained', () => table().length === 4);
result['drained'] = table();
await until('word of it', () => said('its last connection has ended') > 0);

// What the operator says outlives the checker, and at no moment the file counts.
await until('word of the drained one', () => said('Drained: server [10.9.3.2]:tcp:84') > 0);
const words = said('of the services that a process before left');
const doomed = checkerPid();
const weights = new Set<string>();
process.kill(doomed, 'SIGKILL');
await until('a checker that knows', () => {
  weights.add(operatedWeight());
  return said('of the services that a process before left') > words && ![0, doomed].includes(checkerPid());
});
for (let look = 0; look < 10; look++) {
  weights.add(operatedWeight());
  await sleep(100);
}
result['drained over a death'] = [...weights];
operate('10.9.3.1:84', '10.9.3.2', 'maint');
await until('no server', () => operatedWeight() === 'none');
operate('10.9.3.1:84', '10.9.3.2', 'weight', '65535');
await until('another weight', () => operatedWeight() === '65535');
operate('clear');
await until('as the file says', () => operatedWeight() === '1');

await reload(pid, global);
result['no services'] = table();
result['no checker'] = [String(checkerPid())];

await reload(pid, global + service(80, [2, 3]));
result['services again'] = table();

await reload(pid, global + service(80, [2, 3]) + service(25, [1]));
process.kill(pid, 'SIGKILL');
await until('the end of the checker', () => said('IPVS stays as it is') > 0 && checkerPid() === 0);
result['parent killed'] = table();

// What the configuration has no more is known as ours and goes.
writeFileSync(configurationFile, global + service(80, [2, 3]));
pid = start();
await until('second start', () => said('Startup complete') === 2);
result['second start'] = table();
process.kill(checkerPid(), 'SIGKILL');
await until('death noticed', () => said('Respawning') === 3);
process.kill(pid, 'SIGTERM');
await until('the end', () => said('ENDED') === 2);
result['stopped right after a kill'] = table();

// A checker that hangs is killed by the stop; what it had goes all the same.
writeFileSync(configurationFile, `child_wait_time 1\n${global}${service(80, [2, 3])}`);
pid = start();
await until('third start', () => said('Startup complete') === 3);
process.kill(checkerPid(), 'SIGSTOP');
process.kill(pid, 'SIGTERM');
await until('its end', () => said('ENDED') === 3);
result['hung at the stop'] = table();

// Killed in the middle of a start: what it had written by then is known to the next one, whose file has it no more.
const many = Array.from({ length: 400 }, (_, index) => service(1000 + index, [1, 2])).join('');
writeFileSync(configurationFile, global + many);
pid = start();
await until('a first service', () => readFileSync('/proc/net/ip_vs', 'utf8').includes('TCP'));
process.kill(checkerPid(), 'SIGKILL');
process.kill(pid, 'SIGKILL');
await until('both ends', () => said('ENDED') === 4);
result['killed in the middle of a start'] = [table().length > 0 ? 'left something' : 'left nothing'];
writeFileSync(configurationFile, global + service(80, [2, 3]));
pid = start();
await until('fourth start', () => said('Startup complete') >= 4 && table().length === 3);
process.kill(pid, 'SIGTERM');
await until('the last end', () => said('ENDED') === 5);
result['after that'] = table();
writeFileSync('/run/out/result.json', JSON.stringify({ result, log: log.join('') }));
