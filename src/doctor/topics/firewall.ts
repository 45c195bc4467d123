/** Rules that keep advertisements and BFD out, or from leaving. */
import type { VrrpInstanceConfiguration } from '../../config/model.ts';
import { advertisingInterface } from '../../vrrp/advertising-interface.ts';
import { placeVirtualRouters } from '../../vrrp/virtual-interfaces.ts';
import { IP_PROTOCOL } from '../../vrrp/wire/constants.ts';
import { follow } from '../firewall/follow.ts';
import type { Fate } from '../firewall/follow.ts';
import type { FilteredPacket } from '../firewall/ruleset.ts';
import { linkNamed, routeTo } from '../facts.ts';
import type { DoctorFacts } from '../facts.ts';
import { instancePlace, placeText, well } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';

const udp = 17;
/** RFC 5881 section 4, RFC 5883 section 5. */
const bfdPort = { single: 3784, multi: 4784 } as const;
const fullTtl = 255;
const usualTtl = 64;

interface Asked {
  readonly packet: FilteredPacket;
  readonly direction: 'in' | 'out';
  readonly what: string;
  readonly why: string;
  readonly where: readonly string[];
  /** It is about advertisements to this instance. */
  readonly instance?: string;
}

export function examineFirewall(facts: DoctorFacts): TopicFinding[] {
  const { rulesets, troubles } = facts.firewall;
  const asked = [...advertisements(facts), ...sessions(facts)];
  const findings: TopicFinding[] = troubles.map((trouble) => ({
    code: 'firewall-unread',
    severity: 'note',
    what: `the rules of the firewall could not be read: ${trouble}`,
    why: 'whether they drop advertisements is not known',
  }));
  const told = new Set<string>();
  for (const one of asked) {
    const fate = follow(rulesets, one.packet, one.direction);
    if (fate.fate === 'passes' || (fate.fate === 'perhaps dropped' && arrives(facts, one))) continue;
    const key = `${one.what} ${fate.by ?? ''}`;
    if (told.has(key)) continue;
    told.add(key);
    findings.push(findingOf(one, fate));
  }
  if (findings.length === 0 && asked.length > 0) return [well('firewall', 'the firewall lets advertisements through')];
  return findings;
}

/** What was heard behind the filters passes them. */
function arrives({ wire }: DoctorFacts, { direction, instance }: Asked): boolean {
  if (direction === 'out' || instance === undefined) return false;
  return (
    wire?.routers.some((router) => router.instance === instance && !router.own && (router.delivered ?? 0) > 0) === true
  );
}

function findingOf({ direction, packet, what, where, why }: Asked, { by, fate, program }: Fate): TopicFinding {
  const certain = fate === 'dropped';
  const verb = direction === 'in' ? 'arrive' : 'leave';
  return {
    code: certain ? 'firewall-drops' : 'firewall-may-drop',
    severity: certain ? 'error' : 'warning',
    what: `${what} ${certain ? `do not ${verb}` : `may not ${verb}`}: ${by ?? 'a rule'}`,
    why: certain ? why : `${why}; that depends on something in the rules that cannot be told from here`,
    where,
    remedies: remedies(packet, direction, program),
  };
}

function remedies(packet: FilteredPacket, direction: 'in' | 'out', program: Fate['program'] = 'nft'): string[] {
  const { destinationPort, family, inputInterface, outputInterface, protocol } = packet;
  const chain = direction === 'in' ? 'input' : 'output';
  const name = direction === 'in' ? inputInterface : outputInterface;
  if (program === 'nft') {
    const device = name === undefined ? '' : `${direction === 'in' ? 'iifname' : 'oifname'} "${name}" `;
    const match = destinationPort === undefined ? `meta l4proto ${protocol}` : `udp dport ${destinationPort}`;
    return [`nft insert rule inet filter ${chain} ${device}${match} accept (name your own table and chain)`];
  }
  const device = name === undefined ? '' : ` ${direction === 'in' ? '-i' : '-o'} ${name}`;
  const match = destinationPort === undefined ? `-p ${protocol}` : `-p udp --dport ${destinationPort}`;
  const command = family === 'inet' ? 'iptables' : 'ip6tables';
  return [`${command} -I ${chain.toUpperCase()}${device} ${match} -j ACCEPT`];
}

function advertisements(facts: DoctorFacts): Asked[] {
  const { configuration } = facts;
  // With the names of VMACs: that is where advertisements come and go.
  return placeVirtualRouters(configuration).vrrp.instances.flatMap((instance) => {
    const protocol = instance.authentication?.type === 'AH' ? IP_PROTOCOL.authenticationHeader : IP_PROTOCOL.vrrp;
    const where = [instancePlace(instance), ...(instance.interface === '' ? [] : [instance.interface])];
    return instance.unicastPeers.length === 0
      ? multicast(facts, instance, protocol, where)
      : unicast(facts, instance, protocol, where);
  });
}

