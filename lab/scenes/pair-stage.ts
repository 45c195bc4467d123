/** The pair with everything on it: machines, daemons, real servers, captures, and the looks that all its steps need. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startCapture, type Capture } from '../lib/capture.ts';
import { happens, nowMs } from '../lib/clock.ts';
import { startDaemon, type Daemon } from '../lib/daemon.ts';
import type { TimedLine } from '../lib/run.ts';
import { requireIsolation } from '../lib/isolation.ts';
import { addressesOf, ipvsRules, type InterfaceAddress } from '../lib/observe.ts';
import type { SceneContext } from '../lib/scene.ts';
import { buildTopology, type Topology } from '../lib/topology.ts';
import { balancers, copyConfiguration, pairTopology, type BalancerName } from './pair-site.ts';
import { Wire } from './pair-wire.ts';

export class PairStage {
  readonly context: SceneContext;
  readonly topology: Topology;
  readonly vrrpOnly: boolean;
  readonly #daemons = new Map<BalancerName, Daemon>();
  readonly #log: Record<string, TimedLine[]> = {};
  #settledAt = 0;
  #captures: { inside: Capture; front: Capture } | undefined;

  constructor(context: SceneContext, topology: Topology, vrrpOnly: boolean) {
    this.context = context;
    this.topology = topology;
    this.vrrpOnly = vrrpOnly;
  }

  /** Builds the machines and proves that nothing gets out. */
  static async build(context: SceneContext, { vrrpOnly }: { readonly vrrpOnly: boolean }): Promise<PairStage> {
    const topology = await buildTopology(pairTopology({ servers: !vrrpOnly }), context.prefix, context.cleanUp);
    await requireIsolation(topology);
    const stage = new PairStage(context, topology, vrrpOnly);
    for (const name of balancers) copyConfiguration(name, stage.kindOf(name), stage.configuration(name), vrrpOnly);
    return stage;
  }

  kindOf(name: BalancerName): 'ours' | 'debian' {
    return name === 'lb1v' ? this.context.daemons.first : this.context.daemons.second;
  }

  /** Folder that is the balancer's /etc/keepalived. */
  configuration(name: BalancerName): string {
    return path.join(this.context.scratch, name, 'etc');
  }

  daemon(name: BalancerName): Daemon {
    const daemon = this.#daemons.get(name);
    if (daemon === undefined) throw new Error(`no daemon was started on ${name}`);
    return daemon;
  }

  /** The site has come up: what is compared of the balancer that is not master of a service begins now. */
  settle(): void {
    this.#settledAt = nowMs();
  }

  /** Epoch milliseconds; 0 before the site has come up. */
  get settledAt(): number {
    return this.#settledAt;
  }

  /** What was logged on each balancer, over all its starts. */
  logs(): Readonly<Record<string, readonly TimedLine[]>> {
    return this.#log;
  }

  startDaemon(name: BalancerName): void {
    const log = (this.#log[name] ??= []);
    this.#daemons.set(
      name,
      startDaemon(this.context.cleanUp, this.topology, {
        kind: this.kindOf(name),
        machine: name,
        configuration: this.configuration(name),
        scratch: path.join(this.context.scratch, name, 'tmp'),
        onLine: (line) => log.push(line),
        args: this.vrrpOnly ? ['--vrrp'] : [],
      }),
    );
  }

  /** Listens on both networks: advertisements, ARP, and who answers the readers. */
  async startCaptures(): Promise<void> {
    mkdirSync(this.context.results, { recursive: true });
    const begin = (network: 'inside' | 'front', filter: string): Promise<Capture> =>
      startCapture(this.context.cleanUp, this.topology, {
        machine: 'switch',
        interface: network,
        filter,
        file: path.join(this.context.results, `pair-${network}.pcap`),
      });
    const [inside, front] = await Promise.all([
      begin('inside', 'ip proto 112 or (tcp src port 80 and tcp[tcpflags] & tcp-syn != 0)'),
      begin('front', 'arp'),
    ]);
    this.#captures = { inside, front };
  }

  get insideCapture(): Capture {
    if (this.#captures === undefined) throw new Error('no capture was started');
    return this.#captures.inside;
  }

  /** What was captured until now. */
  async wire(): Promise<Wire> {
    if (this.#captures === undefined) throw new Error('no capture was started');
    const [inside, front] = await Promise.all([
      this.#captures.inside.settledFrames(),
      this.#captures.front.settledFrames(),
    ]);
    return new Wire(inside, front);
  }

  /** Virtual addresses with their labels on a balancer, such as "123.30.175.40 eth1:2". */
  async virtualAddresses(name: BalancerName): Promise<string[]> {
    const addresses = await this.addresses(name);
    return addresses
      .filter(({ local }) => local.startsWith('123.30.175.4'))
      .map((address) => `${address.local} ${String(address['label'])}`)
      .sort();
  }

  addresses(name: BalancerName): Promise<InterfaceAddress[]> {
    return addressesOf(this.topology, name);
  }

  rules(name: BalancerName): Promise<string[]> {
    return ipvsRules(this.topology, name);
  }

  /** Waits until the balancers hold exactly these virtual addresses; false if they do not in time. */
  async holds(expected: Readonly<Record<BalancerName, readonly string[]>>, within: number): Promise<boolean> {
    const wanted = JSON.stringify(expected);
    return happens({ within, every: 50 }, async () => JSON.stringify(await this.holders()) === wanted);
  }

  /** Virtual addresses of both. */
  async holders(): Promise<Record<BalancerName, string[]>> {
    const [lb1v, lb2v] = await Promise.all([this.virtualAddresses('lb1v'), this.virtualAddresses('lb2v')]);
    return { lb1v, lb2v };
  }
}
