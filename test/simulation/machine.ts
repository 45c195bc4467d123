/**
 * One machine: the real engine, the shell around it (a queue of what waits while the process is stopped, packets before
 * timers), a model kernel with links and addresses, and the scripts, files and processes that are tracked.
 */
import type { GlobalConfiguration, VirtualRoute, VrrpConfiguration } from '../../src/config/model.ts';
import type { KernelAddress, Link } from '../../src/network/types.ts';
import type { VrrpChange } from '../../src/live/types.ts';
import { VrrpEngine } from '../../src/vrrp/engine.ts';
import type {
  PacketMeta,
  RunScriptIntent,
  ScriptOutcome,
  SendAheadIntent,
  VrrpEnvironment,
  VrrpIntent,
} from '../../src/vrrp/types.ts';
import { digests, kernelAddress, link } from '../unit/vrrp/configuration.ts';
import { baseOf, indexOfLink, links, ownAddress, tracked } from './configuration.ts';
import type { Ethernet, Station } from './ethernet.ts';
import type { Scene } from './scene.ts';
import { Watch } from './watch.ts';

export type Cause =
  | 'start'
  | 'receive'
  | 'timeout'
  | 'links'
  | 'addresses'
  | 'script'
  | 'file'
  | 'processes'
  | 'operator'
  | 'reload'
  | 'stop';

export interface MachineConfiguration {
  readonly vrrp: VrrpConfiguration;
  readonly global: GlobalConfiguration;
}

/** How engines are made: a test may put a recording one in the place of the plain one. */
export type MakeEngine = (
  machine: number,
  configuration: MachineConfiguration,
  environment: VrrpEnvironment,
  now: number,
) => VrrpEngine;

export const plainEngine: MakeEngine = (_, { vrrp, global }, environment) => new VrrpEngine(vrrp, global, environment);

/** Packets that wait for a stopped process, at most: a socket's buffer. */
const WAITING_LIMIT = 100;

/** Milliseconds until a macvlan that is missing is made. */
const vmacDelay = 30;

/** How a virtual route of an instance is told from others. */
export function routeName(instance: string, { destination }: VirtualRoute): string {
  return `${instance} ${destination?.address ?? ''}`;
}

export class Machine implements Station {
  readonly number: number;
  side = 0;
  alive = false;
  configuration: MachineConfiguration;
  /** `interface|address` in the kernel, own addresses left out. They survive the process. */
  readonly addresses = new Set<string>();
  /** Addresses that somebody deleted and the kernel has not told yet. */
  readonly untold = new Set<string>();
  readonly linkStates = new Map<string, 'up' | 'down' | 'gone'>(links.map((name) => [name, 'up']));
  /** Macvlans that are there. */
  readonly vmacs = new Set<string>();
  /** Addresses that nobody tracks and that somebody deleted: they come back with their interface only. */
  readonly forsaken = new Set<string>();
  /** Virtual routes in the kernel, `instance destination`. */
  readonly routes = new Set<string>();
  script: 'good' | 'bad' | 'hangs' = 'good';
  file = 0;
  processes = 1;
  pausedUntil = -Infinity;
  /** What the operator has set; the parent process keeps it over the end of this one. */
  overrides: readonly VrrpChange[] = [];
  engine: VrrpEngine | undefined;
  readonly watch: Watch;
  /** Every intent of every life, in order. */
  readonly intents: VrrpIntent[] = [];
  /** How often an interface was made anew. */
  readonly #lives = new Map<string, number>();
  readonly #ethernet: Ethernet;
  readonly #makeEngine: MakeEngine;
  readonly #aheadOf: Scene['ahead'];
  /** What is to go by itself, by instance, and whether it has gone. */
  readonly #ahead = new Map<string, { readonly intent: SendAheadIntent; wentAt: number | undefined }>();
  #life = 0;
  #latest = 0;
  #run: number | undefined;
  #waiting: (() => void)[] = [];

  constructor(
    number: number,
    configuration: MachineConfiguration,
    ethernet: Ethernet,
    makeEngine: MakeEngine,
    aheadOf: Scene['ahead'] = 'never',
  ) {
    this.#aheadOf = aheadOf;
    this.number = number;
    this.configuration = configuration;
    this.watch = new Watch(this, ethernet);
    this.#ethernet = ethernet;
    this.#makeEngine = makeEngine;
  }

