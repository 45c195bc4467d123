/** A LAN of routers: a switch with a capture on it, and machines under this daemon, Debian's keepalived or FRR's vrrpd. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { CleanUp } from '../../../lab/lib/clean-up.ts';
import { sleep, until } from '../../../lab/lib/clock.ts';
import type { Frame } from '../../../lab/lib/pcap.ts';
import { readPcap } from '../../../lab/lib/pcap.ts';
import { run, type Running } from '../../../lab/lib/run.ts';
import { complaints } from '../../lab-support.ts';
import { Machine, configurationFile, keepalived, patience } from '../process/machine.ts';
import { heardIn, type Heard } from './heard.ts';
import { startFrr, type FrrInstance } from './frr.ts';

export type Kind = 'ours' | 'debian';

const programs: Readonly<Record<Kind, string>> = { ours: keepalived, debian: '/usr/sbin/keepalived' };
const wireFile = '/tmp/wire.pcap';
const wireFilter = 'ip proto 112 or ip proto 51 or ip6 proto 112 or arp or icmp6';

/** The LAN's own view of one router. */
export class Router {
  readonly machine: Machine;
  /** 1 for the first: 10.88.0.1, 2001:db8::1, fe80::1. */
  readonly number: number;
  #running: Running | undefined;

  constructor(machine: Machine, number: number) {
    this.machine = machine;
    this.number = number;
  }

  get log(): string[] {
    return (this.#running?.lines ?? []).map(({ text }) => text);
  }

  /** Starts a keepalived; returns when it has begun to watch its instances. */
  async keepalived(kind: Kind, configuration: string): Promise<void> {
    this.machine.write(configurationFile, configuration);
    this.#running = this.machine.start(kind, [programs[kind], '-n', '-l', '-D', '--vrrp']);
    const running = this.#running;
    await until(`${kind} has begun on ${this.machine.name}`, { within: patience, every: 20 }, () => {
      if (running.code !== undefined) throw new Error(`${kind} ended:\n${this.log.join('\n')}`);
      return running.lines.some(
        ({ text }) => text.includes('Entering BACKUP STATE') || text.includes('Startup complete'),
      );
    });
  }

  async frr(instance: FrrInstance): Promise<void> {
    this.#running = await startFrr(this.machine, instance);
  }

  /** SIGTERM and the end. */
  async stop(): Promise<void> {
    await this.#running?.stop('SIGTERM', patience);
  }

  /** All its processes end at once, without a last word. */
  async crash(): Promise<void> {
    this.#running?.kill();
    await this.#running?.ended;
  }

  reload(configuration: string): void {
    this.machine.write(configurationFile, configuration);
    this.#running?.signal('SIGHUP');
  }

  async has(address: string): Promise<boolean> {
    const { stdout } = await this.machine.run(['ip', '-o', 'addr', 'show'], { accept: 'any' });
    return stdout.includes(` ${address}/`);
  }
}

export class Lan {
  readonly routers: readonly Router[];
  readonly #switch: Machine;
  readonly #capture: Running;

  private constructor(routers: readonly Router[], theSwitch: Machine, capture: Running) {
    this.routers = routers;
    this.#switch = theSwitch;
    this.#capture = capture;
  }

  /** Two routers on a switch, with `networks` interfaces each (eth0, eth1 ...), IPv4 and IPv6. */
  static async make(cleanUp: CleanUp, networks = 1): Promise<Lan> {
    const [theSwitch, ...machines] = await Promise.all(
      ['switch', 'first', 'second'].map((name) => Machine.make(cleanUp, name)),
    );
    if (theSwitch === undefined) throw new Error('no switch');
    for (const [index, machine] of machines.entries()) {
      await cable(machine, theSwitch, index + 1, networks);
    }
    await joinPorts(theSwitch, machines.length, networks);
    const capture = theSwitch.start('capture', [
      ...['dumpcap', '-q', '-P', '-i', 'br0', '-f', wireFilter, '-w', wireFile],
    ]);
    await until('the capture listens', { within: patience, every: 20 }, () =>
      capture.lines.some(({ text }) => text.startsWith('File: ')),
    );
    return new Lan(
      machines.map((machine, index) => new Router(machine, index + 1)),
      theSwitch,
      capture,
    );
  }

