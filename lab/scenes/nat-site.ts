/** The site of examples/nat: a director between the clients' network and the servers', translating addresses. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../lib/places.ts';
import type { CableEnd, TopologyPlan } from '../lib/topology.ts';

export const virtualAddress = '192.168.1.54';
export const webServers = ['web2', 'web3'] as const;
export type WebServerName = (typeof webServers)[number];
export const readers = ['reader10', 'reader11'] as const;

export function addressOf(server: WebServerName): string {
  return `172.16.1.${server.slice(3)}`;
}

function cable(
  machine: string,
  name: string,
  address: string,
  network: 'outside' | 'inside',
): readonly [CableEnd, CableEnd] {
  return [
    { machine, interface: name, addresses: [address] },
    { machine: 'switch', interface: `${machine}-${name}`, bridge: network },
  ];
}

export const natTopology: TopologyPlan = {
  machines: [
    { name: 'switch', bridges: [{ name: 'outside' }, { name: 'inside' }] },
    { name: 'director', sysctls: { 'net.ipv4.ip_forward': 1 } },
    ...webServers.map((name) => ({ name, routes: ['default via 172.16.1.1'] })),
    ...readers.map((name) => ({ name })),
  ],
  cables: [
    cable('director', 'eth0', `${virtualAddress}/24`, 'outside'),
    cable('director', 'eth1', '172.16.1.1/24', 'inside'),
    ...webServers.map((name) => cable(name, 'eth0', `${addressOf(name)}/24`, 'inside')),
    ...readers.map((name) => cable(name, 'eth0', `192.168.1.${name.slice(6)}/24`, 'outside')),
  ],
};

/** The page of the example that a server shows. */
export function pageOf(server: WebServerName): string {
  return readFileSync(path.join(projectRoot(), 'examples', 'nat', 'pages', server, 'index.html'), 'utf8');
}

/** Times of the example's checks, in seconds. */
export interface CheckTimes {
  readonly delayLoop: number;
  readonly connectTimeout: number;
  readonly retries: number;
  readonly delayBeforeRetry: number;
}

export const timesAsWritten: CheckTimes = { delayLoop: 6, connectTimeout: 3, retries: 3, delayBeforeRetry: 3 };
export const timesShortened: CheckTimes = { delayLoop: 2, connectTimeout: 1, retries: 3, delayBeforeRetry: 1 };

/** The example's configuration, with other times for its checks. */
export function configurationWith(times: CheckTimes): string {
  return readFileSync(path.join(projectRoot(), 'examples', 'nat', 'keepalived.conf'), 'utf8')
    .replaceAll(/delay_loop \d+/g, `delay_loop ${times.delayLoop}`)
    .replaceAll(/ connect_timeout \d+/g, ` connect_timeout ${times.connectTimeout}`)
    .replaceAll(/nb_get_retry \d+/g, `nb_get_retry ${times.retries}`)
    .replaceAll(/delay_before_retry \d+/g, `delay_before_retry ${times.delayBeforeRetry}`);
}

/** The digest the example has for a server. */
export function digestOf(server: WebServerName): string {
  const pattern = new RegExp(
    String.raw`real_server ${addressOf(server).replaceAll('.', String.raw`\.`)} 80[\s\S]*?digest (\w+)`,
  );
  return pattern.exec(configurationWith(timesAsWritten))?.[1] ?? '';
}

/**
 * Soonest and latest a server may be taken out after it began to fail, in seconds. A try that fails at once takes no
 * time, one that hangs takes the timeout; the first try comes at most delay_loop after the trouble began.
 */
export function removalWindow(times: CheckTimes, secondsPerTry: number): readonly [number, number] {
  const soonest = secondsPerTry + times.retries * (times.delayBeforeRetry + secondsPerTry);
  return [soonest, soonest + times.delayLoop];
}

/**
 * Latest a server is given back after it works again, in seconds: the failed page is tried again within an interval,
 * when it passes all pages are checked once more an interval later. A try that hangs may be under way.
 */
export function returnLimit(times: CheckTimes): number {
  return Math.max(times.delayBeforeRetry, times.delayLoop) + times.delayLoop + times.connectTimeout;
}
