// Expected: keepalived.conf(5) on vrrp_rx_bufs_policy; sizes from RFC 3768 and RFC 5798 (section 5.1 of both).
import { describe, expect, it } from 'vitest';
import { receiveBufferOctets } from '../../../src/vrrp/receive-buffer.ts';
import { addressModel, instanceModel } from '../../support/models.ts';

const two = [addressModel({ address: '192.0.2.1' }), addressModel({ address: '192.0.2.2' })];
const first = instanceModel({ name: 'A', version: 2, virtualAddresses: two });
const second = instanceModel({
  name: 'B',
  version: 3,
  family: 'inet6',
  virtualAddresses: [addressModel({ address: 'fe80::1' })],
});

describe('the receive buffer of a socket', () => {
  it('is nobody’s business unless something is said', () => {
    expect(receiveBufferOctets([first, second], { multiplier: 3 }, 1500)).toBeUndefined();
  });

  it('is MTU times multiplier for each instance', () => {
    expect(receiveBufferOctets([first, second], { policy: 'mtu', multiplier: 4 }, 1500)).toBe(12_000);
  });

  it('is the size of the advertisements times multiplier', () => {
    // Version 2: IP header 20, VRRP header 8, 4 an address, authentication data 8.
    expect(receiveBufferOctets([first], { policy: 'advertisement', multiplier: 1 }, 1500)).toBe(20 + 8 + 8 + 8);
    // Version 3 over IPv6: IP header 40, VRRP header 8, 16 an address.
    expect(receiveBufferOctets([second], { policy: 'advertisement', multiplier: 3 }, 1500)).toBe(3 * (40 + 8 + 16));
  });

  it('is a number for each instance, and kernel_rx_buf_size takes its place', () => {
    const policy = { bytes: 10_000 };
    expect(receiveBufferOctets([first, second], { policy, multiplier: 3 }, 1500)).toBe(20_000);
    const own = { ...first, kernelReceiveBuffer: 5_000 };
    expect(receiveBufferOctets([own, second], { policy, multiplier: 3 }, 1500)).toBe(15_000);
    expect(receiveBufferOctets([own, second], { multiplier: 3 }, 1500)).toBe(5_000);
  });
});
