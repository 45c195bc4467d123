/** Events as notifications of the modules: which objects each one names. */
import type {
  DaemonEvent,
  PoolCount,
  RealServerEvent,
  VirtualServerEvent,
  VrrpGroupEvent,
  VrrpInstanceEvent,
} from '../../core/events.ts';
import type { VirtualServerConfiguration } from '../../config/model.ts';
import type { Oid } from './oid.ts';
import type { NotifiedCounter, RefusedIntent } from '../../vrrp/types.ts';
import type { ServiceNames } from './service-names.ts';
import type { SnmpSnapshot } from './snapshot.ts';
import { gauge, integer, text, type Variable } from './value.ts';
import { addressValue, familyValue, oneOrTwo, stateValue } from './mib/conventions.ts';
import { realServerEntry } from './mib/real-servers.ts';
import { identityColumns, protocolValue, typeValue, virtualServerEntry } from './mib/virtual-servers.ts';
import { ipAddressValue, rfc2787Index } from './mib/rfc2787.ts';
import { newMasterReason, protocolErrors, rfc6527Index } from './mib/rfc6527.ts';
import { keepalivedMib, vrrpMib, vrrpv3Mib } from './mib/roots.ts';
import { virtualRouters } from './mib/virtual-routers.ts';

/** snmpTrapOID.0 (RFC 3418). */
const trapOid: Oid = [1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0];

function notification(name: Oid, variables: readonly Variable[]): readonly Variable[] {
  return [{ oid: trapOid, value: { type: 'oid', value: name } }, ...variables];
}

/** Events that there are notifications of. */
export const notifiedKinds: ReadonlySet<DaemonEvent['kind']> = new Set([
  'vrrp-instance',
  'vrrp-group',
  'real-server',
  'virtual-server',
]);

/**
 * The notifications of one event, each a list of variables; none if nobody asked for them.
 * @param snapshot the configuration counts, and states as far as they are known
 * @param services what events of the checks are about
 */
export function notificationsOf(
  event: DaemonEvent,
  snapshot: SnmpSnapshot,
  services?: ServiceNames,
): readonly (readonly Variable[])[] {
  if (!snapshot.configuration.global.snmp.traps) return [];
  switch (event.kind) {
    case 'vrrp-instance':
      return [...instanceNotification(event, snapshot), ...newMasterNotifications(event, snapshot)];
    case 'vrrp-group':
      return groupNotification(event, snapshot);
    case 'real-server':
      return serverNotification(event, snapshot, services);
    case 'virtual-server':
      return quorumNotification(event, snapshot, services);
    default:
      return [];
  }
}

function routerIdVariable({ configuration, hostName }: SnmpSnapshot): Variable {
  return { oid: [...keepalivedMib, 1, 2, 0], value: text(configuration.global.routerId ?? hostName) };
}

/** vrrpSyncGroupStateChange: name, state, router id. As from keepalived the columns stand without the number of the row. */
function groupNotification({ group, to }: VrrpGroupEvent, snapshot: SnmpSnapshot): readonly (readonly Variable[])[] {
  const { global, vrrp } = snapshot.configuration;
  if (!global.snmp.vrrp || !vrrp.syncGroups.some(({ name }) => name === group)) return [];
  const entry = [...keepalivedMib, 2, 1, 1];
  return [
    notification(
      [...keepalivedMib, 2, 10, 0, 1],
      [
        { oid: [...entry, 2], value: text(group) },
        { oid: [...entry, 3], value: stateValue(to) },
        routerIdVariable(snapshot),
      ],
    ),
  ];
}

/** vrrpInstanceStateChange: name, state, initial state, router id. */
function instanceNotification(
  { instance, to }: VrrpInstanceEvent,
  snapshot: SnmpSnapshot,
): readonly (readonly Variable[])[] {
  const { global, vrrp } = snapshot.configuration;
  const configuration = vrrp.instances.find(({ name }) => name === instance);
  if (configuration === undefined || !global.snmp.vrrp) return [];
  const entry = [...keepalivedMib, 2, 3, 1];
  return [
    notification(
      [...keepalivedMib, 2, 10, 0, 2],
      [
        { oid: [...entry, 2], value: text(instance) },
        { oid: [...entry, 4], value: stateValue(to) },
        { oid: [...entry, 5], value: stateValue(configuration.initialState) },
        routerIdVariable(snapshot),
      ],
    ),
  ];
}

/** vrrpTrapNewMaster and vrrpv3NewMaster: a virtual router has become master. */
function newMasterNotifications(
  { instance, to }: VrrpInstanceEvent,
  snapshot: SnmpSnapshot,
): readonly (readonly Variable[])[] {
  const { rfc2787, rfc6527 } = snapshot.configuration.global.snmp;
  const router = virtualRouters(snapshot).find(({ configuration }) => configuration.name === instance);
  if (to !== 'MASTER' || router === undefined) return [];
  const { configuration, status } = router;
  const own = status?.sourceAddress ?? configuration.sourceAddress;
  const notifications: (readonly Variable[])[] = [];
  if (rfc2787 && configuration.version === 2 && configuration.family === 'inet')
    notifications.push(
      notification(
        [...vrrpMib, 0, 1],
        [{ oid: [...vrrpMib, 1, 3, 1, 7, ...rfc2787Index(router)], value: ipAddressValue(own) }],
      ),
    );
  if (rfc6527)
    notifications.push(
      notification(
        [...vrrpv3Mib, 0, 1],
        [
          {
            oid: [...vrrpv3Mib, 1, 1, 1, 1, 3, ...rfc6527Index(router)],
            value: addressValue(own) ?? text(new Uint8Array(4)),
          },
          {
            oid: [...vrrpv3Mib, 1, 2, 5, 1, 2, ...rfc6527Index(router)],
            value: newMasterReason(router),
          },
        ],
      ),
    );
  return notifications;
}

