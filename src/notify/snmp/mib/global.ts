/** KEEPALIVED-MIB, group global. */
import { integer, gauge, text, truth, type SnmpValue } from '../value.ts';
import { Scalars, Table, type Subtree } from '../view.ts';
import type { SnmpSnapshot } from '../snapshot.ts';
import { addressOctets, addressValue, numbered, oneOrTwo, textOr } from './conventions.ts';
import { keepalivedMib } from './roots.ts';

/** on(1), off(2), unset(3). */
function alertValue(alert: boolean | undefined): SnmpValue {
  return integer(alert === undefined ? 3 : alert ? 1 : 2);
}

/** InetAddressType: a host by its name is dns(16). */
function serverType(host: string): SnmpValue {
  const octets = addressOctets(host);
  return integer(octets === undefined ? 16 : octets.length === 4 ? 1 : 2);
}

export function globalTables(snapshot: SnmpSnapshot): Subtree[] {
  const { global } = snapshot.configuration;
  const { mail } = global;
  const prefix = [...keepalivedMib, 1];
  const flushOnStop = { none: 2, all: 1, services: 3 } as const;
  return [
    new Scalars(
      prefix,
      {
        1: () => text(snapshot.version),
        2: () => text(global.routerId ?? snapshot.hostName),
        4: () => oneOrTwo(global.snmp.traps),
        5: () => integer(global.pollLinks ? 2 : 1),
        6: () => oneOrTwo(global.lvsFlush),
        7: () => truth(true),
        8: () => text(global.netNamespace ?? ''),
        9: () => truth(global.dbus.enabled),
        10: () => truth(global.dynamicInterfaces),
        11: () => integer(flushOnStop[global.lvsFlushOnStop ?? 'none']),
      },
      undefined,
    ),
    new Scalars(
      [...prefix, 3],
      {
        1: () => mail.server && serverType(mail.server.host),
        2: () => mail.server && (addressValue(mail.server.host) ?? text(mail.server.host)),
        3: () => gauge(Math.floor(mail.connectTimeout / 1000)),
        4: () => (mail.server === undefined ? textOr(mail.from) : text(mail.from ?? `root@${snapshot.hostName}`)),
        6: () => mail.server && gauge(mail.server.port),
        7: () => oneOrTwo(!mail.noFaultMail),
        8: () => alertValue(mail.alerts.all),
        9: () => alertValue(mail.alerts.vrrp),
        10: () => alertValue(mail.alerts.checker),
      },
      undefined,
    ),
    new Table([...prefix, 3, 5, 1], { 2: (recipient) => text(recipient) }, numbered(mail.recipients)),
  ];
}
