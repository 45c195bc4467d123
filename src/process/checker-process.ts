/** The checker process: runs the probes the engine asks for and keeps the kernel's IPVS table as the engine wants it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CheckEngine } from '../check/engine.ts';
import type { DaemonEvent } from '../core/events.ts';
import type { ServiceConnections } from '../check/draining.ts';
import { ProbeTable } from '../check/probe-table.ts';
import { ProbeRegistry } from '../check/probes/registry.ts';
import type { CheckIntent, ProbeHandle, ProbeRequest } from '../check/types.ts';
import type { CheckConfiguration, Configuration, GlobalConfiguration, ProcessScheduling } from '../config/model.ts';
import { ServiceReconciler } from '../ipvs/reconciler.ts';
import type { Look, ReconcileReport } from '../ipvs/reconciler.ts';
import { undoneText } from '../ipvs/undone.ts';
import { serviceKeyText } from '../ipvs/keys.ts';
import type { Service, ServiceKey } from '../ipvs/types.ts';
import { now } from '../kernel/clock.ts';
import { DeadlineTimer } from '../kernel/deadline-timer.ts';
import { IpvsTable } from '../kernel/ipvs-table.ts';
import type { ServerChange } from '../live/types.ts';
import type { Log } from '../log/log.ts';
import { logLineForEvent } from '../notify/log-lines.ts';
import { RisingPriority } from './automatic-priority.ts';
import { writeCheckDump } from './check-dumps.ts';
import { BfdFollower } from './bfd-channel.ts';
import {
  followedFiles,
  ipvsNamespace,
  markSettings,
  needsAddresses,
  runsSyncDaemons,
  tlsClientOf,
} from './checker-settings.ts';
import type { ParentChannel } from './child-channel.ts';
import { CheckerMetrics } from './checker-figures.ts';
import { progressInterval, runChild } from './child-process.ts';
import type { ChildWork, Snapshot } from './child-process.ts';
import type { Answers } from './questions.ts';
import { poolReports, serverTraffic, serviceTraffic } from './snmp-answers.ts';
import type { DumpTarget } from './dump/dump-file.ts';
import type { ChildOptions, DumpKind, ParentToChild } from './messages.ts';
import { ConnectionLimits } from './limits/connection-limits.ts';
import { KernelTimeouts } from './kernel-timeouts.ts';
import { standstillText, watchLateness } from './lateness-watch.ts';
import { LocalAddresses } from './local-addresses.ts';
import { ServicesRecord } from './services-record.ts';
import { MemoryRest } from './memory-rest.ts';
import { MarkKeeper } from './mark-keeper.ts';
import { ParentScripts } from './probe-scripts.ts';
import { FirewallOfParent, runNft } from './run-nft.ts';
import type { StatusQuery } from './status-types.ts';
import { checkerStatus } from './checker-status.ts';
import { applySyncDaemons } from './sync-daemons.ts';
import { TableWatch } from './table-watch.ts';
import { TrackFiles } from './track-files.ts';

export function runCheckerProcess(): void {
  runChild((options, channel, log) => new CheckerWork(options, channel, log));
}

/** How long a start waits for the states of BFD sessions, in milliseconds. */
const bfdPatience = 200;

/** Lines of the log, mostly, of a reload that changes many servers: some milliseconds. */
const intentsInSlice = 256;

/** Lateness of this process from which on probes under way get their time again, in milliseconds. */
const worthMending = 250;

/** What a collection of garbage may take, in milliseconds. */
const idleTime = 250;

type EngineCall = (engine: CheckEngine) => readonly CheckIntent[];

