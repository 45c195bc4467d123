/**
 * SNMP for the daemon (reference: runtime 12): answers from what the processes say of themselves, asked for when somebody
 * asks and kept for a moment, and sends events as notifications.
 */
import type { Configuration } from '../../config/model.ts';
import type { DaemonEvent } from '../../core/events.ts';
import type { Milliseconds, MonotonicMs } from '../../core/time.ts';
import type { Log } from '../../log/log.ts';
import { defaultMaster } from './agentx/address.ts';
import { ERROR } from './agentx/constants.ts';
import { registeredSubtrees, viewOf } from './modules.ts';
import type { SetRefusal, TestedSet } from './agentx/set-transactions.ts';
import { notificationsOf, notifiedKinds, refusalNotifications } from './notifications.ts';
import { readSettings, type Setting } from './settings.ts';
import { SnmpAgent } from './snmp-agent.ts';
import type { PoolReport } from './pool-report.ts';
import { ServiceNames } from './service-names.ts';
import type { SnmpSnapshot, VrrpReport } from './snapshot.ts';
import { TrafficCache, type TrafficSources } from './traffic-cache.ts';
import type { SetValue, Variable } from './value.ts';
import { placeVirtualRouters } from '../../vrrp/virtual-interfaces.ts';
import type { RefusedIntent } from '../../vrrp/types.ts';
import type { Subtree, View } from './view.ts';
import { checkerTables } from './mib/checker.ts';
import { CheckerRows, CheckerState } from './mib/checker-rows.ts';

/** A walk asks a thousand times: each view serves for so long. */
const viewAge: Milliseconds = 500;
/** Who is told of a change and asks about it is to see it; where thousands of servers change, not each makes another view. */
const youngestView: Milliseconds = 100;
/** Events about what a reload took away do not come later. */
const formerNames: Milliseconds = 60_000;
/** Statistics that grow old between two readings are shown as they are. */
const mostReadings = 4;
/** A stop waits no longer for notifications. */
const longestFarewell: Milliseconds = 500;

export interface SnmpSources {
  readonly version: string;
  readonly hostName: string;
  /** On the clock of the reports. */
  readonly startedAt: MonotonicMs;
  /** What the VRRP process says of itself; undefined while it cannot be asked. */
  readonly vrrpReport: () => Promise<VrrpReport | undefined>;
  /** The same of the checker process. */
  readonly poolReports: () => Promise<readonly PoolReport[] | undefined>;
  /** Empty while nobody can be asked. */
  readonly traffic: Pick<TrafficSources, 'services' | 'servers'>;
  /** 0: there is no such interface. */
  readonly interfaceIndex: (name: string) => number;
  /** Puts in force what somebody sets. @returns what takes it back; undefined: it could not be done */
  readonly apply: (settings: readonly Setting[]) => (() => void) | undefined;
}

export class SnmpService {
  readonly #sources: SnmpSources;
  readonly #log: Log;
  #services: ServiceNames | undefined;
  #forgetting: NodeJS.Timeout | undefined;
  #configuration: Configuration | undefined;
  #agent: SnmpAgent | undefined;
  #registered = '';
  /** Notifications under way. */
  #telling: Promise<void> = Promise.resolve();
  #report: VrrpReport | undefined;
  /** Group check of the configuration. */
  #checker: { readonly state: CheckerState; readonly tables: readonly Subtree[] } | undefined;
  #view: { readonly made: number; readonly view: Promise<View> } | undefined;

  constructor(sources: SnmpSources, log: Log) {
    this.#sources = sources;
    this.#log = log;
  }

