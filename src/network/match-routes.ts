/** Whether a route of the kernel is the one that was asked for: what was left to the kernel is not compared. */
import type { Prefix, RouteNexthop, VirtualRoute } from '../config/model.ts';
import { IFF } from './constants.ts';
import { sameEncapsulation } from './encapsulation-codec.ts';
import { IPV6_METRIC, RTAX, RTN } from './route-constants.ts';
import type { KernelRoute, KernelWay, PlacedRoute } from './route-types.ts';
import type { Link } from './types.ts';

/** What a line says beside the route itself. */
const aside: ReadonlySet<string> = new Set(['at', 'track', 'trackGroup']);

/** Keys of routes: they are asked for whenever something of the network changes. */
const keys = new WeakMap<VirtualRoute, string>();

/** Identity of a wish as text. */
export function routeKey(route: VirtualRoute): string {
  const known = keys.get(route);
  if (known !== undefined) return known;
  const key = JSON.stringify(route, (name, value: unknown) => (aside.has(name) ? undefined : value));
  keys.set(route, key);
  return key;
}

/**
 * A route with the numbers of its interfaces.
 * @param links by name
 * @returns undefined while one of them is missing or down: the kernel would refuse the route
 */
export function placeRoute(route: VirtualRoute, links: ReadonlyMap<string, Link>): PlacedRoute | undefined {
  const find = (name: string): Link | undefined => {
    const link = links.get(name);
    return link && (link.flags & IFF.UP) !== 0 ? link : undefined;
  };
  const own = route.interface === undefined ? undefined : find(route.interface);
  const vrf = route.vrf === undefined ? undefined : links.get(route.vrf);
  if (route.interface !== undefined && !own) return undefined;
  if (route.vrf !== undefined && vrf?.vrfTable === undefined) return undefined;
  const nexthopLinks = route.nexthops.map((way) => (way.interface === undefined ? undefined : find(way.interface)));
  if (route.nexthops.some((way, index) => way.interface !== undefined && !nexthopLinks[index])) return undefined;
  return {
    route,
    table: vrf?.vrfTable ?? route.table,
    ...(own && { interfaceIndex: own.index }),
    nexthopIndexes: nexthopLinks.map((link) => link?.index),
  };
}

function samePrefix(a: Prefix | undefined, b: Prefix | undefined): boolean {
  return a?.address === b?.address && a?.prefixLength === b?.prefixLength;
}

type Way = Pick<RouteNexthop, 'via' | 'onLink' | 'encapsulation' | 'realms' | 'weight'> & { readonly index?: number };

function wantedWays({ route, interfaceIndex, nexthopIndexes }: PlacedRoute): readonly Way[] {
  const at = (index: number | undefined) => (index === undefined ? {} : { index });
  if (route.nexthops.length > 0) return route.nexthops.map((way, place) => ({ ...way, ...at(nexthopIndexes[place]) }));
  const { via, onLink, encapsulation, realms } = route;
  return [
    {
      ...(via !== undefined && { via }),
      ...(encapsulation && { encapsulation }),
      ...(realms !== undefined && { realms }),
      onLink,
      weight: 1,
      ...at(interfaceIndex),
    },
  ];
}

function sameWay(wanted: Way, present: KernelWay): boolean {
  return (
    wanted.via === present.via &&
    (wanted.index === undefined || wanted.index === present.interfaceIndex) &&
    wanted.weight === present.weight &&
    wanted.onLink === present.onLink &&
    (wanted.realms ?? 0) === (present.realms ?? 0) &&
    sameEncapsulation(wanted.encapsulation, present.encapsulation)
  );
}

/** Types whose packets go nowhere: their ways are the kernel's business. */
const deadEnds: ReadonlySet<string> = new Set(['blackhole', 'unreachable', 'prohibit', 'throw']);

function sameWays(placed: PlacedRoute, present: KernelRoute): boolean {
  if (deadEnds.has(placed.route.type)) return true;
  const ways = wantedWays(placed);
  return (
    ways.length === present.ways.length &&
    ways.every((way, index) => {
      const other = present.ways[index];
      return other !== undefined && sameWay(way, other);
    })
  );
}

const metricNumbers: ReadonlyMap<string, number> = new Map(Object.entries(RTAX));

function sameMetrics({ metrics, congestionControl }: VirtualRoute, present: KernelRoute): boolean {
  const wanted = Object.entries(metrics);
  const found = new Map<string, number>(Object.entries(present.metrics));
  let locks = congestionControl?.locked === true ? 1 << RTAX.congestionControl : 0;
  for (const [name, metric] of wanted) {
    if (found.get(name) !== metric.value) return false;
    if (metric.locked) locks |= 2 ** (metricNumbers.get(name) ?? 0);
  }
  return (
    wanted.length === found.size && locks === present.locks && congestionControl?.name === present.congestionControl
  );
}

/** Whether the kernel's route is this one. */
export function isRoute(placed: PlacedRoute, present: KernelRoute): boolean {
  const { route, table } = placed;
  const ipv6 = route.family === 'inet6';
  return (
    route.family === present.family &&
    table === present.table &&
    samePrefix(route.destination, present.destination) &&
    samePrefix(route.from, present.from) &&
    (route.tos ?? 0) === present.tos &&
    // The kernel gives an IPv6 route without metric one.
    (ipv6 ? route.metric || IPV6_METRIC : (route.metric ?? 0)) === present.metric &&
    route.protocol === present.protocol &&
    RTN[route.type] === present.type &&
    // IPv6 knows no scopes.
    (ipv6 || route.scope === present.scope) &&
    route.preferredSource === present.preferredSource &&
    (route.preference === undefined || route.preference === present.preference) &&
    sameWays(placed, present) &&
    sameMetrics(route, present)
  );
}
