/** Runs an instance on an ipvlan, under this daemon and under the original, and writes down the interfaces as master and after the stop. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const daemons = {
  ours: path.join(process.env['DISTRIBUTION'] ?? '', 'bin', 'keepalived'),
  original: '/usr/sbin/keepalived',
} as const;
const folder = '/run/scene';
const configurationFile = `${folder}/keepalived.conf`;
const longestWait = 40_000;

const configuration = `vrrp_instance LAN {
interface eth0
virtual_router_id 51
priority 150
use_ipvlan 10.88.0.9/24 private
virtual_ipaddress {
10.88.0.100/24
}
}
`;

function ip(...words: readonly string[]): string {
  return execFileSync('ip', words, { encoding: 'utf8' });
}

const interfaces = (): unknown => ({
  links: JSON.parse(ip('-d', '-j', 'link')) as unknown,
  addresses: JSON.parse(ip('-j', 'addr')) as unknown,
});

async function play(program: string): Promise<unknown> {
  const lines: string[] = [];
  const daemon = spawn(program, ['-n', '-l', '-D', '-P', '-f', configurationFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [daemon.stdout, daemon.stderr])
    stream.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  const ended = new Promise((resolve) => daemon.on('close', resolve));
  const from = Date.now();
  while (!ip('addr').includes('10.88.0.100') && Date.now() - from < longestWait) await sleep(200);
  const master = interfaces();
  daemon.kill('SIGTERM');
  await ended;
  return { master, end: interfaces(), log: lines.join('') };
}

mkdirSync(folder, { recursive: true });
writeFileSync(configurationFile, configuration);
execFileSync('modprobe', ['-a', 'veth', 'ipvlan']);
ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'wire0');
for (const name of ['wire0', 'eth0']) ip('link', 'set', name, 'up');
ip('addr', 'add', '10.88.0.1/24', 'dev', 'eth0');
const original = await play(daemons.original);
const ours = await play(daemons.ours);
writeFileSync('/run/out/result.json', JSON.stringify({ ours, original }));
