/** IPVS operations and questions as generic-netlink messages. The family's number comes from the controller at run time. */
import type { AddressFamily, ForwardingMethod } from '../config/model.ts';
import { DaemonError } from '../core/errors.ts';
import { parseIpAddress } from '../core/ip-address.ts';
import { AF_INET, AF_INET6, NLM_F } from '../core/netlink/constants.ts';
import { NetlinkMessageBuilder } from '../core/netlink/message.ts';
import type { MessageMemory } from '../core/netlink/message.ts';
import {
  IPVS_CMD,
  IPVS_CMD_ATTR,
  IPVS_DAEMON_ATTR,
  IPVS_DEST_ATTR,
  IPVS_GENL_VERSION,
  IPVS_PROTOCOL,
  IPVS_SVC_ATTR,
  IP_VS_CONN_F,
  IP_VS_STATE,
  IP_VS_SVC_F_CONFIGURED,
  IP_VS_TUNNEL_FLAGS,
  IP_VS_TUNNEL_TYPE,
} from './constants.ts';
import type { Destination, IpvsOperation, Service, ServiceKey, SyncDaemon } from './types.ts';

/** union nf_inet_addr: 16 octets, of which IPv4 uses the first four. */
const ADDRESS_LENGTH = 16;
const UINT32_MAX = 0xffffffff;

const netlinkFamily = { inet: AF_INET, inet6: AF_INET6 } as const satisfies Record<AddressFamily, number>;

function putAddress(
  builder: NetlinkMessageBuilder,
  type: number,
  family: AddressFamily,
  address: string,
  length = ADDRESS_LENGTH,
): void {
  if (!builder.attributeAddress(type, family, address, length)) throw invalidAddress(family, address);
}

export function invalidAddress(family: AddressFamily, address: string): DaemonError {
  return new DaemonError(
    'IPVS_ADDRESS_INVALID',
    `"${address}" is no ${family} address: IPVS takes numeric addresses only`,
  );
}

/** An IPv4 mask is four octets in network order, an IPv6 prefix length a number in host order. */
function putNetmask(builder: NetlinkMessageBuilder, family: AddressFamily, netmask: string): void {
  if (family === 'inet') {
    putAddress(builder, IPVS_SVC_ATTR.NETMASK, 'inet', netmask, 4);
    return;
  }
  const length = Number(netmask);
  if (!Number.isInteger(length) || length < 1 || length > 128) {
    throw new DaemonError('IPVS_NETMASK_INVALID', `"${netmask}" is no IPv6 prefix length: 1 to 128 are`);
  }
  builder.attributeU32(IPVS_SVC_ATTR.NETMASK, length);
}

function putServiceKey(builder: NetlinkMessageBuilder, key: ServiceKey): void {
  builder.attributeU16(IPVS_SVC_ATTR.AF, netlinkFamily[key.family]);
  if (key.kind === 'fwmark') {
    builder.attributeU32(IPVS_SVC_ATTR.FWMARK, key.mark);
    return;
  }
  builder.attributeU16(IPVS_SVC_ATTR.PROTOCOL, IPVS_PROTOCOL[key.protocol]);
  putAddress(builder, IPVS_SVC_ATTR.ADDR, key.family, key.address);
  builder.attributePort(IPVS_SVC_ATTR.PORT, key.port);
}

function putService(builder: NetlinkMessageBuilder, service: Service): void {
  putServiceKey(builder, service.key);
  builder.attributeString(IPVS_SVC_ATTR.SCHED_NAME, service.scheduler);
  if (service.persistenceEngine !== undefined) {
    builder.attributeString(IPVS_SVC_ATTR.PE_NAME, service.persistenceEngine);
  }
  // The mask says which flags are meant: all, or those a configuration no longer has would stay.
  builder
    .attributeU32Pair(IPVS_SVC_ATTR.FLAGS, service.flags & IP_VS_SVC_F_CONFIGURED, UINT32_MAX)
    .attributeU32(IPVS_SVC_ATTR.TIMEOUT, service.timeoutSeconds);
  putNetmask(builder, service.key.family, service.netmask);
}

