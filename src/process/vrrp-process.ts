/** The VRRP process: carries the engine's intents out and feeds it packets, time, links, addresses and script results. */
import { createHmac } from 'node:crypto';
import type { Configuration, ProcessScheduling, VrrpConfiguration } from '../config/model.ts';
import { now } from '../kernel/clock.ts';
import { PacketSocket } from '../kernel/packet-socket.ts';
import { tryTimedSender } from '../kernel/timed-send.ts';
import type { VrrpChange } from '../live/types.ts';
import type { Log } from '../log/log.ts';
import { Histogram, latenessBounds } from '../metrics/histogram.ts';
import type { PacketMeta, SendFrameIntent, VrrpEnvironment, VrrpIntent } from '../vrrp/types.ts';
import { limitAdvertised } from '../vrrp/advertised-limit.ts';
import { VrrpEngine } from '../vrrp/engine.ts';
import { RecordingVrrpEngine } from '../vrrp/recording/recording-engine.ts';
import { AddressMonitor } from './address-monitor.ts';
import { AddressKeeper } from './address-keeper.ts';
import { RisingPriority } from './automatic-priority.ts';
import { AdvertisementSockets } from './advertisement-sockets.ts';
import { BfdFollower } from './bfd-channel.ts';
import type { ParentChannel } from './child-channel.ts';
import { runChild } from './child-process.ts';
import type { ChildWork, Snapshot } from './child-process.ts';
import type { DumpTarget } from './dump/dump-file.ts';
import type { ChildOptions, DumpKind, ParentToChild, ScriptRunOutcome } from './messages.ts';
import { collectQuickly, MemoryRest } from './memory-rest.ts';
import { PromotedSecondaries } from './promoted-secondaries.ts';
import { Ipv6Forwarding } from './ipv6-forwarding.ts';
import { LinkPolls } from './link-polls.ts';
import { disableLocalIgmp } from './local-igmp.ts';
import { PunctualTimer } from './punctual-timer.ts';
import type { Answers } from './questions.ts';
import { Recorder } from './recorder.ts';
import { Rehearsal } from './rehearsal.ts';
import { RoutingKeeper } from './routing-keeper.ts';
import { FirewallOfParent } from './run-nft.ts';
import type { StatusQuery } from './status-types.ts';
import { SlicedWork } from './sliced-work.ts';
import { Suspension } from './suspension.ts';
import { StaticAddresses } from './static-addresses.ts';
import { SyncDaemonKeeper } from './sync-daemon-keeper.ts';
import { TrackFiles } from './track-files.ts';
import { TrackedProcesses } from './tracked-processes.ts';
import { VirtualInterfaces } from './virtual-interface-keeper.ts';
import { vrrpStatus } from './vrrp-status.ts';
import { writeVrrpDump } from './vrrp-dumps.ts';
import { vrrpFigures, type FrameCounts } from './vrrp-figures.ts';

export function runVrrpProcess(): void {
  runChild((options, channel, log) => new VrrpWork(options, channel, log));
}

/**
 * Garbage is collected when nothing of the protocol is due for so long, in milliseconds: on a machine with four processes
 * to a processor it took 12 to 60, alone 6.
 */
const timeForMemory = 60;
/** Between two attempts to open a socket that cannot be opened, in milliseconds. */
const socketAttempts = 1000;
/** How long a start waits for the states of BFD sessions, in milliseconds. */
const bfdPatience = 200;

