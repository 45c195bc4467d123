/** What a notification or one message of a dump says of routes and rules. */
import { NLM_F } from '../core/netlink/constants.ts';
import { decoding, readNetlinkMessage } from '../core/netlink/message.ts';
import type { Decoded } from '../core/netlink/message.ts';
import { readRoute } from './route-codec.ts';
import { RTM_ROUTE } from './route-constants.ts';
import type { RoutingMessage } from './route-types.ts';
import { readRule } from './rule-codec.ts';

/** Reads one complete rtnetlink message; undefined if it is about something else (another type or family). */
export function decodeRoutingMessage(message: Uint8Array): Decoded<RoutingMessage | undefined> {
  return decoding((): RoutingMessage | undefined => {
    const { flags, payload, type } = readNetlinkMessage(message);
    switch (type) {
      case RTM_ROUTE.NEWROUTE:
      case RTM_ROUTE.DELROUTE: {
        const route = readRoute(payload);
        if (!route) return undefined;
        const replaces = (flags & NLM_F.REPLACE) !== 0;
        return { what: 'route', change: type === RTM_ROUTE.NEWROUTE ? 'present' : 'gone', replaces, route };
      }
      case RTM_ROUTE.NEWRULE:
      case RTM_ROUTE.DELRULE: {
        const rule = readRule(payload);
        return rule && { what: 'rule', change: type === RTM_ROUTE.NEWRULE ? 'present' : 'gone', rule };
      }
      default:
        return undefined;
    }
  });
}

/** struct rtmsg and fib_rule_hdr lie behind the header of netlink; the protocol of a route is their sixth octet. */
const routeProtocolAt = 16 + 5;

/** The protocol of a route message without decoding it: a machine may have a million routes that are not ours. */
export function routeProtocol(message: Uint8Array): number {
  return message[routeProtocolAt] ?? 0;
}
