/** How many addresses an advertisement names. The numbers are those in the log of keepalived 2.2.7 for the same instances. */
import { describe, expect, it } from 'vitest';
import type { VrrpInstanceConfiguration } from '../../../src/config/model.ts';
import { limitAdvertised } from '../../../src/vrrp/advertised-limit.ts';
import { address, instance, vrrpConfiguration } from './configuration.ts';

function addresses(family: 'inet' | 'inet6', count: number) {
  return Array.from({ length: count }, (_, number) =>
    address(family === 'inet' ? `10.77.${Math.floor(number / 200)}.${number % 200}` : `fe80::${number + 256}`),
  );
}

describe('more addresses than fit into an advertisement', () => {
  it.each<[string, number, number, Partial<VrrpInstanceConfiguration>]>([
    ['version 3', 1500, 255, { version: 3 }],
    ['version 3', 1000, 239, { version: 3 }],
    ['version 2 with AH', 1500, 255, { version: 2, authentication: { type: 'AH', password: 'x' } }],
    ['version 2 with AH', 1000, 231, { version: 2, authentication: { type: 'AH', password: 'x' } }],
    ['version 3 over IPv6', 1500, 89, { version: 3, family: 'inet6' }],
    ['version 3 over IPv6', 1000, 58, { version: 3, family: 'inet6' }],
    ['version 2 over IPv6', 1500, 89, { version: 2, family: 'inet6' }],
  ])('are excluded ones: %s, MTU %d', (_name, mtu, limit, changes) => {
    const virtualAddresses = addresses(changes.family ?? 'inet', 300);
    const excludedVirtualAddresses = [address('192.0.2.99')];
    const vrrp = vrrpConfiguration({
      instances: [instance({ ...changes, virtualAddresses, excludedVirtualAddresses })],
    });
    const told: string[] = [];
    const [limited] = limitAdvertised(
      vrrp,
      () => mtu,
      (line) => told.push(line),
    ).instances;
    expect(limited?.virtualAddresses).toEqual(virtualAddresses.slice(0, limit));
    expect(limited?.excludedVirtualAddresses).toEqual([...virtualAddresses.slice(limit), ...excludedVirtualAddresses]);
    expect(told).toEqual([
      `(VI_1) Number of VIPs (300) exceeds maximum/space available in packet (max ${limit} addresses) - excess moved to eVIPs`,
    ]);
  });

  it('leaves room for auth_hmac, 28 octets', () => {
    const hmac = { keys: [], activeKey: 1, timeWindow: 5000, antiReplay: 'time', mode: 'enforce' } as const;
    const vrrp = vrrpConfiguration({
      instances: [instance({ version: 3, hmac, virtualAddresses: addresses('inet', 300) })],
    });
    expect(
      limitAdvertised(
        vrrp,
        () => 1000,
        () => undefined,
      ).instances[0]?.virtualAddresses,
    ).toHaveLength(239 - 7);
  });

  it('are 255 where the interface is not there, and what fits is left as it is', () => {
    const vrrp = vrrpConfiguration({ instances: [instance({ virtualAddresses: addresses('inet', 256) })] });
    expect(
      limitAdvertised(
        vrrp,
        () => undefined,
        () => undefined,
      ).instances[0]?.virtualAddresses,
    ).toHaveLength(255);
    const few = vrrpConfiguration({ instances: [instance({ virtualAddresses: addresses('inet', 255) })] });
    expect(
      limitAdvertised(
        few,
        () => undefined,
        () => undefined,
      ),
    ).toBe(few);
  });
});