class VrrpWork implements ChildWork {
  readonly #options: ChildOptions;
  readonly #channel: ParentChannel;
  readonly #log: Log;
  readonly #addresses: AddressKeeper;
  readonly #sockets: AdvertisementSockets;
  readonly #frames = PacketSocket.open();
  readonly #syncDaemons: SyncDaemonKeeper;
  readonly #trackFiles: TrackFiles;
  readonly #promotedSecondaries: PromotedSecondaries;
  /** With -a. */
  readonly #monitor: AddressMonitor | undefined;
  readonly #trackedProcesses: TrackedProcesses;
  readonly #linkPolls: LinkPolls;
  readonly #priority: RisingPriority;
  readonly #suspension = new Suspension();
  readonly #ipv6Forwarding = new Ipv6Forwarding();
  readonly #static = new StaticAddresses();
  readonly #routing: RoutingKeeper;
  readonly #virtual: VirtualInterfaces;
  readonly #firewall: FirewallOfParent;
  readonly #bfd: BfdFollower;
  readonly #timer: PunctualTimer;
  /** Advertisements go by themselves at their moment. */
  readonly #sendsAhead: boolean;
  readonly #memory = new MemoryRest(
    collectQuickly,
    () => (this.#engine?.nextTimeout() ?? Infinity) - now() > timeForMemory,
  );
  #engine: VrrpEngine | undefined;
  /** Instances without a socket, as the engine was told last. */
  #missingSockets = 0;
  #nextAttempt: NodeJS.Timeout | undefined;
  #recorder: Recorder | undefined;
  #rehearsal: Rehearsal | undefined;
  readonly #lateness = new Histogram(latenessBounds);
  /** Gratuitous messages sent and refused, by interface. */
  readonly #frameCounts: FrameCounts = new Map();
  readonly #telling = new SlicedWork<VrrpIntent>((intent) => this.#tell(intent));
  /** No call of the engine so far was later than this. */
  #latest = 0;
  /** Packets of this turn of the event loop have come, and more may. */
  #takesPackets = false;
  /** Until the engine has started, nothing but the content of track files and the number of processes may reach it. */
  #started = false;
  #configuration: Configuration | undefined;
  /** Of the operator, for an engine that is not made yet. */
  #overrides: readonly VrrpChange[] = [];
  /** What each failing script said last. */
  readonly #scriptWords = new Map<string, string>();
  /** Indexes of the interfaces that have been up since the start. */
  readonly #seenUp = new Set<number>();
  /** Index of each interface by name, for frames. */
  #interfaceIndexes = new Map<string, number>();

