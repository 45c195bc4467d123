/** What became of a write of a route or rule: which refusals of the kernel are none. */
import type { VirtualRoute, VirtualRule } from '../config/model.ts';
import type { RoutingChange } from './route-types.ts';

const ENOENT = 2;
const ESRCH = 3;
const EEXIST = 17;
const ENODEV = 19;

export interface RoutingOutcome {
  /** `already`: it existed, or was gone, before. */
  readonly result: 'done' | 'already' | 'failed';
  /** For `failed`: what could not be done and why, in words. */
  readonly reason?: string;
}

/** "route 10.30.0.0/16 via 10.0.0.2 dev eth0 table 100" */
export function routeText(route: VirtualRoute): string {
  const { destination, interface: name, nexthops, table, type, via, vrf } = route;
  const words = [
    ...(type === 'unicast' ? [] : [type]),
    `${destination.address}/${destination.prefixLength}`,
    ...(via === undefined ? [] : [`via ${via}`]),
    ...(name === undefined ? [] : [`dev ${name}`]),
    ...nexthops.map(
      (way) => `nexthop via ${way.via ?? '-'}${way.interface === undefined ? '' : ` dev ${way.interface}`}`,
    ),
    ...(vrf !== undefined ? [`vrf ${vrf}`] : table === 254 ? [] : [`table ${table}`]),
    ...(route.metric === undefined ? [] : [`metric ${route.metric}`]),
  ];
  return `route ${words.join(' ')}`;
}

/** "rule 1000 from 10.1.0.0/16 table 100" */
export function ruleText({ action, from, invert, preference, to }: VirtualRule): string {
  const words = [
    `rule ${preference}`,
    ...(invert ? ['not'] : []),
    ...(from ? [`from ${from.address}/${from.prefixLength}`] : []),
    ...(to ? [`to ${to.address}/${to.prefixLength}`] : []),
    action.kind === 'table'
      ? `table ${action.table}`
      : action.kind === 'goto'
        ? `goto ${action.preference}`
        : action.kind,
  ];
  return words.join(' ');
}

/** What a change is about. */
export function itemText(change: RoutingChange): string {
  return change.what === 'route' ? routeText(change.route.route) : ruleText(change.rule);
}

/**
 * Judges the kernel's answer.
 * @param errno positive error number, 0: accepted
 * @param said the kernel's words or the name of the error
 */
export function judgeRoutingChange(change: RoutingChange, errno: number, said: string): RoutingOutcome {
  if (errno === 0) return { result: 'done' };
  const adding = change.change === 'add';
  if (adding ? errno === EEXIST : [ENOENT, ESRCH, ENODEV].includes(errno)) return { result: 'already' };
  return { result: 'failed', reason: `cannot ${adding ? 'add' : 'remove'} ${itemText(change)}: ${said}` };
}
