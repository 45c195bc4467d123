/** arp_ignore and arp_announce of a director: it has to answer for its virtual addresses, and with the right hardware address. */
import type { VirtualAddress, VrrpInstanceConfiguration } from '../../config/model.ts';
import { placeVirtualRouters } from '../../vrrp/virtual-interfaces.ts';
import { interfaceSetting, linkNamed } from '../facts.ts';
import type { DoctorFacts } from '../facts.ts';
import { instancePlace, well } from '../finding.ts';
import type { Setting, TopicFinding } from '../finding.ts';

/** Documentation/networking/ip-sysctl: arp_ignore. */
const ARP_IGNORE = { sameSubnet: 2, everything: 8 } as const;
const hostPrefix = 32;

const path = (name: string, setting: string): string => `net/ipv4/conf/${name}/${setting}`;

export function examineArp(facts: DoctorFacts): TopicFinding[] {
  const findings = [...facts.configuration.vrrp.instances.flatMap((one) => silent(facts, one)), ...vmacs(facts)];
  const concerned = facts.configuration.vrrp.instances.length > 0;
  return findings.length > 0 || !concerned ? findings : [well('arp', 'virtual addresses answer ARP')];
}

/** Values with which the kernel would not answer for a virtual address. */
function silent(facts: DoctorFacts, instance: VrrpInstanceConfiguration): TopicFinding[] {
  const addresses = [...instance.virtualAddresses, ...instance.excludedVirtualAddresses];
  const seen = new Set<string>();
  return addresses.flatMap((address): TopicFinding[] => {
    if (address.family !== 'inet' || seen.has(address.interface)) return [];
    const { effective } = interfaceSetting(facts, address.interface, 'arp_ignore');
    const why = whySilent(address, effective);
    if (why === undefined) return [];
    seen.add(address.interface);
    return [
      {
        code: 'arp-silent',
        severity: 'error',
        what: `arp_ignore is ${effective} for ${address.interface}: nobody gets an answer for ${address.address}`,
        why,
        where: [instancePlace(instance), address.interface],
        settings: lowered(facts, address.interface, 'arp_ignore', '1'),
      },
    ];
  });
}

function whySilent({ prefixLength }: VirtualAddress, value: number): string | undefined {
  if (value === ARP_IGNORE.everything) return 'with 8 the kernel answers no ARP request at all';
  if (value === ARP_IGNORE.sameSubnet && prefixLength === hostPrefix)
    return 'with 2 the kernel answers only askers of the same network, and a /32 has no other address in its network';
  return undefined;
}

/** Where the larger of two values counts, both must go down. */
function lowered(facts: DoctorFacts, name: string, setting: string, value: string): Setting[] {
  const { all, own } = interfaceSetting(facts, name, setting);
  const above = (one: number | undefined): boolean => (one ?? 0) > Number(value);
  return [
    ...(above(all) ? [{ path: path('all', setting), value }] : []),
    ...(above(own) ? [{ path: path(name, setting), value }] : []),
  ];
}

/** What the daemon sets for a VMAC and somebody else may have undone since. */
function vmacs(facts: DoctorFacts): TopicFinding[] {
  return placeVirtualRouters(facts.configuration).interfaces.flatMap((made): TopicFinding[] => {
    if (made.kind !== 'vmac' || made.family !== 'inet' || !linkNamed(facts, made.name)) return [];
    const where = [`vrrp_instance ${made.instance}`, made.name];
    const findings: TopicFinding[] = [];
    if (interfaceSetting(facts, made.base, 'arp_ignore').effective === 0) {
      findings.push({
        code: 'arp-two-answers',
        severity: 'warning',
        what: `arp_ignore is 0 on ${made.base}: it answers for the addresses of the VMAC ${made.name} too`,
        why: `clients learn the hardware address of ${made.base} instead of the virtual one, and after a failover send to the wrong machine`,
        where: [...where, made.base],
        settings: [{ path: path(made.base, 'arp_ignore'), value: '1' }],
      });
    }
    const { own } = interfaceSetting(facts, made.name, 'accept_local');
    if (own === 0) {
      findings.push({
        code: 'accept-local',
        severity: 'warning',
        what: `accept_local is 0 on the VMAC ${made.name}`,
        why: 'packets whose source is an address of this machine are dropped there',
        where,
        settings: [{ path: path(made.name, 'accept_local'), value: '1' }],
      });
    }
    return findings;
  });
}
