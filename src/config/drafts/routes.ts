/** Lines of routes and rules as written: names of tables, scopes and protocols are resolved by the check, because the directories of the name files may be named later. */
import type { AddressFamily } from '../model/common.ts';
import type { RouteMetric, RouteMetricName, RouteType, RuleAction, VirtualRule } from '../model/routes.ts';
import type { RoutingNameTable } from '../ports.ts';
import type { Statement } from '../statement.ts';

/** A number, or a name of iproute2's, with its place. */
export interface NameDraft {
  readonly table: RoutingNameTable;
  readonly text: string;
  readonly word: number;
}

/** Both sides of `FROM/TO`, or TO alone. */
export interface RealmsDraft {
  readonly from?: NameDraft;
  readonly to: NameDraft;
}

/** A destination or selector; `default`, `any` and `all` have neither address nor family. */
export interface PrefixDraft {
  readonly address?: string;
  readonly prefixLength: number;
}

export type EncapsulationDraft =
  | {
      readonly type: 'ip' | 'ip6';
      id?: string;
      destination?: string;
      source?: string;
      trafficClass?: NameDraft;
      hopLimit?: number;
      flags?: number;
    }
  | { readonly type: 'mpls'; readonly labels: readonly number[] }
  | { readonly type: 'ila'; readonly locator: string };

export interface NexthopDraft {
  via?: string;
  interface?: string;
  weight?: number;
  onLink?: boolean;
  encapsulation?: EncapsulationDraft;
  realms?: RealmsDraft;
}

/** What routes and rules have in common. */
export interface RoutingDraft {
  readonly statement: Statement;
  /** Of the first word that has one. */
  family?: AddressFamily;
  /** Interfaces named, with the index of the word. */
  readonly interfaces: { readonly name: string; readonly word: number }[];
  protocol?: NameDraft;
  tos?: NameDraft;
  realms?: RealmsDraft;
  noTrack?: boolean;
  trackGroup?: { readonly name: string; readonly word: number };
}

export interface RouteDraft extends RoutingDraft {
  type?: RouteType;
  destination?: PrefixDraft;
  from?: PrefixDraft;
  preferredSource?: string;
  via?: string;
  interface?: string;
  onLink?: boolean;
  encapsulation?: EncapsulationDraft;
  readonly nexthops: NexthopDraft[];
  table?: NameDraft;
  vrf?: string;
  scope?: NameDraft;
  metric?: number;
  expires?: number;
  readonly metrics: Partial<Record<RouteMetricName, RouteMetric>>;
  congestionControl?: { readonly name: string; readonly locked: boolean };
  preference?: number;
  ttlPropagate?: boolean;
  placement?: 'prepend' | 'append' | 'add';
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

type PlainRuleOptions = Pick<
  Mutable<VirtualRule>,
  | 'firewallMark'
  | 'inputInterface'
  | 'outputInterface'
  | 'tunnelId'
  | 'userIds'
  | 'ipProtocol'
  | 'sourcePorts'
  | 'destinationPorts'
  | 'suppressPrefixLength'
>;

export interface RuleDraft extends RoutingDraft, PlainRuleOptions {
  invert?: boolean;
  from?: PrefixDraft;
  to?: PrefixDraft;
  preference?: number;
  action?: { readonly kind: 'table'; readonly table: NameDraft } | Exclude<RuleAction, { kind: 'table' }>;
  suppressInterfaceGroup?: NameDraft;
}