function forwardingNumber(forwarding: ForwardingMethod): number {
  switch (forwarding.method) {
    case 'NAT':
      return IP_VS_CONN_F.MASQ;
    case 'DR':
      return IP_VS_CONN_F.DROUTE;
    case 'TUN':
      return IP_VS_CONN_F.TUNNEL;
  }
}

function putDestinationKey(builder: NetlinkMessageBuilder, destination: Destination): void {
  builder.attributeU16(IPVS_DEST_ATTR.ADDR_FAMILY, netlinkFamily[destination.family]);
  putAddress(builder, IPVS_DEST_ATTR.ADDR, destination.family, destination.address);
  builder.attributePort(IPVS_DEST_ATTR.PORT, destination.port);
}

function putDestination(builder: NetlinkMessageBuilder, destination: Destination): void {
  const { forwarding } = destination;
  putDestinationKey(builder, destination);
  builder
    .attributeU32(IPVS_DEST_ATTR.FWD_METHOD, forwardingNumber(forwarding))
    .attributeU32(IPVS_DEST_ATTR.WEIGHT, destination.weight);
  if (forwarding.method === 'TUN') {
    builder
      .attributeU8(IPVS_DEST_ATTR.TUN_TYPE, IP_VS_TUNNEL_TYPE[forwarding.tunnel])
      .attributePort(IPVS_DEST_ATTR.TUN_PORT, forwarding.port ?? 0)
      .attributeU16(IPVS_DEST_ATTR.TUN_FLAGS, IP_VS_TUNNEL_FLAGS[forwarding.checksum]);
  }
  builder
    .attributeU32(IPVS_DEST_ATTR.U_THRESH, destination.upperThreshold)
    .attributeU32(IPVS_DEST_ATTR.L_THRESH, destination.lowerThreshold);
}

function putDaemon(builder: NetlinkMessageBuilder, daemon: SyncDaemon): void {
  builder
    .attributeU32(IPVS_DAEMON_ATTR.STATE, IP_VS_STATE[daemon.role])
    .attributeString(IPVS_DAEMON_ATTR.MCAST_IFN, daemon.interface)
    .attributeU32(IPVS_DAEMON_ATTR.SYNC_ID, daemon.syncId);
  if (daemon.maxLength !== undefined) builder.attributeU16(IPVS_DAEMON_ATTR.SYNC_MAXLEN, daemon.maxLength);
  // Host order, unlike every other port here (net/netfilter/ipvs/ip_vs_ctl.c reads it with nla_get_u16).
  if (daemon.port !== undefined) builder.attributeU16(IPVS_DAEMON_ATTR.MCAST_PORT, daemon.port);
  if (daemon.ttl !== undefined) builder.attributeU8(IPVS_DAEMON_ATTR.MCAST_TTL, daemon.ttl);
  if (daemon.group !== undefined) {
    const group = parseIpAddress(daemon.group);
    if (!group) throw new DaemonError('IPVS_ADDRESS_INVALID', `"${daemon.group}" is no multicast address`);
    builder.attributeBytes(
      group.family === 'inet' ? IPVS_DAEMON_ATTR.MCAST_GROUP : IPVS_DAEMON_ATTR.MCAST_GROUP6,
      group.bytes,
    );
  }
}

function command(familyId: number, number: number, flags: number, memory?: MessageMemory): NetlinkMessageBuilder {
  return new NetlinkMessageBuilder(familyId, NLM_F.REQUEST | flags, memory).genericHeader(number, IPVS_GENL_VERSION);
}

function destinationCommand(
  familyId: number,
  number: number,
  key: ServiceKey,
  memory: MessageMemory | undefined,
  put: (builder: NetlinkMessageBuilder) => void,
): Uint8Array {
  return command(familyId, number, NLM_F.ACK, memory)
    .nested(IPVS_CMD_ATTR.SERVICE, (builder) => {
      putServiceKey(builder, key);
    })
    .nested(IPVS_CMD_ATTR.DEST, put)
    .finish();
}

/**
 * One operation as one complete message.
 * @param familyId number of the IPVS family, from encodeGetFamily
 * @param memory for the message; none: it may be kept as long as somebody wants
 * @throws DaemonError IPVS_ADDRESS_INVALID, IPVS_NETMASK_INVALID for an operation that cannot be said to the kernel
 */