  /** Goes over to a configuration: another session if other parts are wanted or the master is elsewhere. */
  follow(asWritten: Configuration): void {
    // With the names of virtual interfaces and the addresses on them, as the VRRP process has it.
    const configuration = { ...asWritten, vrrp: placeVirtualRouters(asWritten).vrrp };
    this.#configuration = configuration;
    this.#view = undefined;
    const { snmp } = configuration.global;
    this.#services = snmp.checker && snmp.traps ? new ServiceNames(configuration, this.#services) : undefined;
    clearTimeout(this.#forgetting);
    this.#forgetting = setTimeout(() => this.#services?.forgetFormer(), formerNames).unref();
    this.#checker = snmp.checker ? this.#checkerOf(configuration) : undefined;
    const subtrees = registeredSubtrees(snmp);
    const master = snmp.socket ?? defaultMaster;
    const registered = JSON.stringify([master, subtrees]);
    if (registered === this.#registered) return;
    this.#end();
    this.#registered = registered;
    if (subtrees.length === 0) return;
    // Of the name that the original gives, by which administrators know it in the master's table.
    const options = {
      master,
      description: 'Keepalived',
      subtrees,
      testSet: (variables: readonly Variable<SetValue>[]) => this.#testSet(variables),
      answer: <T>(read: (view: Subtree) => T) => this.#answer(this.#configuration ?? configuration, read),
    };
    this.#agent = new SnmpAgent(options, this.#log);
    this.#agent.open();
  }

  /** Takes every event; those that the modules know become notifications, one behind the other. Never waits. */
  handle(event: DaemonEvent): void {
    const { global } = this.#configuration ?? {};
    if (this.#agent === undefined || global?.snmp.traps !== true || !notifiedKinds.has(event.kind)) return;
    const ofVrrp = event.kind === 'vrrp-instance' || event.kind === 'vrrp-group';
    if (ofVrrp || performance.now() - (this.#view?.made ?? 0) > youngestView) this.#view = undefined;
    this.#telling = this.#telling.then(() => this.#tell(event)).catch(() => undefined);
  }

  /** An advertisement was dropped: some of the reasons are notifications of the RFCs' modules. */
  refused(refusal: RefusedIntent): void {
    if (this.#agent === undefined || this.#configuration === undefined) return;
    for (const notification of refusalNotifications(refusal, this.#snapshot(this.#configuration)))
      this.#agent.notify(notification);
  }

  async #tell(event: DaemonEvent): Promise<void> {
    if (this.#configuration === undefined) return;
    // A new master's notification names its address, which it may have had for no longer than its state.
    if (event.kind === 'vrrp-instance' && event.to === 'MASTER') await this.#currentView(this.#configuration);
    for (const notification of notificationsOf(event, this.#snapshot(this.#configuration), this.#services))
      this.#agent?.notify(notification);
  }

  /** After the last event. Settles when the notifications of those before are on their way, or soon. */
  async close(): Promise<void> {
    await Promise.race([this.#telling, new Promise((resolve) => setTimeout(resolve, longestFarewell).unref())]);
    this.#end();
  }

  #end(): void {
    this.#agent?.close();
    this.#agent = undefined;
    this.#registered = '';
  }

  #snapshot(configuration: Configuration): SnmpSnapshot {
    const { hostName, interfaceIndex, startedAt, version } = this.#sources;
    const indexes = new Map<string, number>();
    return {
      configuration,
      version,
      hostName,
      startedAt,
      ...(this.#report && { vrrp: this.#report }),
      interfaceIndex: (name) => {
        const index = indexes.get(name) ?? interfaceIndex(name);
        indexes.set(name, index);
        return index;
      },
    };
  }

  #checkerOf(configuration: Configuration): { readonly state: CheckerState; readonly tables: readonly Subtree[] } {
    const { realServerStatisticsInterval, virtualServerStatisticsInterval } = configuration.global.snmp;
    const traffic = new TrafficCache(
      { ...this.#sources.traffic, now: () => performance.now() },
      virtualServerStatisticsInterval,
      realServerStatisticsInterval,
    );
    const state = new CheckerState(new CheckerRows(configuration), traffic);
    return { state, tables: checkerTables(configuration, state) };
  }

  /** What is missing is noted while somebody reads, got, and read again. */
  async #answer<T>(configuration: Configuration, read: (view: Subtree) => T): Promise<T> {
    const view = await this.#currentView(configuration);
    for (let reading = 1; ; reading++) {
      const answer = read(view);
      if (reading === mostReadings || (await this.#checker?.state.complete()) !== true) return answer;
    }
  }

  #testSet(variables: readonly Variable<SetValue>[]): TestedSet | SetRefusal {
    if (this.#configuration === undefined) return { error: ERROR.notWritable, index: 1 };
    const read = readSettings(this.#configuration, variables);
    if ('error' in read) return read;
    // Who reads what he has set is to see it.
    const renewed = <T>(result: T): T => {
      this.#view = undefined;
      return result;
    };
    return {
      commit: () => {
        const undo = renewed(this.#sources.apply(read.settings));
        return undo && (() => renewed(undo()));
      },
    };
  }

  #currentView(configuration: Configuration): Promise<View> {
    const now = performance.now();
    if (this.#view === undefined || now - this.#view.made > viewAge)
      this.#view = { made: now, view: this.#makeView(configuration) };
    return this.#view.view;
  }

  async #makeView(configuration: Configuration): Promise<View> {
    // Of a process that is being started again the last words count.
    const { checker, rfc2787, rfc6527, vrrp } = configuration.global.snmp;
    const [report, pools] = await Promise.all([
      vrrp || rfc2787 || rfc6527 ? this.#sources.vrrpReport() : undefined,
      checker ? this.#sources.poolReports() : undefined,
    ]);
    this.#report = report ?? this.#report;
    if (pools !== undefined) this.#checker?.state.take(pools);
    return viewOf(this.#snapshot(configuration), this.#checker?.tables ?? []);
  }
}
