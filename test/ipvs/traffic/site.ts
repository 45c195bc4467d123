/**
 * A client, a director and three web servers, as network namespaces. Two segments: the client and the director at the
 * front (10.6.0.0/24), the director and the servers at the back (10.7.0.0/24). What has the servers' own addresses as
 * its source goes back through the director (NAT); what has the service's address goes straight to the client (direct
 * routing and tunnels).
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { realServerFiles } from '../../../src/realserver/formats.ts';
import { planRealServer } from '../../../src/realserver/plan.ts';
import type { RealServerAddress } from '../../../src/realserver/plan.ts';

export const servers = ['one', 'two', 'three'] as const;

/** Addresses of services: the last part of 10.6.0.x and fd06::x. */
export const vip = {
  nat: 100,
  direct: 101,
  tunnel: 102,
  marked: 103,
  alsoMarked: 104,
  persistent: 105,
  load: 106,
} as const;

export const clientAddress = '10.6.0.1';

function sh(...lines: readonly string[]): void {
  execFileSync('sh', ['-c', ['set -e', ...lines].join('\n')], { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** An interface eth0 or eth1 of a machine, plugged into a segment. */
function cable(machine: string, port: string, segment: string, ...addresses: readonly string[]): string[] {
  return [
    `ip link add ${port} netns ${machine} type veth peer name ${machine}-${port} netns ${segment}`,
    `ip -n ${segment} link set ${machine}-${port} master switch up`,
    ...addresses.map(
      (address) => `ip -n ${machine} addr add ${address} dev ${port}${address.includes(':') ? ' nodad' : ''}`,
    ),
    `ip -n ${machine} link set ${port} up`,
  ];
}

const open = 'net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0';
const loose = 'net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0';

function machine(name: string, ...settings: readonly string[]): string[] {
  return [
    `ip netns add ${name}`,
    `ip netns exec ${name} sysctl -qw ${open} ${loose} net.ipv6.conf.default.accept_dad=0 ${settings.join(' ')}`,
    `ip -n ${name} link set lo up`,
  ];
}

function segment(name: string): string[] {
  return [
    ...machine(name),
    `ip -n ${name} link add switch type bridge mcast_snooping 0 forward_delay 0`,
    `ip -n ${name} link set switch up`,
  ];
}

function webServer(name: string, last: number): string[] {
  return [
    ...machine(name),
    ...cable(name, 'eth0', 'back', `10.7.0.${last}/24`, `fd07::${last}/64`),
    ...cable(name, 'eth1', 'front', `10.6.0.${last}/24`, `fd06::${last}/64`),
    ...['', '-6 '].flatMap((family) => [
      `ip -n ${name} ${family}rule add from ${family === '' ? '10.7.0.0/24' : 'fd07::/64'} to ${family === '' ? clientAddress : 'fd06::1'} lookup 100`,
      `ip -n ${name} ${family}route add default via ${family === '' ? '10.7.0.2' : 'fd07::2'} table 100`,
    ]),
    `ip netns exec ${name} sh ${realServerScript()}`,
  ];
}

/** The real server's side as `keepalivectl realserver` prints it: that is what takes the packets in. */
function realServerScript(): string {
  const addresses = Object.values(vip).flatMap((host): RealServerAddress[] => {
    const reception = host === vip.tunnel ? ({ method: 'tun', tunnel: 'ipip' } as const) : ({ method: 'dr' } as const);
    return [
      { address: `10.6.0.${host}`, family: 'inet', reception },
      { address: `fd06::${host}`, family: 'inet6', reception },
    ];
  });
  const file = '/run/lvs-realserver';
  for (const { text } of realServerFiles(planRealServer(addresses), 'script')) writeFileSync(file, text);
  return file;
}

/** nginx, which says its name. */
function startWebServer(name: string): void {
  const folder = `/tmp/${name}`;
  sh(`mkdir -p ${folder}`);
  writeFileSync(
    `${folder}/nginx.conf`,
    `daemon on; master_process off; user root; pid ${folder}/pid; error_log ${folder}/log;
events { worker_connections 512; }
http {
  access_log off; keepalive_timeout 0;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  server { listen 80; listen 8080; listen [::]:80; location / { return 200 "${name}"; } }
}
`,
  );
  sh(`ip netns exec ${name} nginx -e ${folder}/log -c ${folder}/nginx.conf`);
}

export function build(): void {
  const addresses = Object.values(vip).flatMap((host) => [`10.6.0.${host}/32`, `fd06::${host}/128`]);
  sh(
    'modprobe -a ipip ip6_tunnel sch_ingress cls_u32 act_skbedit ip_vs_wrr ip_vs_rr || true',
    ...segment('front'),
    ...segment('back'),
    ...machine('client'),
    ...cable('client', 'eth0', 'front', `${clientAddress}/24`, 'fd06::1/64'),
    ...machine('director', 'net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1'),
    ...cable('director', 'eth0', 'front', '10.6.0.2/24', 'fd06::2/64', ...addresses),
    ...cable('director', 'eth1', 'back', '10.7.0.2/24', 'fd07::2/64'),
    ...servers.flatMap((name, index) => webServer(name, 11 + index)),
    'tc -n director qdisc add dev eth0 ingress',
    ...[vip.marked, vip.alsoMarked].map(
      (host) =>
        `tc -n director filter add dev eth0 parent ffff: protocol ip u32 match ip dst 10.6.0.${host}/32 action skbedit mark 7`,
    ),
  );
  for (const name of servers) startWebServer(name);
}