class CheckerWork implements ChildWork {
  readonly #options: ChildOptions;
  readonly #channel: ParentChannel;
  readonly #log: Log;
  readonly #timer: DeadlineTimer;
  readonly #priority: RisingPriority;
  readonly #trackFiles: TrackFiles;
  readonly #addresses: LocalAddresses;
  readonly #bfd: BfdFollower;
  readonly #scripts: ParentScripts;
  readonly #registry: ProbeRegistry;
  readonly #record: ServicesRecord;
  readonly #timeouts = new KernelTimeouts();
  readonly #limits: ConnectionLimits;
  readonly #firewall: FirewallOfParent;
  readonly #marks: MarkKeeper;
  readonly #metrics = new CheckerMetrics((key) => this.#table?.dumpDestinationTraffic(key));
  readonly #memory = new MemoryRest(undefined, () => this.#isIdle());
  /** Probes under way, to be given up at a reload or stop. */
  readonly #probes = new ProbeTable<ProbeHandle>();
  #engine: CheckEngine | undefined;
  #configuration: Configuration | undefined;
  /** Of the operator, for an engine that is not made yet. */
  #overrides: readonly ServerChange[] = [];
  #table: IpvsTable | undefined;
  #reconciler: ServiceReconciler | undefined;
  #watch: TableWatch | undefined;
  /** Calls of the engine that have to wait for a moment, in their order. */
  #held: EngineCall[] | undefined;
  /** Stopping with -I: whatever the engine wants now, IPVS stays as it is. */
  #leaving = false;
  /** Nobody hears of quiet events any more. */
  #ending = false;
  /** The last write to IPVS asked for; rejections are handled where it is made. */
  #written: Promise<void> = Promise.resolve();

