/** Routes to and from rtnetlink (RTM_NEWROUTE, RTM_DELROUTE; struct rtmsg, struct rtnexthop). */
import type { AddressFamily, Prefix, RouteMetricName, VirtualRoute } from '../config/model.ts';
import { AF_INET, AF_INET6, NLM_F } from '../core/netlink/constants.ts';
import {
  Attributes,
  NetlinkFormatError,
  NetlinkMessageBuilder,
  netlinkAlign,
  readStructure,
} from '../core/netlink/message.ts';
import { putEncapsulation, readEncapsulation } from './encapsulation-codec.ts';
import { addressText, octetsOf } from './octets.ts';
import { RTA, RTAX, RTM_ROUTE, RTN, RTNH_F_ONLINK, RTPROT_KEEPALIVED, SCOPE_ANY } from './route-constants.ts';
import type { KernelRoute, KernelWay, PlacedRoute } from './route-types.ts';

const RTMSG_LENGTH = 12;
const RTNEXTHOP_LENGTH = 8;
/** Tables above are named by RTA_TABLE only. */
const largestHeaderTable = 255;

const placementFlags: Readonly<Record<VirtualRoute['placement'], number>> = {
  prepend: 0,
  append: NLM_F.APPEND,
  add: NLM_F.EXCL,
};

const metricNames = Object.keys(RTAX).filter(
  (name): name is RouteMetricName => name !== 'lock' && name !== 'congestionControl',
);

/** Asks for the routes of one family that carry keepalived's protocol (the socket must have strict checking on). */
export function encodeDumpRoutes(family: AddressFamily): Uint8Array {
  return new NetlinkMessageBuilder(RTM_ROUTE.GETROUTE, NLM_F.REQUEST | NLM_F.DUMP)
    .u8(family === 'inet' ? AF_INET : AF_INET6)
    .u8(0)
    .u8(0)
    .u8(0)
    .u8(0)
    .u8(RTPROT_KEEPALIVED)
    .u8(0)
    .u8(0)
    .u32(0)
    .finish();
}

function putMetrics(builder: NetlinkMessageBuilder, { metrics, congestionControl }: VirtualRoute): void {
  if (Object.keys(metrics).length === 0 && !congestionControl) return;
  let locks = congestionControl?.locked === true ? 1 << RTAX.congestionControl : 0;
  builder.nested(RTA.METRICS, (inner) => {
    for (const name of metricNames) {
      const metric = metrics[name];
      if (!metric) continue;
      if (metric.locked) locks |= 1 << RTAX[name];
      inner.attributeU32(RTAX[name], metric.value);
    }
    if (congestionControl) inner.attributeString(RTAX.congestionControl, congestionControl.name);
    if (locks !== 0) inner.attributeU32(RTAX.lock, locks);
  });
}

/** RTA_MULTIPATH: structures one behind the other, each with its length, followed by its attributes. */
function multipath(placed: PlacedRoute): Uint8Array {
  const { family, nexthops } = placed.route;
  const parts = nexthops.map((way, index) => {
    // The attributes are built as a message, whose header is then cut off.
    const attributes = new NetlinkMessageBuilder(0, 0);
    if (way.via !== undefined) attributes.attributeBytes(RTA.GATEWAY, octetsOf(family, way.via));
    if (way.realms !== undefined) attributes.attributeU32(RTA.FLOW, way.realms);
    if (way.encapsulation) putEncapsulation(attributes, way.encapsulation);
    const behind = attributes.finish().slice(16);
    const part = new Uint8Array(RTNEXTHOP_LENGTH + behind.length);
    const view = new DataView(part.buffer);
    view.setUint16(0, part.length, true);
    view.setUint8(2, way.onLink ? RTNH_F_ONLINK : 0);
    view.setUint8(3, way.weight - 1);
    view.setInt32(4, placed.nexthopIndexes[index] ?? 0, true);
    part.set(behind, RTNEXTHOP_LENGTH);
    return part;
  });
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + netlinkAlign(part.length), 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += netlinkAlign(part.length);
  }
  return whole;
}

/**
 * One change as one complete message.
 * @throws DaemonError ADDRESS_INVALID if a text in it is no address of its family
 */
export function encodeRouteChange(change: 'add' | 'delete', placed: PlacedRoute): Uint8Array {
  const { route, table } = placed;
  const { family, destination, from } = route;
  const adding = change === 'add';
  const builder = adding
    ? new NetlinkMessageBuilder(
        RTM_ROUTE.NEWROUTE,
        NLM_F.REQUEST | NLM_F.ACK | NLM_F.CREATE | placementFlags[route.placement],
      )
    : new NetlinkMessageBuilder(RTM_ROUTE.DELROUTE, NLM_F.REQUEST | NLM_F.ACK);
  builder
    .u8(family === 'inet' ? AF_INET : AF_INET6)
    .u8(destination.prefixLength)
    .u8(from?.prefixLength ?? 0)
    .u8(route.tos ?? 0)
    .u8(table > largestHeaderTable ? 0 : table)
    .u8(route.protocol)
    .u8(adding || route.scopeGiven ? route.scope : SCOPE_ANY)
    .u8(RTN[route.type])
    .u32(route.onLink ? RTNH_F_ONLINK : 0);
  if (table > largestHeaderTable) builder.attributeU32(RTA.TABLE, table);
  builder.attributeBytes(RTA.DST, octetsOf(family, destination.address));
  if (from) builder.attributeBytes(RTA.SRC, octetsOf(family, from.address));
  if (route.preferredSource !== undefined) builder.attributeBytes(RTA.PREFSRC, octetsOf(family, route.preferredSource));
  if (route.via !== undefined) builder.attributeBytes(RTA.GATEWAY, octetsOf(family, route.via));
  if (route.encapsulation) putEncapsulation(builder, route.encapsulation);
  if (placed.interfaceIndex !== undefined) builder.attributeU32(RTA.OIF, placed.interfaceIndex);
  if (route.metric !== undefined) builder.attributeU32(RTA.PRIORITY, route.metric);
  if (route.realms !== undefined) builder.attributeU32(RTA.FLOW, route.realms);
  if (adding) {
    if (route.expires !== undefined) builder.attributeU32(RTA.EXPIRES, route.expires);
    if (route.preference !== undefined) builder.attributeU8(RTA.PREF, route.preference);
    if (route.ttlPropagate !== undefined) builder.attributeU8(RTA.TTL_PROPAGATE, route.ttlPropagate ? 1 : 0);
    putMetrics(builder, route);
  }
  if (route.nexthops.length > 0) builder.attributeBytes(RTA.MULTIPATH, multipath(placed));
  return builder.finish();
}

