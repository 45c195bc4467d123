/**
 * The VRRP engine: every instance and sync group of a configuration as one state machine without I/O. The caller feeds
 * packets, time and the state of the network in, and carries the returned intents out strictly in their order.
 *
 * Time: `now` is monotonic milliseconds and never goes back between calls. After every call ask nextTimeout() and call
 * timeout() at that moment. When the caller was late, it hands over waiting packets with receive() before timeout().
 */
import type { GlobalConfiguration, VirtualAddress, VrrpConfiguration } from '../config/model.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { VrrpChange } from '../live/types.ts';
import { reasonOf } from '../live/words.ts';
import type { DesiredRouting } from '../network/plan-routing.ts';
import type { KernelAddress, Link } from '../network/types.ts';
import { AddressBook } from './address-book.ts';
import { BfdTable } from './bfd-table.ts';
import { DeadlineQueue } from '../core/deadlines.ts';
import { absentFromBackups, tellDuplicates, tellForeign } from './duplicate-addresses.ts';
import { carryingInterfaces } from './carrying-interfaces.ts';
import { assessInstance, faultsOf } from './faults.ts';
import { FoldedLines } from './folded-lines.ts';
import { GratuitousSender } from './gratuitous.ts';
import { SyncGroup } from './group.ts';
import { Instance, addressKey } from './instance.ts';
import { emptyStatistics } from './statistics.ts';
import type { InstanceHost } from './instance.ts';
import { InstanceIndex } from './instance-index.ts';
import { noticeLateness } from './lateness.ts';
import { changesOfLinks, keepAddressesThrough } from './link-changes.ts';
import { LinkDelays } from './link-delays.ts';
import { NetworkView } from './network-view.ts';
import { Outbox } from './outbox.ts';
import type { TrackedState } from './priority.ts';
import { ProcessTable } from './processes.ts';
import type { VrrpProcessStatus } from './processes.ts';
import { receive } from './receive.ts';
import { VrrpOverrides } from './overrides.ts';
import { planReload } from './reload.ts';
import { instanceFigures } from './figures.ts';
import { groupReport, instanceReport } from './report.ts';
import type { InstanceFigures } from '../metrics/figures.ts';
import type { VrrpCommonReport, VrrpInstanceReport } from './report-types.ts';
import { ScriptTable } from './script-table.ts';
import { staticInterfaces } from './static-tracking.ts';
import { instanceStatus } from './status.ts';
import { SyncDaemon } from './sync-daemon.ts';
import { transportsOf } from './transports.ts';
import { unchangedStates } from './unchanged.ts';
import { UnknownRouters } from './unknown-routers.ts';
import type {
  DesiredInstanceAddresses,
  PacketMeta,
  ScriptOutcome,
  SendAdvertisementIntent,
  VrrpEnvironment,
  VrrpGroupStatus,
  VrrpInstanceStatus,
  VrrpIntent,
  VrrpScriptStatus,
  VrrpTransport,
} from './types.ts';

export class VrrpEngine {
  readonly #out = new Outbox();
  readonly #deadlines = new DeadlineQueue();
  readonly #network: NetworkView;
  readonly #bootedAt: MonotonicMs;
  readonly #host: InstanceHost;
  readonly #files = new Map<string, number>();
  /** When something that is tracked changed last, for status. */
  readonly #fileChanges = new Map<string, MonotonicMs>();
  readonly #linkChanges = new Map<string, MonotonicMs>();
  readonly #scripts: ScriptTable;
  readonly #unknownRouters = new UnknownRouters();
  readonly #processes: ProcessTable;
  readonly #sessions = new BfdTable();
  readonly #linkDelays: LinkDelays;
  /** As the kernel has them. */
  #links: readonly Link[];
  readonly #syncDaemon = new SyncDaemon(this.#out);
  readonly #addresses = new AddressBook();
  readonly #overrides = new VrrpOverrides();
  readonly #masters = new Set<Instance>();
  #configuration: VrrpConfiguration;
  #instances: readonly Instance[] = [];
  #groups: readonly SyncGroup[] = [];
  #index: InstanceIndex;
  #started = false;
  #stopped = false;

