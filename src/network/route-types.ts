/** Routes and rules as the kernel says they are, and what is written to it. */
import type {
  AddressFamily,
  Prefix,
  RouteEncapsulation,
  RouteMetricName,
  VirtualRoute,
  VirtualRule,
} from '../config/model.ts';

/** One way of a route as the kernel has it. */
export interface KernelWay {
  readonly via?: string;
  readonly interfaceIndex?: number;
  readonly weight: number;
  readonly onLink: boolean;
  readonly encapsulation?: RouteEncapsulation;
  readonly realms?: number;
}

/** A route as read from rtnetlink. */
export interface KernelRoute {
  readonly family: AddressFamily;
  /** RTN_* */
  readonly type: number;
  readonly table: number;
  readonly destination: Prefix;
  readonly from?: Prefix;
  readonly tos: number;
  readonly protocol: number;
  readonly scope: number;
  readonly metric: number;
  readonly preferredSource?: string;
  /** One unless multipath; none for routes that lead nowhere. */
  readonly ways: readonly KernelWay[];
  readonly metrics: Readonly<Partial<Record<RouteMetricName, number>>>;
  /** Bits 1 << RTAX_*. */
  readonly locks: number;
  readonly congestionControl?: string;
  readonly preference?: number;
  readonly ttlPropagate?: boolean;
}

/** A route with the numbers of its interfaces, as it can be written. */
export interface PlacedRoute {
  readonly route: VirtualRoute;
  /** Its own, or that of its VRF. */
  readonly table: number;
  readonly interfaceIndex?: number;
  /** Of each nexthop. */
  readonly nexthopIndexes: readonly (number | undefined)[];
}

/** A rule as read from rtnetlink: what the kernel says by leaving it out is left out here too. */
export interface KernelRule extends Omit<
  VirtualRule,
  'preference' | 'protocol' | 'action' | 'track' | 'trackGroup' | 'at'
> {
  readonly preference: number;
  readonly protocol: number;
  /** FR_ACT_* */
  readonly action: number;
  readonly table: number;
  readonly l3mdev: boolean;
  readonly target?: number;
}

/** One write: `ip route add|del` or `ip rule add|del`. */
export type RoutingChange =
  | { readonly what: 'route'; readonly change: 'add' | 'delete'; readonly route: PlacedRoute }
  | { readonly what: 'rule'; readonly change: 'add' | 'delete'; readonly rule: VirtualRule };

/** What a message says, with whether an addition took the place of another route. */
export type RoutingMessage =
  | {
      readonly what: 'route';
      readonly change: 'present' | 'gone';
      readonly replaces: boolean;
      readonly route: KernelRoute;
    }
  | { readonly what: 'rule'; readonly change: 'present' | 'gone'; readonly rule: KernelRule };
