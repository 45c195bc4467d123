/**
 * The check engine: which probe runs when, what its result means for checkers, real servers and quorums, and what IPVS
 * should hold because of it. Sans-I/O: calls come in with the time, intents go out.
 *
 * Start, reload and stop are one thing: another configuration takes the place of the one before (none, at the start and
 * at the end), and what is the same keeps its state.
 */
import type { CheckConfiguration, GlobalConfiguration } from '../config/model.ts';
import type { DaemonEvent, HealthState } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { Service, ServiceKey } from '../ipvs/types.ts';
import type { ServerChange } from '../live/types.ts';
import type { GroupMark } from '../network/mark-script.ts';
import { assembling, emptyAssembly, upToDate, type Assembly } from './assembly.ts';
import { mergeServices, serviceKeyText } from './desired.ts';
import { DrainWatch } from './drain-watch.ts';
import { Draining, drainCandidates, type ServiceConnections } from './draining.ts';
import { unknownSession, type KnownSession } from './bfd-check.ts';
import type { FileCheck } from './file-check.ts';
import type { HealthCheck } from './health-check.ts';
import { defaultMaximumInFlight, sliceSize, watchdogSlack, wholeCheckLimit } from './limits.ts';
import { OwnTrouble } from './own-trouble.ts';
import { ServerOverrides, type WeightChange } from './overrides.ts';
import { ProbeSchedule } from './probe-schedule.ts';
import type { RealServerState, ServerCheck } from './real-server.ts';
import { conclusionText, describeCheck, probeFailureText, retryText } from './result-text.ts';
import { afterProbe, bootstrapDelay, nextStart, type CheckProgress } from './schedule.ts';
import { recollect } from './recollection.ts';
import { ExpectedServices, ServiceOwners } from './service-owners.ts';
import { settle } from './settle.ts';
import { farewell, installations, removals } from './succession-events.ts';
import type { TotalsCounter } from './report.ts';
import type { CheckReport } from './report-types.ts';
import type { CheckStatus } from './status.ts';
import { drained, eventIntent, lineIntent, logIntent, uniqueKeys, weightIntent } from './intents.ts';
import type { CheckIntent, ProbeResult } from './types.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** What the engine takes from the world besides calls. */
export interface CheckEnvironment {
  /** Uniform in [0, 1): spreads the first probes over the warm-up. */
  random(): number;
  /** Most probes in flight at one time (default: defaultMaximumInFlight); give less if descriptors are few. */
  readonly maximumInFlight?: number;
}

export class CheckEngine {
  #configuration: CheckConfiguration;
  #global: GlobalConfiguration;
  readonly #environment: CheckEnvironment;
  readonly #schedule: ProbeSchedule;
  readonly #draining = new Draining();
  readonly #ownTrouble = new OwnTrouble();
  readonly #overrides = new ServerOverrides();
  readonly #drainWatch = new DrainWatch();
  /** Numbers in track files, as last heard. */
  readonly #fileValues = new Map<string, number>();
  /** BFD sessions, as last heard. */
  readonly #sessions = new Map<string, KnownSession>();
  /** Addresses of this machine; undefined: nobody follows them. */
  #addresses: ReadonlySet<string> | undefined;
  #assembly: Assembly = emptyAssembly;
  /** Made when it is asked for. */
  #owners: ServiceOwners | undefined;
  /** Of the last reload, where it says enough. */
  #expected: ExpectedServices | undefined;
  /** No service is wanted by two virtual servers. */
  #areAlone = false;
  #running = false;
  #left: readonly Service[] = [];
  #lastCall: MonotonicMs = 0;

  constructor(configuration: CheckConfiguration, global: GlobalConfiguration, environment: CheckEnvironment) {
    this.#configuration = configuration;
    this.#global = global;
    this.#environment = environment;
    this.#schedule = new ProbeSchedule(environment.maximumInFlight ?? defaultMaximumInFlight);
  }

