/** Operations in a row are put into octets by copying from the one before: no octet may differ from those made singly. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageMemory } from '../../src/core/netlink/message.ts';
import { encodeOperation } from '../../src/ipvs/encode.ts';
import { OperationOctets, longestOperation } from '../../src/ipvs/operation-octets.ts';
import type { IpvsOperation } from '../../src/ipvs/types.ts';
import { OperationStream } from '../../src/kernel/ipvs-operations.ts';
import { destinationArbitrary, serviceArbitrary } from './ipvs-arbitraries.ts';

const FAMILY = 0x1b;

const writeArbitrary: fc.Arbitrary<IpvsOperation> = fc
  .record({
    op: fc.constantFrom(
      'add-service',
      'edit-service',
      'delete-service',
      'add-destination',
      'edit-destination',
      'delete-destination',
    ),
    service: serviceArbitrary,
    destination: destinationArbitrary,
  })
  .map(({ op, service, destination }): IpvsOperation => {
    const { key } = service;
    if (op === 'add-service' || op === 'edit-service') return { op, service };
    return op === 'delete-service' ? { op, key } : { op, key, destination };
  });

const others: readonly IpvsOperation[] = [
  { op: 'flush' },
  { op: 'set-timeouts', tcp: 1, tcpFin: 2, udp: 3 },
  { op: 'stop-daemon', role: 'backup' },
  { op: 'start-daemon', daemon: { role: 'master', interface: 'eth0', syncId: 7, group: 'ff02::1' } },
];

/** A service with its servers, as most writes come: the same key, few settings. */
const rowArbitrary = fc
  .record({ writes: fc.array(writeArbitrary, { minLength: 1, maxLength: 4 }), repeat: fc.integer({ min: 1, max: 3 }) })
  .map(({ writes, repeat }) => Array.from({ length: repeat }, () => writes).flat());

/** No addresses: the kernel cannot be told them. */
const unsayable = fc.constantFrom('300.0.0.1', '10.0.0', 'fe80::1%eth0', '');

const rows = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: rowArbitrary },
      { weight: 1, arbitrary: fc.constantFrom(...others).map((operation) => [operation]) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(writeArbitrary, unsayable, fc.boolean())
          .map(([write, address, inKey]): IpvsOperation[] =>
            'destination' in write
              ? inKey && write.key.kind === 'address'
                ? [{ ...write, key: { ...write.key, address } }]
                : [{ ...write, destination: { ...write.destination, address } }]
              : [write],
          ),
      },
    ),
    { maxLength: 12 },
  )
  .map((list) => list.flat());

/** Undefined: it cannot be said. */
function singly(operation: IpvsOperation): number[] | undefined {
  try {
    return [...encodeOperation(FAMILY, operation)];
  } catch {
    return undefined;
  }
}

describe('operations in a row', () => {
  it('have the octets that each has alone', () => {
    fc.assert(
      fc.property(rows, (operations) => {
        const octets = new OperationOctets(FAMILY);
        const memory = new MessageMemory(65_536);
        for (const operation of operations) {
          const expected = singly(operation);
          const start = memory.used;
          if (expected === undefined) expect(() => octets.put(operation, memory)).toThrow('IPVS');
          else octets.put(operation, memory);
          expect([...memory.octets.subarray(start, memory.used)]).toEqual(expected ?? []);
          // Whatever is put next finds zeros.
          expect(memory.octets.subarray(memory.used, memory.used + longestOperation).some((octet) => octet !== 0)).toBe(
            false,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('go in batches, and each refusal is that of its operation', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 5 }), (operations, most) => {
        const stream = new OperationStream(new OperationOctets(FAMILY), operations);
        const memory = new MessageMemory(65_536);
        const ends = new Int32Array(most);
        const sent: number[][] = [];
        for (let count = stream.fill(memory, ends); count > 0; count = stream.fill(memory, ends)) {
          let start = 0;
          for (let place = 0; place < count; place++) {
            sent.push([...memory.octets.subarray(start, ends[place])]);
            start = ends[place] ?? 0;
            // EPERM, for every other one; the last of a batch is answered always.
            if (sent.length % 2 === 0) stream.answered(place, { errno: 1 });
            else if (place === count - 1) stream.answered(place, { errno: 0 });
          }
          memory.reset();
        }
        const sayable = operations.filter((operation) => singly(operation) !== undefined);
        expect(sent).toEqual(sayable.map(singly));
        const refused = operations.filter((operation) => {
          const index = sayable.indexOf(operation);
          return index < 0 || index % 2 === 1;
        });
        // The same object may stand there more than once.
        const isOnce = new Set(operations).size === operations.length;
        if (isOnce) expect(stream.outcomes().map(({ operation }) => operation)).toEqual(refused);
        expect(stream.outcomes().every(({ result }) => result === 'failed')).toBe(true);
      }),
    );
  });
});
