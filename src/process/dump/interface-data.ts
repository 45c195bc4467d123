/** The section of network interfaces. */
import type { VrrpConfiguration } from '../../config/model.ts';
import type { KernelAddress, Link } from '../../network/types.ts';
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

/** The block of one interface. */
export function linkDataText(link: Link, addresses: readonly KernelAddress[], vrrp: VrrpConfiguration): string {
  const own = addresses.filter(({ interfaceIndex }) => interfaceIndex === link.index);
  const first = (family: KernelAddress['family']): string =>
    own.find((address) => address.family === family)?.address ?? '(none)';
  const loopback = (link.flags & interfaceFlags.loopback) !== 0;
  const delays = vrrp.interfaceDelays.find((line) => line.interface === link.name);
  const tracking = trackingOf(link.name, vrrp);
  return textOf([
    ` Name = ${link.name}`,
    `   index = ${link.index}`,
    `   IPv4 address = ${first('inet')}`,
    `   IPv6 address = ${first('inet6')}`,
    ...(loopback || link.hardwareAddress.length === 0 ? [] : [`   MAC = ${colons(link.hardwareAddress)}`]),
    `   State = ${stateText(link.flags)}`,
    `   Up debounce timer = ${(delays?.up ?? 0) * 1000}us`,
    `   Down debounce timer = ${(delays?.down ?? 0) * 1000}us`,
    `   MTU = ${link.mtu}`,
    `   HW Type = ${hardwareTypes[link.hardwareType] ?? `UNKNOWN (${link.hardwareType})`}`,
    ...(tracking.length === 0 ? [] : ['   Tracking VRRP instances :', ...tracking]),
  ]);
}

/** Instances that follow the state of an interface: as their own or as a tracked one. */
function trackingOf(name: string, vrrp: VrrpConfiguration): string[] {
  return vrrp.instances.flatMap((instance) => {
    const group = vrrp.syncGroups.find(({ members }) => members.includes(instance.name));
    const tracked = [...instance.trackInterfaces, ...(group?.trackInterfaces ?? [])].find(
      (entry) => entry.interface === name,
    );
    const own = instance.interface === name && !instance.dontTrackPrimary;
    if (own) return [`     ${instance.name}, weight 0`];
    if (tracked === undefined) return [];
    return [`     ${instance.name}, weight ${tracked.weight}${tracked.reverse ? ' reverse' : ''}`];
  });
}
