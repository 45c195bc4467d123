/**
 * An advertisement is one packet: what does not fit into it, or into its octet with the count, is set and announced like
 * excluded addresses (reference: behaviour A1).
 */
import type { VrrpConfiguration, VrrpInstanceConfiguration } from '../config/model.ts';
import { AUTHENTICATION_HEADER, ETHERNET, IP_FIELD, VRRP } from './wire/constants.ts';
import { HMAC_TRAILER } from './wire/hmac-trailer.ts';

/** The count of addresses is one octet. */
const mostAddresses = 255;
const addressLength = { inet: 4, inet6: 16 } as const;

/** @param mtu of the interface; the original takes an Ethernet header off it, and so the lists of both are the same */
export function advertisedLimit(
  { authentication, family, hmac, version }: VrrpInstanceConfiguration,
  mtu: number,
): number {
  const ipv4 = family === 'inet';
  const header = ETHERNET.headerLength + (ipv4 ? IP_FIELD.ipv4HeaderLength : IP_FIELD.ipv6HeaderLength);
  const tail = ipv4 && version === 2 ? VRRP.authenticationDataLength : 0;
  const authenticationHeader = authentication?.type === 'AH' ? AUTHENTICATION_HEADER.length : 0;
  const trailer = hmac === undefined ? 0 : HMAC_TRAILER.length;
  const left = mtu - header - VRRP.headerLength - tail - authenticationHeader - trailer;
  return Math.max(0, Math.min(mostAddresses, Math.floor(left / addressLength[family])));
}

/**
 * @param mtuOf of an interface by its name; undefined: it is not there, and the count alone limits
 * @param complain told of each instance that has too many
 */
export function limitAdvertised(
  vrrp: VrrpConfiguration,
  mtuOf: (interfaceName: string) => number | undefined,
  complain: (message: string) => void,
): VrrpConfiguration {
  const limited = vrrp.instances.map((instance) => {
    const { excludedVirtualAddresses, interface: name, virtualAddresses } = instance;
    const limit = advertisedLimit(instance, mtuOf(name) ?? Infinity);
    const count = virtualAddresses.length;
    if (count <= limit) return instance;
    // In the words of the original, which log scrapers know.
    complain(
      `(${instance.name}) Number of VIPs (${count}) exceeds maximum/space available in packet ` +
        `(max ${limit} addresses) - excess moved to eVIPs`,
    );
    return {
      ...instance,
      virtualAddresses: virtualAddresses.slice(0, limit),
      excludedVirtualAddresses: [...virtualAddresses.slice(limit), ...excludedVirtualAddresses],
    };
  });
  return limited.every((instance, index) => instance === vrrp.instances[index])
    ? vrrp
    : { ...vrrp, instances: limited };
}
