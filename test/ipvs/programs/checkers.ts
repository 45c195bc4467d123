/**
 * Plays good, bad and absent servers to every kind of checker, under this daemon and under the original, and writes down
 * what ipvsadm shows after each step.
 */
import { execFileSync, spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const daemons = {
  ours: [path.join(process.env['LAB_ROOT'] ?? '', 'dist', 'bin', 'keepalived'), '-G'],
  original: ['/usr/sbin/keepalived'],
} as const;
const folder = '/run/scene';
const configurationFile = `${folder}/keepalived.conf`;
/** The table has settled when it stayed the same for so long: longer than delay_loop, retry and time-out together. */
const quietTime = 4_500;
const longestWait = 40_000;

/** The other end of the BFD session, in a namespace of its own. */
const peerFile = `${folder}/peer.conf`;
const peerConfiguration = `bfd_instance back {
neighbor_ip 10.77.0.1
source_ip 10.77.0.2
min_rx 400
min_tx 400
multiplier 5
}
`;
const bfdServer = '127.0.0.5:87';

const checks: Readonly<Record<string, string>> = {
  '127.0.0.1 2500': 'SMTP_CHECK {\n}',
  '127.0.0.1 5300': 'DNS_CHECK {\nname example.com\n}',
  '127.0.0.1 6000': 'UDP_CHECK {\nrequire_reply 6f\n}',
  '127.0.0.1 6001': 'UDP_CHECK {\n}',
  '127.0.0.2 80': 'PING_CHECK {\n}',
  '10.99.0.1 80': 'PING_CHECK {\n}',
  '127.0.0.3 81': `MISC_CHECK {\nmisc_path "${folder}/check.sh a"\nmisc_timeout 5\n}`,
  '127.0.0.3 82': `MISC_CHECK {\nmisc_path "${folder}/check.sh b"\nmisc_timeout 5\nmisc_dynamic\n}`,
  '127.0.0.3 83': `MISC_CHECK {\nmisc_path "${folder}/slow.sh"\nmisc_timeout 1\n}`,
  '127.0.0.4 84': 'FILE_CHECK {\ntrack_file f\n}',
  '127.0.0.4 85': 'FILE_CHECK {\ntrack_file f\nweight 0\n}',
  '127.0.0.5 87': 'BFD_CHECK {\nname peer\n}',
  '127.0.0.5 88': 'BFD_CHECK {\nname peer\nalpha\n}',
  '127.0.0.5 89': 'BFD_CHECK {\nname nobody\n}',
  '127.0.0.4 86': `FILE_CHECK {\ntrack_file f\nweight 2\n}\nMISC_CHECK {\nmisc_path "${folder}/check.sh b"\nmisc_timeout 5\nmisc_dynamic\n}`,
};
const servers = Object.entries(checks).map(([server, check]) => `real_server ${server} {\nweight 5\n${check}\n}`);
const configuration = `global_defs {
script_user root
enable_script_security
}
track_file f {
file ${folder}/number
weight 1
}
bfd_instance peer {
neighbor_ip 10.77.0.2
source_ip 10.77.0.1
min_rx 400
min_tx 400
multiplier 5
}
bfd_instance nobody {
neighbor_ip 10.77.0.3
}
virtual_server 10.9.1.1 80 {
lvs_sched wrr
lvs_method NAT
protocol TCP
delay_loop 1
warmup 0
retry 1
delay_before_retry 1
connect_timeout 3
${servers.join('\n')}
}
`;

function prepare(): void {
  mkdirSync(folder);
  writeFileSync(configurationFile, configuration);
  writeFileSync(`${folder}/check.sh`, `#!/usr/bin/dash\nread status <${folder}/status.$1\nexit $status\n`);
  writeFileSync(`${folder}/slow.sh`, '#!/usr/bin/dash\nexec sleep 30\n');
  for (const name of ['check.sh', 'slow.sh']) chmodSync(`${folder}/${name}`, 0o755);
}

function preparePeer(): void {
  writeFileSync(peerFile, peerConfiguration);
  const lines = [
    'netns add peer',
    'link add bfd0 type veth peer name bfd0 netns peer',
    'addr add 10.77.0.1/24 dev bfd0',
    'link set bfd0 up',
    '-n peer addr add 10.77.0.2/24 dev bfd0',
    '-n peer link set bfd0 up',
  ];
  for (const line of lines) execFileSync('ip', line.split(' '));
}

/** Debian's keepalived as the neighbour; the function that ends it. */
function startPeer(): () => void {
  const files = ['-p', 'p', '-b', 'b', '-r', 'v', '-c', 'c'].map((word, index) =>
    index % 2 === 0 ? word : `${folder}/peer.${word}`,
  );
  const peer = spawn('ip', ['netns', 'exec', 'peer', '/usr/sbin/keepalived', '-n', '-l', '-f', peerFile, ...files], {
    stdio: 'ignore',
  });
  return () => peer.kill('SIGTERM');
}

/** Waits until the server that follows the session is in or out, or for long enough. */
async function untilFollows(isIn: boolean): Promise<void> {
  const start = performance.now();
  while (table().some((line) => line.includes(bfdServer)) !== isIn && performance.now() - start < longestWait)
    await sleep(100);
}

/** What programs and file say. */
function say(a: number, b: number, number: number): void {
  writeFileSync(`${folder}/status.a`, `${a}\n`);
  writeFileSync(`${folder}/status.b`, `${b}\n`);
  writeFileSync(`${folder}/number`, `${number}\n`);
}

let good = true;

function mailServer(): net.Server {
  return net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(good ? '220 hello\r\n' : '554 no\r\n');
    socket.on('data', (data) => socket.write(data.toString().startsWith('HELO') ? '250 hello\r\n' : '221 bye\r\n'));
  });
}

