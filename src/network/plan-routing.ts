/**
 * The difference between routes and rules as they are and as they should be. Those that are tracked carry keepalived's
 * protocol, by which the kernel shows them; the others are known only by having been written.
 */
import type { VirtualRoute, VirtualRule } from '../config/model.ts';
import { isRoute, placeRoute, routeKey } from './match-routes.ts';
import { RTPROT_KEEPALIVED } from './route-constants.ts';
import type { KernelRoute, KernelRule, RoutingChange } from './route-types.ts';
import { expectedRule, ruleKey } from './rule-codec.ts';
import type { Link } from './types.ts';

/** What an instance, or the static blocks, want of routes and rules. */
export interface DesiredRouting {
  /** Name of the instance; empty for the static blocks. */
  readonly subject: string;
  /** Should exist now, in this order. */
  readonly routes: readonly VirtualRoute[];
  readonly rules: readonly VirtualRule[];
  /** Configured, but not to exist now: left over if the kernel has them. */
  readonly unwantedRoutes: readonly VirtualRoute[];
  readonly unwantedRules: readonly VirtualRule[];
}

/** Routes and rules of keepalived's protocol, as the kernel has them. */
export interface RoutingView {
  readonly routes: readonly KernelRoute[];
  readonly rules: readonly KernelRule[];
}

/** One write with the key under which it is remembered. */
export type PlannedChange = RoutingChange & { readonly key: string; readonly subject: string };

export interface RoutingPlan {
  /** Rules first, then routes, the last first. */
  readonly removals: readonly PlannedChange[];
  /** Routes first, then rules, in order. */
  readonly additions: readonly PlannedChange[];
  /** What is there already as it should be, by key: as good as written. */
  readonly present: ReadonlyMap<string, PlannedChange>;
}

export interface RoutingSituation {
  /** What was written and not removed again, by key. */
  readonly written: ReadonlyMap<string, PlannedChange>;
  /** Keys that were written so recently that the view cannot show them yet. */
  readonly unseen: ReadonlySet<string>;
  readonly view: RoutingView;
  readonly links: readonly Link[];
}

function watched({ protocol, track }: VirtualRoute | VirtualRule): boolean {
  return track && protocol === RTPROT_KEEPALIVED;
}

interface Candidate {
  readonly key: string;
  readonly watched: boolean;
  /** Undefined while it cannot be written. */
  readonly addition: PlannedChange | undefined;
  readonly isThere: boolean;
}

function destinationText({ destination }: KernelRoute | VirtualRoute): string {
  return `${destination.address}/${destination.prefixLength}`;
}

class Candidates {
  readonly #links: ReadonlyMap<string, Link>;
  /** Routes of the kernel by their destination. */
  readonly #routes = new Map<string, KernelRoute[]>();
  readonly #ruleKeys: ReadonlySet<string>;

  constructor({ view, links }: RoutingSituation) {
    this.#links = new Map(links.map((link) => [link.name, link]));
    this.#ruleKeys = new Set(view.rules.map(ruleKey));
    for (const route of view.routes) {
      const same = this.#routes.get(destinationText(route));
      if (same) same.push(route);
      else this.#routes.set(destinationText(route), [route]);
    }
  }

  route(route: VirtualRoute, subject: string): Candidate {
    const key = `route ${routeKey(route)}`;
    const placed = placeRoute(route, this.#links);
    return {
      key,
      watched: watched(route),
      addition: placed && { what: 'route', change: 'add', route: placed, key, subject },
      isThere:
        placed !== undefined &&
        this.#routes.get(destinationText(route))?.some((present) => isRoute(placed, present)) === true,
    };
  }

  rule(rule: VirtualRule, subject: string): Candidate {
    const kernelKey = ruleKey(expectedRule(rule));
    const key = `rule ${kernelKey}`;
    return {
      key,
      watched: watched(rule),
      addition: { what: 'rule', change: 'add', rule, key, subject },
      isThere: this.#ruleKeys.has(kernelKey),
    };
  }
}

function removal(change: PlannedChange): PlannedChange {
  return { ...change, change: 'delete' };
}

/** The writes that make what is wanted exist and what was ours and is not wanted disappear. */
export function planRouting(wanted: readonly DesiredRouting[], situation: RoutingSituation): RoutingPlan {
  const { unseen, written } = situation;
  const candidates = new Candidates(situation);
  const desired = new Map<string, Candidate>();
  const want = (candidate: Candidate): void => {
    if (!desired.has(candidate.key)) desired.set(candidate.key, candidate);
  };
  for (const { routes, subject } of wanted) for (const route of routes) want(candidates.route(route, subject));
  for (const { rules, subject } of wanted) for (const rule of rules) want(candidates.rule(rule, subject));

  const removals = new Map<string, PlannedChange>();
  for (const [key, change] of written) if (!desired.has(key)) removals.set(key, removal(change));
  for (const { subject, unwantedRoutes, unwantedRules } of wanted) {
    const unwanted = [
      ...unwantedRoutes.map((route) => candidates.route(route, subject)),
      ...unwantedRules.map((rule) => candidates.rule(rule, subject)),
    ];
    for (const { addition, isThere, key, watched: known } of unwanted) {
      if (known && isThere && addition && !desired.has(key) && !removals.has(key)) removals.set(key, removal(addition));
    }
  }

  const additions: PlannedChange[] = [];
  const present = new Map<string, PlannedChange>();
  for (const { addition, isThere, key, watched: known } of desired.values()) {
    if (!addition) continue;
    if (known && isThere) present.set(key, addition);
    else if (!unseen.has(key) && (known || !written.has(key))) additions.push(addition);
  }
  const ordered = [...removals.values()].toReversed();
  return {
    removals: [...ordered.filter(({ what }) => what === 'rule'), ...ordered.filter(({ what }) => what === 'route')],
    additions,
    present,
  };
}
