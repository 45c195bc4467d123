/** rp_filter: packets whose source the routes know elsewhere are thrown away before anybody sees them (RFC 3704). */
import { placeVirtualRouters } from '../../vrrp/virtual-interfaces.ts';
import { interfaceSetting, linkNamed, numberSetting, routeTo } from '../facts.ts';
import type { DoctorFacts } from '../facts.ts';
import { well } from '../finding.ts';
import type { Setting, TopicFinding } from '../finding.ts';

/** Documentation/networking/ip-sysctl: 1 is strict, 2 loose. */
const strict = 1;

const path = (name: string): string => `net/ipv4/conf/${name}/rp_filter`;

export function examineReversePath(facts: DoctorFacts): TopicFinding[] {
  const findings = [...vmacs(facts), ...heardElsewhere(facts)];
  const concerned = facts.configuration.vrrp.instances.length > 0;
  return findings.length > 0 || !concerned
    ? findings
    : [well('rp-filter', 'rp_filter keeps nothing from a virtual router')];
}

/** The larger of an interface's value and that of all counts; a VMAC needs 0, since its routes are those of its base. */
function vmacs(facts: DoctorFacts): TopicFinding[] {
  return placeVirtualRouters(facts.configuration).interfaces.flatMap((made): TopicFinding[] => {
    if (made.kind !== 'vmac' || made.family !== 'inet' || !linkNamed(facts, made.name)) return [];
    const { all, effective, own } = interfaceSetting(facts, made.name, 'rp_filter');
    if (effective !== strict) return [];
    const guilty = all === strict ? 'net.ipv4.conf.all.rp_filter' : `net.ipv4.conf.${made.name}.rp_filter`;
    return [
      {
        code: 'rp-filter-vmac',
        severity: 'error',
        what: `${guilty} is 1 (strict), which throws away what comes to the VMAC ${made.name}`,
        why: `the routes to the senders lead over ${made.base}: advertisements and requests that arrive at ${made.name} are dropped without a trace`,
        where: [`vrrp_instance ${made.instance}`, made.name],
        settings: [
          ...(all === undefined || all === 0 ? [] : withoutAll(facts, all)),
          ...(own === 0 ? [] : [off(made.name)]),
        ],
        remedies: [
          'find who sets it: grep -rs rp_filter /etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/lib/sysctl.d',
        ],
      },
    ];
  });
}

function off(name: string): Setting {
  return { path: path(name), value: '0' };
}

/** Every interface but the VMACs keeps the filter that held for it. */
function withoutAll(facts: DoctorFacts, all: number): Setting[] {
  const made = new Set(placeVirtualRouters(facts.configuration).interfaces.map(({ name }) => name));
  const others = ['default', ...facts.links.map(({ name }) => name).filter((name) => !made.has(name))];
  const kept = others.filter((name) => (numberSetting(facts, path(name)) ?? all) < all);
  return [...kept.map((name) => ({ path: path(name), value: String(all) })), off('all')];
}

/** Advertisements that came by, from a source that the routes know on another interface. */
function heardElsewhere(facts: DoctorFacts): TopicFinding[] {
  return (facts.wire?.routers ?? []).flatMap((router): TopicFinding[] => {
    if (router.own || router.instance === undefined || router.family !== 'inet') return [];
    const route = routeTo(facts, router.source);
    if (interfaceSetting(facts, router.interface, 'rp_filter').effective !== strict) return [];
    if (!route || (route.reached && (route.interface === router.interface || route.local))) return [];
    const leads = route.reached ? `leads over ${route.interface}` : 'leads nowhere';
    return [
      {
        code: 'rp-filter-source',
        severity: 'error',
        what: `rp_filter is strict on ${router.interface}, and the route to ${router.source}, which advertises there, ${leads}`,
        why: 'its advertisements are dropped without a trace, and both routers become master',
        where: [`vrrp_instance ${router.instance}`, router.interface],
        settings: [{ path: path(router.interface), value: '2' }],
        remedies: [`or give ${router.interface} an address in the network of ${router.source}`],
      },
    ];
  });
}