  get paused(): boolean {
    return this.#ethernet.now < this.pausedUntil;
  }

  start(): void {
    const { now } = this.#ethernet;
    this.alive = true;
    this.#life++;
    this.#run = undefined;
    this.#makeVmacs();
    const environment: VrrpEnvironment = {
      digests,
      links: this.#links(),
      addresses: this.#addresses(),
      realTime: (at) => 1_700_000_000_000 + this.number * 17 + at,
      ...(this.#aheadOf !== 'never' && { wentAhead: (instance) => this.#endAhead(instance) }),
    };
    this.engine = this.#makeEngine(this.number, this.configuration, environment, now);
    this.engine.trackFileChanged(tracked.file, this.file, now);
    this.engine.processesCounted(tracked.process, this.processes, now);
    this.engine.overridden(this.overrides, now);
    this.watch.begin();
    this.#call('start', (engine) => engine.start(now));
  }

  /** SIGKILL: nothing is said, nothing is cleaned up. */
  crash(): void {
    this.alive = false;
    this.engine = undefined;
    this.#waiting = [];
    this.#ahead.clear();
    this.pausedUntil = -Infinity;
  }

  stop(): void {
    this.#call('stop', (engine, now) => engine.stop(now));
    this.crash();
    this.vmacs.clear();
  }

  /** The operator has set exactly this. */
  override(...changes: readonly VrrpChange[]): void {
    this.overrides = changes;
    this.#whenAwake(() => this.#call('operator', (engine, now) => engine.overridden(this.overrides, now)));
  }

  reload(configuration: MachineConfiguration): void {
    // New ones are there before the engine hears of them, old ones go behind it.
    if (this.#makeVmacs(configuration)) this.#tellLinks();
    this.configuration = configuration;
    this.#call('reload', (engine, now) => engine.reload(configuration.vrrp, configuration.global, now));
    this.#whenAwake(() => this.#call('file', (engine, now) => engine.trackFileChanged(tracked.file, this.file, now)));
    this.#whenAwake(() =>
      this.#call('processes', (engine, now) => engine.processesCounted(tracked.process, this.processes, now)),
    );
    const wanted = this.#wantedVmacs(configuration);
    const unwanted = [...this.vmacs].filter((name) => !wanted.includes(name));
    for (const name of unwanted) this.vmacs.delete(name);
    if (unwanted.length > 0) this.#tellLinks();
  }

  setLink(name: string, state: 'up' | 'down' | 'gone'): void {
    if (state === 'gone' && this.linkStates.get(name) !== 'gone') this.#endLife(name);
    this.linkStates.set(name, state);
    if (state === 'gone') {
      this.#loseAddresses(name);
      for (const vmac of this.vmacs) if (baseOf(vmac) === name) this.#loseVmac(vmac);
    }
    this.#tellLinks();
    this.#makeVmacsSoon();
  }

  /** Somebody deletes one of the macvlans; it is made anew soon. */
  deleteVmac(choice: number): void {
    const vmac = [...this.vmacs][choice % Math.max(1, this.vmacs.size)];
    if (vmac === undefined) return;
    this.#loseVmac(vmac);
    this.#tellLinks();
    this.#makeVmacsSoon();
  }

  indexOf(name: string): number {
    return indexOfLink(name, this.#lives.get(name));
  }

  #endLife(name: string): void {
    this.#lives.set(name, (this.#lives.get(name) ?? 0) + 1);
  }

  #loseVmac(name: string): void {
    this.#endLife(name);
    this.vmacs.delete(name);
    this.#loseAddresses(name);
  }

