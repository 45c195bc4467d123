/** Requests that make, change and remove links (RTM_NEWLINK, RTM_DELLINK): what `ip link add|set|del` sends. */
import { AF_INET6, AF_UNSPEC, NLM_F } from '../core/netlink/constants.ts';
import { NetlinkMessageBuilder } from '../core/netlink/message.ts';
import {
  IFF,
  IFLA,
  IFLA_INET6_ADDR_GEN_MODE,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_IPVLAN_FLAGS,
  IFLA_IPVLAN_MODE,
  IFLA_MACVLAN_MODE,
  IN6_ADDR_GEN_MODE_NONE,
  IPVLAN_F,
  IPVLAN_MODE_L2,
  MACVLAN_MODE_PRIVATE,
  RTM,
} from './constants.ts';

interface NewLinkBase {
  readonly name: string;
  /** Index of the interface underneath. */
  readonly lowerIndex: number;
  /** Interface group; 0 is the default one. */
  readonly group: number;
  /** Index of a VRF it joins. */
  readonly masterIndex?: number;
}

/** A macvlan in private mode with this hardware address (6 octets), or an ipvlan in L2 mode. */
export type NewLink =
  | (NewLinkBase & { readonly kind: 'macvlan'; readonly hardwareAddress: Uint8Array })
  | (NewLinkBase & { readonly kind: 'ipvlan'; readonly flags: keyof typeof IPVLAN_F });

export type LinkChange =
  | { readonly change: 'create'; readonly link: NewLink }
  /** No IPv6 address comes by itself (`addrgenmode none`). */
  | { readonly change: 'no-generated-addresses'; readonly name: string }
  | { readonly change: 'up'; readonly name: string }
  /** With its present group the kernel changes nothing and tells everybody of the link. */
  | { readonly change: 'group'; readonly name: string; readonly group: number }
  | { readonly change: 'delete'; readonly index: number };

/** struct ifinfomsg: family, padding, type, index, flags, change. */
function begin(type: number, flags: number, index = 0, bits = 0): NetlinkMessageBuilder {
  return new NetlinkMessageBuilder(type, flags).u8(AF_UNSPEC).u8(0).u16(0).u32(index).u32(bits).u32(bits);
}

function encodeNewLink(link: NewLink): Uint8Array {
  const message = begin(RTM.NEWLINK, NLM_F.REQUEST | NLM_F.ACK | NLM_F.CREATE | NLM_F.EXCL);
  if (link.kind === 'macvlan') message.attributeBytes(IFLA.ADDRESS, link.hardwareAddress);
  if (link.group !== 0) message.attributeU32(IFLA.GROUP, link.group);
  message.attributeU32(IFLA.LINK, link.lowerIndex).attributeString(IFLA.IFNAME, link.name);
  if (link.masterIndex !== undefined) message.attributeU32(IFLA.MASTER, link.masterIndex);
  return message
    .nested(IFLA.LINKINFO, (information) => {
      // The kernel takes the kind without its terminating zero.
      information.attributeBytes(IFLA_INFO_KIND, new TextEncoder().encode(link.kind));
      information.nested(IFLA_INFO_DATA, (data) => {
        if (link.kind === 'macvlan') data.attributeU32(IFLA_MACVLAN_MODE, MACVLAN_MODE_PRIVATE);
        else data.attributeU16(IFLA_IPVLAN_MODE, IPVLAN_MODE_L2).attributeU16(IFLA_IPVLAN_FLAGS, IPVLAN_F[link.flags]);
      });
    })
    .finish();
}

/** One request, with NLM_F_ACK. */
export function encodeLinkChange(change: LinkChange): Uint8Array {
  const flags = NLM_F.REQUEST | NLM_F.ACK;
  switch (change.change) {
    case 'create':
      return encodeNewLink(change.link);
    case 'no-generated-addresses':
      return begin(RTM.NEWLINK, flags)
        .attributeString(IFLA.IFNAME, change.name)
        .nested(IFLA.AF_SPEC, (families) =>
          families.nested(AF_INET6, (settings) =>
            settings.attributeU8(IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE),
          ),
        )
        .finish();
    case 'up':
      return begin(RTM.NEWLINK, flags, 0, IFF.UP).attributeString(IFLA.IFNAME, change.name).finish();
    case 'group':
      return begin(RTM.NEWLINK, flags)
        .attributeString(IFLA.IFNAME, change.name)
        .attributeU32(IFLA.GROUP, change.group)
        .finish();
    case 'delete':
      return begin(RTM.DELLINK, flags, change.index).finish();
  }
}