function multicast(
  facts: DoctorFacts,
  instance: VrrpInstanceConfiguration,
  protocol: number,
  where: readonly string[],
): Asked[] {
  const { family, multicastGroup } = instance;
  const name = advertisingInterface(instance);
  const sourceAddress = instance.sourceAddress ?? ownAddress(facts, instance);
  const common = { family, protocol, destination: multicastGroup, ttl: fullTtl, multicast: true };
  const words = `advertisements (protocol ${protocol}) to ${multicastGroup} on ${name}`;
  return [
    {
      packet: { ...common, inputInterface: name },
      direction: 'in',
      what: words,
      why: 'this router hears no master and becomes one beside it: two have the addresses',
      where,
      instance: instance.name,
    },
    {
      packet: { ...common, outputInterface: name, ...(sourceAddress !== undefined && { source: sourceAddress }) },
      direction: 'out',
      what: words,
      why: 'the other routers do not hear this one as master, and one of them becomes master too',
      where,
    },
  ];
}

/** The address that advertisements come from, where none is configured. */
function ownAddress(
  { addresses, ...facts }: DoctorFacts,
  { family, interface: name, virtualAddresses }: VrrpInstanceConfiguration,
): string | undefined {
  const index = linkNamed(facts, name)?.index;
  return addresses.find(
    (present) =>
      present.interfaceIndex === index &&
      present.family === family &&
      !virtualAddresses.some(({ address }) => address === present.address),
  )?.address;
}

function unicast(
  facts: DoctorFacts,
  instance: VrrpInstanceConfiguration,
  protocol: number,
  where: readonly string[],
): Asked[] {
  const { family, interface: named, sourceAddress, unicastPeers, unicastTtl } = instance;
  const ttl = unicastTtl ?? fullTtl;
  return unicastPeers.flatMap(({ address }): Asked[] => {
    const words = `advertisements (protocol ${protocol})`;
    const name = wayTo(facts, address) ?? named;
    const common = { family, protocol, ttl, multicast: false };
    return [
      ...(sourceAddress === undefined
        ? []
        : [
            {
              packet: {
                ...common,
                source: address,
                destination: sourceAddress,
                ...(name !== '' && { inputInterface: name }),
              },
              direction: 'in' as const,
              what: `${words} from ${address}`,
              why: 'this router hears no master and becomes one beside it: two have the addresses',
              where,
              instance: instance.name,
            },
          ]),
      {
        packet: {
          ...common,
          destination: address,
          ...(sourceAddress !== undefined && { source: sourceAddress }),
          ...(name !== '' && { outputInterface: name }),
        },
        direction: 'out',
        what: `${words} to ${address}`,
        why: 'the peer does not hear this router as master, and becomes master too',
        where,
      },
    ];
  });
}

/** The interface by which an address is reached. */
function wayTo(facts: DoctorFacts, address: string): string | undefined {
  const route = routeTo(facts, address);
  return route?.reached === true ? route.interface : undefined;
}

function sessions(facts: DoctorFacts): Asked[] {
  return facts.configuration.bfd.instances.flatMap((session): Asked[] => {
    const { at, family, multihop, name, neighborAddress, sourceAddress } = session;
    const port = multihop ? bfdPort.multi : bfdPort.single;
    const common = {
      family,
      protocol: udp,
      destinationPort: port,
      ttl: multihop ? usualTtl : fullTtl,
      multicast: false,
    };
    const where = [`bfd_instance ${name} (${placeText(at)})`];
    const way = wayTo(facts, neighborAddress);
    const why = 'the session never comes up, and what tracks it is in FAULT';
    const inbound: Asked[] =
      sourceAddress === undefined
        ? []
        : [
            {
              packet: {
                ...common,
                source: neighborAddress,
                destination: sourceAddress,
                ...(way !== undefined && { inputInterface: way }),
              },
              direction: 'in',
              what: `BFD packets (UDP ${port}) from ${neighborAddress}`,
              why,
              where,
            },
          ];
    return [
      ...inbound,
      {
        packet: {
          ...common,
          destination: neighborAddress,
          ...(way !== undefined && { outputInterface: way }),
          ...(sourceAddress !== undefined && { source: sourceAddress }),
        },
        direction: 'out',
        what: `BFD packets (UDP ${port}) to ${neighborAddress}`,
        why,
        where,
      },
    ];
  });
}