  /** The two routers. */
  get pair(): readonly [Router, Router] {
    const [first, second] = this.routers;
    if (first === undefined || second === undefined) throw new Error('no two routers');
    return [first, second];
  }

  /** Waits until the address is on this router and on no other. */
  async untilMaster(router: Router, address: string): Promise<void> {
    try {
      await until(`${address} on ${router.machine.name} alone`, { within: patience, every: 100 }, async () => {
        const holders = await Promise.all(this.routers.map((each) => each.has(address)));
        return holders.every((has, index) => has === (this.routers[index] === router));
      });
    } catch (error) {
      const logs = this.routers.map(({ machine, log }) => `${machine.name}:\n${log.join('\n')}`);
      throw new Error(`${(error as Error).message}\n${logs.join('\n')}`, { cause: error });
    }
  }

  /** Waits until the address is on every router: each thinks that it is the master. */
  async untilAll(address: string, within = patience): Promise<void> {
    await until(`${address} on all routers`, { within, every: 100 }, async () => {
      const holders = await Promise.all(this.routers.map((each) => each.has(address)));
      return holders.every(Boolean);
    });
  }

  /** The address stays where it is, on this router alone, for so many milliseconds. */
  async staysMaster(router: Router, address: string, ms: number): Promise<void> {
    await sleep(ms);
    const holders = await Promise.all(this.routers.map((each) => each.has(address)));
    expect(holders, `${address} only on ${router.machine.name}`).toEqual(this.routers.map((each) => each === router));
  }

  /** The ports of the first network do not reach each other any more, or again; no interface loses its carrier. */
  async partition(apart: boolean): Promise<void> {
    const lines = this.routers.map(({ number }) => `link set dev p${number}n0 isolated ${apart ? 'on' : 'off'}`);
    await this.#switch.run(['bridge', '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }

  /** What was heard on the first network so far; the very last second may be missing. */
  heard(): Heard[] {
    return heardIn(this.#frames());
  }

  #frames(): Frame[] {
    return this.#switch.exists(wireFile) ? readPcap(readFileSync(this.#switch.path(wireFile))) : [];
  }

  /** Ends the capture and asks tshark what is wrong with the frames. */
  async expectFlawless(): Promise<void> {
    await this.#capture.stop('SIGINT', patience);
    expect(this.heard().length, 'advertisements captured').toBeGreaterThan(0);
    expect(await complaints(this.#switch.path(wireFile))).toEqual([]);
  }
}

async function cable(machine: Machine, theSwitch: Machine, number: number, networks: number): Promise<void> {
  const names = ['all', 'default'].map((name) => `net.ipv6.conf.${name}.disable_ipv6=0`);
  await machine.run(['sysctl', '-q', '-w', ...names, 'net.ipv6.conf.default.accept_dad=0']);
  for (let network = 0; network < networks; network++) {
    const port = `eth${network}`;
    await run('nsenter', [
      ...['-t', String(machine.holder), '-n', 'ip', 'link', 'add', port, 'type', 'veth'],
      ...['peer', 'name', `p${number}n${network}`, 'netns', String(theSwitch.holder)],
    ]);
    await machine.ip(
      `link set ${port} addrgenmode none`,
      `link set ${port} up`,
      `addr add 10.88.${network}.${number}/24 dev ${port}`,
      `addr add 2001:db8:${network}::${number}/64 dev ${port} nodad`,
      `addr add fe80::${number}/64 dev ${port} nodad`,
    );
  }
}

async function joinPorts(theSwitch: Machine, machines: number, networks: number): Promise<void> {
  const lines: string[] = [];
  for (let network = 0; network < networks; network++) {
    lines.push(`link add br${network} type bridge mcast_snooping 0 forward_delay 0`, `link set br${network} up`);
    for (let number = 1; number <= machines; number++) {
      lines.push(`link set p${number}n${network} master br${network} up`);
    }
  }
  await theSwitch.ip(...lines);
}
