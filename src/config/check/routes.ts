/** Lines of routes and rules to the model. */
import type { EncapsulationDraft, NameDraft, NexthopDraft, PrefixDraft, RouteDraft, RuleDraft } from '../drafts.ts';
import type {
  AddressFamily,
  Prefix,
  RouteEncapsulation,
  RouteNexthop,
  RouteType,
  RuleAction,
  VirtualRoute,
  VirtualRule,
} from '../model.ts';
import type { Context } from '../schema/context.ts';
import { locate, type Statement } from '../statement.ts';
import { RoutingNames } from './routing-names.ts';

/** RT_TABLE_MAIN */
const mainTable = 254;
/** RTPROT_KEEPALIVED, by which routes and rules are known as ours. */
const ownProtocol = 18;
const scopeUniverse = 0;
const scopeLink = 253;
const scopeHost = 254;

const ignored = 'the line is ignored';

/** The kernel refuses a wider scope for these types (fib_props of net/ipv4/fib_semantics.c). */
const widestScope: Readonly<Partial<Record<RouteType, number>>> = {
  local: scopeHost,
  nat: scopeHost,
  broadcast: scopeLink,
  anycast: scopeLink,
};

function prefix({ address, prefixLength }: PrefixDraft, family: AddressFamily): Prefix {
  return { address: address ?? (family === 'inet' ? '0.0.0.0' : '::'), prefixLength };
}

/** A number that is absent, found, or wrong (reported). */
type Resolved = { readonly ok: true; readonly value?: number } | { readonly ok: false };

class LineCheck {
  readonly #names: RoutingNames;
  readonly #context: Context;
  readonly #statement: Statement;

  constructor(names: RoutingNames, context: Context, statement: Statement) {
    this.#names = names;
    this.#context = context;
    this.#statement = statement;
  }

  number(name: NameDraft | undefined): Resolved {
    if (!name) return { ok: true };
    const value = this.#names.resolve(name, this.#statement, ignored);
    return value === undefined ? { ok: false } : { ok: true, value };
  }

  realms(draft: RouteDraft['realms']): Resolved {
    if (!draft) return { ok: true };
    const value = this.#names.realms(draft, this.#statement, ignored);
    return value === undefined ? { ok: false } : { ok: true, value };
  }

  encapsulation(draft: EncapsulationDraft): RouteEncapsulation | undefined {
    if (draft.type === 'mpls' || draft.type === 'ila') return draft;
    const trafficClass = this.number(draft.trafficClass);
    if (!trafficClass.ok) return undefined;
    const { value } = trafficClass;
    const { type, hopLimit, trafficClass: _name, ...common } = draft;
    return type === 'ip'
      ? {
          type,
          ...common,
          ...(value !== undefined && { tos: value }),
          ...(hopLimit !== undefined && { ttl: hopLimit }),
        }
      : {
          type,
          ...common,
          ...(value !== undefined && { trafficClass: value }),
          ...(hopLimit !== undefined && { hopLimit }),
        };
  }

  nexthop(draft: NexthopDraft): RouteNexthop | undefined {
    const realms = this.realms(draft.realms);
    const encapsulation = draft.encapsulation && this.encapsulation(draft.encapsulation);
    if (!realms.ok || (draft.encapsulation && !encapsulation)) return undefined;
    return {
      ...(draft.via !== undefined && { via: draft.via }),
      ...(draft.interface !== undefined && { interface: draft.interface }),
      weight: draft.weight ?? 1,
      onLink: draft.onLink ?? false,
      ...(encapsulation && { encapsulation }),
      ...(realms.value !== undefined && { realms: realms.value }),
    };
  }

  /** Who watches a route or rule knows it by keepalived's protocol: another one needs no_track. */
  protocol(name: NameDraft | undefined, track: boolean, what: string): Resolved {
    const found = this.number(name);
    if (!found.ok || !track || !name || found.value === undefined || found.value === ownProtocol) return found;
    this.#context.error(
      this.#statement,
      name.word,
      'CFG_PROTOCOL',
      `a ${what} that is tracked has the protocol keepalived (${ownProtocol}); protocol ${name.text} is ignored`,
      'remove it, or add "no_track"',
    );
    return { ok: true, value: ownProtocol };
  }

  /** The name of a track_group that exists. */
  trackGroup(group: RouteDraft['trackGroup'], hasInterface: boolean, what: string): string | undefined {
    if (!group) return undefined;
    const { name, word } = group;
    const problem = !this.#context.draft.trackGroups.some((candidate) => candidate.name === name)
      ? `there is no track_group ${name}; it is ignored`
      : hasInterface
        ? undefined
        : `track_group needs an interface; it is ignored`;
    if (problem === undefined) return name;
    const remedy = hasInterface ? undefined : `add "dev <ifname>" to the ${what}`;
    this.#context.error(this.#statement, word, 'CFG_UNKNOWN_REFERENCE', problem, remedy);
    return undefined;
  }
}

