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
import { SnmpService } from '../notify/snmp/snmp-service.ts';
import type { VrrpReport } from '../notify/snmp/snapshot.ts';
import { networkNamespace, wantedChildren } from './settings.ts';

export interface MonitoringPorts {
  /** What somebody asks for over D-Bus. */
  readonly act: (action: DbusAction) => void;
  /** What the VRRP process says of itself. */
  readonly vrrpReport: () => Promise<VrrpReport | undefined>;
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
    const watchesVrrp = wantedChildren(this.#args, configuration).includes('vrrp');
    this.#followDbus(configuration, watchesVrrp);
    this.#followSnmp(configuration, watchesVrrp);
  }

  /** Takes every event of the daemon. Never waits. */
  handle(event: DaemonEvent): void {
    if (event.kind === 'vrrp-instance') this.#instanceStates.set(event.instance, event.to);
    this.#dbus?.handle(event);
    this.#snmp?.handle(event);
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

  #followSnmp(configuration: Configuration, watchesVrrp: boolean): void {
    if (!watchesVrrp) {
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
      },
      this.#log,
    );
    this.#snmp.follow(asTheCommandLineSays(configuration, this.#args));
  }
}

/** -x asks for every module; -A counts before `snmp_socket`. */
function asTheCommandLineSays(
  configuration: Configuration,
  { snmp: all, snmpAgentSocket: socket }: KeepalivedArguments,
): Configuration {
  const { global } = configuration;
  const snmp = {
    ...global.snmp,
    ...(all && { vrrp: true, checker: true, rfc2787: true, rfc6527: true }),
    ...(socket !== undefined && { socket }),
  };
  return { ...configuration, global: { ...global, snmp } };
}