async function udpServer(port: number, answer: (query: Buffer) => Buffer): Promise<dgram.Socket> {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (query, from) => socket.send(answer(query), from.port, from.address));
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  return socket;
}

function dnsAnswer(query: Buffer): Buffer {
  const answer = Buffer.from(query);
  answer[2] = (answer[2] ?? 0) | 0x80;
  answer[3] = good ? 0 : 2;
  return answer;
}

/** Starts every server; the function that ends them. */
async function serve(): Promise<() => Promise<void>> {
  const mail = mailServer();
  await new Promise<void>((resolve) => mail.listen(2500, '127.0.0.1', resolve));
  const datagrams = await Promise.all([
    udpServer(5300, dnsAnswer),
    udpServer(6000, () => Buffer.from(good ? 'ok' : 'no')),
    udpServer(6001, () => Buffer.from('anything')),
  ]);
  return async () => {
    await Promise.all(datagrams.map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
    await new Promise((resolve) => mail.close(resolve));
  };
}

function table(): string[] {
  return execFileSync('ipvsadm', ['-Sn'], { encoding: 'utf8' }).split('\n').filter(Boolean).sort();
}

/**
 * The table once it has settled.
 * @param expected what it has to come to, where that is known: it is waited for, so that a slow machine decides nothing
 */
async function settled(expected?: readonly string[]): Promise<string[]> {
  const deadline = performance.now() + longestWait;
  let shown = table();
  let since = performance.now();
  let looked = since;
  for (;;) {
    const isExpected = expected === undefined || shown.join() === expected.join();
    if (looked - since >= quietTime && (isExpected || looked > deadline)) return shown;
    await sleep(100);
    const found = table();
    const now = performance.now();
    // A machine that stood still meanwhile gave the checks no time either.
    if (found.join() !== shown.join() || now - looked > 1_000) since = now;
    shown = found;
    looked = now;
  }
}

async function play(
  [program, ...options]: readonly string[],
  expected: Readonly<Record<string, readonly string[]>> = {},
): Promise<Record<string, string[]>> {
  const result: Record<string, string[]> = {};
  say(0, 0, 0);
  good = true;
  const daemon = spawn(program ?? '', ['-n', '-l', ...options, '-f', configurationFile], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  daemon.stderr.on('data', (data: Buffer) => log.push(data.toString()));
  const ended = new Promise((resolve) => daemon.on('exit', resolve));
  const start = performance.now();
  while (table().length === 0) {
    if (performance.now() - start > longestWait)
      throw new Error(`${program ?? ''} sets up no service:\n${log.join('')}`);
    await sleep(50);
  }
  result['no servers'] = await settled(expected['no servers']);
  const end = await serve();
  const endPeer = startPeer();
  say(0, 9, 3);
  await untilFollows(true);
  result['good servers'] = await settled(expected['good servers']);
  good = false;
  say(3, 2, -4);
  result['bad answers'] = await settled(expected['bad answers']);
  good = true;
  say(0, 1, 0);
  result['recovered, one program fails'] = await settled(expected['recovered, one program fails']);
  await end();
  endPeer();
  await untilFollows(false);
  result['gone again'] = await settled(expected['gone again']);
  daemon.kill('SIGTERM');
  await ended;
  result['stopped'] = table();
  return result;
}

const log: string[] = [];
prepare();
preparePeer();
const original = await play(daemons.original);
const ours = await play(daemons.ours, original);
writeFileSync('/run/out/result.json', JSON.stringify({ original, ours, log: log.join('') }));
