/** Whatever is wished, refused or undone by others, and in whatever order: one look later the kernel holds the wish. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { destinationKeyText, serviceKeyText } from '../../src/ipvs/keys.ts';
import { ServiceReconciler, type ServiceTable } from '../../src/ipvs/reconciler.ts';
import type { IpvsOperation, Service } from '../../src/ipvs/types.ts';
import { IpvsKernelModel } from '../unit/ipvs/kernel-model.ts';
import { destinationArbitrary, serviceArbitrary, tableArbitrary } from './ipvs-arbitraries.ts';

type Action =
  | { readonly do: 'wish'; readonly services: readonly Service[] }
  /** These become as they are here, or go (every other one). */
  | { readonly do: 'change'; readonly services: readonly Service[] }
  | {
      readonly do: 'others';
      readonly what: 'flush' | 'delete' | 'strip' | 'add server' | 'own service';
      readonly at: number;
    }
  /** The answers to the next write are lost. */
  | { readonly do: 'lose' }
  | { readonly do: 'look'; readonly how: 'glance' | 'whole' };

const action: fc.Arbitrary<Action> = fc.oneof(
  tableArbitrary.map((services): Action => ({ do: 'wish', services })),
  tableArbitrary.map((services): Action => ({ do: 'change', services })),
  fc.record({
    do: fc.constant('others' as const),
    what: fc.constantFrom(
      'flush' as const,
      'delete' as const,
      'strip' as const,
      'add server' as const,
      'own service' as const,
    ),
    at: fc.nat(7),
  }),
  fc.constant<Action>({ do: 'lose' }),
  fc.constantFrom<Action>({ do: 'look', how: 'glance' }, { do: 'look', how: 'whole' }),
);

/** Keys that no wish has. */
const strangers: readonly Service[] = fc
  .sample(serviceArbitrary, { numRuns: 4, seed: 1 })
  .map((service, index) => ({ ...service, key: { kind: 'fwmark', family: 'inet', mark: 1000 + index } }));
const strangeServer = fc.sample(destinationArbitrary, { numRuns: 1, seed: 2 })[0]!;

function content(services: Iterable<Service>): Record<string, unknown> {
  return Object.fromEntries(
    [...services].map((service) => [
      serviceKeyText(service.key),
      { ...service, destinations: Object.fromEntries(service.destinations.map((it) => [destinationKeyText(it), it])) },
    ]),
  );
}

function othersWrite(kernel: IpvsKernelModel, what: string, at: number): void {
  const services = kernel.dump();
  const service = services[at % Math.max(1, services.length)];
  const write = (operation: IpvsOperation) => void kernel.write(operation);
  if (what === 'flush') for (const { key } of services) write({ op: 'delete-service', key });
  else if (what === 'own service') write({ op: 'add-service', service: strangers[at % strangers.length]! });
  else if (service === undefined) return;
  else if (what === 'delete') write({ op: 'delete-service', key: service.key });
  else if (what === 'add server') write({ op: 'add-destination', key: service.key, destination: strangeServer });
  else
    for (const destination of service.destinations) write({ op: 'delete-destination', key: service.key, destination });
}

describe('the service reconciler', () => {
  it('comes to exactly the last wish, and never writes to what nobody wished', async () => {
    await fc.assert(
      fc.asyncProperty(
        tableArbitrary,
        fc.array(fc.record({ action, waits: fc.boolean() }), { minLength: 1, maxLength: 12 }),
        async (before, actions) => {
          const kernel = new IpvsKernelModel(before);
          let isLost = false;
          const table: ServiceTable = {
            dumpServices: (want = () => true) =>
              Promise.resolve(
                kernel
                  .dump()
                  .map((entry) => (want(serviceKeyText(entry.key)) ? entry : { ...entry, destinations: [] })),
              ),
            apply: async (operations) => {
              const outcomes = kernel.apply(operations);
              await Promise.resolve();
              if (!isLost) return outcomes;
              isLost = false;
              throw new Error('answers were lost');
            },
          };
          const reconciler = new ServiceReconciler(table);
          const wished = new Set<string>();
          const wish = new Map<string, Service>();
          const written = new Set<string>();
          const under: Promise<boolean>[] = [];
          const take = (services: readonly Service[]) => {
            for (const service of services) {
              wished.add(serviceKeyText(service.key));
              wish.set(serviceKeyText(service.key), service);
            }
          };
          for (const { action: step, waits } of actions) {
            let work = Promise.resolve();
            switch (step.do) {
              case 'wish':
                wish.clear();
                take(step.services);
                work = reconciler.setDesired(step.services);
                break;
              case 'change': {
                const [kept, gone] = [0, 1].map((rest) => step.services.filter((_, index) => index % 2 === rest));
                take(kept ?? []);
                for (const { key } of gone ?? []) wish.delete(serviceKeyText(key));
                const keys = step.services.map(({ key }) => key);
                work = reconciler.changeDesired(keys, kept ?? []);
                break;
              }
              case 'others':
                othersWrite(kernel, step.what, step.at);
                break;
              case 'lose':
                isLost = true;
                break;
              case 'look':
                work = reconciler.resync(step.how);
            }
            const isDone = work.then(
              () => true,
              () => false,
            );
            under.push(isDone);
            const isWish = step.do === 'wish' || step.do === 'change';
            if (waits && (await isDone) && isWish) for (const text of wish.keys()) written.add(text);
          }
          await Promise.all(under);
          isLost = false;
          const strange = kernel.dump().filter(({ key }) => !wished.has(serviceKeyText(key)));
          // A wish that was taken back before it was written made nothing ours that was there already.
          const isOpen = ({ key }: Service): boolean => {
            const text = serviceKeyText(key);
            const wasThere = before.some((service) => serviceKeyText(service.key) === text);
            return wasThere && wished.has(text) && !written.has(text) && !wish.has(text);
          };
          await reconciler.resync();
          const found = kernel.dump().filter((service) => !isOpen(service));
          expect(content(found)).toEqual(content([...wish.values(), ...strange]));
          // And there it stays: nothing is written any more.
          const writes = kernel.log.length;
          await reconciler.resync();
          expect(kernel.log.length).toBe(writes);
        },
      ),
      { numRuns: 300 },
    );
  });
});
