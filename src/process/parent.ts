/**
 * The parent: reads the configuration, holds the pid file, starts and supervises the children, hands them snapshots,
 * and does on their behalf what would disturb them: scripts, FIFOs and mail.
 */
import { hostname } from 'node:os';
import { formatDiagnostic } from '../config/format-diagnostic.ts';
import type { KeepalivedArguments } from '../cli/keepalived-arguments.ts';
import type { Diagnostic } from '../config/diagnostics.ts';
import type { GlobalConfiguration, LimitedScript } from '../config/model.ts';
import { ControlSocket } from '../control/control-socket.ts';
import type { ControlPorts } from '../control/ports.ts';
import { DaemonError } from '../core/errors.ts';
import { EventHistory } from '../events/history.ts';
import type { RecordedEvent } from '../events/history.ts';
import { now, thisMoment } from '../kernel/clock.ts';
import { setProcessName } from '../kernel/process-control.ts';
import type { Log } from '../log/log.ts';
import { mailIsConfigured } from '../notify/mail.ts';
import type { DbusAction } from '../notify/dbus/answer.ts';
import type { VrrpReport } from '../notify/snmp/snapshot.ts';
import { Notifications } from '../notify/notifications.ts';
import { resultText } from '../notify/script-notifier.ts';
import type { Child } from './child.ts';
import { Children } from './children.ts';
import { filesReadAgain } from './configuration-files.ts';
import { logDiagnostics, machinePorts } from './configuration-source.ts';
import { ConfigurationWatcher } from './configuration-watch.ts';
import { daemonStatus } from './daemon-status.ts';
import { fullStatus } from './status-types.ts';
import type { DaemonStatus, ProcessStatus, StatusQuery } from './status-types.ts';
import { dumpToLog } from './dump-to-log.ts';
import { FirewallPrograms } from './firewall-programs.ts';
import { LiveOverlay } from './live-overlay.ts';
import { applySettings } from './snmp-settings.ts';
import { makeDirectory } from './make-directory.ts';
import { initializeTrackFiles } from './initialize-track-files.ts';
import type { ChildToParent, DumpKind } from './messages.ts';
import { standstillText, watchLateness } from './lateness-watch.ts';
import { NamespaceWanted } from './namespace-place.ts';
import { serverNames } from './page-settings.ts';
import { writeParentDump } from './parent-dump.ts';
import { ParentMetrics } from './parent-figures.ts';
import { Monitoring } from './monitoring.ts';
import { PidFile } from './pid-file.ts';
import { collectAfterReading, MemoryRest } from './memory-rest.ts';
import { instanceSituations } from './plan-situations.ts';
import { Planner, changesText } from './planner.ts';
import type { PlanSource } from './planner.ts';
import { ReadTrace } from './read-trace.ts';
import { checkBeforeReload } from './reload-check.ts';
import { RememberedReading } from './remembered-reading.ts';
import { whileReloadFileExists } from './reload-file.ts';
import { absentInterfaces, judgeReload } from './reload-judgement.ts';
import type { Loaded } from './reload-judgement.ts';
import { ReloadTimer } from './reload-timer.ts';
import {
  controlSocketPath,
  networkNamespace,
  pidDirectory,
  pidFilePath,
  processName,
  reloadFilePath,
  umaskOf,
  usesPidDirectory,
} from './settings.ts';
import type { ServiceManager } from './systemd.ts';
import { TrackedScripts } from './tracked-scripts.ts';
import { WebService } from './web-service.ts';

/** How a reload ended. */
export type ReloadOutcome =
  /** What it changed, in a line; empty: nothing. */
  | { readonly outcome: 'applied'; readonly summary: string }
  /** The running configuration stays; why, as the log has it. */
  | { readonly outcome: 'refused'; readonly errors: readonly string[] };

export interface ParentEnvironment {
  readonly args: KeepalivedArguments;
  readonly log: Log;
  readonly serviceManager: ServiceManager;
  /** Network namespace that the process was moved to. */
  readonly namespace?: string | undefined;
  /** The daemon is ready, or is over with this status and, if it did not end as asked, for this reason. */
  readonly ready: () => void;
  readonly exit: (exitCode: number, reason?: string) => void;
}

/** The daemon cannot start: message and exit status of the original. */
export class StartRefused extends DaemonError {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super('START_REFUSED', message);
    this.exitCode = exitCode;
  }
}

