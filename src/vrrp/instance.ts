/**
 * One virtual router (RFC 5798 section 6.4): its state, its timers, and the order of actions of every transition. What
 * it decides together with others (master, backup, fault) it asks its sync group for; what packets do is in receive.ts.
 */
import type { GlobalConfiguration, VirtualAddress, VrrpInstanceConfiguration } from '../config/model.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { VrrpChange } from '../live/types.ts';
import type { Deadline, DeadlineQueue } from '../core/deadlines.ts';
import { AdvertisementAhead } from './ahead.ts';
import { debugSent, debugTimer } from './debug-log.ts';
import type { FoldedLines } from './folded-lines.ts';
import type { GratuitousSender } from './gratuitous.ts';
import { ReplayMarks } from './hmac.ts';
import { LowerPriorityAnswers } from './lower-priority.ts';
import { noticeLateness, sayListened } from './lateness.ts';
import type { Listening } from './lateness.ts';
import type { NetworkView } from './network-view.ts';
import { seconds } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import { OwnerConflict } from './owner-conflict.ts';
import { notAssessed } from './priority.ts';
import type { Assessment } from './priority.ts';
import { PeerTable } from './peers.ts';
import { Refusals } from './refusals.ts';
import { RivalWatch } from './rival.ts';
import { Solitude } from './solitude.ts';
import type { SyncGroup } from './group.ts';
import { emptyStatistics } from './statistics.ts';
import { Transmitter, advertisedOctets } from './transmitter.ts';
import type { MasterCause, VrrpDigests, VrrpInstanceStatus } from './types.ts';
import { VRRP } from './wire/constants.ts';

export type InstanceState = VrrpInstanceStatus['state'];

/** What instances share. */
export interface InstanceHost {
  readonly out: Outbox;
  readonly folded: FoldedLines;
  readonly deadlines: DeadlineQueue;
  readonly network: NetworkView;
  readonly gratuitous: GratuitousSender;
  readonly digests: VrrpDigests;
  /** Milliseconds since 1970 at a moment of our clock. */
  readonly realTime: (now: MonotonicMs) => number;
  global: GlobalConfiguration;
  /** Interfaces of static items that instances depend on, by instance (track_group). */
  staticInterfaces: ReadonlyMap<string, ReadonlySet<string>>;
  /** End of vrrp_startup_delay: until then nothing is heard and no timer runs. */
  startupEnds: MonotonicMs;
  /** Whether an address of the interface is a virtual one of any instance. */
  readonly isVirtual: (interfaceName: string, address: string) => boolean;
  /** Why an instance can neither hear nor speak, by its name. */
  deaf: ReadonlyMap<string, string>;
  readonly masters: ReadonlySet<Instance>;
  /** VrrpEnvironment.wentAhead */
  readonly wentAhead: ((instance: string) => MonotonicMs | undefined) | undefined;
  /** An instance became master or stopped being it. */
  readonly roleChanged: (instance: Instance) => void;
}

/** How an address is recognised between the model and the kernel. */
export function addressKey(address: VirtualAddress): string {
  const peer = address.peer === undefined ? '' : ` peer ${address.peer}`;
  return `${address.interface}|${address.address}/${address.prefixLength}${peer}`;
}

function allAddresses(configuration: VrrpInstanceConfiguration): readonly VirtualAddress[] {
  return [...configuration.virtualAddresses, ...configuration.excludedVirtualAddresses];
}

