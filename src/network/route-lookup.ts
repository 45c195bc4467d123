/** Asks the kernel which way a packet would go (RTM_GETROUTE of one address). */
import type { AddressFamily } from '../config/model.ts';
import { parseIpAddress } from '../core/ip-address.ts';
import { AF_INET, AF_INET6, NLM_F } from '../core/netlink/constants.ts';
import { NetlinkMessageBuilder, decoding, readNetlinkMessage } from '../core/netlink/message.ts';
import type { Decoded } from '../core/netlink/message.ts';
import { readRoute } from './route-codec.ts';
import { RTA, RTM_ROUTE, RTN } from './route-constants.ts';

export interface RouteAnswer {
  /** It is an address of this machine. */
  readonly local: boolean;
  readonly interfaceIndex: number;
  /** Absent: on the link. */
  readonly gateway?: string;
  /** Absent: that of the interface. */
  readonly mtu?: number;
}

/** @param address must be one of the family */
export function encodeRouteLookup(family: AddressFamily, address: string): Uint8Array {
  const octets = parseIpAddress(address)?.bytes ?? new Uint8Array(family === 'inet' ? 4 : 16);
  return (
    new NetlinkMessageBuilder(RTM_ROUTE.GETROUTE, NLM_F.REQUEST)
      // struct rtmsg: family, length of the destination in bits, the rest zero.
      .u8(family === 'inet' ? AF_INET : AF_INET6)
      .u8(octets.length * 8)
      .u16(0)
      .u32(0)
      .u32(0)
      .attributeBytes(RTA.DST, octets)
      .finish()
  );
}

/** @returns undefined if the answer is no route that leads anywhere */
export function decodeRouteLookup(message: Uint8Array): Decoded<RouteAnswer | undefined> {
  return decoding((): RouteAnswer | undefined => {
    const { payload, type } = readNetlinkMessage(message);
    const route = type === RTM_ROUTE.NEWROUTE ? readRoute(payload) : undefined;
    const way = route?.ways[0];
    if (!route || way?.interfaceIndex === undefined) return undefined;
    const { mtu } = route.metrics;
    return {
      local: route.type === RTN.local,
      interfaceIndex: way.interfaceIndex,
      ...(way.via !== undefined && { gateway: way.via }),
      ...(mtu !== undefined && { mtu }),
    };
  });
}
