/**
 * A director with IPVS and faults, and a real server that answers ARP for a virtual address, as `keepalivectl doctor` sees
 * them: before and after its remedies were typed. Writes down both reports.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DoctorReport } from '../../../src/cli/doctor-text.ts';
import { remediesOf } from '../../../src/doctor/finding.ts';

const keepalivectl = path.join(process.env['LAB_ROOT'] ?? '', 'dist', 'bin', 'keepalivectl');
const file = '/run/doctor.conf';
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
writeFileSync('/run/out/result.json', JSON.stringify({ before, commands, after, settings }));