export class Instance {
  configuration: VrrpInstanceConfiguration;
  addressOctets: Uint8Array;
  /** Virtual addresses, then excluded ones. */
  addresses: readonly VirtualAddress[];
  state: InstanceState = 'INIT';
  wanted: InstanceState = 'INIT';
  since: MonotonicMs = 0;
  /** When it last left INIT or FAULT (RFC 6527: transitioned out of initialize); undefined while it is there. */
  operationalSince: MonotonicMs | undefined;
  reason = 'not started';
  assessment: Assessment;
  /** Own fault sources, trackers included. */
  faults: readonly string[] = [];
  /** Faults of interfaces and addresses that the log has told last. */
  faultsTold = '';
  sourceAddress: string | undefined;
  masterPriority = 0;
  masterAddress: string | undefined;
  /** Master_Adver_Interval of RFC 5798 section 6.1: learned in version 3, ours in version 2. */
  masterInterval: Milliseconds;
  /** What the master-down timer counts from, in words. */
  silence = 'nobody advertised';
  /** Why it will be master when the timer expires, and why it was the last time. */
  candidacy: MasterCause = 'no-response';
  masterCause: MasterCause | undefined;
  silentSince: MonotonicMs = 0;
  /** End of a running preempt_delay. */
  preemptAt: MonotonicMs | undefined;
  oldUnicastChecksum: boolean;
  /** A peer was heard at least once. */
  heardPeer = false;
  /** The latest advertisement that was dropped, and why. */
  lastRefusal: { readonly source: string; readonly reason: string } | undefined;
  /** An owner that met another owner of higher address counts as 254 until the conflict is over. */
  ownerYields = false;
  /** What the operator has set beside the file. */
  override: VrrpChange | undefined;
  /** The same of preemption. */
  preemption: VrrpChange | undefined;
  /** The process was late: until the timer runs it only listens. */
  listening: Listening | undefined;
  group: SyncGroup | undefined;
  statistics = emptyStatistics();
  readonly transmitter = new Transmitter();
  /** Last sequence number of an authentication header by source. */
  readonly heardSequences = new Map<string, number>();
  /** The same of auth_hmac. */
  readonly replayMarks = new ReplayMarks();
  readonly refusals: Refusals;
  readonly peers = new PeerTable();
  readonly ownerConflict = new OwnerConflict();
  readonly lowerPriorityAnswers: LowerPriorityAnswers;
  /** Keys of our addresses that the kernel has shown since we set them. */
  readonly installed = new Set<string>();
  /** Those of them that the kernel does not use, because another machine has them. */
  readonly duplicates = new Set<string>();
  readonly host: InstanceHost;
  #secondRepeat = 0;
  /** Master-down interval before reconfigure(). */
  #spanBefore: Milliseconds = 0;
  readonly #timer: Deadline;
  readonly #secondBurst: Deadline;
  readonly #refresh: Deadline;
  readonly #extra: Deadline;
  readonly #ahead: AdvertisementAhead;
  readonly #rivals: RivalWatch;
  readonly #solitude: Solitude;

