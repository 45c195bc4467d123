/** Who answers for the virtual addresses: the master alone should, not a real server of direct routing, nor a stranger. */
import { virtualRouterMac } from '../../vrrp/virtual-interfaces.ts';
import type { VrrpInstanceConfiguration } from '../../config/model.ts';
import { isHere, routeTo } from '../facts.ts';
import type { DoctorFacts } from '../facts.ts';
import { instancePlace, listed, well } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';
import { namedServices } from '../services.ts';
import type { NamedService } from '../services.ts';
import type { AddressAnswer } from '../wire/heard.ts';
import { hardwareText } from '../wire/address-probe.ts';

/** Real servers whose answers for a virtual address are answers to the wrong question. */
function directServers(services: readonly NamedService[]): { address: string; services: NamedService[] }[] {
  const servers = new Map<string, NamedService[]>();
  for (const service of services) {
    for (const { address, forwarding } of service.realServers) {
      if (forwarding.method === 'NAT') continue;
      const list = servers.get(address) ?? [];
      if (!list.includes(service)) list.push(service);
      servers.set(address, list);
    }
  }
  return [...servers].map(([address, list]) => ({ address, services: list }));
}

export function examineRealServers(facts: DoctorFacts): TopicFinding[] {
  const services = namedServices(facts.configuration);
  const direct = directServers(services);
  const findings = [...offLink(facts, services), ...direct.flatMap((server) => answering(facts, server))];
  const probed = facts.wire !== undefined && direct.length > 0;
  return findings.length === 0 && probed
    ? [well('real-servers', 'no real server answers for a virtual address')]
    : findings;
}

/** Direct routing sends a frame to the real server's hardware address: there must be no router between. */
function offLink(facts: DoctorFacts, services: readonly NamedService[]): TopicFinding[] {
  const far = new Map<string, { gateway: string; where: string[] }>();
  for (const service of services) {
    for (const { address, forwarding } of service.realServers) {
      const route = routeTo(facts, address);
      if (forwarding.method !== 'DR' || !route?.reached || route.gateway === undefined) continue;
      const entry = far.get(address) ?? { gateway: route.gateway, where: [] };
      entry.where.push(service.place);
      far.set(address, entry);
    }
  }
  return [...far].map(([address, { gateway, where }]) => ({
    code: 'direct-routing-off-link',
    severity: 'error',
    what: `real server ${address} is behind the router ${gateway}, and the service uses direct routing`,
    why: 'the packets still bear the virtual address: the router sends them back here or nowhere',
    where: [...new Set(where)].slice(0, 4),
    remedies: [
      'write "lvs_method TUN" for it (keepalivectl realserver --method tun prints its side)',
      'or give this machine an address in its network',
    ],
  }));
}

function answering(
  facts: DoctorFacts,
  { address, services }: { address: string; services: NamedService[] },
): TopicFinding[] {
  const { wire } = facts;
  if (!wire || isHere(facts, address)) return [];
  const hardware = new Set(
    wire.answers.filter((answer) => answer.address === address).map(({ hardwareAddress }) => hardwareAddress),
  );
  if (hardware.size === 0) return [];
  const wrong: AddressAnswer[] = [];
  const where: string[] = [];
  for (const service of services) {
    const answers = wire.answers.filter(
      (answer) =>
        hardware.has(answer.hardwareAddress) &&
        service.addresses.some((virtual) => virtual.address === answer.address && virtual.address !== address),
    );
    if (answers.length === 0) continue;
    // The other director may be a real server too, and answers as master: then it is heard.
    const legitimate = answers.every((answer) => speaksFor(facts, answer));
    if (legitimate) continue;
    wrong.push(...answers);
    where.push(service.place);
  }
  const [first] = wrong;
  if (!first) return [];
  const virtual = listed(wrong.map((answer) => answer.address));
  return [
    {
      code: 'real-server-answers-arp',
      severity: 'error',
      what: `real server ${address} (${first.hardwareAddress}) answers ${protocolOf(first.address)} for ${virtual}, a virtual address`,
      why: 'some clients send to it directly, past the balancer: they are not balanced, and fail when it fails',
      where: [...new Set(where).values(), first.interface].slice(0, 5),
      remedies: [
        ...onRealServer(first.address).map((command) => `on ${address}: ${command}`),
        `keepalivectl realserver ${first.address} prints all of it, to keep`,
      ],
    },
  ];
}

