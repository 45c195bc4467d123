/**
 * The site of examples/pair: two balancers, three real servers, a layer-3 switch that routes between the front, the
 * inside and the world of the readers.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DaemonKind } from '../lib/daemon.ts';
import { projectRoot } from '../lib/places.ts';
import type { CableEnd, MachinePlan, TopologyPlan } from '../lib/topology.ts';

export type BalancerName = 'lb1v' | 'lb2v';
export const balancers = ['lb1v', 'lb2v'] as const;
export const realServers = ['rs37', 'rs38', 'rs39'] as const;

/** Virtual addresses by service. The third is added by the lab as the site's procedure says. */
export const vip = { takataka: '123.30.175.40', giaitri: '123.30.175.41', added: '123.30.175.42' } as const;

/** Hardware address of a balancer's interface; the rest of the lab has them made up by the kernel. */
export const macOf = {
  lb1v: { eth0: '02:00:00:00:01:00', eth1: '02:00:00:00:01:01' },
  lb2v: { eth0: '02:00:00:00:02:00', eth1: '02:00:00:00:02:01' },
} as const;

/** Hardware addresses of the real servers' eth0. */
export const realServerMac: Readonly<Record<string, string>> = {
  rs37: '02:00:00:00:00:37',
  rs38: '02:00:00:00:00:38',
  rs39: '02:00:00:00:00:39',
};

const hostPart = { lb1v: 35, lb2v: 36 } as const;

/** Inside address of a balancer: the source of its advertisements. */
export function insideAddress(balancer: BalancerName): string {
  return `172.16.16.${hostPart[balancer]}`;
}

function balancerCables(name: BalancerName): (readonly [CableEnd, CableEnd])[] {
  return [
    [
      { machine: name, interface: 'eth0', mac: macOf[name].eth0, addresses: [`${insideAddress(name)}/24`] },
      { machine: 'switch', interface: `${name}-inside`, bridge: 'inside' },
    ],
    [
      { machine: name, interface: 'eth1', mac: macOf[name].eth1, addresses: [`123.30.175.${hostPart[name]}/24`] },
      { machine: 'switch', interface: `${name}-front`, bridge: 'front' },
    ],
  ];
}

function realServerPlan(name: string): MachinePlan {
  return {
    name,
    loopback: [`${vip.takataka}/32`, `${vip.giaitri}/32`],
    routes: ['default via 172.16.16.1'],
    sysctls: { 'net.ipv4.conf.all.arp_ignore': 1, 'net.ipv4.conf.all.arp_announce': 2 },
  };
}

/** The plan; without `servers` only what VRRP needs: the balancers and the switch. */
export function pairTopology({ servers }: { readonly servers: boolean }): TopologyPlan {
  const withServers = servers ? realServers : [];
  return {
    machines: [
      {
        name: 'switch',
        bridges: [
          { name: 'front', mac: '02:00:00:00:fe:01', addresses: ['123.30.175.1/24'] },
          { name: 'inside', mac: '02:00:00:00:fe:02', addresses: ['172.16.16.1/24'] },
        ],
        sysctls: { 'net.ipv4.ip_forward': 1 },
      },
      ...balancers.map((name): MachinePlan => ({ name, routes: ['default via 123.30.175.1'] })),
      ...withServers.map(realServerPlan),
      ...(servers ? [{ name: 'reader', routes: ['default via 203.0.113.1'] }] : []),
    ],
    cables: [
      ...balancers.flatMap(balancerCables),
      ...withServers.map((name): readonly [CableEnd, CableEnd] => [
        {
          machine: name,
          interface: 'eth0',
          mac: realServerMac[name] ?? '',
          addresses: [`172.16.16.${name.slice(2)}/24`],
        },
        { machine: 'switch', interface: name, bridge: 'inside' },
      ]),
      ...(servers
        ? [
            [
              { machine: 'reader', interface: 'eth0', addresses: ['203.0.113.10/24'] },
              { machine: 'switch', interface: 'world', addresses: ['203.0.113.1/24'] },
            ] as const,
          ]
        : []),
    ],
  };
}