  constructor(options: ChildOptions, channel: ParentChannel, log: Log) {
    this.#options = options;
    this.#channel = channel;
    this.#log = log;
    if (options.monitorAddresses) this.#monitor = new AddressMonitor((line) => log.info(line));
    this.#addresses = new AddressKeeper(log, {
      links: () => this.#linksChanged(),
      addresses: () => {
        this.#monitor?.changed(this.#addresses.addresses, this.#addresses.links);
        this.#keepStaticAddresses();
        this.#virtual.addressesChanged();
        this.#routing.interfacesChanged();
        this.#step((engine) => engine.addressesChanged(this.#addresses.addresses, now()));
      },
    });
    this.#firewall = new FirewallOfParent(channel);
    this.#virtual = new VirtualInterfaces(log, this.#addresses, this.#firewall.runNft);
    this.#routing = new RoutingKeeper(log, () => this.#addresses.links);
    this.#sockets = new AdvertisementSockets({
      packet: (packet, meta) => this.#received(packet, meta),
      packetsTaken: () => this.#packetsTaken(),
      trouble: (message) => log.warning(message),
    });
    // Before priorities are given to threads.
    this.#sendsAhead = tryTimedSender((message) => log.warning(`advertisements are not sent ahead: ${message}`));
    this.#syncDaemons = new SyncDaemonKeeper(log);
    this.#promotedSecondaries = new PromotedSecondaries(log);
    this.#trackFiles = new TrackFiles(log, (name, value) => {
      if (this.#started) this.#step((engine) => engine.trackFileChanged(name, value, now()));
      else this.#engine?.trackFileChanged(name, value, now());
    });
    this.#trackedProcesses = new TrackedProcesses(log, (name, running) => {
      if (this.#started) this.#step((engine) => engine.processesCounted(name, running, now()));
      else this.#engine?.processesCounted(name, running, now());
    });
    this.#linkPolls = new LinkPolls(log, () => this.#tellLinks());
    this.#bfd = new BfdFollower(log, ({ reason, session, state }) => {
      const call = (engine: VrrpEngine) => engine.bfdChanged(session, state === 'UP', reason, now());
      if (this.#started) this.#step(call);
      else if (this.#engine !== undefined) call(this.#engine);
    });
    this.#priority = new RisingPriority(log);
    this.#timer = new PunctualTimer(
      () => this.#deadline(),
      () => this.#rehearsal?.warmUp(),
    );
  }

  /** Whether it was met late is looked at behind what others wait for. */
  #deadline(): void {
    const due = this.#engine?.nextTimeout();
    const at = now();
    this.#step((engine) => engine.timeout(now()));
    this.#priority.met(due, at);
    if (due !== undefined) this.#lateness.observe((at - due) / 1000);
  }

  async start({ configuration }: Snapshot): Promise<void> {
    this.#configuration = configuration;
    if (configuration.global.disableLocalIgmp) disableLocalIgmp(this.#log);
    await this.#addresses.open();
    this.#monitor?.changed(this.#addresses.addresses, this.#addresses.links);
    this.#linkPolls.follow(configuration.vrrp, configuration.global);
    this.#priority.configure(configuration.global.automaticPriority, configuration.global.vrrpScheduling);
    const vrrp = this.#fitted(await this.#virtual.configure(configuration));
    this.#indexInterfaces();
    const environment: VrrpEnvironment = {
      digests: {
        hmacMd5: (key, data) => createHmac('md5', key).update(data).digest(),
        hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
      },
      realTime: (at) => Date.now() - (now() - at),
      links: this.#linkPolls.apply(this.#addresses.links),
      addresses: this.#addresses.addresses,
      // CLOCK_MONOTONIC counts from the boot.
      bootedAt: 0,
      forwardsIpv6: this.#ipv6Forwarding.forwards,
      ...(this.#sendsAhead && { wentAhead: this.#sockets.wentAhead }),
    };
    await this.#ipv6Forwarding.follow(vrrp);
    const engine = this.#makeEngine(vrrp, configuration.global, environment);
    engine.tellAdvertisements((intent) => this.#sockets.send(intent));
    this.#engine = engine;
    if (this.#overrides.length > 0) engine.overridden(this.#overrides, now());
    this.#rehearsal = new Rehearsal({
      configuration: { vrrp, global: configuration.global },
      environment,
      frames: this.#frames,
      addresses: this.#addresses,
      nextDeadline: () => engine.nextTimeout(),
    });
    this.#rehearsal.begin();
    this.#configureStaticAddresses(configuration);
    await this.#routing.configure(configuration.vrrp);
    // The engine knows the numbers of its files before it decides on its first states.
    await Promise.all([
      this.#trackFiles.follow(configuration.vrrp.trackFiles),
      this.#trackedProcesses.follow(configuration.vrrp),
      this.#promotedSecondaries.follow(configuration.vrrp),
      // Beside a BFD process that runs, nothing that it knows to be up begins in FAULT.
      this.#bfd.ask(configuration.bfd.instances.length > 0 ? bfdPatience : 0),
    ]);
    this.#openSockets();
    this.#started = true;
    this.#step(() => engine.start(now()));
    this.#keepRouting(engine);
  }

  /** What does not fit into an advertisement is excluded from it. */
  #fitted(vrrp: VrrpConfiguration): VrrpConfiguration {
    const mtuOf = (name: string): number | undefined => this.#addresses.links.find((link) => link.name === name)?.mtu;
    return limitAdvertised(vrrp, mtuOf, (message) => this.#log.error(message));
  }

  /** The plain engine, or with --record one that writes down all its calls. */
  #makeEngine(...parameters: ConstructorParameters<typeof VrrpEngine>): VrrpEngine {
    const { recordFile } = this.#options;
    const recorder = recordFile === undefined ? undefined : Recorder.open(recordFile, this.#log);
    if (recorder === undefined) return new VrrpEngine(...parameters);
    this.#recorder = recorder;
    process.once('exit', () => recorder.closeNow());
    return new RecordingVrrpEngine(...parameters, (call) => recorder.record(call), now(), Date.now());
  }

  async reload({ configuration }: Snapshot): Promise<void> {
    this.#configuration = configuration;
    this.#configureStaticAddresses(configuration);
    await this.#routing.configure(configuration.vrrp);
    this.#priority.configure(configuration.global.automaticPriority, configuration.global.vrrpScheduling);
    const vrrp = this.#fitted(await this.#virtual.configure(configuration));
    await this.#ipv6Forwarding.follow(vrrp);
    this.#step((engine) => engine.reload(vrrp, configuration.global, now()));
    if (this.#linkPolls.follow(configuration.vrrp, configuration.global)) this.#tellLinks();
    await this.#virtual.removeUnwanted();
    if (this.#engine !== undefined) this.#keepRouting(this.#engine);
    this.#openSockets();
    void this.#bfd.ask(0);
    await Promise.all([
      this.#trackFiles.follow(configuration.vrrp.trackFiles),
      this.#trackedProcesses.follow(configuration.vrrp),
      this.#promotedSecondaries.follow(configuration.vrrp),
    ]);
    this.#memory.soon();
  }

  async stop(): Promise<void> {
    this.#timer.arm(undefined);
    clearTimeout(this.#nextAttempt);
    this.#memory.stop();
    this.#rehearsal?.close();
    this.#trackFiles.close();
    this.#trackedProcesses.close();
    this.#linkPolls.close();
    this.#ipv6Forwarding.close();
    this.#bfd.close();
    const engine = this.#engine;
    this.#engine = undefined;
    if (this.#options.keepAddressesAtStop) await this.#routing.close();
    if (engine !== undefined) {
      const intents = engine.stop(now());
      this.#perform(
        engine,
        this.#options.keepAddressesAtStop ? intents.filter(({ type }) => type !== 'reconcile-addresses') : intents,
      );
    }
    this.#routing.release();
    if (!this.#options.keepAddressesAtStop) this.#addresses.reconcile([this.#static.release()]);
    this.#sockets.close();
    // Behind the addresses: the kernel keeps the others of a network while ours go.
    await this.#promotedSecondaries.release();
    await this.#virtual.close();
    await Promise.all([this.#addresses.close(), this.#routing.close(), this.#syncDaemons.close()]);
    this.#telling.finish();
    this.#frames.close();
    this.#timer.close();
    await this.#recorder?.close();
  }

  message(message: ParentToChild): void {
    if (message.type === 'firewall-finished') this.#firewall.finished(message.run, message.output, message.trouble);
    if (message.type === 'table-removed') this.#virtual.tableRemoved(message.family, message.table);
    if (message.type === 'send-gratuitous') this.#step((engine) => engine.sendGratuitous(message.instance, now()));
    if (message.type === 'live') this.#override(message.changes.vrrp);
    if (message.type !== 'script-finished') return;
    const { outcome, script } = message;
    this.#tellWords(script, outcome);
    this.#step((engine) => engine.scriptFinished(script, scriptOutcome(outcome), now()));
  }

  #override(changes: readonly VrrpChange[]): void {
    this.#overrides = changes;
    if (this.#started) this.#step((engine) => engine.overridden(changes, now()));
    else this.#engine?.overridden(changes, now());
  }

  /** What a script says on stderr is why it failed: told when it is something new. */
  #tellWords(script: string, { exit, message }: ScriptRunOutcome): void {
    const words = exit === 0 ? undefined : message;
    if (words !== undefined && words !== this.#scriptWords.get(script))
      this.#log.info(`Script ${script} says: ${words}`);
    if (words === undefined) this.#scriptWords.delete(script);
    else this.#scriptWords.set(script, words);
  }

  async dump(kind: DumpKind, target?: DumpTarget): Promise<void> {
    const engine = this.#engine;
    const configuration = this.#configuration;
    if (engine === undefined || configuration === undefined) return;
    const { networkNamespace } = this.#options;
    const { addresses, links } = this.#addresses;
    const machine = { addresses, links, sockets: this.#sockets.places, seenUp: this.#seenUp };
    const written = writeVrrpDump(kind, configuration, engine, machine, networkNamespace, target);
    // What is counted while the file is being written belongs to the next one.
    if (kind === 'statistics-and-clear') engine.clearStatistics();
    await written;
  }

  readonly answers: Answers = {
    metrics: (asked) => vrrpFigures(this.#engine, asked, this.#frameCounts, this.#lateness),
  };

  async *status(query: StatusQuery): AsyncGenerator<object> {
    if (this.#engine !== undefined) yield* vrrpStatus(this.#engine, query, this.#hardwareAddresses());
  }

  /** Of the interfaces that instances are on, in hexadecimal digits: SNMP shows them. */
  #hardwareAddresses(): Record<string, string> {
    const names = new Set(this.#configuration?.vrrp.instances.map((instance) => instance.interface));
    return Object.fromEntries(
      this.#addresses.links.flatMap(({ hardwareAddress, name }) =>
        names.has(name) ? [[name, Buffer.from(hardwareAddress).toString('hex')]] : [],
      ),
    );
  }

  scheduling({ configuration }: Snapshot): ProcessScheduling {
    return configuration.global.vrrpScheduling;
  }

  #configureStaticAddresses({ vrrp }: Configuration): void {
    this.#addresses.reconcile([this.#static.configure(vrrp.staticAddresses, this.#addresses.keys)]);
  }

  /** Puts back what somebody removed, or what went and came with its interface. */
  #keepStaticAddresses(): void {
    if (!this.#static.isEmpty) this.#addresses.reconcile([this.#static.desired]);
  }

  /** Routes and rules as the instances are now. */
  #keepRouting(engine: VrrpEngine): void {
    if (!this.#routing.isActive) return;
    this.#routing.withdraw(engine.desiredRouting());
    this.#routing.install();
  }

  #linksChanged(): void {
    this.#indexInterfaces();
    this.#promotedSecondaries.interfacesChanged();
    this.#ipv6Forwarding.interfacesChanged();
    this.#virtual.interfacesChanged();
    this.#keepStaticAddresses();
    this.#routing.interfacesChanged();
    // Sockets first: the engine may answer with an advertisement on an interface that has just come.
    this.#openSockets();
    this.#tellLinks();
    this.#openSockets();
  }

  #tellLinks(): void {
    this.#step((engine) => engine.linksChanged(this.#linkPolls.apply(this.#addresses.links), now()));
  }

  #indexInterfaces(): void {
    this.#interfaceIndexes = new Map(this.#addresses.links.map((link) => [link.name, link.index]));
    for (const { index, up } of this.#addresses.links) if (up) this.#seenUp.add(index);
  }

  #openSockets(): void {
    const engine = this.#engine;
    if (engine === undefined) return;
    const missing = this.#sockets.reconcile(engine.transports(), this.#addresses.links);
    clearTimeout(this.#nextAttempt);
    if (missing.size > 0) this.#nextAttempt = setTimeout(() => this.#openSockets(), socketAttempts);
    if (missing.size + this.#missingSockets === 0) return;
    this.#missingSockets = missing.size;
    if (this.#started) this.#step(() => engine.socketsMissing(missing, now()));
    else engine.socketsMissing(missing, now());
  }

  /**
   * A packet counts from the moment the kernel had it, not from when this process got round to it: a master is given up
   * when the protocol says so, however busy the machine. The engine's time never goes back.
   */
  #received(packet: Uint8Array, meta: PacketMeta): void {
    const engine = this.#engine;
    if (engine === undefined || !this.#started) return;
    if (!this.#takesPackets) this.#noticeSuspension(engine);
    this.#takesPackets = true;
    const handledAt = now();
    const at = Math.max(meta.receivedAt ?? handledAt, this.#latest);
    this.#latest = handledAt;
    this.#perform(engine, engine.receive(packet, meta, at, handledAt));
  }

  /**
   * The deadline is set once for all packets of a turn: with 250 instances each moves the earliest one, and setting the
   * kernel's timer took a third of a backup's processor time.
   */
  #packetsTaken(): void {
    if (!this.#takesPackets) return;
    this.#takesPackets = false;
    if (this.#engine !== undefined) this.#setDeadline(this.#engine);
  }

  /** One call of the engine: its intents are performed, its next deadline is set. */
  #step(call: (engine: VrrpEngine) => readonly VrrpIntent[]): void {
    const engine = this.#engine;
    if (engine === undefined || !this.#started) return;
    this.#noticeSuspension(engine);
    this.#perform(engine, call(engine));
    this.#setDeadline(engine);
  }

  #noticeSuspension(engine: VrrpEngine): void {
    const slept = this.#suspension.look();
    if (slept === 0) return;
    this.#log.warning(`The machine slept for ${(slept / 1000).toFixed(3)} s`);
    this.#perform(engine, engine.suspended(slept, now()));
  }

  #setDeadline(engine: VrrpEngine): void {
    this.#latest = now();
    const usual = this.#sendsAhead ? 'relaxed' : 'exact';
    this.#timer.arm(engine.nextTimeout(), engine.takeoverIsNext() ? 'urgent' : usual);
  }

  /**
   * Advertisements have been sent already, each when it was decided on. Then goes what others wait for, in the engine's
   * order; the addresses of all instances that change in one call are one write, also with hundreds of them. What is only
   * told (log, events) comes behind that, in order again and never for long: a line of log takes as long as an advertisement.
   */
  #perform(engine: VrrpEngine, intents: readonly VrrpIntent[]): void {
    if (intents.length === 0) return;
    const changes = intents.some(comesWithStates);
    const routing = changes && this.#routing.isActive;
    let withdrawn = false;
    // Routes go before the addresses they may be about, and come behind them. Advertisements wait for neither.
    const withdrawRouting = (): void => {
      if (!routing || withdrawn) return;
      withdrawn = true;
      this.#routing.withdraw(engine.desiredRouting());
    };
    let reconciled = false;
    for (const intent of intents) {
      switch (intent.type) {
        case 'reconcile-addresses':
          if (reconciled) break;
          reconciled = true;
          withdrawRouting();
          this.#addresses.reconcile(engine.desiredAddresses(instancesToReconcile(intents)));
          break;
        case 'send-frame':
          this.#sendFrame(intent);
          break;
        case 'send-ahead':
          this.#sockets.sendAhead(intent);
          break;
        case 'sync-daemon':
          this.#syncDaemons.follow(intent);
          break;
        case 'send-advertisement':
        case 'run-script':
        case 'kill-script':
        case 'event':
        case 'log':
        case 'refused':
          break;
      }
    }
    withdrawRouting();
    if (routing) this.#routing.install();
    if (changes && this.#virtual.hasFirewall) this.#virtual.follow(engine.status());
    this.#telling.add(intents);
  }

  #tell(intent: VrrpIntent): void {
    switch (intent.type) {
      case 'run-script':
        this.#channel.send({ type: 'run-script', script: intent.script, command: intent.command });
        break;
      case 'kill-script':
      case 'event':
      case 'refused':
        this.#channel.send(intent);
        break;
      case 'log':
        this.#log.write(intent.line.level, intent.line.message, intent.line.fields);
        break;
      default:
    }
  }

  #countFrame(interfaceName: string, place: 0 | 1): void {
    const counts = this.#frameCounts.get(interfaceName) ?? [0, 0];
    this.#frameCounts.set(interfaceName, counts);
    counts[place]++;
  }

  #sendFrame({ etherTypeAt, frame, interface: interfaceName }: SendFrameIntent): void {
    const index = this.#interfaceIndexes.get(interfaceName);
    if (index === undefined) return;
    try {
      this.#frames.send(index, frame, etherTypeAt);
      this.#countFrame(interfaceName, 0);
    } catch (error) {
      this.#countFrame(interfaceName, 1);
      this.#log.warning(
        `gratuitous ARP or neighbour advertisement on ${interfaceName} not sent: ${(error as Error).message}`,
      );
    }
  }
}

/** What comes with a change of state. */
function comesWithStates({ type }: VrrpIntent): boolean {
  return type === 'reconcile-addresses' || type === 'event';
}

/** All that are named, each once. */
function instancesToReconcile(intents: readonly VrrpIntent[]): string[] {
  return [...new Set(intents.flatMap((intent) => (intent.type === 'reconcile-addresses' ? intent.instances : [])))];
}

function scriptOutcome(outcome: ScriptRunOutcome): Parameters<VrrpEngine['scriptFinished']>[1] {
  const { exit, message, signal } = outcome;
  const said = message === undefined ? {} : { message };
  if (exit !== undefined) return { kind: 'exited', code: exit, ...said };
  if (signal !== undefined) return { kind: 'killed', signal, ...said };
  return { kind: 'not-started', error: message ?? 'unknown' };
}