function checkRoute(draft: RouteDraft, names: RoutingNames, context: Context): VirtualRoute | undefined {
  const { statement, destination, metrics, type = 'unicast' } = draft;
  const line = new LineCheck(names, context, statement);
  const family = draft.family ?? 'inet';
  const track = draft.noTrack !== true;
  const tos = line.number(draft.tos);
  const table = line.number(draft.table);
  const scope = line.number(draft.scope);
  const protocol = line.protocol(draft.protocol, track, 'route');
  const realms = line.realms(draft.realms);
  const encapsulation = draft.encapsulation && line.encapsulation(draft.encapsulation);
  const nexthops = draft.nexthops.map((way) => line.nexthop(way));
  if (!destination || !tos.ok || !table.ok || !scope.ok || !protocol.ok || !realms.ok) return undefined;
  if ((draft.encapsulation && !encapsulation) || nexthops.includes(undefined)) return undefined;
  const whole = nexthops.filter((way) => way !== undefined);
  const trackGroup = line.trackGroup(draft.trackGroup, draft.interface !== undefined, 'route');
  return {
    family,
    type,
    destination: prefix(destination, family),
    ...(draft.from && { from: prefix(draft.from, family) }),
    ...(draft.preferredSource !== undefined && { preferredSource: draft.preferredSource }),
    ...(draft.via !== undefined && { via: draft.via }),
    ...(draft.interface !== undefined && { interface: draft.interface }),
    onLink: draft.onLink ?? false,
    ...(encapsulation && { encapsulation }),
    nexthops: whole,
    ...(realms.value !== undefined && { realms: realms.value }),
    ...(tos.value !== undefined && { tos: tos.value }),
    table: table.value ?? mainTable,
    ...(draft.vrf !== undefined && { vrf: draft.vrf }),
    protocol: protocol.value ?? ownProtocol,
    scope: scope.value ?? (family === 'inet' ? widestScope[type] : undefined) ?? scopeUniverse,
    scopeGiven: scope.value !== undefined,
    ...(draft.metric !== undefined && { metric: draft.metric }),
    ...(draft.expires !== undefined && { expires: draft.expires }),
    metrics,
    ...(draft.congestionControl && { congestionControl: draft.congestionControl }),
    ...(draft.preference !== undefined && { preference: draft.preference }),
    ...(draft.ttlPropagate !== undefined && { ttlPropagate: draft.ttlPropagate }),
    placement: draft.placement ?? 'prepend',
    track,
    ...(trackGroup !== undefined && { trackGroup }),
    at: locate(statement),
  };
}

function ruleAction(draft: RuleDraft, line: LineCheck, context: Context): RuleAction | undefined {
  const { action, statement } = draft;
  if (action?.kind !== 'table') return action;
  const table = line.number(action.table);
  if (!table.ok || table.value === undefined) return undefined;
  if (table.value !== 0) return { kind: 'table', table: table.value };
  context.error(statement, action.table.word, 'CFG_UNKNOWN_TABLE', `table 0 cannot be looked up; ${ignored}`);
  return undefined;
}

function checkRule(draft: RuleDraft, names: RoutingNames, context: Context): VirtualRule | undefined {
  const { statement, preference } = draft;
  const line = new LineCheck(names, context, statement);
  const family = draft.family ?? 'inet';
  const track = draft.noTrack !== true;
  const tos = line.number(draft.tos);
  const realms = line.realms(draft.realms);
  const group = line.number(draft.suppressInterfaceGroup);
  const protocol = line.protocol(draft.protocol, track, 'rule');
  const action = ruleAction(draft, line, context);
  if (!tos.ok || !realms.ok || !group.ok || !protocol.ok || !action || preference === undefined) return undefined;
  const trackGroup = line.trackGroup(draft.trackGroup, draft.inputInterface !== undefined, 'rule');
  const number = protocol.value ?? (track ? ownProtocol : undefined);
  return {
    family,
    invert: draft.invert ?? false,
    ...(draft.from && { from: prefix(draft.from, family) }),
    ...(draft.to && { to: prefix(draft.to, family) }),
    preference,
    tos: tos.value ?? 0,
    ...(draft.firewallMark && { firewallMark: draft.firewallMark }),
    ...(draft.inputInterface !== undefined && { inputInterface: draft.inputInterface }),
    ...(draft.outputInterface !== undefined && { outputInterface: draft.outputInterface }),
    ...(draft.tunnelId !== undefined && { tunnelId: draft.tunnelId }),
    ...(draft.userIds && { userIds: draft.userIds }),
    ...(draft.ipProtocol !== undefined && { ipProtocol: draft.ipProtocol }),
    ...(draft.sourcePorts && { sourcePorts: draft.sourcePorts }),
    ...(draft.destinationPorts && { destinationPorts: draft.destinationPorts }),
    ...(number !== undefined && { protocol: number }),
    action,
    ...(realms.value !== undefined && { realms: realms.value }),
    ...(draft.suppressPrefixLength !== undefined && { suppressPrefixLength: draft.suppressPrefixLength }),
    ...(group.value !== undefined && { suppressInterfaceGroup: group.value }),
    track,
    ...(trackGroup !== undefined && { trackGroup }),
    at: locate(statement),
  };
}

/** Completes a block of routes; lines that cannot be used are left out and reported. */
export function checkRoutes(drafts: readonly RouteDraft[], context: Context): VirtualRoute[] {
  const names = new RoutingNames(context);
  return drafts.map((draft) => checkRoute(draft, names, context)).filter((route) => route !== undefined);
}

/** Completes a block of rules; lines that cannot be used are left out and reported. */
export function checkRules(drafts: readonly RuleDraft[], context: Context): VirtualRule[] {
  const names = new RoutingNames(context);
  return drafts.map((draft) => checkRule(draft, names, context)).filter((rule) => rule !== undefined);
}
