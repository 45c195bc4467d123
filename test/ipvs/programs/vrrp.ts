/**
 * Runs an instance on an ipvlan, which the synchronisation daemon of IPVS follows, and one on a macvlan in a VRF, under
 * this daemon and under the original; writes down interfaces and synchronisation daemons as master and after the stop.
 */
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

const configuration = `global_defs {
lvs_sync_daemon eth0 inst LAN id 77 maxlen 1200 port 9000 ttl 3 group 224.0.0.99
}
vrrp_instance LAN {
interface eth0
virtual_router_id 51
priority 150
use_ipvlan 10.88.0.9/24 private
virtual_ipaddress {
10.88.0.100/24
}
}
vrrp_instance TENANT {
interface eth1
virtual_router_id 52
priority 150
use_vmac
virtual_ipaddress {
10.99.0.100/24
}
}
`;

function ip(...words: readonly string[]): string {
  return execFileSync('ip', words, { encoding: 'utf8' });
}

/** What ipvsadm says of the synchronisation daemons. */
const synchronisation = (): string => execFileSync('ipvsadm', ['-l', '--daemon'], { encoding: 'utf8' }).trim();

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
  const roles: string[] = [];
  const look = (): void => {
    const now = synchronisation();
    if (now !== roles.at(-1)) roles.push(now);
  };
  const isMaster = (): boolean => ['10.88.0.100', '10.99.0.100'].every((address) => ip('addr').includes(address));
  while (!(isMaster() && roles.at(-1)?.includes('master')) && Date.now() - from < longestWait) {
    look();
    await sleep(100);
  }
  const master = interfaces();
  daemon.kill('SIGTERM');
  await ended;
  look();
  return { master, end: interfaces(), roles, log: lines.join('') };
}

mkdirSync(folder, { recursive: true });
writeFileSync(configurationFile, configuration);
execFileSync('modprobe', ['-a', 'veth', 'ipvlan', 'macvlan', 'vrf', 'ip_vs']);
ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'wire0');
for (const name of ['wire0', 'eth0']) ip('link', 'set', name, 'up');
ip('addr', 'add', '10.88.0.1/24', 'dev', 'eth0');
ip('link', 'add', 'tenant', 'type', 'vrf', 'table', '10');
ip('link', 'add', 'eth1', 'type', 'veth', 'peer', 'name', 'wire1');
ip('link', 'set', 'eth1', 'master', 'tenant');
for (const name of ['tenant', 'wire1', 'eth1']) ip('link', 'set', name, 'up');
ip('addr', 'add', '10.99.0.1/24', 'dev', 'eth1');
const original = await play(daemons.original);
const ours = await play(daemons.ours);
writeFileSync('/run/out/result.json', JSON.stringify({ ours, original }));
