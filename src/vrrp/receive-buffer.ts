/** How large the receive buffers of advertisement sockets are to be (vrrp_rx_bufs_policy, kernel_rx_buf_size). */
import type { AdvertisementBuffers, VrrpInstanceConfiguration } from '../config/model.ts';
import { IP_FIELD } from './wire/constants.ts';

/** VRRP header with its authentication data (RFC 3768 section 5.1). */
const headerOctets = 8;
const authenticationOctets = 8;

/** An advertisement with its IP header. */
function advertisementOctets({ family, version, virtualAddresses }: VrrpInstanceConfiguration): number {
  const addresses = virtualAddresses.length * (family === 'inet' ? 4 : 16);
  const ipHeader = family === 'inet' ? IP_FIELD.ipv4HeaderLength : 40;
  return ipHeader + headerOctets + addresses + (version === 2 ? authenticationOctets : 0);
}

/**
 * Octets for the socket that these instances share; undefined: nothing is said.
 * @param mtu of their interface
 */
export function receiveBufferOctets(
  instances: readonly VrrpInstanceConfiguration[],
  { policy, multiplier }: AdvertisementBuffers,
  mtu: number,
): number | undefined {
  const shares = instances.map((instance) => {
    if (instance.kernelReceiveBuffer !== undefined) return instance.kernelReceiveBuffer;
    if (policy === undefined) return 0;
    if (policy === 'mtu') return mtu * multiplier;
    return policy === 'advertisement' ? advertisementOctets(instance) * multiplier : policy.bytes;
  });
  const total = shares.reduce((sum, share) => sum + share, 0);
  return total === 0 ? undefined : total;
}