  /** Nothing happens before start(). */
  constructor(configuration: VrrpConfiguration, global: GlobalConfiguration, environment: VrrpEnvironment) {
    this.#configuration = configuration;
    this.#network = new NetworkView(environment.links, environment.addresses);
    this.#bootedAt = environment.bootedAt ?? -Infinity;
    const forwards = environment.forwardsIpv6 ?? (() => false);
    this.#host = {
      out: this.#out,
      folded: new FoldedLines(this.#out, this.#deadlines, () => this.#instances.length),
      deadlines: this.#deadlines,
      network: this.#network,
      gratuitous: new GratuitousSender(this.#out, this.#deadlines, this.#network, forwards),
      digests: environment.digests,
      staticInterfaces: staticInterfaces(configuration),
      realTime: environment.realTime ?? ((now) => now),
      global,
      startupEnds: 0,
      isVirtual: (name, address) => this.#addresses.isVirtual(name, address),
      deaf: new Map(),
      masters: this.#masters,
      wentAhead: environment.wentAhead,
      roleChanged: (instance) => this.#roleChanged(instance),
    };
    this.#scripts = new ScriptTable(this.#deadlines, this.#out, (name, now) => this.#scriptChanged(name, now));
    this.#links = environment.links;
    this.#linkDelays = new LinkDelays(this.#deadlines, this.#out, (now) => this.#applyLinks(now));
    this.#linkDelays.configure(configuration);
    this.#processes = new ProcessTable(this.#deadlines, this.#out, (name, now) => this.#processChanged(name, now));
    this.#processes.configure(configuration);
    this.#instances = configuration.instances.map((each) => new Instance(each, this.#host));
    this.#index = new InstanceIndex(this.#instances, this.#network);
    this.#host.gratuitous.shareLimits(configuration.garpGroups);
    this.#addresses.configure(this.#instances);
    this.#groups = this.#makeGroups([]);
  }

  /** Evaluates the trackers and enters the first states. Left-over addresses are reconciled away first. Once. */
  start(now: MonotonicMs): readonly VrrpIntent[] {
    this.#started = true;
    this.#linkDelays.counting(this.#links, now);
    const { vrrpStartupDelay, vrrpDelayAfterBoot } = this.#host.global;
    this.#host.startupEnds = Math.max(now + vrrpStartupDelay, this.#bootedAt + vrrpDelayAfterBoot);
    const holders = this.#instances.filter((instance) => instance.addresses.length > 0);
    for (const { name } of holders) this.#out.log('info', `(${name}) removing VIPs.`);
    if (holders.length > 0) {
      this.#out.push({ type: 'reconcile-addresses', instances: holders.map((instance) => instance.name) });
    }
    this.#syncDaemon.configure(this.#host.global.lvsSyncDaemon, this.#instances);
    this.#scripts.configure(this.#configuration, now);
    this.#applyOverrides(now);
    this.#reassess(this.#instances, now);
    return this.#answer(now);
  }

  /**
   * A packet of IP protocol 112 (or 51, AH).
   * @param packet IPv4: from the first octet of the IP header, as a raw socket delivers it; IPv6: from the VRRP header
   * @param now when the packet arrived
   * @param handledAt when this call is made, if that is later: shows whether the process was late itself
   */
  receive(packet: Uint8Array, meta: PacketMeta, now: MonotonicMs, handledAt: MonotonicMs = now): readonly VrrpIntent[] {
    const instance = this.#index.find(packet, meta);
    if (instance) receive(instance, packet, meta, now, handledAt);
    else if (this.#host.global.logUnknownVirtualRouters) this.#logUnknown(packet, meta, now);
    return this.#answer(handledAt);
  }

  #logUnknown(packet: Uint8Array, meta: PacketMeta, now: MonotonicMs): void {
    const interfaceName = this.#network.linkByIndex(meta.interfaceIndex)?.name ?? String(meta.interfaceIndex);
    const message = this.#unknownRouters.heard(packet, meta, interfaceName, now);
    if (message !== undefined) this.#out.log('info', message);
  }

  /** Runs everything that is due at `now`; harmless when nothing is. */
  timeout(now: MonotonicMs): readonly VrrpIntent[] {
    this.#deadlines.runDue(now);
    return this.#answer(now);
  }

  /** When timeout() is wanted next; undefined: never, as things stand. */
  nextTimeout(): MonotonicMs | undefined {
    return this.#deadlines.next();
  }

  /** Whether the next timeout() is one of a backup that then wants to be master: the one for which others wait. */
  takeoverIsNext(): boolean {
    return this.#deadlines.nextIsUrgent();
  }

  /**
   * Whom to tell of each advertisement as soon as it is decided on, while the call that decides still works out what
   * comes behind it; the call returns it all the same, and its caller does not send it again.
   */
  tellAdvertisements(listener: (intent: SendAdvertisementIntent) => void): void {
    this.#out.tellAdvertisements(listener);
  }

  /** All links as they are now (a complete snapshot, not a difference). */
  linksChanged(links: readonly Link[], now: MonotonicMs): readonly VrrpIntent[] {
    this.#links = links;
    this.#applyLinks(now);
    return this.#answer(now);
  }

  /** All addresses as they are now (a complete snapshot). Our own that are missing on a master are put back. */
  addressesChanged(addresses: readonly KernelAddress[], now: MonotonicMs): readonly VrrpIntent[] {
    const absent = this.#running ? absentFromBackups(this.#instances) : [];
    this.#network.setAddresses(addresses);
    if (!this.#running) return this.#answer(now);
    tellForeign(absent, (name) => this.#addresses.desired([name])[0]?.unwanted ?? []);
    // Faults first: the kernel may have taken our addresses along with the interface's own.
    this.#reassess(this.#instances, now);
    for (const instance of this.#instances) if (instance.state === 'MASTER') this.#restoreAddresses(instance, now);
    return this.#answer(now);
  }

  /**
   * The machine slept, and the clock of `now` with it: every timer is later than it seems.
   * @param span how long
   */
  suspended(span: Milliseconds, now: MonotonicMs): readonly VrrpIntent[] {
    for (const instance of this.#instances) {
      if (instance.state !== 'MASTER' && instance.state !== 'BACKUP') continue;
      instance.settle();
      noticeLateness(instance, now, instance.timerDue - span);
    }
    return this.#answer(now);
  }

  /**
   * For these instances there is no socket, although their interface is there: they are faulty until there is one.
   * @param reasons why, by instance; complete, not a difference. May be called before start()
   */
  socketsMissing(reasons: ReadonlyMap<string, string>, now: MonotonicMs): readonly VrrpIntent[] {
    const before = this.#host.deaf;
    this.#host.deaf = reasons;
    const changed = this.#instances.filter(({ name }) => before.get(name) !== reasons.get(name));
    if (this.#running && changed.length > 0) this.#reassess(changed, now);
    return this.#answer(now);
  }

  /**
   * A run begun by a run-script intent ended. Unknown names (removed by a reload) are ignored.
   * @param run the intent's number: the end of a run that a reload made obsolete is then told from that of the present one
   */
  scriptFinished(script: string, outcome: ScriptOutcome, now: MonotonicMs, run?: number): readonly VrrpIntent[] {
    if (this.#running) this.#scripts.finished(script, outcome, now, run);
    return this.#answer(now);
  }

  /** The number in a track file; undefined: no file, or nothing in it. May be called before start(). */
  trackFileChanged(name: string, value: number | undefined, now: MonotonicMs): readonly VrrpIntent[] {
    const before = this.#files.get(name) ?? 0;
    if (this.#files.has(name) && before !== (value ?? 0)) this.#fileChanges.set(name, now);
    this.#files.set(name, value ?? 0);
    if (this.#running && before !== (value ?? 0)) {
      const using = (tracked: readonly { file: string }[]): boolean => tracked.some(({ file }) => file === name);
      this.#reassess(
        this.#instances.filter(
          ({ configuration, group }) =>
            using(configuration.trackFiles) || using(group?.configuration?.trackFiles ?? []),
        ),
        now,
      );
    }
    return this.#answer(now);
  }

  /** So many processes of a vrrp_track_process run now. May be called before start(). */
  processesCounted(name: string, running: number, now: MonotonicMs): readonly VrrpIntent[] {
    this.#processes.counted(name, running, now);
    return this.#answer(now);
  }

  /** Somebody asks for gratuitous messages of an instance: one for each address, if it is master. */
  sendGratuitous(name: string, now: MonotonicMs): readonly VrrpIntent[] {
    const instance = this.#instances.find((each) => each.name === name);
    if (instance?.state === 'MASTER') instance.announce(1, now);
    return this.#answer(now);
  }

  /**
   * A BFD session is up or down now; sessions of which nothing was said are down. May be called before start(), and for
   * sessions that nobody tracks.
   * @param reason why, in words
   */
  bfdChanged(session: string, up: boolean, reason: string, now: MonotonicMs): readonly VrrpIntent[] {
    if (!this.#sessions.take(session, up, reason, now) || !this.#running) return this.#answer(now);
    const using = (tracked: readonly { bfd: string }[]): boolean => tracked.some(({ bfd }) => bfd === session);
    const followers = this.#instances.filter(
      ({ configuration, group }) => using(configuration.trackBfd) || using(group?.configuration?.trackBfd ?? []),
    );
    for (const { name } of followers)
      this.#out.log('info', `VRRP_Instance(${name}) Tracked BFD instance ${session} is ${up ? 'UP' : 'DOWN'}`);
    this.#reassess(followers, now);
    return this.#answer(now);
  }

  /**
   * These are all settings of the operator on instances and groups now. Those on what is not in the configuration are no
   * mistake: they wait for it. May be called before start().
   */
  overridden(changes: readonly VrrpChange[], now: MonotonicMs): readonly VrrpIntent[] {
    this.#overrides.take(changes);
    if (this.#running) this.#applyOverrides(now);
    return this.#answer(now);
  }

  /** Goes over to another configuration with state, timers, statistics and script results kept. */
  reload(configuration: VrrpConfiguration, global: GlobalConfiguration, now: MonotonicMs): readonly VrrpIntent[] {
    // However long the change takes, the others hear from us first.
    for (const instance of this.#instances) {
      if (instance.state === 'MASTER' && !instance.listening && !noticeLateness(instance, now)) instance.advertise(now);
    }
    this.#host.global = global;
    this.#host.staticInterfaces = staticInterfaces(configuration);
    this.#configuration = configuration;
    this.#linkDelays.configure(configuration);
    this.#network.setLinks(this.#linkDelays.counting(this.#links, now));
    this.#host.gratuitous.shareLimits(configuration.garpGroups);
    const plan = planReload(this.#instances, configuration, this.#host);
    this.#instances = plan.instances;
    this.#index = new InstanceIndex(plan.instances, this.#network);
    this.#addresses.reconfigure(plan.instances);
    const goodbyes = plan.removed.map((instance) => ({ instance, from: instance.retire(now) }));
    for (const instance of plan.removed) this.#masters.delete(instance);
    const groups = this.#makeGroups(this.#groups);
    this.#groups = groups;
    this.#scripts.configure(configuration, now);
    this.#processes.configure(configuration);
    const newAddresses = plan.kept.map((change) => ({ ...change, fresh: change.apply(now) }));
    this.#reconcileAfterReload([...plan.removed, ...plan.added], newAddresses);
    for (const { instance, from } of goodbyes) this.#notifyRemoved(instance, from, now);
    this.#syncDaemon.configure(global.lvsSyncDaemon, this.#instances);
    this.#applyOverrides(now);
    this.#reassess(this.#instances, now);
    for (const { instance, fresh } of newAddresses) {
      if (instance.state === 'MASTER' && fresh.length > 0) {
        instance.announceNew(fresh, now);
      }
    }
    const intents = this.#answer(now);
    if (!global.repeatStatesAfterReload) return intents;
    return [...intents, ...unchangedStates(this.status(), this.groupStatus(), intents, now)];
  }

  /** Leaves every mastership (priority 0 first) and gives up all addresses. Nothing but status may be called after it. */
  stop(now: MonotonicMs): readonly VrrpIntent[] {
    this.#stopped = true;
    this.#scripts.stop();
    const reason = 'the daemon stops';
    const left = this.#instances.map((instance) => ({
      instance,
      priority: instance.effectivePriority,
      from: instance.retire(now),
    }));
    const masters = left.filter(({ instance, from }) => from === 'MASTER' && instance.addresses.length > 0);
    if (masters.length > 0) {
      this.#out.push({ type: 'reconcile-addresses', instances: masters.map(({ instance }) => instance.name) });
    }
    for (const { instance, from, priority } of left) {
      instance.reason = reason;
      this.#out.event({ kind: 'vrrp-instance', instance: instance.name, from, to: 'STOP', priority, reason, at: now });
    }
    for (const group of this.#groups) group.retire(now);
    this.#syncDaemon.stop();
    return this.#answer(now);
  }

  #roleChanged(instance: Instance): void {
    this.#syncDaemon.follow(instance);
    if (instance.state === 'MASTER') this.#masters.add(instance);
    else this.#masters.delete(instance);
  }

  /** The end of every call. */
  #answer(now: MonotonicMs): readonly VrrpIntent[] {
    if (this.#host.wentAhead !== undefined) for (const instance of this.#masters) instance.planAhead(now);
    return this.#out.take();
  }

  /**
   * What reconcile-addresses asks to be written.
   * @param instances only these; default all, removed ones of the last reload included
   */
  desiredAddresses(instances?: readonly string[]): readonly DesiredInstanceAddresses[] {
    return this.#addresses.desired(instances);
  }

  /** Routes and rules of every instance that has some: wanted while it is master. */
  desiredRouting(): readonly DesiredRouting[] {
    return this.#instances.flatMap(({ configuration, name, state }) => {
      const { virtualRoutes, virtualRules } = configuration;
      if (virtualRoutes.length + virtualRules.length === 0) return [];
      const isMaster = state === 'MASTER';
      return {
        subject: name,
        routes: isMaster ? virtualRoutes : [],
        rules: isMaster ? virtualRules : [],
        unwantedRoutes: isMaster ? [] : virtualRoutes,
        unwantedRules: isMaster ? [] : virtualRules,
      };
    });
  }

  /** Where packets of this configuration come and go. Ask again after reload(). */
  transports(): readonly VrrpTransport[] {
    const mtuOf = (name: string): number => this.#network.link(name)?.mtu ?? 0;
    return transportsOf(this.#configuration.instances, this.#host.global, mtuOf);
  }

  /** In configuration order. */
  status(): readonly VrrpInstanceStatus[] {
    return this.#instances.map(instanceStatus);
  }

  /** For metrics: so many instances from this number on, in configuration order. */
  figures(first: number, count: number, now: MonotonicMs): readonly InstanceFigures[] {
    return this.#instances.slice(first, first + count).map((instance) => instanceFigures(instance, now));
  }

  get instanceCount(): number {
    return this.#instances.length;
  }

  /**
   * Everything of each instance, in configuration order and one by one, so that the caller may do something else between
   * two of them.
   * @param timeOf the time of day of a moment, ISO 8601
   */
  *instanceReports(now: MonotonicMs, timeOf: (at: MonotonicMs) => string): Generator<VrrpInstanceReport> {
    for (const instance of this.#instances) yield instanceReport(instance, { tracked: this.#tracked, now, timeOf });
  }

  /** Groups and what is tracked. @param instances reports of all instances */
  commonReport(instances: Iterable<VrrpInstanceReport>, timeOf: (at: MonotonicMs) => string): VrrpCommonReport {
    const reports = new Map([...instances].map((report) => [report.name, report]));
    return {
      groups: this.groupStatus().map((group) => groupReport(group, reports, timeOf)),
      scripts: this.#scripts.reports(timeOf),
      processes: this.#processes.status(),
    };
  }

  groupStatus(): readonly VrrpGroupStatus[] {
    return this.#groups.flatMap((group) => group.status() ?? []);
  }

  scriptStatus(): readonly VrrpScriptStatus[] {
    return this.#scripts.status();
  }

  processStatus(): readonly VrrpProcessStatus[] {
    return this.#processes.status();
  }

  /** The number last read from each track file, by its name. */
  trackFileValues(): ReadonlyMap<string, number> {
    return new Map(this.#files);
  }

  /** The tracked BFD sessions of which something is known, by name: up or not. */
  bfdStates(): ReadonlyMap<string, boolean> {
    return this.#sessions.states();
  }

  /** Sets every statistics counter to zero. */
  clearStatistics(): void {
    for (const instance of this.#instances) {
      instance.statistics = emptyStatistics();
      instance.refusals.clear();
    }
  }

  get #running(): boolean {
    return this.#started && !this.#stopped;
  }

  #makeGroups(previous: readonly SyncGroup[]): readonly SyncGroup[] {
    const byName = new Map(this.#instances.map((instance) => [instance.name, instance]));
    const groups: SyncGroup[] = [];
    for (const configuration of this.#configuration.syncGroups) {
      const members = configuration.members.flatMap((name) => {
        const member = byName.get(name);
        // An instance belongs to the first group that names it (reference: keywords, vrrp_sync_group group).
        byName.delete(name);
        return member ?? [];
      });
      if (members.length === 0) continue;
      groups.push(
        new SyncGroup(
          configuration,
          members,
          this.#out,
          previous.find((group) => group.name === configuration.name),
        ),
      );
    }
    for (const instance of byName.values()) groups.push(new SyncGroup(undefined, [instance], this.#out));
    return groups;
  }

  readonly #tracked: TrackedState = {
    isUp: (name) => this.#network.isUp(name),
    exists: (name) => this.#network.link(name) !== undefined,
    carrying: (configuration) => carryingInterfaces(configuration, this.#host.staticInterfaces),
    script: (name) => this.#scripts.verdict(name),
    file: (name) => this.#files.get(name) ?? 0,
    process: (name) => this.#processes.verdict(name),
    bfd: (name) => this.#sessions.verdict(name),
    interfaceSince: (name) => this.#linkChanges.get(name),
    fileSince: (name) => this.#fileChanges.get(name),
  };

  /** Looks at trackers, interfaces and source addresses again; states follow. */
  #reassess(instances: readonly Instance[], now: MonotonicMs): void {
    const groups = new Set<SyncGroup>();
    for (const instance of instances) {
      assessInstance(instance, this.#tracked, now);
      instance.faults = faultsOf(instance);
      if (instance.group) groups.add(instance.group);
    }
    for (const group of groups) group.settle(now);
  }

  /** Instances whose setting by the operator changed take it; a release that is new makes their groups resign. */
  #applyOverrides(now: MonotonicMs): void {
    for (const instance of this.#instances) instance.preemption = this.#overrides.preemptionOf(instance);
    const changed = this.#overrides.changed(this.#instances);
    const released = new Map<SyncGroup, string>();
    for (const [instance, override] of changed) {
      assessInstance(instance, this.#tracked, now, override, override ? undefined : this.#overrides.lost(instance));
      if (instance.group && override?.setting.kind === 'release') released.set(instance.group, reasonOf(override));
    }
    for (const [group, reason] of released) group.release(reason, now);
  }

  #scriptChanged(name: string, now: MonotonicMs): void {
    const using = (tracked: readonly { script: string }[]): boolean => tracked.some(({ script }) => script === name);
    this.#reassess(
      this.#instances.filter(
        ({ configuration, group }) =>
          using(configuration.trackScripts) || using(group?.configuration?.trackScripts ?? []),
      ),
      now,
    );
  }

  #processChanged(name: string, now: MonotonicMs): void {
    if (!this.#running) return;
    const using = (tracked: readonly { process: string }[]): boolean => tracked.some(({ process }) => process === name);
    this.#reassess(
      this.#instances.filter(
        ({ configuration, group }) =>
          using(configuration.trackProcesses) || using(group?.configuration?.trackProcesses ?? []),
      ),
      now,
    );
  }

  #applyLinks(now: MonotonicMs): void {
    const names = this.#watchedInterfaces();
    const before = new Map(names.map((name) => [name, this.#network.link(name)]));
    this.#network.setLinks(this.#linkDelays.counting(this.#links, now));
    for (const name of names) {
      const up = this.#network.isUp(name);
      if (up === (before.get(name)?.up === true)) continue;
      this.#linkChanges.set(name, now);
      this.#out.log('notice', `Netlink reports ${name} ${up ? 'up' : 'down'}`);
    }
    const changes = changesOfLinks(before, this.#network, this.#out);
    this.#index = new InstanceIndex(this.#instances, this.#network);
    if (!this.#running) return;
    const masters = this.#instances.filter(({ state }) => state === 'MASTER');
    this.#reassess(this.#instances, now);
    keepAddressesThrough(changes, masters, now);
  }

  /** An address that was there and is not any more, although we are master: somebody else removed it. */
  #restoreAddresses(instance: Instance, now: MonotonicMs): void {
    tellDuplicates(instance);
    const missing: VirtualAddress[] = [];
    for (const address of instance.addresses) {
      const key = addressKey(address);
      if (this.#network.has(address)) instance.installed.add(key);
      // What went with its interface comes back with it.
      else if (instance.installed.delete(key) && address.track && this.#network.link(address.interface))
        missing.push(address);
    }
    if (missing.length === 0) return;
    const [first] = missing;
    if (first && instance.configuration.stepDownOnRemoval) {
      const reason = `virtual address ${first.address} was removed from ${first.interface} by somebody else`;
      this.#out.log('warning', `(${instance.name}) ${reason}: step_down_on_removal`);
      instance.group?.memberLostAddress(instance, reason, now);
      return;
    }
    for (const { address, interface: name } of missing) {
      this.#out.log(
        'warning',
        `Netlink reflector reports IP ${address} removed from ${name}: (${instance.name}) is master and puts it back`,
      );
    }
    instance.reconcile();
    instance.announce(instance.configuration.gratuitous.masterRepeat, now, missing);
  }

  #watchedInterfaces(): string[] {
    const names = new Set<string>();
    for (const { configuration, addresses, group } of this.#instances) {
      if (configuration.interface !== '') names.add(configuration.interface);
      if (configuration.virtualInterface?.name !== undefined) names.add(configuration.virtualInterface.name);
      for (const address of addresses) names.add(address.interface);
      for (const name of carryingInterfaces(configuration, this.#host.staticInterfaces)) names.add(name);
      for (const tracked of configuration.trackInterfaces) names.add(tracked.interface);
      for (const tracked of group?.configuration?.trackInterfaces ?? []) names.add(tracked.interface);
    }
    return [...names];
  }

  /** Removed and new instances included: what an earlier life left behind on them has to go. */
  #reconcileAfterReload(
    others: readonly Instance[],
    kept: readonly { instance: Instance; addressesChanged: boolean }[],
  ): void {
    const names = new Set(others.filter((each) => each.addresses.length > 0).map((each) => each.name));
    for (const { instance, addressesChanged } of kept) if (addressesChanged) names.add(instance.name);
    if (names.size > 0) this.#out.push({ type: 'reconcile-addresses', instances: [...names] });
  }

  #notifyRemoved(instance: Instance, from: VrrpInstanceStatus['state'], now: MonotonicMs): void {
    const reason = 'the instance is no longer in the configuration';
    const to = instance.configuration.notify.notifyDeleted ? 'DELETED' : 'FAULT';
    const { name, effectivePriority: priority } = instance;
    this.#out.log('notice', `(${name}) Entering ${to} STATE: ${reason}`, { instance: name, state: to, reason });
    this.#out.event({ kind: 'vrrp-instance', instance: name, from, to, priority, reason, at: now });
  }
}
