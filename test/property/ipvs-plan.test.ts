import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { destinationKeyText, serviceKeyText } from '../../src/ipvs/keys.ts';
import { planServices } from '../../src/ipvs/plan.ts';
import type { Service } from '../../src/ipvs/types.ts';
import { IpvsKernelModel } from '../unit/ipvs/kernel-model.ts';
import { destinationArbitrary, serviceArbitrary, tableArbitrary } from './ipvs-arbitraries.ts';

/** A table as a set: order of services and servers is not part of the wish. */
function content(services: readonly Service[]): Record<string, unknown> {
  return Object.fromEntries(
    services.map((service) => [
      serviceKeyText(service.key),
      {
        ...service,
        destinations: Object.fromEntries(
          service.destinations.map((destination) => [destinationKeyText(destination), destination]),
        ),
      },
    ]),
  );
}

describe('the plan between two IPVS tables', () => {
  it('written to the kernel gives exactly what is wanted, and leaves what is not ours', () => {
    fc.assert(
      fc.property(tableArbitrary, tableArbitrary, fc.func(fc.boolean()), (actual, desired, isOurs) => {
        const wanted = new Set(desired.map(({ key }) => serviceKeyText(key)));
        const owned = new Set(actual.map(({ key }) => serviceKeyText(key)).filter(isOurs));
        const kernel = new IpvsKernelModel(actual);
        for (const operation of planServices(actual, desired, owned)) expect(kernel.write(operation)).toBe(0);
        const untouched = actual.filter(
          ({ key }) => !wanted.has(serviceKeyText(key)) && !owned.has(serviceKeyText(key)),
        );
        expect(content(kernel.dump())).toEqual(content([...desired, ...untouched]));
      }),
    );
  });

  it('is empty for equal tables, in whatever order they come', () => {
    fc.assert(
      fc.property(tableArbitrary, (table) => {
        const reversed = [...table]
          .reverse()
          .map((service) => ({ ...service, destinations: [...service.destinations].reverse() }));
        expect(planServices(table, reversed, new Set(table.map(({ key }) => serviceKeyText(key))))).toEqual([]);
      }),
    );
  });

  it('has at most one write for each service and server, and none for those that stay as they are', () => {
    fc.assert(
      fc.property(tableArbitrary, tableArbitrary, (actual, desired) => {
        const written = planServices(actual, desired, new Set()).map((operation) => {
          switch (operation.op) {
            case 'add-service':
            case 'edit-service':
              return serviceKeyText(operation.service.key);
            case 'add-destination':
            case 'edit-destination':
            case 'delete-destination':
              return `${serviceKeyText(operation.key)} ${destinationKeyText(operation.destination)}`;
            default:
              return operation.op;
          }
        });
        expect(new Set(written).size).toBe(written.length);
        for (const service of actual) {
          if (desired.some((other) => other === service)) expect(written).not.toContain(serviceKeyText(service.key));
        }
      }),
    );
  });

  it('never deletes an entry to add it again, and never leaves a service without servers on the way', () => {
    fc.assert(
      fc.property(
        serviceArbitrary,
        fc.array(destinationArbitrary, { minLength: 1, maxLength: 5 }),
        fc.array(destinationArbitrary, { minLength: 1, maxLength: 5 }),
        (service, before, after) => {
          const actual = [{ ...service, destinations: unique(before) }];
          const kernel = new IpvsKernelModel(actual);
          for (const operation of planServices(actual, [{ ...service, destinations: unique(after) }], new Set())) {
            expect(operation.op).not.toMatch(/service/);
            expect(kernel.write(operation)).toBe(0);
            expect(kernel.dump()[0]?.destinations.length).toBeGreaterThan(0);
          }
        },
      ),
    );
  });
});

function unique(destinations: Service['destinations']): Service['destinations'] {
  return [...new Map(destinations.map((destination) => [destinationKeyText(destination), destination])).values()];
}