  #loseAddresses(name: string): void {
    for (const key of this.addresses) {
      if (!key.startsWith(`${name}|`)) continue;
      this.addresses.delete(key);
      this.untold.add(key);
    }
  }

  #wantedVmacs({ vrrp }: MachineConfiguration): string[] {
    const named = vrrp.instances.flatMap((each) => each.virtualInterface?.name ?? []);
    return named.filter((name) => this.linkStates.get(baseOf(name)) !== 'gone');
  }

  /** @returns whether one was missing */
  #makeVmacs(configuration = this.configuration): boolean {
    const missing = this.#wantedVmacs(configuration).filter((name) => !this.vmacs.has(name));
    for (const name of missing) this.vmacs.add(name);
    return missing.length > 0;
  }

  /** The process makes what it sees missing. */
  #makeVmacsSoon(): void {
    this.#ethernet.after(vmacDelay, () =>
      this.#whenAwake(() => {
        if (this.#makeVmacs()) this.#tellLinks();
      }),
    );
  }

  #tellLinks(): void {
    this.#whenAwake(() => this.#call('links', (engine, now) => engine.linksChanged(this.#links(), now)));
    this.#whenAwake(() => this.#tellAddresses());
  }

  linkState(name: string): 'up' | 'down' | 'gone' {
    const state = this.linkStates.get(name);
    if (state !== undefined) return state;
    return this.vmacs.has(name) ? (this.linkStates.get(baseOf(name)) ?? 'gone') : 'gone';
  }

  /** Somebody deletes one of the virtual addresses. */
  deleteAddress(choice: number): void {
    const keys = [...this.addresses];
    const key = keys[choice % Math.max(1, keys.length)];
    if (key === undefined) return;
    this.addresses.delete(key);
    this.untold.add(key);
    if (this.#isUntracked(key)) this.forsaken.add(key);
    this.#whenAwake(() => this.#tellAddresses());
  }

  #isUntracked(key: string): boolean {
    return this.configuration.vrrp.instances.some(({ virtualAddresses, excludedVirtualAddresses }) =>
      [...virtualAddresses, ...excludedVirtualAddresses].some(
        (each) => !each.track && `${each.interface}|${each.address}` === key,
      ),
    );
  }

  setFile(value: number): void {
    this.file = value;
    this.#whenAwake(() => this.#call('file', (engine, now) => engine.trackFileChanged(tracked.file, value, now)));
  }

  setProcesses(count: number): void {
    this.processes = count;
    this.#whenAwake(() =>
      this.#call('processes', (engine, now) => engine.processesCounted(tracked.process, count, now)),
    );
  }

  linkIsUp(name: string): boolean {
    return this.linkState(name) === 'up';
  }

  /** A packet counts from the moment the kernel had it, also when the process sleeps. */
  hear(packet: Uint8Array, meta: PacketMeta): void {
    const receivedAt = this.#ethernet.now;
    if (this.#waiting.length >= WAITING_LIMIT) return;
    this.#whenAwake(() =>
      this.#call('receive', (engine, now) => engine.receive(packet, meta, Math.max(receivedAt, this.#latest), now)),
    );
  }

  nextAction(): number | undefined {
    if (!this.alive) return undefined;
    const next = this.engine?.nextTimeout();
    if (this.#waiting.length > 0) return Math.max(this.#ethernet.now, this.pausedUntil);
    return next === undefined ? undefined : Math.max(next, this.pausedUntil);
  }

  act(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) each();
    this.#call('timeout', (engine, now) => engine.timeout(now));
  }

  #whenAwake(work: () => void): void {
    if (!this.alive) return;
    if (!this.paused) work();
    else this.#waiting.push(work);
  }

  #tellAddresses(): void {
    this.untold.clear();
    this.#call('addresses', (engine, now) => engine.addressesChanged(this.#addresses(), now));
  }

  #call(cause: Cause, act: (engine: VrrpEngine, now: number) => readonly VrrpIntent[]): void {
    const { engine } = this;
    if (!engine) return;
    const before = this.watch.observe(engine, cause);
    const intents = act(engine, this.#ethernet.now);
    this.#latest = this.#ethernet.now;
    this.intents.push(...intents);
    const addressesWritten = this.#perform(engine, intents);
    // As the process does: with what comes with states.
    const changes = intents.some(({ type }) => type === 'reconcile-addresses' || type === 'event');
    if (changes || cause === 'start' || cause === 'reload') this.#keepRoutes(engine);
    this.watch.judge(engine, cause, before, intents);
    if (addressesWritten && cause !== 'stop') this.#tellAddresses();
  }

  #perform(engine: VrrpEngine, intents: readonly VrrpIntent[]): boolean {
    let written = false;
    for (const intent of intents) {
      switch (intent.type) {
        case 'send-advertisement':
          this.#ethernet.transmit(this, intent);
          break;
        case 'send-ahead':
          this.#sendAhead(intent);
          break;
        case 'reconcile-addresses':
          this.#reconcile(engine, intent.instances);
          written = true;
          break;
        case 'run-script':
          this.#runScript(intent);
          break;
        case 'kill-script':
          this.#finishScript(this.#run, { kind: 'killed', signal: intent.signal }, 1);
          break;
        default:
      }
    }
    return written;
  }

  #sendAhead(intent: SendAheadIntent): void {
    const { at, instance, until } = intent;
    const entry: { readonly intent: SendAheadIntent; wentAt: number | undefined } = { intent, wentAt: undefined };
    if (this.#ahead.has(instance)) throw new Error(`${instance} sends ahead twice`);
    this.#ahead.set(instance, entry);
    const go = (): void => {
      if (this.#ahead.get(instance) !== entry) return;
      const { now } = this.#ethernet;
      if (this.paused && this.#aheadOf === 'with the process') {
        this.#ethernet.after(this.pausedUntil - now, go);
        return;
      }
      if (now >= until) return;
      entry.wentAt = now;
      for (const each of intent.advertisements) {
        this.watch.goesAhead(each);
        this.#ethernet.transmit(this, each);
      }
    };
    this.#ethernet.after(Math.max(0, at - this.#ethernet.now), go);
  }

  #endAhead(instance: string): number | undefined {
    const wentAt = this.#ahead.get(instance)?.wentAt;
    this.#ahead.delete(instance);
    return wentAt;
  }

  #reconcile(engine: VrrpEngine, instances: readonly string[]): void {
    for (const { addresses, unwanted } of engine.desiredAddresses(instances)) {
      for (const each of unwanted) this.addresses.delete(`${each.interface}|${each.address}`);
      for (const each of addresses) {
        const exists = this.linkState(each.interface) !== 'gone';
        if (!exists) continue;
        this.addresses.add(`${each.interface}|${each.address}`);
        this.forsaken.delete(`${each.interface}|${each.address}`);
      }
    }
  }

  #keepRoutes(engine: VrrpEngine): void {
    const desired = engine.desiredRouting();
    for (const { subject, unwantedRoutes } of desired)
      for (const route of unwantedRoutes) this.routes.delete(routeName(subject, route));
    const known = new Set(desired.map(({ subject }) => subject));
    // What a reload took away goes with it.
    for (const name of this.routes) if (!known.has(name.split(' ')[0] ?? '')) this.routes.delete(name);
    for (const { subject, routes } of desired) for (const route of routes) this.routes.add(routeName(subject, route));
  }

  #runScript({ run }: RunScriptIntent): void {
    this.#run = run;
    if (this.script !== 'hangs') this.#finishScript(run, { kind: 'exited', code: this.script === 'good' ? 0 : 1 }, 20);
  }

  #finishScript(run: number | undefined, outcome: ScriptOutcome, later: number): void {
    const life = this.#life;
    this.#ethernet.after(later, () => {
      if (this.#life !== life) return;
      this.#whenAwake(() =>
        this.#call('script', (engine, now) => engine.scriptFinished(tracked.script, outcome, now, run)),
      );
    });
  }

  #links(): Link[] {
    return [...links, ...this.vmacs].flatMap((name) => {
      const state = this.linkState(name);
      if (state === 'gone') return [];
      return { ...link(name, state === 'up', this.number), index: this.indexOf(name) };
    });
  }

  #addresses(): KernelAddress[] {
    const present = links.filter((name) => this.linkStates.get(name) !== 'gone');
    const own = present.flatMap((name) => [
      kernelAddress(ownAddress(this.number, name), this.indexOf(name)),
      kernelAddress(ownAddress(this.number, name, 'inet6'), this.indexOf(name), 64),
    ]);
    const virtual = [...this.addresses].map((key) => {
      const [name = '', address = ''] = key.split('|');
      return kernelAddress(address, this.indexOf(name), address.includes(':') ? 128 : 32);
    });
    return [...own, ...virtual];
  }
}
