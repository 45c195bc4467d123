/** The section of network interfaces. */
import type { KernelAddress, Link } from '../../network/types.ts';
import { carryingInterfaces } from '../../vrrp/carrying-interfaces.ts';
import { countsWithoutWeight } from '../../vrrp/priority.ts';
import { staticInterfaces } from '../../vrrp/static-tracking.ts';
import { virtualInterfaceNames } from '../../vrrp/virtual-interface-names.ts';
import type { VrrpDumpInput } from './input.ts';
import { textOf } from './texts.ts';

/** Interface flags of linux/if.h. */
const interfaceFlags = {
  up: 0x1,
  broadcast: 0x2,
  loopback: 0x8,
  running: 0x40,
  noArp: 0x80,
  multicast: 0x1000,
} as const;

/** ARPHRD_* of linux/if_arp.h that the original has a word for. */
const hardwareTypes: Readonly<Record<number, string>> = { 1: 'ETHERNET', 32: 'INFINIBAND', 772: 'LOOPBACK' };

const colons = (octets: Uint8Array): string =>
  [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join(':');

function stateText(flags: number): string {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  return [
    has(interfaceFlags.up) ? 'UP' : 'not UP',
    has(interfaceFlags.running) ? 'RUNNING' : 'not RUNNING',
    ...(has(interfaceFlags.broadcast) ? [] : ['no broadcast']),
    ...(has(interfaceFlags.loopback) ? ['loopback'] : []),
    ...(has(interfaceFlags.noArp) ? ['no arp'] : []),
    ...(has(interfaceFlags.multicast) ? [] : ['no multicast']),
  ].join(', ');
}

/** MACVLAN_MODE_* of linux/if_link.h. */
const macvlanModes: Readonly<Record<number, string>> = {
  1: 'private',
  2: 'vepa',
  4: 'bridge',
  8: 'passthru',
  16: 'source',
};
const ethernet = 1;

/** The block of one interface. */
export function linkDataText(link: Link, input: VrrpDumpInput): string {
  const { configuration, seenUp } = input;
  const { vrrp } = configuration;
  const loopback = (link.flags & interfaceFlags.loopback) !== 0;
  const delays = vrrp.interfaceDelays.find((line) => line.interface === link.name);
  const tracking = trackingOf(link.name, input);
  return textOf([
    ` Name = ${link.name}`,
    `   index = ${link.index}`,
    `   IPv4 address = ${ownAddress(link, 'inet', input)}`,
    `   IPv6 address = ${ownAddress(link, 'inet6', input)}`,
    ...(loopback || link.hardwareAddress.length === 0 ? [] : [`   MAC = ${colons(link.hardwareAddress)}`]),
    ...(link.hardwareType === ethernet ? [`   MAC broadcast = ${colons(new Uint8Array(6).fill(0xff))}`] : []),
    `   State = ${stateText(link.flags)}`,
    ...(seenUp === undefined ? [] : [`   Seen up = ${Number(seenUp.has(link.index))}`]),
    `   Up debounce timer = ${(delays?.up ?? 0) * 1000}us`,
    `   Down debounce timer = ${(delays?.down ?? 0) * 1000}us`,
    ...virtualInterfaceLines(link, input),
    `   MTU = ${link.mtu}`,
    `   HW Type = ${hardwareTypes[link.hardwareType] ?? `UNKNOWN (${link.hardwareType})`}`,
    '   NIC netlink status update',
    ...(tracking.length === 0 ? [] : ['   Tracking VRRP instances :', ...tracking]),
  ]);
}

/** The address that advertisements could come from: no virtual one, and of IPv6 the link-local one. */
function ownAddress(
  { index }: Link,
  family: KernelAddress['family'],
  { addresses = [], configuration }: VrrpDumpInput,
): string {
  const virtual = new Set(
    configuration.vrrp.instances.flatMap((instance) =>
      [...instance.virtualAddresses, ...instance.excludedVirtualAddresses].map(({ address }) => address),
    ),
  );
  const own = addresses.find(
    (each) =>
      each.interfaceIndex === index &&
      each.family === family &&
      !virtual.has(each.address) &&
      (family === 'inet' || isLinkLocal(each.address)),
  );
  return own?.address ?? '(none)';
}

/** fe80::/10 (RFC 4291 section 2.5.6). */
const isLinkLocal = (address: string): boolean => /^fe[89ab]/i.test(address);

/** What a VMAC says of itself and of the interface below it. */
function virtualInterfaceLines(link: Link, { configuration, links = [] }: VrrpDumpInput): string[] {
  if (link.kind !== 'macvlan' || ![...virtualInterfaceNames(configuration).values()].includes(link.name)) return [];
  const below = links.find(({ index }) => index === link.lowerIndex);
  const mode = macvlanModes[link.mode ?? 0] ?? 'unknown';
  return [
    below === undefined
      ? `   VMAC type ${mode}, underlying interface in different namespace`
      : `   VMAC type ${mode}, underlying interface = ${below.name}, state = ${stateText(below.flags)}`,
    '   I/f created by keepalived',
  ];
}

/** Instances that follow the state of an interface: as their own, as the one below it, or as a tracked one. */
function trackingOf(name: string, { configuration }: VrrpDumpInput): string[] {
  const { vrrp } = configuration;
  const names = virtualInterfaceNames(configuration);
  return vrrp.instances.flatMap((instance) => {
    const group = vrrp.syncGroups.find(({ members }) => members.includes(instance.name));
    const tracked = [...instance.trackInterfaces, ...(group?.trackInterfaces ?? [])].find(
      (entry) => entry.interface === name,
    );
    const own = [instance.interface, names.get(instance.name)].includes(name) && !instance.dontTrackPrimary;
    if (own) return [`     ${instance.name}, weight 0`];
    if (tracked === undefined) return [];
    const { reverse, weight } = countsWithoutWeight(tracked, carryingInterfaces(instance, staticInterfaces(vrrp)));
    return [`     ${instance.name}, weight ${weight}${reverse ? ' reverse' : ''}`];
  });
}