  /**
   * Installs everything and schedules the first probes. Once, first.
   * @param left services of the configuration that a process before left in IPVS: see recollect()
   */
  start(now: MonotonicMs, left: readonly Service[] = []): CheckIntent[] {
    this.#running = true;
    this.#left = left;
    return toTheEnd(this.#replacing(this.#configuration, this.#global, now), now);
  }

  /** Takes another configuration; what is the same keeps its state. */
  reload(configuration: CheckConfiguration, global: GlobalConfiguration, now: MonotonicMs): CheckIntent[] {
    return toTheEnd(this.reloading(configuration, global, now), now);
  }

  /**
   * reload() in slices of a few milliseconds: every next() takes the time, and other calls may be made between them. The
   * configuration is in force with the last one, which gives the intents. stop() and another reload have to wait.
   */
  *reloading(
    configuration: CheckConfiguration,
    global: GlobalConfiguration,
    now: MonotonicMs,
  ): Generator<void, CheckIntent[], MonotonicMs> {
    if (this.#running) return yield* this.#replacing(configuration, global, now);
    this.#configuration = configuration;
    this.#global = global;
    return [];
  }

  /** The probe `id` of a `start-probe` intent has reported. Unknown and cancelled ids are ignored. */
  probeFinished(id: number, result: ProbeResult, now: MonotonicMs): CheckIntent[] {
    this.#lastCall = now;
    const check = this.#schedule.finished(id);
    if (check === undefined) return [];
    check.ended = now;
    check.runs += 1;
    if (!result.ok && result.phase === 'setup') return this.#couldNotProbe(check, result, now);
    check.lastResult = result;
    if (!result.ok) check.failures += 1;
    const concluded = this.#conclude(check, result, now);
    return this.#ownTrouble.any ? [...this.#ownTrouble.over(check, now).map(lineIntent), ...concluded] : concluded;
  }

  /** A track_file has this number (undefined: it has none, which counts as 0). Before the start too. */
  trackFileChanged(name: string, value: number | undefined, now: MonotonicMs): CheckIntent[] {
    this.#fileValues.set(name, value ?? 0);
    if (!this.#running) return [];
    this.#lastCall = now;
    return [...this.#assembly.files.values()]
      .filter((check) => check.checker.trackFile === name)
      .flatMap((check) => this.#fileTaken(check, value ?? 0, now));
  }

  /** A BFD session is up or down now, for this reason. Before the start too. */
  bfdChanged(session: string, up: boolean, reason: string, now: MonotonicMs): CheckIntent[] {
    const known = { up, reason };
    this.#sessions.set(session, known);
    if (!this.#running) return [];
    this.#lastCall = now;
    return [...this.#assembly.sessions.values()]
      .filter((check) => check.checker.instance === session)
      .flatMap((check) => {
        const from = check.state;
        check.take(known, now);
        return check.state === from ? [] : this.#turned(check, from, now);
      });
  }

  /**
   * These are the addresses of this machine, in canonical form. Checks of virtual servers with ha_suspend wait until the
   * address of theirs is among them; states stay as they are meanwhile. Before the start too; never called: none waits.
   */
  addressesChanged(addresses: ReadonlySet<string>, now: MonotonicMs): CheckIntent[] {
    this.#addresses = addresses;
    if (!this.#running) return [];
    this.#lastCall = now;
    return this.#suspensions();
  }

  /**
   * These are all settings of the operator now. Servers of services that are not in the configuration are no mistake:
   * their settings wait for them. Before the start too.
   */
  serversOverridden(changes: readonly ServerChange[], now: MonotonicMs): CheckIntent[] {
    this.#overrides.take(changes);
    if (!this.#running) return [];
    this.#lastCall = now;
    const { told, touched, weights } = this.#overrides.enforce(this.#assembly.virtualServers, now);
    this.#followDrained(now);
    if (touched.length === 0) return [];
    return [...weights.map(weightIntent), { type: 'reconcile-services', touched }, ...told];
  }

  /** To be called when nextTimeout() has come; harmless earlier. */
  timeout(now: MonotonicMs): CheckIntent[] {
    if (!this.#running) return [];
    this.#lastCall = now;
    const intents = this.#schedule.overdue(now).flatMap((id) => this.#giveUp(id, now));
    intents.push(...this.#schedule.startDue(now), ...drained(this.#draining.expire(now)));
    const services = uniqueKeys([...this.#draining.toRead(now), ...this.#drainWatch.toRead(now)]);
    if (services.length > 0) intents.push({ type: 'read-connections', services });
    return intents;
  }

  /** This process was not run for a while: what is under way is not given up for that. */
  stoodStill(now: MonotonicMs): CheckIntent[] {
    this.#schedule.stoodStill(this.#assembly.checks.values(), now);
    return [];
  }

  /** The answer to a `read-connections` intent. Services that could not be read are left out and asked for again. */
  connectionsRead(answers: readonly ServiceConnections[], now: MonotonicMs): CheckIntent[] {
    if (!this.#running) return [];
    this.#lastCall = now;
    return [...drained(this.#draining.read(answers, now)), ...this.#drainWatch.read(answers, now).map(lineIntent)];
  }

  /** When timeout() wants to be called next; undefined: not before another call. Ask again after every call. */
  nextTimeout(): MonotonicMs | undefined {
    if (!this.#running) return undefined;
    const draining = earlier(this.#draining.nextTimeout(), this.#drainWatch.nextTimeout());
    return earlier(this.#schedule.nextTimeout(), draining);
  }

  /**
   * Ends: probes cancelled, servers and quorums reported down (quietly without omega), the wanted table empty. To leave
   * IPVS as it is, do not act on the reconcile intent.
   */
  stop(now: MonotonicMs): CheckIntent[] {
    if (!this.#running) return [];
    this.#lastCall = now;
    this.#running = false;
    const cancelled = this.#schedule.clear();
    this.#draining.clear();
    this.#drainWatch.clear();
    this.#ownTrouble.clear();
    const told = this.#assembly.virtualServers.flatMap((virtualServer) =>
      farewell(virtualServer, 'stop', 'Shutting down', now),
    );
    this.#assembly = emptyAssembly;
    this.#owners = undefined;
    this.#expected = undefined;
    return [...cancelled, { type: 'reconcile-services' }, ...told];
  }

  /**
   * What IPVS should hold now, one entry a kernel service, in configuration order.
   * @param touched at least these services, as in a `reconcile-services` intent
   */
  desiredServices(touched?: readonly ServiceKey[]): readonly Service[] {
    if (touched !== undefined) return this.#draining.join(this.#servicesOf(touched));
    const services: Service[] = [];
    for (const virtualServer of this.#assembly.virtualServers) addTo(services, virtualServer.services());
    return this.#draining.join(this.#areAlone ? services : mergeServices(services));
  }

  #servicesOf(touched: readonly ServiceKey[]): readonly Service[] {
    if (this.#owners === undefined) {
      const services = this.#expected?.services(touched);
      if (services !== undefined) return services;
      this.#owners = new ServiceOwners();
      for (const virtualServer of this.#assembly.virtualServers) this.#owners.add(virtualServer);
    }
    return this.#owners.services(touched);
  }

  /**
   * Touched services, about a thousand servers at a time: to be written in slices, between which this engine may not be
   * called otherwise. The first slices may be empty: they only find out who wants them.
   */
  *serviceSlices(touched: readonly ServiceKey[]): Generator<readonly ServiceKey[]> {
    const expected = this.#owners === undefined ? this.#expected : undefined;
    if (touched.some((key, index) => expected?.serversAt(index, key) === undefined)) yield* this.#findingOwners();
    let keys: ServiceKey[] = [];
    let servers = 0;
    let place = 0;
    for (const key of touched) {
      keys.push(key);
      servers += (expected?.serversAt(place++, key) ?? this.#owners?.servers(key) ?? 0) + 1;
      if (servers < sliceSize) continue;
      yield keys;
      keys = [];
      servers = 0;
    }
    if (keys.length > 0) yield keys;
  }

  /** Empty slices. */
  *#findingOwners(): Generator<readonly ServiceKey[]> {
    if (this.#owners !== undefined) return;
    const owners = new ServiceOwners();
    let looked = 0;
    for (const virtualServer of this.#assembly.virtualServers) {
      owners.add(virtualServer);
      if (++looked % sliceSize === 0) yield [];
    }
    this.#owners = owners;
  }

  /** The marks that virtual server groups have instead of their addresses; none without nftables_ipvs. */
  groupMarks(): readonly GroupMark[] {
    return this.#assembly.virtualServers.flatMap(({ configuration: { identity }, group, mark }) => {
      if (mark === undefined || identity.kind !== 'group') return [];
      const ranges = (group?.entries ?? []).flatMap((entry) => (entry.kind === 'address' ? [entry] : []));
      return [{ mark, protocol: identity.protocol, ranges }];
    });
  }

  /** A snapshot for people and machines. */
  status(): CheckStatus {
    const { virtualServers, checks } = this.#assembly;
    return {
      running: this.#running,
      virtualServers: virtualServers.map((virtualServer) => virtualServer.status()),
      ...(this.#draining.active && { draining: this.#draining.status() }),
      probesInFlight: this.#schedule.inFlight,
      probesWaiting: this.#schedule.waiting(checks.values(), this.#lastCall),
      checks: checks.size,
      worstLateness: this.#schedule.worstLateness,
    };
  }

  /** For reports that are made in slices: those of the configuration in force. */
  get virtualServers(): readonly VirtualServerState[] {
    return this.#assembly.virtualServers;
  }

  /** A report without its virtual servers. */
  reportHead(counted: TotalsCounter): Omit<CheckReport, 'now' | 'time'> {
    const { checks } = this.#assembly;
    return {
      running: this.#running,
      totals: counted.totals(checks.values()),
      ...(this.#draining.active && { draining: this.#draining.status() }),
      probesInFlight: this.#schedule.inFlight,
      probesWaiting: this.#schedule.waiting(checks.values(), this.#lastCall),
      checks: checks.size,
      worstLateness: this.#schedule.worstLateness,
    };
  }

  // ------------------------------------------------------------------------------------------------- probe results

  /** This machine's own trouble says nothing about the server: ask again after delay_loop. */
  #couldNotProbe(check: HealthCheck, result: ProbeResult, now: MonotonicMs): CheckIntent[] {
    check.lastResult = result;
    this.#schedule.schedule(check, now + check.checker.delayLoop);
    return this.#ownTrouble.met(check, result, now).map(lineIntent);
  }

  /** A probe that should have reported long ago counts as failed. */
  #giveUp(id: number, now: MonotonicMs): CheckIntent[] {
    const check = this.#schedule.finished(id);
    if (check === undefined) return [];
    check.ended = now;
    check.runs += 1;
    check.failures += 1;
    const limit = wholeCheckLimit(check.checker) + watchdogSlack;
    const result: ProbeResult = {
      ok: false,
      phase: 'verdict',
      detail: `no result within ${limit / 1000} s`,
      duration: limit,
    };
    check.lastResult = result;
    return [{ type: 'cancel-probe', id }, ...this.#conclude(check, result, now)];
  }

  #conclude(check: HealthCheck, result: ProbeResult, now: MonotonicMs): CheckIntent[] {
    const before = check.progress;
    const { progress, concluded, delay } = afterProbe(check.checker, before, result.ok);
    check.progress = progress;
    this.#schedule.schedule(check, nextStart(check.checker, check.started, now, delay));
    const weights = this.#weightsBefore(check, concluded, result);
    if (concluded !== undefined && concluded !== before.state) {
      return [...weights.map(weightIntent), ...this.#changed(check, before, result, now)];
    }
    const intents: CheckIntent[] = this.#reweighed(weights, now);
    if (!result.ok && this.#logsFailures(check)) {
      const retries =
        progress.retriesUsed > 0 ? `; ${retryText(progress.retriesUsed, check.checker.retry, delay)}` : '';
      intents.push(logIntent('info', `${describeCheck(check)} failed: ${probeFailureText(result)}${retries}`));
    }
    if (concluded !== undefined && !before.hasRun) intents.push(...this.#firstRun(check, before, result, now));
    return intents;
  }

  /** Takes the weight that a conclusion asks for; the servers that it changes, with the weights they had. */
  #weightsBefore(check: HealthCheck, concluded: HealthState | undefined, result: ProbeResult): WeightChange[] {
    const weight = concluded === undefined ? check.weight : result.ok ? result.weight : undefined;
    if (weight === check.weight) return [];
    const before = check.subscribers.map((server) => ({ server, from: server.effectiveWeight }));
    check.weight = weight;
    return before.filter(({ server, from }) => server.effectiveWeight !== from);
  }

  /** Other weights of servers that stay what they are, up or down. */
  #reweighed(changes: readonly WeightChange[], now: MonotonicMs): CheckIntent[] {
    if (changes.length === 0) return [];
    const touched = new Map<string, ServiceKey>();
    const told: CheckIntent[] = [];
    for (const { server } of changes) {
      const quorum = server.virtualServer.updateQuorum('running', now);
      if (quorum !== undefined) told.push(quorum);
      for (const service of server.virtualServer.services()) touched.set(serviceKeyText(service.key), service.key);
    }
    return [...changes.map(weightIntent), { type: 'reconcile-services', touched: [...touched.values()] }, ...told];
  }

  #logsFailures(check: HealthCheck): boolean {
    return check.checker.logAllFailures || this.#global.checkerLogAllFailures;
  }

  /** A first run that confirms what was assumed is told for alpha and for failed checks. */
  #firstRun(check: HealthCheck, before: CheckProgress, result: ProbeResult, now: MonotonicMs): CheckIntent[] {
    check.reason = conclusionText(check, before, result);
    if (!check.checker.alpha && check.progress.state === 'UP') return [];
    return check.subscribers.map((server) =>
      eventIntent(server.event(server.state, 'running', now, `first check: ${check.reason}`)),
    );
  }

  /** A check changed its mind: all who share it hear of it. */
  #changed(check: HealthCheck, before: CheckProgress, result: ProbeResult, now: MonotonicMs): CheckIntent[] {
    check.reason = conclusionText(check, before, result);
    check.since = now;
    return this.#turned(check, before.state, now);
  }

  /** Another number: other weights, other states, or neither. */
  #fileTaken(check: FileCheck, value: number, now: MonotonicMs): CheckIntent[] {
    const from = check.state;
    const weights = check.subscribers.map((server) => ({ server, from: server.effectiveWeight }));
    check.take(value, now);
    const changed = weights.filter((weight) => weight.server.effectiveWeight !== weight.from);
    if (check.state === from) return this.#reweighed(changed, now);
    return [...changed.map(weightIntent), ...this.#turned(check, from, now)];
  }

  /** A check has another state than before: events, servers, pools. */
  #turned(check: ServerCheck, from: HealthState, now: MonotonicMs): CheckIntent[] {
    const to = check.state;
    const told: CheckIntent[] = [];
    const touched = new Map<string, ServiceKey>();
    for (const server of check.subscribers) {
      const event: DaemonEvent = {
        kind: 'checker',
        service: server.virtualServer.label,
        server: server.label,
        checker: check.checker.type,
        ...(check.checker.type === 'BFD_CHECK' && { session: check.checker.instance }),
        ...(check.checker.type === 'MISC_CHECK' && { script: check.checker.command.argv[0] ?? '' }),
        from,
        to,
        at: now,
        reason: check.reason,
      };
      told.push(eventIntent(event));
      const consequences = this.#review(server, check, now);
      if (consequences.length === 0) continue;
      told.push(...consequences);
      for (const service of server.virtualServer.services()) touched.set(serviceKeyText(service.key), service.key);
    }
    const reconcile: CheckIntent[] =
      touched.size === 0 ? [] : [{ type: 'reconcile-services', touched: [...touched.values()] }];
    return [...reconcile, ...told];
  }

  /** Draws the consequences of a changed check for one server and its virtual server. */
  #review(server: RealServerState, cause: ServerCheck, now: MonotonicMs): CheckIntent[] {
    const to = server.stateDue();
    if (to === server.state) return [];
    const from = server.state;
    server.enter(to, `${cause.checker.type}: ${cause.reason}`, now);
    const quorum = server.virtualServer.updateQuorum('running', now);
    const event = eventIntent(server.event(from, 'running', now));
    return quorum === undefined ? [event] : [event, quorum];
  }

  #suspensions(): CheckIntent[] {
    const addresses = this.#addresses;
    if (addresses === undefined) return [];
    return this.#assembly.virtualServers
      .filter((virtualServer) => virtualServer.followAddresses(addresses))
      .map(({ label, suspended }) =>
        suspended
          ? logIntent('info', `Suspending checks of VS ${label}: its address is not on this machine`)
          : logIntent('info', `Resuming checks of VS ${label}`),
      );
  }

  // ----------------------------------------------------------------------------------------- start, reload and stop

  *#replacing(
    configuration: CheckConfiguration,
    global: GlobalConfiguration,
    begun: MonotonicMs,
  ): Generator<void, CheckIntent[], MonotonicMs> {
    let now = begun;
    const { firewall } = global;
    const firstMark = firewall.ipvsTable === undefined ? undefined : firewall.ipvsFirstMark;
    const slices = assembling(configuration, this.#assembly, now, firstMark);
    let slice = slices.next();
    for (; slice.done !== true; slice = slices.next()) now = yield;
    // Those that go on keep what they know, whenever their first probe after the reload is.
    let scheduled = 0;
    for (const check of slice.value.checks.values()) {
      if (this.#assembly.checks.get(check.key) === check) this.#scheduleFirst(check, now);
      if (++scheduled % sliceSize === 0) now = yield;
    }
    this.#lastCall = now;
    this.#configuration = configuration;
    this.#global = global;
    const candidates = drainCandidates(this.#assembly.virtualServers);
    this.#overrides.give(slice.value.virtualServers);
    const plan = upToDate(slice.value, now);
    const recollected = recollect(plan, this.#left, now);
    this.#left = [];
    const isFirst = this.#assembly === emptyAssembly;
    const removed = removals(plan, now);
    const change = settle(
      plan,
      {
        fileValue: (name) => this.#fileValues.get(name) ?? 0,
        session: (name) => this.#sessions.get(name) ?? unknownSession,
      },
      isFirst,
      now,
    );
    this.#assembly = change.assembly;
    if (!change.sameOwners) {
      this.#owners = undefined;
      this.#areAlone = change.assembly.virtualServers.every(({ isAlone }) => isAlone);
    }
    // A service that went may be one that somebody else wants yet.
    const isEnough = this.#areAlone && !isFirst && plan.removed.length === 0;
    this.#expected = isEnough ? new ExpectedServices(change.touched, change.owners) : undefined;
    // Servers that came to virtual servers that go on.
    this.#overrides.give(change.assembly.virtualServers);
    const cancelled = plan.removedChecks.flatMap((check) => this.#schedule.forget(check));
    for (const check of plan.removedChecks) this.#ownTrouble.forget(check);
    const installed = installations(plan, recollected, this.#global.rsInitNotifies, now);
    for (const check of plan.newChecks) this.#scheduleFirst(check, now);
    const draining = this.#draining.replaced(candidates, change.assembly.virtualServers, now);
    this.#followDrained(now);
    return [
      ...cancelled,
      ...draining.map(lineIntent),
      ...this.#suspensions(),
      ...change.weights,
      isFirst ? { type: 'reconcile-services' } : { type: 'reconcile-services', touched: change.touched },
      ...removed,
      ...installed,
    ];
  }

  #followDrained(now: MonotonicMs): void {
    const drained: RealServerState[] = [];
    if (!this.#overrides.any) {
      this.#drainWatch.follow(drained, now);
      return;
    }
    for (const { knownServers = [] } of this.#assembly.virtualServers)
      for (const server of knownServers) if (server.quiesced) drained.push(server);
    this.#drainWatch.follow(drained, now);
  }

  /** A probe in flight reports soon and goes on from there; reloads one after the other put off none that is due. */
  #scheduleFirst(check: HealthCheck, now: MonotonicMs): void {
    if (check.inFlight !== undefined) return;
    const at = now + bootstrapDelay + this.#environment.random() * check.checker.warmup;
    if (check.due === undefined || at < check.due) this.#schedule.schedule(check, at);
  }
}

function addTo(services: Service[], wanted: readonly Service[]): void {
  if (wanted.length === 1 && wanted[0] !== undefined) services.push(wanted[0]);
  else for (const service of wanted) services.push(service);
}

/** All slices at once. */
function toTheEnd<T>(slices: Generator<void, T, MonotonicMs>, now: MonotonicMs): T {
  let slice = slices.next(now);
  while (slice.done !== true) slice = slices.next(now);
  return slice.value;
}

function earlier(a: MonotonicMs | undefined, b: MonotonicMs | undefined): MonotonicMs | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}