function readWay(
  family: AddressFamily,
  attributes: Attributes,
  index: number | undefined,
): Omit<KernelWay, 'weight' | 'onLink'> {
  const via = addressText(family, attributes.bytes(RTA.GATEWAY));
  const encapsulation = readEncapsulation(attributes);
  const realms = attributes.u32(RTA.FLOW);
  return {
    ...(via !== undefined && { via }),
    ...(index !== undefined && index !== 0 && { interfaceIndex: index }),
    ...(encapsulation && { encapsulation }),
    ...(realms !== undefined && { realms }),
  };
}

function readMultipath(family: AddressFamily, octets: Uint8Array): KernelWay[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const ways: KernelWay[] = [];
  for (let offset = 0; octets.length - offset >= RTNEXTHOP_LENGTH;) {
    const length = view.getUint16(offset, true);
    if (length < RTNEXTHOP_LENGTH || length > octets.length - offset) {
      throw new NetlinkFormatError(`nexthop at ${offset} claims ${length} octets`);
    }
    const attributes = new Attributes(octets.subarray(offset + RTNEXTHOP_LENGTH, offset + length));
    ways.push({
      ...readWay(family, attributes, view.getInt32(offset + 4, true)),
      weight: view.getUint8(offset + 3) + 1,
      onLink: (view.getUint8(offset + 2) & RTNH_F_ONLINK) !== 0,
    });
    offset += netlinkAlign(length);
  }
  return ways;
}

function readMetrics(attributes: Attributes): Pick<KernelRoute, 'metrics' | 'locks' | 'congestionControl'> {
  const inner = attributes.nested(RTA.METRICS);
  if (!inner) return { metrics: {}, locks: 0 };
  const metrics: Partial<Record<RouteMetricName, number>> = {};
  for (const name of metricNames) {
    const value = inner.u32(RTAX[name]);
    if (value !== undefined) metrics[name] = value;
  }
  const congestionControl = inner.string(RTAX.congestionControl);
  return { metrics, locks: inner.u32(RTAX.lock) ?? 0, ...(congestionControl !== undefined && { congestionControl }) };
}

/** The payload of RTM_NEWROUTE or RTM_DELROUTE; undefined for other families. @throws NetlinkFormatError: use inside `decoding` */
export function readRoute(payload: Uint8Array): KernelRoute | undefined {
  const header = readStructure(payload, RTMSG_LENGTH, 'rtmsg');
  const familyNumber = header.getUint8(0);
  if (familyNumber !== AF_INET && familyNumber !== AF_INET6) return undefined;
  const family = familyNumber === AF_INET ? 'inet' : 'inet6';
  const attributes = new Attributes(payload.subarray(RTMSG_LENGTH));
  const prefix = (attribute: number, prefixLength: number): Prefix => ({
    address: addressText(family, attributes.bytes(attribute)) ?? (family === 'inet' ? '0.0.0.0' : '::'),
    prefixLength,
  });
  const preferredSource = addressText(family, attributes.bytes(RTA.PREFSRC));
  const several = attributes.bytes(RTA.MULTIPATH);
  const way = readWay(family, attributes, attributes.u32(RTA.OIF));
  const onLink = (header.getUint32(8, true) & RTNH_F_ONLINK) !== 0;
  const preference = attributes.u8(RTA.PREF);
  const propagate = attributes.u8(RTA.TTL_PROPAGATE);
  return {
    family,
    type: header.getUint8(7),
    table: attributes.u32(RTA.TABLE) ?? header.getUint8(4),
    destination: prefix(RTA.DST, header.getUint8(1)),
    ...(header.getUint8(2) !== 0 && { from: prefix(RTA.SRC, header.getUint8(2)) }),
    tos: header.getUint8(3),
    protocol: header.getUint8(5),
    scope: header.getUint8(6),
    metric: attributes.u32(RTA.PRIORITY) ?? 0,
    ...(preferredSource !== undefined && { preferredSource }),
    ways: several ? readMultipath(family, several) : Object.keys(way).length > 0 ? [{ ...way, weight: 1, onLink }] : [],
    ...readMetrics(attributes),
    ...(preference !== undefined && { preference }),
    ...(propagate !== undefined && { ttlPropagate: propagate !== 0 }),
  };
}