/** The columns of a virtual server that say which one it is, without the number of the row. */
function identityVariables(configuration: VirtualServerConfiguration): Variable[] {
  return [
    { oid: [...virtualServerEntry, 2], value: typeValue(configuration) },
    ...Object.entries(identityColumns).flatMap(([column, read]) => {
      const value = read(configuration);
      return value === undefined ? [] : [{ oid: [...virtualServerEntry, Number(column)], value }];
    }),
    { oid: [...virtualServerEntry, 8], value: protocolValue(configuration) },
  ];
}

function countVariables({ total, up }: PoolCount): Variable[] {
  return [
    { oid: [...virtualServerEntry, 21], value: gauge(up) },
    { oid: [...virtualServerEntry, 20], value: gauge(total) },
  ];
}

/** realServerStateChange: the server and its state, the virtual server and how many of its servers are up, router id. */
function serverNotification(
  { server: label, servers, service, to }: RealServerEvent,
  snapshot: SnmpSnapshot,
  services: ServiceNames | undefined,
): readonly (readonly Variable[])[] {
  const virtualServer = services?.virtualServer(service);
  const server = services?.realServer(service, label);
  if (!snapshot.configuration.global.snmp.checker || virtualServer === undefined || server === undefined) return [];
  const { address, family, port } = server;
  return [
    notification(
      [...keepalivedMib, 3, 5, 0, 1],
      [
        { oid: [...realServerEntry, 3], value: familyValue(family) },
        { oid: [...realServerEntry, 4], value: addressValue(address) ?? text('') },
        { oid: [...realServerEntry, 5], value: gauge(port) },
        { oid: [...realServerEntry, 6], value: oneOrTwo(to === 'UP') },
        ...identityVariables(virtualServer),
        ...(servers === undefined ? [] : countVariables(servers)),
        routerIdVariable(snapshot),
      ],
    ),
  ];
}

/** virtualServerQuorumStateChange: the virtual server, met(1), notMet(2) or shutdown(3), quorum and servers, router id. */
function quorumNotification(
  { phase, quorum, servers, service, to }: VirtualServerEvent,
  snapshot: SnmpSnapshot,
  services: ServiceNames | undefined,
): readonly (readonly Variable[])[] {
  const virtualServer = services?.virtualServer(service);
  if (!snapshot.configuration.global.snmp.checker || virtualServer === undefined) return [];
  const status = phase === 'stop' || services?.isGone(service) === true ? 3 : to === 'UP' ? 1 : 2;
  return [
    notification(
      [...keepalivedMib, 3, 5, 0, 2],
      [
        ...identityVariables(virtualServer),
        { oid: [...virtualServerEntry, 23], value: integer(status) },
        { oid: [...virtualServerEntry, 22], value: gauge(quorum) },
        ...(servers === undefined ? [] : countVariables(servers)),
        routerIdVariable(snapshot),
      ],
    ),
  ];
}

/** vrrpTrapAuthErrorType. */
const authenticationErrors: Partial<Record<NotifiedCounter, number>> = {
  invalidAuthenticationType: 1,
  authenticationTypeMismatch: 2,
  authenticationFailure: 3,
};

/** vrrpTrapAuthFailure, of version 2 over IPv4; and vrrpv3ProtoError. */
export function refusalNotifications(
  { counter, instance, source }: RefusedIntent,
  snapshot: SnmpSnapshot,
): readonly (readonly Variable[])[] {
  const { rfc2787, rfc6527, traps } = snapshot.configuration.global.snmp;
  const router = virtualRouters(snapshot).find(({ configuration }) => configuration.name === instance);
  if (!traps || router === undefined) return [];
  const { family, version } = router.configuration;
  const authenticationError = authenticationErrors[counter];
  const protocolError = protocolErrors[counter];
  const notifications: (readonly Variable[])[] = [];
  if (rfc2787 && version === 2 && family === 'inet' && authenticationError !== undefined) {
    const index = rfc2787Index(router);
    notifications.push(
      notification(
        [...vrrpMib, 0, 2],
        [
          { oid: [...vrrpMib, 1, 5, ...index], value: ipAddressValue(source) },
          { oid: [...vrrpMib, 1, 6, ...index], value: integer(authenticationError) },
        ],
      ),
    );
  }
  if (rfc6527 && protocolError !== undefined) {
    const column = [...vrrpv3Mib, 1, 2, 5, 1, 6, ...rfc6527Index(router)];
    notifications.push(notification([...vrrpv3Mib, 0, 2], [{ oid: column, value: integer(protocolError) }]));
  }
  return notifications;
}
