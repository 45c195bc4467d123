/** FRR's vrrpd with the zebra it needs, for one virtual router on eth0. Its addresses are on a macvlan with the virtual MAC. */
import { until } from '../../../lab/lib/clock.ts';
import type { Running } from '../../../lab/lib/run.ts';
import { patience, type Machine } from '../process/machine.ts';

export interface FrrInstance {
  readonly version: 2 | 3;
  readonly family: 4 | 6;
  readonly virtualRouterId: number;
  readonly priority: number;
  /** Milliseconds. */
  readonly interval: number;
  readonly addresses: readonly string[];
}

const folder = '/usr/lib/frr';

/** Starts both and returns vrrpd: SIGTERM to it is the router's orderly end. */
export async function startFrr(machine: Machine, instance: FrrInstance): Promise<Running> {
  const { family, virtualRouterId: id, version } = instance;
  const device = `vrrp${family}`;
  const mac = `00:00:5e:00:0${family === 4 ? 1 : 2}:${id.toString(16).padStart(2, '0')}`;
  if (!machine.exists(`/proc/sys/net/ipv4/conf/${device}`)) {
    await machine.run(['ip', 'link', 'del', device], { accept: 'any' });
    await machine.ip(
      `link add ${device} link eth0 address ${mac} type macvlan mode bridge`,
      ...instance.addresses.map((address) => `addr add ${address}/${family === 4 ? 24 : 64} dev ${device} nodad`),
      `link set ${device} up`,
    );
    await startZebra(machine);
  }
  const lines = [
    'interface eth0',
    ` vrrp ${id} version ${version}`,
    ` vrrp ${id} priority ${instance.priority}`,
    ` vrrp ${id} advertisement-interval ${instance.interval}`,
    ...instance.addresses.map((address) => ` vrrp ${id} ${family === 4 ? 'ip' : 'ipv6'} ${address}`),
  ];
  machine.write('/tmp/frr/vrrpd.conf', `${lines.join('\n')}\n`);
  return machine.start('vrrpd', [...daemon('vrrpd'), '--log-level', 'debug']);
}

/** Folders and zebra, which every daemon of FRR talks to. */
export async function startZebra(machine: Machine): Promise<void> {
  await machine.run(['sh', '-c', 'chmod 755 /run; mkdir -p /run/frr /tmp/frr; chown frr:frr /run/frr /tmp/frr']);
  machine.write('/tmp/frr/zebra.conf', '');
  machine.start('zebra', daemon('zebra'));
  await until('zebra listens', { within: patience, every: 20 }, () => machine.exists('/run/frr/zserv.api'));
}

/** Words that start a daemon of FRR with its file in /tmp/frr. */
export function daemon(name: string): string[] {
  return [
    ...[`${folder}/${name}`, '-u', 'frr', '-g', 'frr', '-f', `/tmp/frr/${name}.conf`],
    ...['--log', 'stdout', '-i', `/run/frr/${name}.pid`, '-P', '0'],
  ];
}

/** Whether vrrpd says that it is the master. */
export async function frrIsMaster(machine: Machine, family: 4 | 6): Promise<boolean> {
  const { stdout } = await machine.run(['vtysh', '-c', 'show vrrp'], { accept: 'any' });
  return new RegExp(`Status \\(v${family}\\)\\s+Master`).test(stdout);
}