export class Parent {
  readonly #environment: ParentEnvironment;
  readonly #children: Children;
  #notifications: Notifications | undefined;
  readonly #monitoring: Monitoring;
  readonly #web: WebService;
  readonly #metrics = new ParentMetrics();
  #scripts: TrackedScripts | undefined;
  #loaded: Loaded | undefined;
  #pidFile: PidFile | undefined;
  #control: ControlSocket | undefined;
  #starting: Promise<void> | undefined;
  /** The reload being carried out, and the one that waits for its end. */
  #reload: Promise<ReloadOutcome> | undefined;
  #queuedReload: Promise<ReloadOutcome> | undefined;
  #lastReload: DaemonStatus['lastReload'];
  readonly #startedAt = Date.now();
  #stopping = false;
  readonly #reloadTimer: ReloadTimer;
  readonly #memory = new MemoryRest(() => {
    collectAfterReading(this.#loaded?.configuration.check.virtualServers.length ?? 0);
  });
  readonly #planner = new Planner();
  /** What the last reading looked at: one that looks at what is remembered looks at all of it, too. */
  #trace = new ReadTrace(filesReadAgain);
  readonly #reading = new RememberedReading(() => {
    this.#trace = new ReadTrace(filesReadAgain);
    return { ...machinePorts(), files: this.#trace.files };
  });
  readonly #watcher: ConfigurationWatcher;
  readonly #firewall = new FirewallPrograms(() => this.#children.all());
  readonly #live: LiveOverlay;
  readonly #events = new EventHistory();
  /** Numbers of events are of this life of the daemon. */
  readonly #life = `${Date.now().toString(36)}-${process.pid}`;

  constructor(environment: ParentEnvironment) {
    this.#environment = environment;
    this.#children = new Children(environment.args, environment.log, {
      message: (from, message) => this.#childSaid(from, message),
      fatal: (exitCode, reason) => void this.stop(exitCode, reason),
      told: (event) => this.#tell(event),
    });
    this.#live = new LiveOverlay(environment.log, {
      changed: (changes) => this.#children.change(changes),
      event: (event) => this.#tell(event),
    });
    this.#monitoring = new Monitoring(
      environment.args,
      {
        act: (action) => this.#actFor(action),
        vrrpReport: () => this.#vrrpReport(),
        poolReports: () => this.#children.ask('checker', 'snmp-pools', null).catch(() => undefined),
        traffic: {
          services: () => this.#children.ask('checker', 'snmp-services', null).catch(() => []),
          servers: (first, count) => this.#children.ask('checker', 'snmp-servers', { first, count }).catch(() => []),
        },
        applySettings: (settings) => applySettings(this.#live, settings),
      },
      environment.log,
    );
    this.#web = new WebService(
      {
        status: () => this.#status(fullStatus),
        page: ({ query }) => this.#status(query),
        'server-names': () =>
          Promise.resolve(this.#loaded === undefined ? [] : serverNames(this.#loaded.configuration)),
        events: ({ after, most }) =>
          Promise.resolve(this.#events.after(Math.max(after, this.#events.newest - most)).entries),
        'parent-figures': () => Promise.resolve(this.#metrics.figures(this.#processes())),
        'child-figures': ({ asked, kind }) => this.#children.ask(kind, 'metrics', asked),
      },
      environment.log,
    );
    this.#watcher = new ConfigurationWatcher({ reload: (reason) => this.reload(reason), log: environment.log });
    this.#reloadTimer = new ReloadTimer(environment.log, () => void this.reload('reload_time_file'));
  }

  /**
   * Starts everything and settles when all children run.
   * @throws StartRefused
   */
  start(): Promise<void> {
    // Also what keeps the process alive for its signals while there are no children (nothing configured yet).
    watchLateness(
      (late) =>
        this.#environment.log.warning(
          `${standstillText('parent', late)}. Reloads, scripts and mail waited; VRRP and checks did not wait for them`,
        ),
      (late) => this.#metrics.late(late),
    );
    this.#starting = this.#start().catch((error: unknown) => {
      this.#pidFile?.remove();
      throw error;
    });
    return this.#starting;
  }

  async #start(): Promise<void> {
    const { args, log, ready, serviceManager } = this.#environment;
    const { configuration, diagnostics } = this.#loadForStart();
    this.#loaded = { configuration, diagnostics };
    this.#live.follow(configuration);
    const { global } = configuration;
    // What is made from here on has it, and the scripts inherit it.
    process.umask(umaskOf(args, global));
    setProcessName(processName('parent', global));
    if (usesPidDirectory(args, global)) makeDirectory(pidDirectory, 0o755);
    this.#takePidFile(global);
    // Loaded now: after an upgrade of the package, before the restart, its file is another one.
    if (mailIsConfigured(global.mail)) await import('nodemailer/lib/smtp-connection/index.js');
    this.#notifications = await Notifications.open(configuration, { hostName: hostname() }, log);
    this.#notifications.runner.finished = (call, result) => this.#metrics.scriptEnded(call, result);
    this.#scripts = new TrackedScripts(this.#notifications.runner, (kind, script, outcome) => {
      this.#children.send(kind, { type: 'script-finished', script, outcome });
    });
    this.#monitoring.follow(configuration);
    await this.#runOnce('startup_script', global.startupScript);
    await initializeTrackFiles(configuration.vrrp.trackFiles, log);
    // Nothing may be started that a stop under way would not end.
    if (this.#stopping) return;
    await this.#tellConfiguration(global);
    const answered = this.#children.follow(configuration);
    if (this.#children.count === 0)
      log.warning('Nothing to do: the configuration has neither VRRP instances nor virtual servers');
    await answered;
    if (this.#stopping) return;
    const control = await ControlSocket.open(
      controlSocketPath(args, global),
      global.controlSocket,
      this.#controlPorts(),
      log,
    );
    if (this.#isStopping()) {
      control?.close();
      return;
    }
    this.#control = control;
    // Behind everything that somebody depends on.
    await this.#web.follow(configuration);
    if (this.#isStopping()) return;
    this.#reloadTimer.follow(global.reload);
    this.#watcher.follow(global.watchConfiguration, this.#trace);
    serviceManager.notify('READY=1', `MAINPID=${process.pid}`, 'STATUS=running');
    log.info('Startup complete');
    this.#tell({ kind: 'daemon', to: 'RUNNING', reason: 'started', at: now() });
    ready();
    this.#memory.soon();
  }

  /** A machine whose files cannot be written at the moment has its daemon all the same; a reload tries again. */
  #takePidFile(global: GlobalConfiguration): void {
    const { args, log } = this.#environment;
    try {
      this.#pidFile ??= PidFile.create(pidFilePath('parent', args, global));
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      if (error.code !== 'PID_FILE_SYSTEM')
        throw new StartRefused(error.code === 'PID_FILE_LOCKED' ? 0 : 1, error.message);
      log.warning(`${error.message}. Running without it: nothing keeps a second daemon from starting`);
    }
  }

  #retakePidFile(global: GlobalConfiguration): void {
    try {
      this.#takePidFile(global);
    } catch (error) {
      this.#environment.log.warning((error as Error).message);
    }
  }

  /**
   * Reads the configuration anew and goes over to it, or says why not. Requests during a reload share the next one, which
   * reads what they mean; requests during the start are carried out after it.
   * @param reason who or what asks for it, for the events
   */
  reload(reason: string): Promise<ReloadOutcome> {
    if (this.#queuedReload !== undefined) return this.#queuedReload;
    const previous: Promise<unknown> = this.#reload ?? this.#starting ?? Promise.resolve();
    // How the one before ended does not matter: its own caller is told.
    let begun = 0;
    const next = previous
      .catch(() => undefined)
      .then(() => {
        this.#queuedReload = undefined;
        this.#reload = next;
        begun = now();
        return this.#reloadNow();
      })
      .then((result) => {
        const errors = result.outcome === 'refused' ? result.errors : [];
        this.#metrics.reloaded(result.outcome, now() - begun);
        this.#lastReload = { at: new Date().toISOString(), outcome: result.outcome, errors };
        const summary = result.outcome === 'applied' && result.summary !== '' ? { summary: result.summary } : {};
        this.#tell({ kind: 'reload', outcome: result.outcome, errors, ...summary, reason, at: now() });
        return result;
      })
      .finally(() => {
        if (this.#reload === next) this.#reload = undefined;
      });
    this.#queuedReload = next;
    return next;
  }

  #isStopping(): boolean {
    return this.#stopping;
  }

  /**
   * Ends everything in order. Safe to call again.
   * @param reason why, if nobody asked for it
   */
  async stop(exitCode: number, reason?: string): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#tell({ kind: 'daemon', to: 'STOPPING', reason: reason ?? 'asked for by a signal', at: now() });
    const { exit, log, serviceManager } = this.#environment;
    serviceManager.notify('STOPPING=1', 'STATUS=stopping');
    this.#control?.close();
    this.#reloadTimer.close();
    this.#watcher.close();
    this.#memory.stop();
    log.info('Stopping');
    this.#live.close();
    this.#web.leave();
    const configuration = this.#loaded?.configuration;
    const grace = configuration?.global.childWaitTime ?? 5000;
    if (configuration !== undefined && !this.#monitoring.hearsQuietChecks(configuration))
      this.#children.send('checker', { type: 'ending' });
    await this.#children.stop(grace);
    this.#firewall.close();
    await Promise.all([this.#notifications?.close(), this.#monitoring.close(), this.#web.close()]);
    await this.#runOnce('shutdown_script', configuration?.global.shutdownScript);
    this.#pidFile?.remove();
    log.info(exitCode === 0 ? 'Stopped Keepalived' : `Stopped Keepalived, exit status ${exitCode}`);
    await log.close(500);
    exit(exitCode, reason);
  }

  /** -d: the children tell their parts. */
  async #tellConfiguration(global: GlobalConfiguration): Promise<void> {
    const { args, log } = this.#environment;
    if (args.dumpConfiguration) await writeParentDump(global, networkNamespace(args, global), dumpToLog(log));
  }

  /** Has every child write the files of a signal. */
  dump(kind: DumpKind): void {
    const { args, log } = this.#environment;
    const global = this.#loaded?.configuration.global;
    if (kind === 'data' && global !== undefined) {
      writeParentDump(global, networkNamespace(args, global)).catch((error: unknown) =>
        log.error((error as Error).message),
      );
    }
    for (const child of this.#children.all()) child.send({ type: 'dump', dump: kind });
  }

  #vrrpReport(): Promise<VrrpReport | undefined> {
    return this.#children.ask('vrrp', 'status', fullStatus).then(
      (report) => (report ?? undefined) as VrrpReport | undefined,
      () => undefined,
    );
  }

  #actFor(action: DbusAction): void {
    switch (action.type) {
      case 'dump':
        this.dump(action.dump);
        return;
      case 'reload':
        void this.reload('D-Bus');
        return;
      case 'send-gratuitous':
        this.#children.send('vrrp', action);
    }
  }

  /** All but this one, as far as can be told without asking them. */
  #processes(): readonly ProcessStatus[] {
    const web = this.#web.status;
    return [...this.#children.all().map(({ status }) => status), ...(web === undefined ? [] : [web])];
  }

  #status(query: StatusQuery): Promise<DaemonStatus> {
    const files = this.#loaded?.configuration.files ?? [];
    const { status: web } = this.#web;
    const facts = {
      started: this.#control !== undefined,
      startedAt: this.#startedAt,
      files,
      lastReload: this.#lastReload,
      waitingChanges: this.#live.waiting,
      others: web === undefined ? [] : [web],
    };
    return daemonStatus(this.#children, facts, query);
  }

  #tell(event: RecordedEvent): void {
    const { monotonic, wall } = thisMoment();
    this.#events.record(event, monotonic, wall);
  }

  async #planSource(): Promise<PlanSource> {
    const running = this.#loaded;
    if (running === undefined) throw new DaemonError('PLAN_FAILED', 'the daemon is starting');
    const answer = await this.#children.ask('vrrp', 'status', { ...fullStatus, traffic: false }).catch(() => undefined);
    const situations = instanceSituations(answer);
    return { args: this.#environment.args, running, ...(situations && { situations }) };
  }

  /** What the commands of the control socket reach. */
  #controlPorts(): ControlPorts {
    return {
      log: this.#environment.log,
      configuration: () => this.#loaded?.configuration,
      status: (query) => this.#status(query),
      reload: (reason) => this.reload(reason),
      plan: (request, part, gone) => this.#planner.make(request, () => this.#planSource(), part, gone),
      events: this.#events,
      live: this.#live,
      life: this.#life,
      ask: (kind, question, asked, patience) => this.#children.ask(kind, question, asked, patience),
    };
  }

  /** The script before the first child, or behind the last one. What it says when it fails is logged, nothing more. */
  async #runOnce(purpose: string, script: LimitedScript | undefined): Promise<void> {
    if (script === undefined || this.#notifications === undefined) return;
    const call = { command: script, extraArguments: [], purpose };
    const result = await this.#notifications.runner.run(call, { timeout: script.timeout });
    this.#environment.log.write(result.exit === 0 ? 'info' : 'warning', resultText(call, result));
  }

  #loadForStart(): Loaded {
    const { args, log, namespace } = this.#environment;
    const { configuration, diagnostics, exitCode } = this.#reading.read(args);
    const wanted = configuration === undefined ? undefined : networkNamespace(args, configuration.global);
    if (wanted !== undefined && wanted !== namespace) throw new NamespaceWanted(wanted);
    logDiagnostics(log, diagnostics);
    if (configuration === undefined) {
      const stopper = diagnostics.find((diagnostic) => diagnostic.stops !== undefined);
      throw refusal(exitCode, stopper);
    }
    const absent = absentInterfaces(args, configuration);
    logDiagnostics(log, absent);
    const fatal = absent.find((diagnostic) => diagnostic.stops !== undefined);
    if (fatal !== undefined) throw refusal(fatal.stops?.exitCode ?? 2, fatal);
    return { configuration, diagnostics };
  }

  async #reloadNow(): Promise<ReloadOutcome> {
    const { args, log, serviceManager } = this.#environment;
    const running = this.#loaded;
    if (running === undefined || this.#stopping) return { outcome: 'refused', errors: ['the daemon is stopping'] };
    // The file of -g may have been moved away meanwhile: logrotate asks for a reload.
    log.reopen();
    log.info('Reloading');
    serviceManager.notify('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
    const { global } = running.configuration;
    const { configuration, diagnostics, errors, told } = whileReloadFileExists(reloadFilePath(args, global), log, () =>
      judgeReload(
        args,
        running,
        () => checkBeforeReload(args, global.reload.checkLog, log),
        () => this.#reading.read(args),
      ),
    );
    logDiagnostics(log, told);
    if (configuration === undefined || errors.length > 0) {
      const texts = errors.map((diagnostic) => formatDiagnostic(diagnostic, undefined, { oneLine: true }));
      log.error(`Reload refused, the running configuration stays: ${texts[0] ?? 'the configuration cannot be read'}`);
      serviceManager.notify('READY=1', 'STATUS=running; the last reload was refused');
      this.#watcher.follow(global.watchConfiguration, this.#trace);
      return { outcome: 'refused', errors: texts };
    }
    this.#loaded = { configuration, diagnostics };
    this.#live.follow(configuration);
    process.umask(umaskOf(args, configuration.global));
    setProcessName(processName('parent', configuration.global));
    this.#retakePidFile(global);
    await this.#notifications?.reconfigure(configuration);
    this.#monitoring.follow(configuration);
    await this.#tellConfiguration(configuration.global);
    await this.#children.follow(configuration);
    this.#live.reloaded();
    await this.#web.follow(configuration);
    this.#reloadTimer.follow(configuration.global.reload);
    await this.#control?.follow(configuration.global.controlSocket);
    serviceManager.notify('READY=1', 'STATUS=running');
    log.info('Reload complete');
    this.#watcher.follow(configuration.global.watchConfiguration, this.#trace);
    const summary = await changesText(running.configuration, configuration);
    this.#memory.soon();
    return { outcome: 'applied', summary };
  }

  #childSaid(child: Child, message: ChildToParent): void {
    switch (message.type) {
      case 'event':
        this.#tell(message.event);
        this.#notifications?.dispatch(message.event);
        this.#monitoring.handle(message.event);
        this.#web.handle(message.event);
        return;
      case 'refused':
        this.#monitoring.refused(message);
        return;
      case 'run-script':
        this.#scripts?.run(child.kind, message.script, message.command, message.timeout);
        return;
      case 'run-firewall':
        this.#firewall.run(child, message);
        return;
      case 'kill-script':
        this.#scripts?.kill(child.kind, message.script, message.signal);
        return;
      default:
    }
  }
}

/** Why the configuration does not start. */
function refusal(exitCode: number, stopper: Diagnostic | undefined): StartRefused {
  const reason =
    stopper === undefined
      ? 'the configuration cannot be used'
      : formatDiagnostic(stopper, undefined, { oneLine: true });
  return new StartRefused(exitCode, `not started: ${reason}`);
}