  constructor(options: ChildOptions, channel: ParentChannel, log: Log) {
    this.#options = options;
    this.#channel = channel;
    this.#log = log;
    this.#trackFiles = new TrackFiles(log, (name, value) =>
      this.#step((engine) => engine.trackFileChanged(name, value, now())),
    );
    this.#addresses = new LocalAddresses(log, (addresses) => {
      this.#step((engine) => engine.addressesChanged(addresses, now()));
      this.#limits.addressesChanged(addresses);
    });
    this.#bfd = new BfdFollower(log, ({ reason, session, state }) =>
      this.#step((engine) => engine.bfdChanged(session, state === 'UP', reason, now())),
    );
    this.#firewall = new FirewallOfParent(channel);
    this.#limits = new ConnectionLimits({
      log,
      pidFile: options.pidFile,
      run: (program) => this.#firewall.run(program),
      tell: (event) => this.#tell({ type: 'event', event }),
    });
    this.#scripts = new ParentScripts((message) => channel.send(message));
    this.#record = new ServicesRecord(options.pidFile, log);
    this.#marks = new MarkKeeper(
      log,
      (script) => this.#firewall.runNft(script, this.#ipvsNamespace),
      (script) => runNft(script, this.#ipvsNamespace),
    );
    this.#registry = new ProbeRegistry({ scripts: this.#scripts });
    this.#priority = new RisingPriority(log);
    this.#timer = new DeadlineTimer(() => {
      const due = this.#engine?.nextTimeout();
      if (due !== undefined) this.#metrics.lateness.observe((now() - due) / 1000);
      this.#priority.met(due, now());
      this.#step((engine) => engine.timeout(now()));
    });
  }

  async start({ configuration }: Snapshot): Promise<void> {
    const { check, global } = configuration;
    this.#configuration = configuration;
    this.#priority.configure(global.automaticPriority, global.checkerScheduling);
    this.#registry.tlsClient = await tlsClientOf(configuration);
    const table = await IpvsTable.open(ipvsNamespace(global));
    this.#table = table;
    this.#reconciler = new ServiceReconciler(table, (report) => this.#report(report));
    if (global.lvsFlush) await table.apply([{ op: 'flush' }]);
    await this.#timeouts.follow(table, global.lvsTimeouts);
    await this.#startSyncDaemons(global);
    const left = global.lvsFlush ? [] : await this.#leftServices(table, this.#reconciler);
    const engine = new CheckEngine(check, global, { random: Math.random });
    this.#engine = engine;
    engine.serversOverridden(this.#overrides, now());
    await this.#trackFiles.follow(followedFiles(configuration));
    await this.#addresses.follow(needsAddresses(configuration));
    // Beside a BFD process that runs, no server begins as down whose session is up.
    await this.#bfd.ask(configuration.bfd.instances.length > 0 ? bfdPatience : 0);
    await this.#startEngine(engine, left);
    this.#recordServices();
    this.#limits.configure(configuration, ipvsNamespace(global).namespacePath);
    await this.#marks.follow(engine.groupMarks(), markSettings(global));
    this.#memory.soon();
    this.#watch = new TableWatch((look) => this.#mend(look));
    this.#settleTable();
    watchLateness(
      (late) => this.#log.warning(`${standstillText('checker', late)}. No check was made meanwhile`),
      (late) => {
        if (late > worthMending) this.#step((running) => running.stoodStill(now()));
      },
    );
  }

  async reload({ configuration }: Snapshot): Promise<void> {
    const { check, global } = configuration;
    const isNew = configuration !== this.#configuration;
    this.#configuration = configuration;
    this.#priority.configure(global.automaticPriority, global.checkerScheduling);
    if (this.#table !== undefined) await this.#timeouts.follow(this.#table, global.lvsTimeouts);
    await this.#startSyncDaemons(global);
    // What others did to our services in the meantime is mended by the same stroke; where it seems that nobody did anything
    // the new servers do not wait for a look at the old ones: a glance follows.
    if (!isNew || this.#reconciler?.seemsUntouched() !== true) await this.#watch?.glance();
    await this.#renewTlsClient(configuration);
    void this.#bfd.ask(0);
    await this.#trackFiles.follow(followedFiles(configuration));
    await this.#addresses.follow(needsAddresses(configuration));
    if (isNew) await this.#reloadInSlices(check, global);
    await this.#written;
    if (isNew) this.#recordServices();
    this.#limits.configure(configuration, ipvsNamespace(global).namespacePath);
    await this.#marks.follow(this.#engine?.groupMarks() ?? [], markSettings(global));
    if (isNew) this.#memory.soon();
    if (isNew) this.#settleTable();
  }

  async stop(orphaned: boolean): Promise<void> {
    this.#timer.arm(undefined);
    this.#watch?.stop();
    this.#memory.stop();
    this.#trackFiles.close();
    this.#addresses.close();
    this.#bfd.close();
    const limitsStopped = this.#limits.stop(orphaned);
    const engine = this.#engine;
    const table = this.#table;
    this.#leaving = this.#options.keepServicesAtStop || orphaned;
    if (orphaned) this.#log.notice('IPVS stays as it is: the next start goes on with its services');
    const progress = setInterval(() => this.#channel.send({ type: 'stopping' }), progressInterval);
    if (engine !== undefined) await this.#stopEngine(engine);
    if (!this.#leaving) await this.#marks.release();
    await limitsStopped;
    if (orphaned) table?.close();
    else if (table !== undefined) {
      const global = this.#configuration?.global;
      if (global?.lvsFlushOnStop === 'all' && !this.#options.keepServicesAtStop) await table.apply([{ op: 'flush' }]);
      await this.#timeouts.restore(table);
      if (runsSyncDaemons(global)) await applySyncDaemons(table, []);
      table.close();
    }
    if (!orphaned) this.#record.remove();
    this.#timer.close();
    clearInterval(progress);
  }

  /** What a process that ended in disorder left of ours in IPVS. */
  async #leftServices(table: IpvsTable, reconciler: ServiceReconciler): Promise<readonly Service[]> {
    const keys = this.#record.read();
    if (keys.size === 0) return [];
    reconciler.adopt(keys);
    const services = await table.dumpServices((key) => keys.has(key));
    const left = services.filter(({ key }) => keys.has(serviceKeyText(key)));
    if (left.length > 0)
      this.#log.notice(
        `IPVS has ${left.length} of the services that a process before left: their servers are taken for what they are there until they are checked`,
      );
    return left;
  }

  /** Ours is what was written and not taken away again. */
  #recordServices(): void {
    this.#record.owned(this.#reconciler?.owned ?? new Set<string>());
  }

  /**
   * Before they are written: whoever comes after a process that died on the way must know them, and those that go.
   * @param coming key texts
   */
  #announceServices(coming: readonly string[]): void {
    this.#record.announce(this.#reconciler?.owned ?? new Set<string>(), coming);
  }

  message(message: ParentToChild): void {
    switch (message.type) {
      case 'script-finished':
        this.#scripts.finished(message.script, message.outcome);
        return;
      case 'firewall-finished':
        this.#firewall.finished(message.run, message.output, message.trouble);
        return;
      case 'table-removed':
        void this.#marks.tableRemoved(message.family, message.table);
        return;
      case 'vrrp-peers':
        this.#limits.peersHeard(message.addresses);
        return;
      case 'ending':
        this.#ending = true;
        return;
      case 'live': {
        const { servers } = message.changes;
        this.#overrides = servers;
        this.#step((engine) => engine.serversOverridden(servers, now()));
        return;
      }
      default:
    }
  }

  /** Statistics and JSON are of the VRRP process. */
  async dump(kind: DumpKind, target?: DumpTarget): Promise<void> {
    const engine = this.#engine;
    const configuration = this.#configuration;
    if (kind !== 'data' || engine === undefined || configuration === undefined) return;
    await writeCheckDump(configuration, engine, this.#options.networkNamespace, target);
  }

  readonly answers: Answers = {
    bans: (command) => this.#limits.command(command),
    'snmp-pools': () => poolReports(this.#engine),
    'snmp-services': () => serviceTraffic(this.#engine, this.#table),
    'snmp-servers': (which) => serverTraffic(this.#engine, this.#table, which),
    metrics: (asked) => this.#metrics.answer(this.#engine, this.#limits.summary ?? [], asked),
  };

  async *status(query: StatusQuery): AsyncGenerator<object> {
    const engine = this.#engine;
    if (engine !== undefined) yield* checkerStatus({ engine, table: this.#table, limits: this.#limits.summary }, query);
  }

  scheduling({ configuration }: Snapshot): ProcessScheduling {
    return configuration.global.checkerScheduling;
  }

  /** Nothing is due for a while. */
  #isIdle(): boolean {
    return this.#probes.size === 0 && (this.#engine?.nextTimeout() ?? Infinity) > now() + idleTime;
  }

  #step(call: EngineCall): void {
    const engine = this.#engine;
    if (engine === undefined) return;
    if (this.#held !== undefined) {
      this.#held.push(call);
      return;
    }
    this.#perform(engine, call(engine));
    this.#timer.arm(engine.nextTimeout());
  }

  /** IPVS first: what there is to tell of thousands of servers would keep it waiting. */
  async #startEngine(engine: CheckEngine, left: readonly Service[]): Promise<void> {
    this.#held = [];
    const { acts, tells } = actsAndTells(engine.start(now(), left));
    // They are the same when the engine asks for them to be written.
    this.#announceServices(this.#reconciler?.prepare(engine.desiredServices()) ?? []);
    this.#perform(engine, acts, true);
    await this.#written;
    await this.#performInSlices(engine, tells);
    this.#release(engine);
  }

  async #stopEngine(engine: CheckEngine): Promise<void> {
    const { acts, tells } = actsAndTells(engine.stop(now()));
    this.#perform(engine, acts);
    this.#engine = undefined;
    for (const [, probe] of this.#probes.takeAll()) probe.cancel();
    await this.#written;
    await this.#performInSlices(engine, tells);
  }

  async #performInSlices(engine: CheckEngine, intents: readonly CheckIntent[]): Promise<void> {
    for (let first = 0; first < intents.length; first += intentsInSlice) {
      await nextTurn();
      await this.#log.room();
      this.#perform(engine, intents.slice(first, first + intentsInSlice));
    }
  }

  /** Carries out the calls that had to wait. */
  #release(engine: CheckEngine): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const call of held) this.#step(call);
    if (this.#engine === engine) this.#timer.arm(engine.nextTimeout());
  }

  /** Tens of thousands of servers must not hold up the checks: they go on between the slices. */
  async #reloadInSlices(check: CheckConfiguration, global: GlobalConfiguration): Promise<void> {
    const engine = this.#engine;
    if (engine === undefined) return;
    const slices = engine.reloading(check, global, now());
    let slice = slices.next(now());
    while (slice.done !== true) {
      await nextTurn();
      slice = slices.next(now());
    }
    // What happens while IPVS is written, in slices too, is told behind what the reload has to tell.
    this.#held = [];
    const { others, touched } = touchedServices(slice.value);
    const texts: string[] = [];
    const parts: (readonly ServiceKey[])[] = [];
    for (const keys of engine.serviceSlices([...touched, ...(this.#reconciler?.refused ?? [])])) {
      await nextTurn();
      parts.push(keys);
      for (const key of keys) texts.push(serviceKeyText(key));
    }
    this.#announceServices(texts);
    const outgrown: ServiceKey[] = [];
    let grown = 0;
    for (const keys of parts) {
      await nextTurn();
      for (const key of this.#grow(engine, keys, texts.slice(grown, grown + keys.length))) outgrown.push(key);
      grown += keys.length;
    }
    if (outgrown.length > 0) await this.#written;
    for (let first = 0; first < outgrown.length; first += intentsInSlice) {
      await nextTurn();
      this.#reconcile(engine, outgrown.slice(first, first + intentsInSlice));
    }
    await this.#performInSlices(engine, others);
    this.#release(engine);
  }

  /** @param isPrepared the reconciler has all services as they are wanted now */
  #perform(engine: CheckEngine, intents: readonly CheckIntent[], isPrepared = false): void {
    for (const intent of intents) {
      switch (intent.type) {
        case 'start-probe':
          this.#startProbe(intent.request);
          break;
        case 'cancel-probe':
          this.#probes.take(intent.id)?.cancel();
          break;
        case 'reconcile-services':
          this.#reconcile(engine, intent.touched, isPrepared);
          break;
        case 'read-connections':
          void this.#readConnections(intent.services);
          break;
        case 'event':
          this.#tell(intent);
          break;
        case 'log':
          this.#log.write(intent.line.level, intent.line.message, intent.line.fields);
          break;
      }
    }
  }

  #tell(intent: { readonly type: 'event'; readonly event: DaemonEvent }): void {
    const line = logLineForEvent(intent.event);
    if (line !== undefined) this.#log.write(line.level, line.message, line.fields);
    if (!this.#ending || !isQuiet(intent.event)) this.#channel.send(intent);
  }

  #startProbe(request: ProbeRequest): void {
    const handle = this.#registry.start(request, (result) => {
      this.#probes.take(request.id);
      this.#metrics.finished(request.checker.type, result);
      this.#step((engine) => engine.probeFinished(request.id, result, now()));
    });
    this.#probes.set(request.id, handle);
  }

  #reconcile(engine: CheckEngine, touched: readonly ServiceKey[] | undefined, isPrepared = false): void {
    const reconciler = this.#reconciler;
    if (reconciler === undefined || this.#leaving) return;
    if (touched !== undefined) this.#follow(reconciler.changeDesired(touched, engine.desiredServices(touched)));
    else if (isPrepared) this.#follow(reconciler.write());
    else this.#follow(reconciler.setDesired(engine.desiredServices()));
  }

  /** All but the removal of servers, which the services that are returned have to have yet. */
  #grow(engine: CheckEngine, touched: readonly ServiceKey[], texts: readonly string[]): readonly ServiceKey[] {
    if (this.#reconciler === undefined || this.#leaving) return [];
    const { outgrown, written } = this.#reconciler.growDesired(touched, engine.desiredServices(touched), texts);
    this.#follow(written);
    return outgrown;
  }

  #follow(written: Promise<void>): void {
    this.#written = written.catch((error: unknown) => {
      this.#log.error(`IPVS: ${(error as Error).message}`);
    });
  }

  /** How many connections the servers that are draining still have. */
  async #readConnections(services: readonly ServiceKey[]): Promise<void> {
    const answers: ServiceConnections[] = [];
    try {
      // Before weight 0 is in the kernel, no connection may still mean some a moment later.
      await this.#written;
      for (const key of services) {
        const destinations = await this.#table?.dumpDestinations(key);
        answers.push({ key, destinations });
      }
    } catch (error) {
      this.#log.error(`IPVS: connections cannot be counted: ${(error as Error).message}`);
    }
    this.#step((engine) => engine.connectionsRead(answers, now()));
  }

  /** In another namespace there is no text to glance at, and a look at all is not to be had for nothing. */
  #settleTable(): void {
    if (this.#ipvsNamespace === undefined) this.#watch?.written();
  }

  /** Compares the kernel's table with what was written and puts back what somebody else changed. */
  async #mend(look: Look): Promise<void> {
    await this.#reconciler
      ?.resync(look)
      .catch((error: unknown) => this.#log.error(`IPVS: ${(error as Error).message}`));
  }

  /** Writes that the kernel refused are said with their reason; the rest is for the debug log. */
  #report(report: ReconcileReport): void {
    for (const outcome of report.outcomes) {
      if (outcome.result === 'failed') this.#log.error(`IPVS: ${outcome.reason ?? outcome.operation.op}`);
    }
    if (report.undone.length > 0) this.#log.warning(`IPVS: ${undoneText(report.undone)}`);
    if (report.writes === 0) return;
    this.#log.debug(`IPVS: ${report.writes} writes${report.resynchronised ? ', table read' : ''}`);
  }

  /** Files that cannot be used stop a start; running checks go on with what they had. */
  async #renewTlsClient(configuration: Configuration): Promise<void> {
    try {
      this.#registry.tlsClient = await tlsClientOf(configuration);
    } catch (error) {
      this.#log.error(`${(error as Error).message}. The checks go on with the former certificate`);
    }
  }

  /** Where IPVS is, and with it its rules of nftables; undefined: here. */
  get #ipvsNamespace(): string | undefined {
    const global = this.#configuration?.global;
    return global && ipvsNamespace(global).namespacePath;
  }

  /** A sync daemon without an instance to follow runs in both roles (reference: behaviour A11). */
  async #startSyncDaemons(global: GlobalConfiguration): Promise<void> {
    const daemon = global.lvsSyncDaemon;
    const table = this.#table;
    if (table === undefined || !runsSyncDaemons(global) || daemon === undefined) return;
    const { at: _at, interface: interfaceName, syncId = 0, vrrpInstance: _instance, ...options } = daemon;
    const refusals = await applySyncDaemons(
      table,
      (['master', 'backup'] as const).map((role) => ({ role, interface: interfaceName, syncId, ...options })),
    );
    for (const refusal of refusals) this.#log.error(`IPVS: ${refusal}`);
  }
}

/** The services that a reload changes, and what else it asks for. */
function touchedServices(intents: readonly CheckIntent[]): {
  readonly touched: readonly ServiceKey[];
  readonly others: readonly CheckIntent[];
} {
  const touched = intents.flatMap((intent) => (intent.type === 'reconcile-services' ? (intent.touched ?? []) : []));
  return { touched, others: intents.filter(({ type }) => type !== 'reconcile-services') };
}

function isQuiet(event: DaemonEvent): boolean {
  return 'quiet' in event && event.quiet === true;
}

/** What is to be done, and what is only told: events and lines of the log. */
function actsAndTells(intents: readonly CheckIntent[]): { acts: CheckIntent[]; tells: CheckIntent[] } {
  const acts: CheckIntent[] = [];
  const tells: CheckIntent[] = [];
  for (const intent of intents) (intent.type === 'event' || intent.type === 'log' ? tells : acts).push(intent);
  return { acts, tells };
}