/** Lines of the example that stop Debian's keepalived 2.2.7: `debug` wants a number, an alias is no interface to it. */
const stopsDebian = [/^\s*debug\s*$/, /^\s*eth1:\d+\s*$/];
/** Needs IPVS in the kernel even if only VRRP runs. */
const needsIpvs = /^\s*lvs_sync_daemon_interface\s/;

/**
 * Copies a balancer's files of the example into `folder` (its future /etc/keepalived). Debian's keepalived gets them
 * without the lines that stop it; `vrrpOnly` leaves out the synchronisation daemon for all.
 */
export function copyConfiguration(balancer: BalancerName, kind: DaemonKind, folder: string, vrrpOnly = false): void {
  cpSync(path.join(projectRoot(), 'examples', 'pair', balancer), folder, { recursive: true });
  const file = path.join(folder, 'keepalived.conf');
  const unwanted = [...(kind === 'debian' ? stopsDebian : []), ...(vrrpOnly ? [needsIpvs] : [])];
  editFile(file, (text) =>
    text
      .split('\n')
      .filter((line) => !unwanted.some((pattern) => pattern.test(line)))
      .join('\n'),
  );
}

export function editFile(file: string, edit: (text: string) => string): void {
  writeFileSync(file, edit(readFileSync(file, 'utf8')));
}

/** Path of a domain's file. */
export function serviceFile(folder: string, domain: string): string {
  return path.join(folder, 'services', `${domain}.conf`);
}

/** Text of one real server's block in a service file. */
export function realServerBlock(server: string, weight = 10): string {
  return `    real_server 172.16.16.${server.slice(2)} 80 {\n        weight ${weight}\n        inhibit_on_failure\n    }\n`;
}

/** Replaces, removes (empty text) or adds (when absent, at the end) a real server in the text of a service file. */
export function withRealServer(text: string, server: string, block: string): string {
  const existing = new RegExp(
    String.raw`    real_server 172\.16\.16\.${server.slice(2)} 80 \{\n(?:        .*\n)*    \}\n`,
  );
  return existing.test(text) ? text.replace(existing, block) : text.replace(/\}\n$/, `${block}}\n`);
}

/** Instance and service that the lab adds, as an operator of that site would: third service, master on lb1v. */
export function addThirdService(balancer: BalancerName, folder: string): void {
  const master = balancer === 'lb1v';
  editFile(path.join(folder, 'keepalived.conf'), (text) =>
    text.replace(
      '# One file a domain.',
      `# themmoi.example: services/themmoi.example.conf
vrrp_instance VI_3 {
    state ${master ? 'MASTER' : 'BACKUP'}
    interface eth0
    virtual_router_id 53
    priority ${master ? 150 : 100}
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass tm53pass
    }
    track_interface {
        eth0
        eth1
    }
    virtual_ipaddress {
        ${vip.added} dev eth1 label eth1:3
    }
}

# One file a domain.`,
    ),
  );
  const service = readFileSync(serviceFile(folder, 'takataka.vn'), 'utf8');
  writeFileSync(serviceFile(folder, 'themmoi.example'), service.replaceAll(vip.takataka, vip.added));
}

/** What `ipvsadm -Sn` shows for the services of the example, sorted by service, servers in the order they were added. */
export function expectedRules(services: Readonly<Record<string, Readonly<Record<string, number>>>>): string[] {
  return Object.keys(services)
    .sort()
    .flatMap((address) => [
      `-A -t ${address}:80 -s rr`,
      ...Object.entries(services[address] ?? {}).map(
        ([server, weight]) => `-a -t ${address}:80 -r 172.16.16.${server.slice(2)}:80 -g -w ${weight}`,
      ),
    ]);
}
