/** Interfaces: are they there, up, with a link and with an address to speak from; and what the kernel has to make others. */
import type { VrrpInstanceConfiguration } from '../../config/model.ts';
import { IFF } from '../../network/constants.ts';
import type { Link } from '../../network/types.ts';
import { placeVirtualRouters } from '../../vrrp/virtual-interfaces.ts';
import { linkNamed } from '../facts.ts';
import type { DoctorFacts } from '../facts.ts';
import { instancePlace, listed, placeText, well } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';

export function examineInterfaces(facts: DoctorFacts): TopicFinding[] {
  const { configuration } = facts;
  const made = new Set(placeVirtualRouters(configuration).interfaces.map(({ name }) => name));
  const uses = new Map<string, string[]>();
  for (const { at, name, usedBy } of configuration.interfaces ?? []) {
    if (made.has(name)) continue;
    const places = uses.get(name) ?? [];
    places.push(`${usedBy} (${placeText(at)})`);
    uses.set(name, places);
  }
  const findings = [...uses].flatMap(([name, places]) => interfaceFindings(facts, name, places));
  for (const instance of configuration.vrrp.instances) findings.push(...speaking(facts, instance));
  return findings.length > 0 || uses.size === 0
    ? findings
    : [well('interfaces', `interfaces are up: ${listed([...uses.keys()])}`)];
}

function interfaceFindings(facts: DoctorFacts, name: string, places: readonly string[]): TopicFinding[] {
  const where = [name, ...new Set(places)];
  const link = linkNamed(facts, name);
  if (!link) {
    const present = facts.links.map((one) => one.name).filter((one) => one !== 'lo');
    const dynamic = facts.configuration.global.dynamicInterfaces;
    return [
      {
        code: 'interface-missing',
        severity: 'error',
        what: `there is no interface ${name} here`,
        why: dynamic
          ? 'what needs it is in FAULT until it appears'
          : 'the daemon does not start without it (dynamic_interfaces lets it wait)',
        where,
        remedies: [`ip -brief link (there are: ${listed(present, 8)})`],
      },
    ];
  }
  if ((link.flags & IFF.UP) === 0) {
    return [
      {
        code: 'interface-down',
        severity: 'error',
        what: `interface ${name} is down`,
        why: 'an instance on it is in FAULT, and its addresses are with nobody or with the other router',
        where,
        remedies: [`ip link set dev ${name} up`],
      },
    ];
  }
  if (link.up) return [];
  return [
    {
      code: 'no-link',
      severity: 'error',
      what: `interface ${name} is up and has no link`,
      why: 'an instance on it is in FAULT until the cable, the switch port or the other end is back',
      where,
      remedies: [`ethtool ${name}`],
    },
  ];
}

/** Can it send at all? */
function speaking(facts: DoctorFacts, instance: VrrpInstanceConfiguration): TopicFinding[] {
  const link = linkNamed(facts, instance.interface);
  if (!link?.up) return [];
  const findings: TopicFinding[] = [];
  if (instance.unicastPeers.length === 0 && (link.flags & IFF.MULTICAST) === 0) {
    findings.push({
      code: 'no-multicast',
      severity: 'error',
      what: `interface ${link.name} takes no multicast, and ${instance.name} advertises to ${instance.multicastGroup}`,
      why: 'the routers do not hear each other, and each becomes master',
      where: [instancePlace(instance), link.name],
      remedies: [`ip link set dev ${link.name} multicast on`, 'or list the other routers in unicast_peer { }'],
    });
  }
  if (!hasSource(facts, instance, link)) findings.push(withoutSource(instance, link));
  return findings;
}

function hasSource({ addresses }: DoctorFacts, instance: VrrpInstanceConfiguration, link: Link): boolean {
  const { family, sourceAddress } = instance;
  if (sourceAddress !== undefined) return addresses.some(({ address }) => address === sourceAddress);
  const virtual = new Set(instance.virtualAddresses.map(({ address }) => address));
  return addresses.some(
    (present) => present.family === family && present.interfaceIndex === link.index && !virtual.has(present.address),
  );
}

function withoutSource({ at, family, name, sourceAddress }: VrrpInstanceConfiguration, link: Link): TopicFinding {
  const place = [instancePlace({ name, at }), link.name];
  if (sourceAddress !== undefined) {
    return {
      code: 'source-missing',
      severity: 'warning',
      what: `${sourceAddress}, the source of the advertisements of ${name}, is not on this machine`,
      why: 'other routers know each other by it, and what they answer does not arrive',
      where: place,
      remedies: [
        `ip address add ${sourceAddress}/${family === 'inet' ? 24 : 64} dev ${link.name}, or correct the address`,
      ],
    };
  }
  return {
    code: 'no-source',
    severity: 'error',
    what: `interface ${link.name} has no ${family === 'inet' ? 'IPv4' : 'IPv6'} address of its own`,
    why: 'there is nothing to advertise from: the instance is in FAULT',
    where: place,
    remedies: [
      family === 'inet'
        ? `ip address add ADDRESS/24 dev ${link.name}`
        : `sysctl -w net.ipv6.conf.${link.name}.disable_ipv6=0 (a link-local address is enough)`,
    ],
  };
}

/** Modules for the interfaces that the configuration wants. */
export function examineFeatures({ configuration, links, modules }: DoctorFacts): TopicFinding[] {
  const { interfaces } = placeVirtualRouters(configuration);
  const wanted: { module: string; what: string; where: string[] }[] = [
    ...(['vmac', 'ipvlan'] as const).map((kind) => ({
      module: kind === 'vmac' ? 'macvlan' : 'ipvlan',
      what: kind === 'vmac' ? 'use_vmac' : 'use_ipvlan',
      where: interfaces.filter((made) => made.kind === kind).map(({ instance }) => `vrrp_instance ${instance}`),
    })),
    {
      module: 'vrf',
      what: 'vrf',
      where: configuration.vrrp.instances.filter(({ vrf }) => vrf !== undefined).map(instancePlace),
    },
  ];
  const { available, loaded } = modules;
  if (!available) return [];
  return wanted.flatMap(({ module, what, where }): TopicFinding[] => {
    if (where.length === 0) return [];
    if (loaded.includes(module) || available.includes(module) || links.some(({ kind }) => kind === module)) {
      return [well('feature', `the kernel has ${module}`)];
    }
    return [
      {
        code: 'feature-missing',
        severity: 'error',
        what: `${what} needs ${module}, which this kernel does not have`,
        why: 'the interface cannot be made, and the instance stays in FAULT',
        where: [...new Set(where)],
        remedies: [
          'install the whole set of modules of this kernel (Debian and Ubuntu: linux-modules-extra, not the cloud kernel)',
        ],
      },
    ];
  });
}
