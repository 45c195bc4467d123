/** Which parts of which modules a configuration asks for. */
import type { SnmpConfiguration } from '../../config/model.ts';
import type { Oid } from './oid.ts';
import type { SnmpSnapshot } from './snapshot.ts';
import { View, type Subtree } from './view.ts';
import { globalTables } from './mib/global.ts';
import { rfc2787Tables } from './mib/rfc2787.ts';
import { rfc6527Tables } from './mib/rfc6527.ts';
import { keepalivedMib, vrrpMib, vrrpv3Mib } from './mib/roots.ts';
import { instanceTables } from './mib/vrrp-instances.ts';
import { routingTables } from './mib/vrrp-routing.ts';
import { trackableTables } from './mib/vrrp-trackables.ts';

/** Subtrees to register with the master agent. */
export function registeredSubtrees({ checker, rfc2787, rfc6527, vrrp }: SnmpConfiguration): readonly Oid[] {
  return [
    ...(vrrp || checker ? [[...keepalivedMib, 1]] : []),
    ...(vrrp ? [[...keepalivedMib, 2]] : []),
    ...(checker ? [[...keepalivedMib, 3]] : []),
    ...(rfc2787 ? [vrrpMib] : []),
    ...(rfc6527 ? [vrrpv3Mib] : []),
  ];
}

/** @param checker the tables of group check, which are made once for a configuration */
export function viewOf(snapshot: SnmpSnapshot, checker: readonly Subtree[]): View {
  const { rfc2787, rfc6527, vrrp } = snapshot.configuration.global.snmp;
  return new View(
    [],
    [
      ...(vrrp || checker.length > 0 ? globalTables(snapshot) : []),
      ...checker,
      ...(vrrp ? [...instanceTables(snapshot), ...routingTables(snapshot), ...trackableTables(snapshot)] : []),
      ...(rfc2787 ? rfc2787Tables(snapshot) : []),
      ...(rfc6527 ? rfc6527Tables(snapshot) : []),
    ],
  );
}
