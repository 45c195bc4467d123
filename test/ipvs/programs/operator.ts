/**
 * A director with IPVS and faults, and a real server that answers ARP for a virtual address, as `keepalivectl doctor` sees
 * them: before and after its remedies were typed. Then the daemon there, with a little traffic and a server that is
 * drained, as the status has it and as ipvsadm has it. Writes everything down.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../../../src/cli/control/client.ts';
import type { ControlRequest } from '../../../src/cli/control/client.ts';
import type { DoctorReport } from '../../../src/cli/doctor-text.ts';
import { remediesOf } from '../../../src/doctor/finding.ts';
import type { DaemonStatus } from '../../../src/process/status-types.ts';

const programs = path.join(process.env['LAB_ROOT'] ?? '', 'dist', 'bin');
const keepalivectl = path.join(programs, 'keepalivectl');
const keepalived = path.join(programs, 'keepalived');
const file = '/run/examined.conf';
const script = '/run/lvs-realserver';
const real = ['ip', 'netns', 'exec', 'real'];

function run(command: string, ...words: string[]): string {
  return execFileSync(command, words, { encoding: 'utf8' });
}

const ip = (line: string): string => run('ip', ...line.split(' '));

for (const line of [
  'netns add real',
  'link add eth0 type veth peer name eth0 netns real',
  'addr add 10.99.0.1/24 dev eth0',
  'link set eth0 up',
  '-n real addr add 10.99.0.2/24 dev eth0',
  // The mistake: the address is there, and nothing keeps the machine from answering for it.
  '-n real addr add 10.99.0.100/32 dev lo',
  '-n real link set lo up',
  '-n real link set eth0 up',
])
  ip(line);
run('sysctl', '-q', '-w', 'net.ipv4.vs.conn_reuse_mode=0', 'net.ipv4.vs.expire_nodest_conn=0', 'net.ipv4.ip_forward=0');
run('sysctl', '-q', '-w', 'net.ipv4.vs.expire_quiescent_template=0');

const server = (address: string, lines: string): string => `real_server ${address} {\n${lines}\n}`;
const check = 'TCP_CHECK {\nconnect_timeout 1\n}';
const service = (address: string, method: string, protocol: string, lines: string): string =>
  `virtual_server ${address} {\nlvs_sched rr\nlvs_method ${method}\nprotocol ${protocol}\n${lines}\n}\n`;
writeFileSync(
  file,
  [
    service('10.99.0.100 80', 'DR', 'TCP', server('10.99.0.2 80', check)),
    service('10.99.0.101 53', 'NAT', 'UDP', server('10.99.0.2 53', check)),
    service(
      '10.99.0.101 80',
      'NAT',
      'TCP',
      `persistence_timeout 60\n${server('10.99.0.2 80', `${check}\ninhibit_on_failure`)}`,
    ),
  ].join(''),
);

function examine(): DoctorReport {
  const words = ['doctor', '-f', file, '--json', '--verbose', '--listen', '2'];
  const { stderr, stdout } = spawnSync(keepalivectl, words, { encoding: 'utf8' });
  if (!stdout.startsWith('{')) throw new Error(`doctor: ${stdout}${stderr}`);
  return JSON.parse(stdout) as DoctorReport;
}

const before = examine();
// As somebody types them who has read the text: what is in the remedies, and nothing else.
const commands = before.findings.flatMap(remediesOf).filter((remedy) => remedy.startsWith('sysctl -w '));
for (const command of commands) run('sh', '-c', command);
writeFileSync(script, run(keepalivectl, 'realserver', '-f', file));
run(real[0] ?? '', ...real.slice(1), 'sh', script, 'start');
const after = examine();
const setting = (name: string): string => readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8').trim();
const settings = Object.fromEntries(
  ['vs/conn_reuse_mode', 'vs/expire_nodest_conn', 'vs/expire_quiescent_template', 'ip_forward'].map((name) => [
    name,
    setting(name),
  ]),
);

/** Until it is so: a guest is slow, and a machine with others on it slower. */
async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = performance.now() + 40_000; performance.now() < deadline; await sleep(200)) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
  }
  throw new Error(`never: ${what}`);
}

const socket = '/run/operator.sock';
const daemonFile = '/run/operator.conf';
const plain = service(
  '10.99.0.101 53',
  'NAT',
  'UDP',
  [server('10.99.0.2 53', ''), server('10.99.0.3 53', '')].join('\n'),
);
writeFileSync(
  daemonFile,
  `global_defs {\n}\n${plain}${service('10.99.0.101 54', 'NAT', 'UDP', server('10.99.0.2 54', ''))}`,
);
const daemon = spawn(
  keepalived,
  ['-n', '-l', '-G', '-C', '-f', daemonFile, '-p', '/run/operator.pid', '-c', '/run/operator-checkers.pid'],
  {
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
const asked = { command: 'status', names: ['10.99.0.101:53'] };

async function status(request: ControlRequest = asked): Promise<DaemonStatus> {
  const answer = await ask(socket, request);
  if (!answer.ok) throw new Error(answer.error);
  return answer.result as DaemonStatus;
}

await until('the daemon is ready', async () => ((await status()).readiness.ready ? true : undefined));
await until('both services are in the table', () => {
  const table = run('ipvsadm', '-Sn');
  return Promise.resolve(table.includes('10.99.0.3:53') && table.includes('10.99.0.2:54') ? true : undefined);
});
// From this machine itself, which IPVS takes as from any client; each from a port of its own.
for (let client = 0; client < 4; client++) {
  const sender = createSocket('udp4');
  await new Promise((resolve) => sender.send('question', 53, '10.99.0.101', resolve));
  sender.close();
}
const busy = await until('the traffic is counted', async () => {
  const [found] = (await status()).checker?.virtualServers ?? [];
  return (found?.traffic?.connections ?? 0) >= 4 ? found : undefined;
});
const statistics = run('ipvsadm', '-Ln', '--stats', '--exact', '-u', '10.99.0.101:53');
const first = await status({ command: 'status', detail: 'summary', most: 1 });
const drain = { command: 'server', service: '10.99.0.101:53', server: '10.99.0.2', action: 'drain', for: 600 };
const drained = await ask(socket, drain);
const draining = await until('the drained server says what it has left', async () => {
  const servers = (await status()).checker?.virtualServers?.[0]?.servers;
  return servers?.find(({ override }) => override?.connections !== undefined);
});

/** The drained server as the table has it. */
const line = (): string => /^-a .* -r 10\.99\.0\.2:53 .*$/m.exec(run('ipvsadm', '-Sn'))?.[0] ?? 'not there';
const kept = [line()];
const checker = (await status()).processes.find(({ kind }) => kind === 'checker')?.pid ?? 0;
process.kill(checker, 'SIGKILL');
const successor = await until('another process says that the server is drained', async () => {
  const { checker: report, processes } = await status();
  const [running] = processes;
  const words = report?.virtualServers?.[0]?.servers.map(({ override }) => override?.words);
  return running?.pid !== checker && words?.includes('drain') === true ? words : undefined;
});
kept.push(line());
const reloaded = await ask(socket, { command: 'reload' });
kept.push(line());
await ask(socket, { ...drain, action: 'ready', for: undefined });
await until('the file counts again', () => Promise.resolve(line().endsWith('-w 1') ? true : undefined));
daemon.kill('SIGTERM');
await once(daemon, 'exit');
writeFileSync(
  '/run/out/result.json',
  JSON.stringify({
    before,
    commands,
    after,
    settings,
    busy,
    statistics,
    first,
    drained,
    draining,
    kept,
    successor,
    reloaded,
  }),
);
