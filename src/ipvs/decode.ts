/** What the kernel says about IPVS, from generic-netlink messages to plain data. Malformed octets become an error value. */
import type { AddressFamily, ForwardingMethod, IpvsProtocol } from '../config/model.ts';
import { formatIpAddress } from '../core/ip-address.ts';
import { AF_INET, AF_INET6 } from '../core/netlink/constants.ts';
import { NetlinkFormatError, decoding, readGenericMessage, readNetlinkMessage } from '../core/netlink/message.ts';
import type { Attributes, Decoded } from '../core/netlink/message.ts';
import {
  IPVS_CMD_ATTR,
  IPVS_DAEMON_ATTR,
  IPVS_DEST_ATTR,
  IPVS_INFO_ATTR,
  IPVS_PROTOCOL,
  IPVS_SVC_ATTR,
  IP_VS_CONN_F,
  IP_VS_STATE,
  IP_VS_SVC_F_CONFIGURED,
  IP_VS_TUNNEL_FLAGS,
  IP_VS_TUNNEL_TYPE,
} from './constants.ts';
import type { IpvsInfo, IpvsTimeouts, KernelDestination, Service, ServiceKey, SyncDaemon } from './types.ts';

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new NetlinkFormatError(`the kernel's answer lacks ${name}`);
  return value;
}

function readFamily(number: number): AddressFamily {
  if (number === AF_INET) return 'inet';
  if (number === AF_INET6) return 'inet6';
  throw new NetlinkFormatError(`address family ${number} is neither IPv4 nor IPv6`);
}

function readAddress(family: AddressFamily, octets: Uint8Array): string {
  const length = family === 'inet' ? 4 : 16;
  if (octets.length < length) throw new NetlinkFormatError(`${octets.length} octets are no ${family} address`);
  return formatIpAddress(octets.subarray(0, length));
}

function readProtocol(number: number): IpvsProtocol {
  for (const name of ['tcp', 'udp', 'sctp'] as const) if (IPVS_PROTOCOL[name] === number) return name;
  throw new NetlinkFormatError(`protocol ${number} of a service is not known`);
}

export function readServiceKey(attributes: Attributes): ServiceKey {
  const family = readFamily(required(attributes.u16(IPVS_SVC_ATTR.AF), 'the address family'));
  const mark = attributes.u32(IPVS_SVC_ATTR.FWMARK);
  if (mark !== undefined) return { kind: 'fwmark', family, mark };
  return {
    kind: 'address',
    family,
    protocol: readProtocol(required(attributes.u16(IPVS_SVC_ATTR.PROTOCOL), 'the protocol')),
    address: readAddress(family, required(attributes.bytes(IPVS_SVC_ATTR.ADDR), 'the address')),
    port: required(attributes.port(IPVS_SVC_ATTR.PORT), 'the port'),
  };
}

function readNetmask(family: AddressFamily, octets: Uint8Array): string {
  if (octets.length < 4) throw new NetlinkFormatError('the netmask is too short');
  if (family === 'inet') return formatIpAddress(octets.subarray(0, 4));
  return String(new DataView(octets.buffer, octets.byteOffset, 4).getUint32(0, true));
}

function readService(attributes: Attributes): Service {
  const key = readServiceKey(attributes);
  const engine = attributes.string(IPVS_SVC_ATTR.PE_NAME);
  return {
    key,
    scheduler: required(attributes.string(IPVS_SVC_ATTR.SCHED_NAME), 'the scheduler'),
    // struct ip_vs_flags: the flags, then a mask that is all ones here.
    flags: required(attributes.u32(IPVS_SVC_ATTR.FLAGS), 'the flags') & IP_VS_SVC_F_CONFIGURED,
    timeoutSeconds: required(attributes.u32(IPVS_SVC_ATTR.TIMEOUT), 'the timeout'),
    netmask: readNetmask(key.family, required(attributes.bytes(IPVS_SVC_ATTR.NETMASK), 'the netmask')),
    ...(engine !== undefined && engine !== '' && { persistenceEngine: engine }),
    destinations: [],
  };
}

function readTunnel(attributes: Attributes): ForwardingMethod {
  const type = attributes.u8(IPVS_DEST_ATTR.TUN_TYPE) ?? IP_VS_TUNNEL_TYPE.ipip;
  const flags = attributes.u16(IPVS_DEST_ATTR.TUN_FLAGS) ?? 0;
  const port = attributes.port(IPVS_DEST_ATTR.TUN_PORT) ?? 0;
  return {
    method: 'TUN',
    tunnel: type === IP_VS_TUNNEL_TYPE.gue ? 'gue' : type === IP_VS_TUNNEL_TYPE.gre ? 'gre' : 'ipip',
    checksum:
      (flags & IP_VS_TUNNEL_FLAGS.remcsum) !== 0
        ? 'remcsum'
        : (flags & IP_VS_TUNNEL_FLAGS.csum) !== 0
          ? 'csum'
          : 'none',
    ...(port !== 0 && { port }),
  };
}

function readForwarding(attributes: Attributes): ForwardingMethod {
  const method = required(attributes.u32(IPVS_DEST_ATTR.FWD_METHOD), 'the forwarding method') & IP_VS_CONN_F.FWD_MASK;
  if (method === IP_VS_CONN_F.TUNNEL) return readTunnel(attributes);
  // No tool configures local node or bypass; kernels since 2.6.37 list neither for a destination.
  return { method: method === IP_VS_CONN_F.MASQ ? 'NAT' : 'DR' };
}