/** What asks where an address lives. */
function protocolOf(address: string): string {
  return address.includes(':') ? 'neighbour solicitations' : 'ARP';
}

function onRealServer(virtual: string): string[] {
  // Linux answers solicitations on the interface that has the address, and on no other.
  if (virtual.includes(':'))
    return [`ip -6 address add ${virtual}/128 dev lo nodad (not on the interface of the network)`];
  return [
    'sysctl -w net.ipv4.conf.all.arp_ignore=1; sysctl -w net.ipv4.conf.all.arp_announce=2',
    `ip address add ${virtual}/32 dev lo (not on the interface of the network)`,
  ];
}

/** Whether the one that answers is heard as a master of a router that has the address. */
function speaksFor({ wire }: DoctorFacts, { address, hardwareAddress }: AddressAnswer): boolean {
  const master = wire?.routers.find(
    (router) => router.addresses.includes(address) && !router.own && router.priority > 0,
  );
  if (!master) return false;
  const byAddress = wire?.answers.some(
    (answer) => answer.address === master.source && answer.hardwareAddress === hardwareAddress,
  );
  return master.hardwareAddress === hardwareAddress || byAddress === true;
}

export function examineAddresses(facts: DoctorFacts): TopicFinding[] {
  const { configuration, wire } = facts;
  if (!wire) return [];
  const own = new Set(facts.links.map(({ hardwareAddress }) => hardwareText(hardwareAddress)));
  const services = namedServices(configuration);
  /** Those that the other topic tells of: a real server that answers for an address of its own service. */
  const told = (answer: AddressAnswer): boolean =>
    services.some(
      ({ addresses, realServers }) =>
        addresses.some(({ address }) => address === answer.address) &&
        realServers.some(
          ({ address, forwarding }) =>
            forwarding.method !== 'NAT' &&
            wire.answers.some((one) => one.address === address && one.hardwareAddress === answer.hardwareAddress),
        ),
    );
  const findings = configuration.vrrp.instances.flatMap((instance) =>
    [...instance.virtualAddresses, ...instance.excludedVirtualAddresses].flatMap(({ address }) => {
      const answers = wire.answers.filter(
        (answer) =>
          answer.address === address && !own.has(answer.hardwareAddress) && (!told(answer) || speaksFor(facts, answer)),
      );
      return claimed(facts, instance, address, answers);
    }),
  );
  const concerned = configuration.vrrp.instances.length > 0;
  return findings.length > 0 || !concerned ? findings : [well('addresses', 'virtual addresses are where they belong')];
}

function claimed(
  facts: DoctorFacts,
  instance: VrrpInstanceConfiguration,
  address: string,
  answers: readonly AddressAnswer[],
): TopicFinding[] {
  const hardware = [...new Set(answers.map(({ hardwareAddress }) => hardwareAddress))];
  const [first] = answers;
  if (!first) return [];
  const where = [instancePlace(instance), first.interface];
  const remedies = [`arping -D -c 3 -I ${first.interface} ${address}`, `ip neigh show ${address}`];
  if (isHere(facts, address)) {
    return [
      {
        code: 'address-twice',
        severity: 'error',
        what: `${address} is on this machine and also on that of ${listed(hardware)}`,
        why: 'clients reach now the one and now the other',
        where,
        remedies,
      },
    ];
  }
  if (hardware.length > 1) {
    return [
      {
        code: 'address-twice',
        severity: 'error',
        what: `${address} is answered for by ${hardware.length} machines: ${listed(hardware)}`,
        why: 'clients reach now the one and now the other',
        where,
        remedies,
      },
    ];
  }
  const virtual = virtualRouterMac(instance.family, instance.virtualRouterId);
  if (speaksFor(facts, first) || first.hardwareAddress === virtual) return [];
  const heard = facts.wire?.routers.find(({ instance: name, own }) => name === instance.name && !own);
  return [
    {
      code: 'address-elsewhere',
      severity: heard ? 'warning' : 'error',
      what: `${address} is on the machine of ${first.hardwareAddress}, ${heard ? `and ${heard.source} (${heard.hardwareAddress}) advertises it` : 'which advertises nothing that is heard here'}`,
      why: heard
        ? 'the address was left behind, or another machine has it: clients reach the wrong one'
        : 'this router would take the address over beside it: either a master is not heard, or somebody has the address for good',
      where,
      remedies,
    },
  ];
}
