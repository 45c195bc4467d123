/** Links from rtnetlink (RTM_NEWLINK, RTM_DELLINK; struct ifinfomsg). */
import { AF_UNSPEC, NLM_F } from '../core/netlink/constants.ts';
import {
  Attributes,
  NetlinkFormatError,
  NetlinkMessageBuilder,
  decoding,
  readNetlinkMessage,
  readStructure,
} from '../core/netlink/message.ts';
import type { Decoded } from '../core/netlink/message.ts';
import {
  ARPHRD,
  IFF,
  IFLA,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_IPVLAN_MODE,
  IFLA_MACVLAN_MODE,
  IFLA_VRF_TABLE,
  RTEXT_FILTER_SKIP_STATS,
  RTM,
} from './constants.ts';
import type { Link } from './types.ts';

const IFINFOMSG_LENGTH = 16;

/** What a link message says: the link is there (again, or changed), or it is gone. */
export type LinkMessage =
  { readonly change: 'present'; readonly link: Link } | { readonly change: 'gone'; readonly index: number };

/** Asks for all links, without their statistics. */
export function encodeDumpLinks(): Uint8Array {
  return (
    new NetlinkMessageBuilder(RTM.GETLINK, NLM_F.REQUEST | NLM_F.DUMP)
      // struct ifinfomsg: family, padding, type, index, flags, change: all zero means all links.
      .u8(AF_UNSPEC)
      .u8(0)
      .u16(0)
      .u32(0)
      .u32(0)
      .u32(0)
      .attributeU32(IFLA.EXT_MASK, RTEXT_FILTER_SKIP_STATS)
      .finish()
  );
}

/** Kinds whose IFLA_LINK names the other end, not an interface underneath. */
const peerKinds: ReadonlySet<string> = new Set(['veth', 'netkit', 'vxcan']);

function lowerIndex(attributes: Attributes, index: number, kind: string | undefined): number | undefined {
  const lower = attributes.u32(IFLA.LINK);
  if (lower === undefined || lower === 0 || lower === index) return undefined;
  // With IFLA_LINK_NETNSID the number belongs to another namespace and means something else here.
  if (attributes.has(IFLA.LINK_NETNSID) || (kind !== undefined && peerKinds.has(kind))) return undefined;
  return lower;
}

function modeOf(kind: string | undefined, data: Attributes | undefined): number | undefined {
  if (kind === 'macvlan') return data?.u32(IFLA_MACVLAN_MODE);
  return kind === 'ipvlan' ? data?.u16(IFLA_IPVLAN_MODE) : undefined;
}

function readLink(payload: Uint8Array, header: DataView): Link | undefined {
  const attributes = new Attributes(payload.subarray(IFINFOMSG_LENGTH));
  const name = attributes.string(IFLA.IFNAME);
  if (name === undefined || name === '') throw new NetlinkFormatError('a link without a name');
  const mtu = attributes.u32(IFLA.MTU);
  // Wireless drivers announce events as fragments of a link: not a state of it.
  if (mtu === undefined) return undefined;
  const index = header.getInt32(4, true);
  const flags = header.getUint32(8, true);
  const information = attributes.nested(IFLA.LINKINFO);
  const kind = information?.string(IFLA_INFO_KIND);
  const vrfTable = kind === 'vrf' ? information?.nested(IFLA_INFO_DATA)?.u32(IFLA_VRF_TABLE) : undefined;
  const mode = modeOf(kind, information?.nested(IFLA_INFO_DATA));
  const group = attributes.u32(IFLA.GROUP);
  const lower = lowerIndex(attributes, index, kind);
  const master = attributes.u32(IFLA.MASTER);
  const hardwareType = header.getUint16(2, true);
  const broadcast = hardwareType === ARPHRD.INFINIBAND ? attributes.bytes(IFLA.BROADCAST)?.slice() : undefined;
  return {
    index,
    name,
    flags,
    mtu,
    hardwareType,
    hardwareAddress: attributes.bytes(IFLA.ADDRESS)?.slice() ?? new Uint8Array(0),
    ...(broadcast !== undefined && { broadcastAddress: broadcast }),
    up: (flags & IFF.UP) !== 0 && (flags & IFF.RUNNING) !== 0,
    ...(lower !== undefined && { lowerIndex: lower }),
    ...(master !== undefined && master !== 0 && { masterIndex: master }),
    ...(kind !== undefined && { kind }),
    ...(vrfTable !== undefined && { vrfTable }),
    ...(group !== undefined && group !== 0 && { group }),
    ...(mode !== undefined && { mode }),
  };
}

/**
 * Reads one complete rtnetlink message.
 * @returns undefined if it is about something else: another type, a bridge's view of its port (AF_BRIDGE, where
 *   RTM_DELLINK means that the port left the bridge, not that the link is gone), a fragment of a wireless driver
 */
export function decodeLinkMessage(message: Uint8Array): Decoded<LinkMessage | undefined> {
  return decoding((): LinkMessage | undefined => {
    const { type, payload } = readNetlinkMessage(message);
    if (type !== RTM.NEWLINK && type !== RTM.DELLINK) return undefined;
    const header = readStructure(payload, IFINFOMSG_LENGTH, 'ifinfomsg');
    if (header.getUint8(0) !== AF_UNSPEC) return undefined;
    if (type === RTM.DELLINK) return { change: 'gone', index: header.getInt32(4, true) };
    const link = readLink(payload, header);
    return link && { change: 'present', link };
  });
}