/** Which server of a service it is. */
export function readDestinationKey(
  attributes: Attributes,
  serviceFamily: AddressFamily,
): Pick<KernelDestination, 'family' | 'address' | 'port'> {
  // Kernels before 3.18 have destinations of the service's family only and do not name it.
  const familyNumber = attributes.u16(IPVS_DEST_ATTR.ADDR_FAMILY);
  const family = familyNumber === undefined ? serviceFamily : readFamily(familyNumber);
  return {
    family,
    address: readAddress(family, required(attributes.bytes(IPVS_DEST_ATTR.ADDR), 'the address')),
    port: required(attributes.port(IPVS_DEST_ATTR.PORT), 'the port'),
  };
}

function readDestination(attributes: Attributes, serviceFamily: AddressFamily): KernelDestination {
  return {
    ...readDestinationKey(attributes, serviceFamily),
    weight: required(attributes.u32(IPVS_DEST_ATTR.WEIGHT), 'the weight'),
    forwarding: readForwarding(attributes),
    upperThreshold: attributes.u32(IPVS_DEST_ATTR.U_THRESH) ?? 0,
    lowerThreshold: attributes.u32(IPVS_DEST_ATTR.L_THRESH) ?? 0,
    activeConnections: attributes.u32(IPVS_DEST_ATTR.ACTIVE_CONNS) ?? 0,
    inactiveConnections: attributes.u32(IPVS_DEST_ATTR.INACT_CONNS) ?? 0,
    persistentConnections: attributes.u32(IPVS_DEST_ATTR.PERSIST_CONNS) ?? 0,
  };
}

function readDaemon(attributes: Attributes): SyncDaemon {
  const maxLength = attributes.u16(IPVS_DAEMON_ATTR.SYNC_MAXLEN);
  const port = attributes.u16(IPVS_DAEMON_ATTR.MCAST_PORT);
  const ttl = attributes.u8(IPVS_DAEMON_ATTR.MCAST_TTL);
  const group = attributes.bytes(IPVS_DAEMON_ATTR.MCAST_GROUP);
  const group6 = attributes.bytes(IPVS_DAEMON_ATTR.MCAST_GROUP6);
  const multicast = group ? readAddress('inet', group) : group6 ? readAddress('inet6', group6) : undefined;
  return {
    role: required(attributes.u32(IPVS_DAEMON_ATTR.STATE), 'the state') === IP_VS_STATE.master ? 'master' : 'backup',
    interface: required(attributes.string(IPVS_DAEMON_ATTR.MCAST_IFN), 'the interface'),
    syncId: required(attributes.u32(IPVS_DAEMON_ATTR.SYNC_ID), 'the synchronisation id'),
    ...(maxLength !== undefined && { maxLength }),
    ...(port !== undefined && { port }),
    ...(ttl !== undefined && { ttl }),
    ...(multicast !== undefined && { group: multicast }),
  };
}

function attributesOf(message: Uint8Array): Attributes {
  return readGenericMessage(readNetlinkMessage(message).payload).attributes;
}

export function nestedOf(message: Uint8Array, type: number, name: string): Attributes {
  return required(attributesOf(message).nested(type), name);
}

/** The answer to encodeDumpServices, one complete message a service; `destinations` are still empty. */
export function decodeServices(messages: readonly Uint8Array[]): Decoded<Service[]> {
  return decoding(() =>
    messages.map((message) => readService(nestedOf(message, IPVS_CMD_ATTR.SERVICE, 'the service'))),
  );
}

/** The answer to encodeDumpDestinations, in the kernel's order: the newest first. */
export function decodeDestinations(
  messages: readonly Uint8Array[],
  serviceFamily: AddressFamily,
): Decoded<KernelDestination[]> {
  return decoding(() =>
    messages.map((message) => readDestination(nestedOf(message, IPVS_CMD_ATTR.DEST, 'the destination'), serviceFamily)),
  );
}

/** The answer to encodeDumpDaemons. */
export function decodeDaemons(messages: readonly Uint8Array[]): Decoded<SyncDaemon[]> {
  return decoding(() => messages.map((message) => readDaemon(nestedOf(message, IPVS_CMD_ATTR.DAEMON, 'the daemon'))));
}

/** The answer to encodeGetTimeouts, in seconds. */
export function decodeTimeouts(message: Uint8Array): Decoded<IpvsTimeouts> {
  return decoding(() => {
    const attributes = attributesOf(message);
    return {
      // Absent when the kernel was built without the protocol.
      tcp: attributes.u32(IPVS_CMD_ATTR.TIMEOUT_TCP) ?? 0,
      tcpFin: attributes.u32(IPVS_CMD_ATTR.TIMEOUT_TCP_FIN) ?? 0,
      udp: attributes.u32(IPVS_CMD_ATTR.TIMEOUT_UDP) ?? 0,
    };
  });
}

/** The answer to encodeGetInfo. */
export function decodeInfo(message: Uint8Array): Decoded<IpvsInfo> {
  return decoding(() => {
    const attributes = attributesOf(message);
    const version = required(attributes.u32(IPVS_INFO_ATTR.VERSION), 'the version');
    return {
      version: `${(version >> 16) & 0xff}.${(version >> 8) & 0xff}.${version & 0xff}`,
      connectionTableSize: required(attributes.u32(IPVS_INFO_ATTR.CONN_TAB_SIZE), 'the size of the connection table'),
    };
  });
}