export function encodeOperation(familyId: number, operation: IpvsOperation, memory?: MessageMemory): Uint8Array {
  switch (operation.op) {
    case 'add-service':
    case 'edit-service':
      return command(
        familyId,
        operation.op === 'add-service' ? IPVS_CMD.NEW_SERVICE : IPVS_CMD.SET_SERVICE,
        NLM_F.ACK,
        memory,
      )
        .nested(IPVS_CMD_ATTR.SERVICE, (builder) => {
          putService(builder, operation.service);
        })
        .finish();
    case 'delete-service':
      return command(familyId, IPVS_CMD.DEL_SERVICE, NLM_F.ACK, memory)
        .nested(IPVS_CMD_ATTR.SERVICE, (builder) => {
          putServiceKey(builder, operation.key);
        })
        .finish();
    case 'add-destination':
    case 'edit-destination':
      return destinationCommand(
        familyId,
        operation.op === 'add-destination' ? IPVS_CMD.NEW_DEST : IPVS_CMD.SET_DEST,
        operation.key,
        memory,
        (builder) => {
          putDestination(builder, operation.destination);
        },
      );
    case 'delete-destination':
      return destinationCommand(familyId, IPVS_CMD.DEL_DEST, operation.key, memory, (builder) => {
        putDestinationKey(builder, operation.destination);
      });
    case 'flush':
      return command(familyId, IPVS_CMD.FLUSH, NLM_F.ACK, memory).finish();
    case 'start-daemon':
      return command(familyId, IPVS_CMD.NEW_DAEMON, NLM_F.ACK, memory)
        .nested(IPVS_CMD_ATTR.DAEMON, (builder) => {
          putDaemon(builder, operation.daemon);
        })
        .finish();
    case 'stop-daemon':
      return command(familyId, IPVS_CMD.DEL_DAEMON, NLM_F.ACK, memory)
        .nested(IPVS_CMD_ATTR.DAEMON, (builder) => {
          builder.attributeU32(IPVS_DAEMON_ATTR.STATE, IP_VS_STATE[operation.role]);
        })
        .finish();
    case 'set-timeouts':
      return command(familyId, IPVS_CMD.SET_CONFIG, NLM_F.ACK, memory)
        .attributeU32(IPVS_CMD_ATTR.TIMEOUT_TCP, operation.tcp)
        .attributeU32(IPVS_CMD_ATTR.TIMEOUT_TCP_FIN, operation.tcpFin)
        .attributeU32(IPVS_CMD_ATTR.TIMEOUT_UDP, operation.udp)
        .finish();
  }
}

/** The list of services, without their destinations. */
export function encodeDumpServices(familyId: number): Uint8Array {
  return command(familyId, IPVS_CMD.GET_SERVICE, NLM_F.DUMP).finish();
}

/** Asks for one service, without its destinations. */
export function encodeGetService(familyId: number, key: ServiceKey): Uint8Array {
  return command(familyId, IPVS_CMD.GET_SERVICE, 0)
    .nested(IPVS_CMD_ATTR.SERVICE, (builder) => {
      putServiceKey(builder, key);
    })
    .finish();
}

/** The list of one service's destinations: the kernel has no list over all services. */
export function encodeDumpDestinations(familyId: number, key: ServiceKey): Uint8Array {
  return command(familyId, IPVS_CMD.GET_DEST, NLM_F.DUMP)
    .nested(IPVS_CMD_ATTR.SERVICE, (builder) => {
      putServiceKey(builder, key);
    })
    .finish();
}

/** The list of synchronisation daemons: none, one or two. */
export function encodeDumpDaemons(familyId: number): Uint8Array {
  return command(familyId, IPVS_CMD.GET_DAEMON, NLM_F.DUMP).finish();
}

/** Asks for the timeouts of connections. */
export function encodeGetTimeouts(familyId: number): Uint8Array {
  return command(familyId, IPVS_CMD.GET_CONFIG, 0).finish();
}

/** Asks for version and size of the connection table. */
export function encodeGetInfo(familyId: number): Uint8Array {
  return command(familyId, IPVS_CMD.GET_INFO, 0).finish();
}