  constructor(configuration: VrrpInstanceConfiguration, host: InstanceHost) {
    this.configuration = configuration;
    this.host = host;
    this.addressOctets = advertisedOctets(configuration);
    this.addresses = allAddresses(configuration);
    this.masterInterval = configuration.advertisementInterval;
    this.oldUnicastChecksum = configuration.oldUnicastChecksum === true;
    this.assessment = notAssessed(configuration);
    const { deadlines } = host;
    this.#timer = deadlines.create(
      (now) => this.#expired(now),
      () => this.state === 'BACKUP',
    );
    this.#secondBurst = deadlines.create((now) => this.announce(this.#secondRepeat, now));
    this.#refresh = deadlines.create((now) => this.#refreshAddresses(now));
    this.#extra = deadlines.create((now) => this.#announceElsewhere(now));
    this.#ahead = new AdvertisementAhead(this);
    this.#rivals = new RivalWatch(() => this.name, host.out, deadlines);
    this.refusals = new Refusals(() => this.name, host.out, deadlines);
    this.#solitude = new Solitude(this);
    this.lowerPriorityAnswers = new LowerPriorityAnswers(this);
  }

  get name(): string {
    return this.configuration.name;
  }

  /** Who owns the addresses and has no other priority from the operator. */
  get owner(): boolean {
    return this.override === undefined && this.configuration.priority === VRRP.priorityOwner;
  }

  /** The operator wants others to be master. */
  get released(): boolean {
    return this.override?.setting.kind === 'release';
  }

  /** A master of lower priority stays it. */
  get nopreempt(): boolean {
    return this.preemption === undefined ? this.configuration.nopreempt : this.preemption.setting.kind === 'nopreempt';
  }

  setOverride(override: VrrpChange | undefined): void {
    this.override = override;
    // 254 is what an owner counts as; one that is none at the moment has the operator's priority.
    if (!this.owner) this.ownerYields = false;
  }

  get effectivePriority(): number {
    return this.ownerYields ? VRRP.priorityOwner - 1 : this.assessment.priority;
  }

  // ------------------------------------------------------------------------------------------------------------ timers

  /** RFC 3768 section 6.1: in 1/256 of a second; RFC 5798 section 6.1: in 1/256 of the master's interval. */
  get minimalSkew(): Milliseconds {
    return (this.configuration.version === 2 ? 1000 : this.masterInterval) / 256;
  }

  get skew(): Milliseconds {
    return this.minimalSkew * (this.owner ? 1 : 256 - this.effectivePriority);
  }

  get downInterval(): Milliseconds {
    return this.configuration.downTimerAdvertisements * this.masterInterval + this.skew;
  }

  /** When the running timer is due; never, if none runs. */
  get timerDue(): MonotonicMs {
    return this.#ahead.at ?? (this.host.deadlines.isSet(this.#timer) ? this.#timer.at : Infinity);
  }

  /** (Re)starts the master-down timer; during the startup delay it counts from the end of that. Listening is not cut short. */
  startTimer(span: Milliseconds, now: MonotonicMs): void {
    debugTimer(this, span);
    const at = Math.max(now, this.host.startupEnds) + span;
    if (this.listening && at >= this.listening.until) this.listening = undefined;
    this.host.deadlines.set(this.#timer, Math.max(at, this.listening?.until ?? 0));
  }

  /** Does nothing but hear for a time. */
  listen(listening: Listening): void {
    this.listening = listening;
    this.host.deadlines.set(this.#timer, listening.until);
  }

  /** Another span was configured or computed: the running timer moves, it does not start again. */
  moveTimer(by: Milliseconds): void {
    if (this.host.deadlines.isSet(this.#timer)) this.host.deadlines.set(this.#timer, this.#timer.at + by);
  }

  #limitTimer(at: MonotonicMs): void {
    if (this.host.deadlines.isSet(this.#timer) && this.#timer.at > at) this.host.deadlines.set(this.#timer, at);
  }

  /**
   * Ends what was sent ahead. If it has gone, the interval counts from it; if not, the timer is where it was without it.
   * @returns whether it has gone
   */
  settle(): boolean {
    const plan = this.#ahead.end();
    if (plan === undefined) return false;
    const { deadlines } = this.host;
    if (plan.wentAt !== undefined) {
      this.#countSent(plan.content.priority, plan.content.packets);
      deadlines.set(this.#timer, plan.wentAt + this.configuration.advertisementInterval);
    } else if (this.#timer.at === plan.lookAt) deadlines.set(this.#timer, plan.at);
    return plan.wentAt !== undefined;
  }

  /** At the end of a call: what goes ahead is what would be sent at its time. */
  planAhead(now: MonotonicMs): void {
    if (this.#ahead.isCurrent(this.#timer.at)) return;
    this.settle();
    const { at } = this.#timer;
    const speaks = this.state === 'MASTER' && this.listening === undefined && this.host.deadlines.isSet(this.#timer);
    if (!speaks || this.sourceAddress === undefined || at <= now) return;
    this.host.deadlines.set(this.#timer, this.#ahead.make(at, this.sourceAddress));
  }

  #expired(now: MonotonicMs): void {
    if (this.settle() && this.#timer.at > now) return;
    if (noticeLateness(this, now, this.#timer.at)) return;
    const listened = this.listening !== undefined;
    this.listening = undefined;
    if (this.state === 'MASTER') {
      this.advertise(now);
      if (listened) {
        sayListened(this, now);
        this.announce(this.configuration.gratuitous.masterRepeat, now);
      }
    } else if (this.state === 'BACKUP') {
      this.host.out.log('info', `(${this.name}) Receive advertisement timeout`);
      this.group?.memberWantsMaster(this, `${this.silence} for ${seconds(now - this.silentSince)}`, now);
    }
  }

  /** The timer expired but other members of the group do not agree yet (reference: behaviour A7). */
  waitForGroup(now: MonotonicMs): void {
    this.startTimer(this.masterInterval + this.minimalSkew, now);
  }

  // ----------------------------------------------------------------------------------------------------------- sending

  /** Sends an advertisement and starts the interval anew. */
  advertise(now: MonotonicMs): void {
    this.send(this.effectivePriority, now);
    this.listening = undefined;
    this.host.deadlines.set(this.#timer, now + this.configuration.advertisementInterval);
  }

  send(priority: number, now: MonotonicMs): void {
    this.settle();
    if (this.sourceAddress === undefined) return;
    const { configuration, host } = this;
    const intents = this.transmitter.compose(
      configuration,
      priority,
      this.sourceAddress,
      this.oldUnicastChecksum,
      host.digests,
      host.realTime(now),
    );
    for (const intent of intents) host.out.push(intent);
    this.#countSent(priority, intents.length);
    if (priority === VRRP.priorityStop) this.statistics.priorityZeroSent++;
  }

  #countSent(priority: number, packets: number): void {
    debugSent(this, priority, packets);
    this.statistics.advertisementsSent++;
  }

  /** One burst of gratuitous ARPs and neighbour advertisements for all addresses, or for these. */
  announce(repeat: number, now: MonotonicMs, addresses: readonly VirtualAddress[] = this.addresses): void {
    this.host.gratuitous.burst(this.name, addresses, repeat, this.configuration.gratuitous, now);
  }

  /** A burst at once and the second one after its delay. */
  announceTwice(repeat: number, delay: Milliseconds, now: MonotonicMs): void {
    this.announce(repeat, now);
    this.#secondRepeat = repeat;
    if (delay > 0) this.host.deadlines.set(this.#secondBurst, now + delay);
  }

  #refreshAddresses(now: MonotonicMs): void {
    const { masterRefresh, masterRefreshRepeat } = this.configuration.gratuitous;
    if (masterRefresh <= 0) return;
    this.announce(masterRefreshRepeat, now);
    this.host.deadlines.set(this.#refresh, now + masterRefresh);
  }

  /** garp_extra_if: one message on each interface that has addresses of ours and is not where we advertise. */
  #announceElsewhere(now: MonotonicMs): void {
    const { extraGratuitous, interface: base, virtualInterface } = this.configuration;
    if (!extraGratuitous) return;
    const own = virtualInterface?.name ?? base;
    const elsewhere = new Map<string, VirtualAddress>();
    for (const address of this.addresses) {
      if (address.interface === own || elsewhere.has(address.interface)) continue;
      // Without `all` it means VMACs only.
      const isVmac = this.host.network.link(address.interface)?.kind === 'macvlan';
      if (isVmac || extraGratuitous.allInterfaces) elsewhere.set(address.interface, address);
    }
    this.announce(1, now, [...elsewhere.values()]);
    this.host.deadlines.set(this.#extra, now + extraGratuitous.interval);
  }

  /** The periods of messages may have been switched on or off by a reload. */
  scheduleRefresh(now: MonotonicMs): void {
    const { gratuitous, extraGratuitous } = this.configuration;
    this.#repeat(this.#refresh, gratuitous.masterRefresh, now);
    this.#repeat(this.#extra, extraGratuitous?.interval ?? 0, now);
  }

  /** Sets what runs every `period` while master, or takes it back. */
  #repeat(deadline: Deadline, period: Milliseconds, now: MonotonicMs): void {
    const { deadlines } = this.host;
    if (this.state !== 'MASTER' || period <= 0) deadlines.clear(deadline);
    else if (!deadlines.isSet(deadline) || deadline.at > now + period) deadlines.set(deadline, now + period);
  }

  /** Addresses that a reload added to a master: both bursts, for them (reference: behaviour A8). */
  announceNew(addresses: readonly VirtualAddress[], now: MonotonicMs): void {
    const { masterRepeat, masterDelay } = this.configuration.gratuitous;
    this.announce(masterRepeat, now, addresses);
    this.#secondRepeat = masterRepeat;
    if (masterDelay > 0) this.host.deadlines.set(this.#secondBurst, now + masterDelay);
  }

  /** Takes another configuration; nothing is sent and no timer moves yet. */
  reconfigure(next: VrrpInstanceConfiguration): void {
    const before = this.configuration;
    this.#spanBefore = this.downInterval;
    this.configuration = next;
    // 254 is what an owner counts as; one that is none any more has its own priority.
    if (!this.owner) this.ownerYields = false;
    this.addressOctets = advertisedOctets(next);
    this.addresses = allAddresses(next);
    if (next.oldUnicastChecksum !== before.oldUnicastChecksum)
      this.oldUnicastChecksum = next.oldUnicastChecksum === true;
    const keys = new Set(this.addresses.map(addressKey));
    for (const key of this.installed) if (!keys.has(key)) this.installed.delete(key);
    const learned = next.version === 3 && before.version === 3 && this.state === 'BACKUP';
    if (!learned) this.masterInterval = next.advertisementInterval;
    this.refusals.tellAnew();
  }

  /** After reconfigure(): running timers go on, longer by what the master-down interval grew, never beyond its new span. */
  adaptTimers(now: MonotonicMs): void {
    const from = Math.max(now, this.host.startupEnds);
    if (this.state === 'MASTER') this.#limitTimer(now + this.configuration.advertisementInterval);
    else {
      this.moveTimer(Math.max(0, this.downInterval - this.#spanBefore));
      this.#limitTimer(from + this.downInterval);
    }
    this.scheduleRefresh(now);
  }

  reconcile(): void {
    if (this.addresses.length > 0) this.host.out.push({ type: 'reconcile-addresses', instances: [this.name] });
  }

  // ------------------------------------------------------------------------------------------------------- transitions

  /** Order of actions: reference behaviour A5. Called by the sync group only. */
  enterMaster(reason: string, now: MonotonicMs): void {
    const from = this.#change('MASTER', reason, now, false);
    this.statistics.becameMaster++;
    // The original calls an owner that begins so.
    this.masterCause = this.owner ? 'preempted' : this.candidacy;
    this.candidacy = 'no-response';
    this.transmitter.becomeMaster();
    this.masterInterval = this.configuration.advertisementInterval;
    this.masterPriority = 0;
    this.masterAddress = undefined;
    this.yieldOwnership(false, now);
    this.preemptAt = undefined;
    this.advertise(now);
    if (this.addresses.length > 0) this.host.out.log('info', `(${this.name}) setting VIPs.`);
    this.reconcile();
    this.announceTwice(this.configuration.gratuitous.masterRepeat, this.configuration.gratuitous.masterDelay, now);
    this.scheduleRefresh(now);
    this.#solitude.becameMaster(now);
    this.#finish(from, now);
  }

  /** @param span of the master-down timer; default the full one, or for an owner that returns from FAULT one interval */
  enterBackup(reason: string, now: MonotonicMs, span?: Milliseconds): void {
    const initial = this.state === 'INIT';
    if (this.state !== 'MASTER') this.masterInterval = this.configuration.advertisementInterval;
    const returning = this.state === 'FAULT';
    const from = this.#change('BACKUP', reason, now, initial);
    if (from === 'MASTER') this.#release();
    if (this.masterAddress === undefined) {
      this.silence = 'nobody advertised';
      this.candidacy = 'no-response';
      this.silentSince = Math.max(now, this.host.startupEnds);
    }
    // An owner returns at once, but for the time in which another one would be heard (reference: behaviour A5).
    const usual =
      returning && this.owner ? this.configuration.advertisementInterval + this.minimalSkew : this.downInterval;
    this.startTimer(span ?? usual, now);
    // Unicast peers may hold a stale neighbour entry for our own address (reference: behaviour A5).
    if (returning && this.configuration.unicastPeers.length > 0) this.#announceSource(now);
    this.#finish(from, now);
  }

  /** Resigns, and is master again after `span` if nobody else is. */
  stepDown(reason: string, now: MonotonicMs, span: Milliseconds = this.skew): void {
    this.#sayGoodbye(now);
    this.enterBackup(reason, now, span);
  }

  enterFault(reason: string, now: MonotonicMs): void {
    const from = this.#change('FAULT', reason, now, this.state === 'INIT');
    this.host.deadlines.clear(this.#timer);
    this.listening = undefined;
    this.preemptAt = undefined;
    this.yieldOwnership(false, now);
    this.masterPriority = 0;
    this.masterAddress = undefined;
    if (from === 'MASTER') {
      this.#sayGoodbye(now);
      this.#release();
    }
    this.#finish(from, now);
  }

  /** Leaves for good; the addresses are the caller's to reconcile, after the goodbyes of all instances. */
  retire(now: MonotonicMs): InstanceState {
    const from = this.state;
    if (from === 'MASTER') this.#sayGoodbye(now);
    this.host.deadlines.clear(this.#timer);
    if (from === 'MASTER') this.#release(false);
    this.state = 'STOP';
    this.wanted = 'STOP';
    this.since = now;
    return from;
  }

  #sayGoodbye(now: MonotonicMs): void {
    this.send(VRRP.priorityStop, now);
    this.host.out.log('info', `(${this.name}) sent 0 priority`);
  }

  #release(reconcile = true): void {
    const { deadlines, gratuitous, out } = this.host;
    this.statistics.releasedMaster++;
    deadlines.clear(this.#secondBurst);
    deadlines.clear(this.#refresh);
    deadlines.clear(this.#extra);
    this.#rivals.forget();
    this.lowerPriorityAnswers.forget();
    this.#solitude.end();
    gratuitous.cancel(this.name);
    this.installed.clear();
    this.duplicates.clear();
    if (this.addresses.length > 0) out.log('info', `(${this.name}) removing VIPs.`);
    if (reconcile) this.reconcile();
  }

  #change(to: InstanceState, reason: string, now: MonotonicMs, initial: boolean): InstanceState {
    this.settle();
    const from = this.state;
    this.state = to;
    this.wanted = to;
    this.since = now;
    this.operationalSince = to === 'BACKUP' || to === 'MASTER' ? (this.operationalSince ?? now) : undefined;
    this.reason = reason;
    this.refusals.tellAnew();
    this.host.out.log('notice', `(${this.name}) Entering ${to} STATE${initial ? ' (init)' : ''}: ${reason}`, {
      instance: this.name,
      state: to,
      reason,
    });
    return from;
  }

  #finish(from: InstanceState, now: MonotonicMs): void {
    const { name: instance, state: to, reason, effectivePriority: priority } = this;
    if (from !== to) this.host.out.event({ kind: 'vrrp-instance', instance, from, to, priority, reason, at: now });
    this.host.roleChanged(this);
  }

  #announceSource(now: MonotonicMs): void {
    const { interface: name, family, gratuitous } = this.configuration;
    if (this.sourceAddress === undefined || name === '') return;
    this.host.gratuitous.burst(
      this.name,
      [{ address: this.sourceAddress, family, interface: name }],
      1,
      gratuitous,
      now,
    );
  }

  /** An advertisement was taken. */
  heardAnother(): void {
    this.heardPeer = true;
    this.#solitude.end();
  }

  /** An owner among two gives way to the other one, or is owner again. */
  yieldOwnership(yields: boolean, now: MonotonicMs): void {
    if (this.ownerYields === yields) return;
    const from = this.effectivePriority;
    this.ownerYields = yields;
    const { effectivePriority: to, name: instance, state } = this;
    const reason = yields ? 'another router owns the addresses too' : 'the other owner has given way';
    this.host.out.log('notice', `(${instance}) Changing effective priority from ${from} to ${to}: ${reason}`, {
      instance,
      priority: to,
      reason,
    });
    this.host.out.event({ kind: 'vrrp-priority', instance, state, from, to, reason, at: now });
  }

  /**
   * A second master was heard and did not make us yield.
   * @returns whether this one should be logged
   */
  meetRival(source: string, now: MonotonicMs): boolean {
    return this.#rivals.meet(source, this.configuration.downTimerAdvertisements * this.masterInterval + 1000, now);
  }
}
