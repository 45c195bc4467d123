/** IPVS tables that a kernel could hold; few different addresses, so that two tables often meet. */
import fc from 'fast-check';
import { destinationKeyText, serviceKeyText } from '../../src/ipvs/keys.ts';
import type { Destination, Service, ServiceKey } from '../../src/ipvs/types.ts';

const address4 = fc.constantFrom('10.0.0.1', '10.0.0.2', '192.0.2.7');
const address6 = fc.constantFrom('2001:db8::1', '2001:db8::2', 'fd00::7');
const port = fc.constantFrom(0, 53, 80, 65535);

const keyArbitrary: fc.Arbitrary<ServiceKey> = fc.oneof(
  fc.record({
    kind: fc.constant('address' as const),
    family: fc.constant('inet' as const),
    protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'sctp' as const),
    address: address4,
    port,
  }),
  fc.record({
    kind: fc.constant('address' as const),
    family: fc.constant('inet6' as const),
    protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    address: address6,
    port,
  }),
  fc.record({
    kind: fc.constant('fwmark' as const),
    family: fc.constantFrom('inet' as const, 'inet6' as const),
    mark: fc.constantFrom(1, 2, 0xffffffff),
  }),
);

const forwarding = fc.oneof(
  fc.constantFrom({ method: 'NAT' as const }, { method: 'DR' as const }),
  fc.record(
    {
      method: fc.constant('TUN' as const),
      tunnel: fc.constantFrom('ipip' as const, 'gue' as const, 'gre' as const),
      checksum: fc.constantFrom('none' as const, 'csum' as const, 'remcsum' as const),
      port: fc.integer({ min: 1, max: 65535 }),
    },
    { requiredKeys: ['method', 'tunnel', 'checksum'] },
  ),
);

export const destinationArbitrary: fc.Arbitrary<Destination> = fc
  .record({
    address: fc.oneof(address4, address6),
    port,
    weight: fc.constantFrom(0, 1, 2, 0x7fffffff),
    forwarding,
    upperThreshold: fc.constantFrom(0, 100),
    lowerThreshold: fc.constantFrom(0, 50),
  })
  .map((fields) => ({ ...fields, family: fields.address.includes(':') ? ('inet6' as const) : ('inet' as const) }));

export const serviceArbitrary: fc.Arbitrary<Service> = fc
  .record(
    {
      key: keyArbitrary,
      scheduler: fc.constantFrom('rr', 'wlc', 'sh', 'mh'),
      flags: fc.constantFrom(0, 1, 4, 8, 0x39),
      timeoutSeconds: fc.constantFrom(0, 50, 360),
      mask: fc.nat(1),
      persistenceEngine: fc.constant('sip'),
      destinations: fc.uniqueArray(destinationArbitrary, { selector: destinationKeyText, maxLength: 5 }),
    },
    { requiredKeys: ['key', 'scheduler', 'flags', 'timeoutSeconds', 'mask', 'destinations'] },
  )
  .map(({ mask, ...fields }) => ({
    ...fields,
    netmask: (fields.key.family === 'inet' ? ['255.255.255.255', '255.255.255.0'] : ['128', '64'])[mask] ?? '',
  }));

export const tableArbitrary: fc.Arbitrary<Service[]> = fc.uniqueArray(serviceArbitrary, {
  selector: (service) => serviceKeyText(service.key),
  maxLength: 6,
});
