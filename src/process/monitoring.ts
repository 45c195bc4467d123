/** Who watches the daemon through buses of the machine, D-Bus and SNMP: opened, told, reconfigured and closed together. */
import { hostname } from 'node:os';
import type { KeepalivedArguments } from '../cli/keepalived-arguments.ts';
import { keepalivedLevel, ownVersion } from '../cli/version.ts';
import type { Configuration } from '../config/model.ts';
import type { DaemonEvent, VrrpState } from '../core/events.ts';
import { now } from '../kernel/clock.ts';
import { interfaceIndex } from '../kernel/process-control.ts';
import type { Log } from '../log/log.ts';
import type { DbusAction } from '../notify/dbus/answer.ts';
import { DbusService } from '../notify/dbus/dbus-service.ts';
import { SnmpService, type SnmpSources } from '../notify/snmp/snmp-service.ts';
import type { VrrpReport } from '../notify/snmp/snapshot.ts';
import type { RefusedIntent } from '../vrrp/types.ts';
import type { ChildKind } from './messages.ts';
import { networkNamespace, wantedChildren } from './settings.ts';

export interface MonitoringPorts {
  /** What somebody asks for over D-Bus. */
  readonly act: (action: DbusAction) => void;
  /** What the VRRP process says of itself. */
  readonly vrrpReport: () => Promise<VrrpReport | undefined>;
  /** What the checker process says of its virtual servers. */
  readonly poolReports: SnmpSources['poolReports'];
  readonly traffic: SnmpSources['traffic'];
  /** What somebody sets over SNMP. */
  readonly applySettings: SnmpSources['apply'];
}

export class Monitoring {
  readonly #args: KeepalivedArguments;
  readonly #ports: MonitoringPorts;
  readonly #log: Log;
  #dbus: DbusService | undefined;
  #snmp: SnmpService | undefined;
  /** As the last events told. */
  readonly #instanceStates = new Map<string, VrrpState>();

  constructor(args: KeepalivedArguments, ports: MonitoringPorts, log: Log) {
    this.#args = args;
    this.#ports = ports;
    this.#log = log;
  }

  /** Goes over to a configuration. Call it before the children have it, so that their events find their objects. */
  follow(configuration: Configuration): void {
    const wanted = wantedChildren(this.#args, configuration);
    this.#followDbus(configuration, wanted.includes('vrrp'));
    this.#followSnmp(configuration, wanted);
  }

  /** Whether servers and quorums that change quietly (a stop without `omega`) are of interest to anybody here. */
  hearsQuietChecks({ global }: Configuration): boolean {
    return this.#args.snmp || global.snmp.checker;
  }

  /** Takes every event of the daemon. Never waits. */
  handle(event: DaemonEvent): void {
    if (event.kind === 'vrrp-instance') this.#instanceStates.set(event.instance, event.to);
    this.#dbus?.handle(event);
    this.#snmp?.handle(event);
  }

  /** An advertisement was dropped. */
  refused(refusal: RefusedIntent): void {
    this.#snmp?.refused(refusal);
  }

  /** After the last event. */
  async close(): Promise<void> {
    await Promise.all([this.#snmp?.close(), this.#dbus?.close()]);
  }

  #followDbus(configuration: Configuration, watchesVrrp: boolean): void {
    const { dbus } = configuration.global;
    const wanted = dbus.enabled && watchesVrrp;
    if (wanted && this.#dbus?.name === dbus.serviceName) {
      this.#dbus.reconfigure(configuration);
      return;
    }
    void this.#dbus?.close();
    this.#dbus = undefined;
    if (!wanted) return;
    const namespace = networkNamespace(this.#args, configuration.global);
    this.#dbus = new DbusService(configuration, namespace, this.#instanceStates, this.#ports.act, this.#log);
    this.#dbus.open();
  }

  #followSnmp(configuration: Configuration, wanted: readonly ChildKind[]): void {
    if (!wanted.includes('vrrp') && !wanted.includes('checker')) {
      void this.#snmp?.close();
      this.#snmp = undefined;
      return;
    }
    this.#snmp ??= new SnmpService(
      {
        version: `Keepalived v${keepalivedLevel} (keepalived-ts ${ownVersion})`,
        hostName: hostname(),
        startedAt: now(),
        interfaceIndex: (name) => interfaceIndex(name) ?? 0,
        vrrpReport: this.#ports.vrrpReport,
        poolReports: this.#ports.poolReports,
        traffic: this.#ports.traffic,
        apply: this.#ports.applySettings,
      },
      this.#log,
    );
    this.#snmp.follow(asTheCommandLineSays(configuration, this.#args, wanted));
  }
}

/** -x asks for every module; -A counts before `snmp_socket`. What no process serves is not shown. */
function asTheCommandLineSays(
  configuration: Configuration,
  { snmp: all, snmpAgentSocket: socket }: KeepalivedArguments,
  wanted: readonly ChildKind[],
): Configuration {
  const { global } = configuration;
  const { checker, rfc2787, rfc6527, vrrp } = global.snmp;
  const servesVrrp = wanted.includes('vrrp');
  const snmp = {
    ...global.snmp,
    vrrp: servesVrrp && (all || vrrp),
    rfc2787: servesVrrp && (all || rfc2787),
    rfc6527: servesVrrp && (all || rfc6527),
    checker: wanted.includes('checker') && (all || checker),
    ...(socket !== undefined && { socket }),
  };
  return { ...configuration, global: { ...global, snmp } };
}
