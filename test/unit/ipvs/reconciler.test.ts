import { describe, expect, it } from 'vitest';
import { DaemonError } from '../../../src/core/errors.ts';
import { ServiceReconciler } from '../../../src/ipvs/reconciler.ts';
import type { ReconcileReport, ServiceTable } from '../../../src/ipvs/reconciler.ts';
import { describeOperation, serviceKeyText } from '../../../src/ipvs/keys.ts';
import { pauseBetweenLooks, undoneText } from '../../../src/ipvs/undone.ts';
import type { IpvsOutcome } from '../../../src/ipvs/outcome.ts';
import type { Destination, IpvsOperation, Service, ServiceKey } from '../../../src/ipvs/types.ts';
import { IpvsKernelModel } from './kernel-model.ts';

function server(lastOctet: number, weight = 1): Destination {
  return {
    family: 'inet',
    address: `172.16.1.${lastOctet}`,
    port: 80,
    weight,
    forwarding: { method: 'NAT' },
    upperThreshold: 0,
    lowerThreshold: 0,
  };
}

function service(address: string, destinations: readonly Destination[], scheduler = 'rr'): Service {
  return {
    key: { kind: 'address', family: 'inet', protocol: 'tcp', address, port: 80 },
    scheduler,
    flags: 0,
    timeoutSeconds: 0,
    netmask: '255.255.255.255',
    destinations,
  };
}

/** The table of a kernel whose answers come when the test says so. */
class Table implements ServiceTable {
  readonly kernel: IpvsKernelModel;
  dumps = 0;
  /** Destinations that were read, by service. */
  read: string[] = [];
  batches: (readonly IpvsOperation[])[] = [];
  beforeAnswer: () => Promise<void> = () => Promise.resolve();
  failure: Error | undefined;

  constructor(services: readonly Service[] = []) {
    this.kernel = new IpvsKernelModel(services);
  }

  dumpServices(wantDestinations: (keyText: string) => boolean = () => true): Promise<Service[]> {
    this.dumps++;
    return Promise.resolve(
      this.kernel.dump().map((entry) => {
        const text = serviceKeyText(entry.key);
        if (!wantDestinations(text)) return { ...entry, destinations: [] };
        this.read.push(text);
        return entry;
      }),
    );
  }

  async apply(operations: Iterable<IpvsOperation>): Promise<IpvsOutcome[]> {
    const batch = [...operations];
    this.batches.push(batch);
    const outcomes = this.kernel.apply(batch);
    await this.beforeAnswer();
    if (this.failure) throw this.failure;
    return outcomes;
  }
}

describe('the service reconciler', () => {
  it('dumps once, and then writes only what changed', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([service('192.0.2.1', [server(2), server(3)])]);
    await reconciler.setDesired([service('192.0.2.1', [server(2), server(3, 7)])]);
    await reconciler.setDesired([service('192.0.2.1', [server(2), server(3, 7)])]);
    expect(table.dumps).toBe(1);
    expect(table.batches.map((batch) => batch.map(({ op }) => op))).toEqual([
      ['add-service', 'add-destination', 'add-destination'],
      ['edit-destination'],
    ]);
    expect(table.kernel.dump()).toEqual([service('192.0.2.1', [server(2), server(3, 7)])]);
  });

  it('hands the writes to the kernel before it returns, once the table is known', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([service('192.0.2.1', [server(2)])]);
    const settled = reconciler.setDesired([service('192.0.2.1', [server(2, 0)])]);
    expect(table.kernel.dump()[0]?.destinations[0]?.weight).toBe(0);
    await settled;
  });

  it('leaves foreign services alone, and does not even read their servers', async () => {
    const foreign = service('198.51.100.1', [server(9)], 'wlc');
    const table = new Table([foreign]);
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([service('192.0.2.1', [server(2)])]);
    await reconciler.setDesired([]);
    expect(table.kernel.dump()).toEqual([foreign]);
    expect(table.read).toEqual([]);
    expect([...reconciler.owned]).toEqual([]);
  });

  it('makes a foreign service its own when it becomes wanted, with its servers as wanted', async () => {
    const table = new Table([service('198.51.100.1', [server(8), server(9)], 'wlc')]);
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([]);
    await reconciler.setDesired([service('198.51.100.1', [server(9), server(10)])]);
    expect(table.kernel.dump()).toEqual([service('198.51.100.1', [server(9), server(10)])]);
    expect(table.kernel.log.map(({ op }) => op)).toEqual(['edit-service', 'add-destination', 'delete-destination']);
  });

  it('edits what a predecessor left behind, and deletes what it is told to adopt', async () => {
    const table = new Table([service('192.0.2.1', [server(2)]), service('192.0.2.2', [server(2)])]);
    const reconciler = new ServiceReconciler(table);
    reconciler.adopt([serviceKeyText(service('192.0.2.2', []).key)]);
    await reconciler.setDesired([service('192.0.2.1', [server(2, 5)])]);
    expect(table.kernel.log.map(({ op }) => op)).toEqual(['edit-destination', 'delete-service']);
  });

  it('writes everything again after somebody cleared the table', async () => {
    const table = new Table();
    const reports: ReconcileReport[] = [];
    const reconciler = new ServiceReconciler(table, (report) => reports.push(report));
    const wanted = [service('192.0.2.1', [server(2)]), service('192.0.2.2', [server(3)])];
    await reconciler.setDesired(wanted);
    table.kernel.write({ op: 'flush' });
    await reconciler.resync();
    expect(table.kernel.dump()).toEqual(wanted);
    expect(reports.map(({ resynchronised }) => resynchronised)).toEqual([true, false, true, false]);
  });

  it('tells what somebody else undid, and only that', async () => {
    const table = new Table([service('192.0.2.99', [server(9)])]);
    const reports: ReconcileReport[] = [];
    const reconciler = new ServiceReconciler(table, (report) => reports.push(report));
    const wish = [service('192.0.2.1', [server(1), server(2)]), service('192.0.2.2', [server(3)])];
    await reconciler.setDesired(wish);
    await reconciler.resync();
    expect(reports.flatMap(({ undone }) => undone)).toEqual([]);
    const [first, second] = wish as [Service, Service];
    table.kernel.write({ op: 'delete-service', key: second.key });
    table.kernel.write({ op: 'edit-destination', key: first.key, destination: server(1, 7) });
    table.kernel.write({ op: 'add-destination', key: first.key, destination: server(8) });
    await Promise.all([reconciler.resync(), reconciler.setDesired([...wish, service('192.0.2.3', [server(4)])])]);
    const undone = reports.flatMap((report) => report.undone);
    expect(undone.map(describeOperation)).toEqual([
      'change server 172.16.1.1:80 (weight 1) of tcp 192.0.2.1:80',
      'add service tcp 192.0.2.2:80 (rr)',
      'add server 172.16.1.3:80 (weight 1) to tcp 192.0.2.2:80',
      'delete server 172.16.1.8:80 of tcp 192.0.2.1:80',
    ]);
    expect(undoneText(undone)).toBe(
      'somebody else changed IPVS: 1 service and 3 servers are not as written and are put back (change server 172.16.1.1:80 (weight 1) of tcp 192.0.2.1:80, add service tcp 192.0.2.2:80 (rr), add server 172.16.1.3:80 (weight 1) to tcp 192.0.2.2:80, ...)',
    );
    expect(table.kernel.dump()).toEqual([
      service('192.0.2.99', [server(9)]),
      ...wish.slice(0, 1),
      second,
      service('192.0.2.3', [server(4)]),
    ]);
  });

  it('looks every 10 s, and less often where a look takes long', () => {
    expect(pauseBetweenLooks(3)).toBe(10_000);
    expect(pauseBetweenLooks(1000)).toBe(50_000);
  });

  it('notices by the answers that somebody cleared the table', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([service('192.0.2.1', [server(2)]), service('192.0.2.2', [server(3)])]);
    table.kernel.write({ op: 'flush' });
    const wanted = [service('192.0.2.1', [server(2)]), service('192.0.2.2', [server(3, 9)])];
    await reconciler.setDesired(wanted);
    expect(table.kernel.dump()).toEqual(wanted);
    expect(table.dumps).toBe(2);
  });

  it('adds a server that is missing when it is to be changed', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([service('192.0.2.1', [server(2), server(3)])]);
    const { key } = service('192.0.2.1', []);
    table.kernel.write({ op: 'delete-destination', key, destination: server(3) });
    const wanted = [service('192.0.2.1', [server(2), server(3, 4)])];
    await reconciler.setDesired(wanted);
    expect(table.kernel.dump()).toEqual(wanted);
  });

  it('keeps only the latest of the wishes that come while it writes', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([]);
    let answer: () => void = () => undefined;
    table.beforeAnswer = () => new Promise((resolve) => (answer = resolve));
    const settled = [reconciler.setDesired([service('192.0.2.1', [server(2, 1)])])];
    for (const weight of [2, 3, 4]) settled.push(reconciler.setDesired([service('192.0.2.1', [server(2, weight)])]));
    table.beforeAnswer = () => Promise.resolve();
    answer();
    await Promise.all(settled);
    expect(table.kernel.log.map(({ op }) => op)).toEqual(['add-service', 'add-destination', 'edit-destination']);
    expect(table.kernel.dump()).toEqual([service('192.0.2.1', [server(2, 4)])]);
  });

  it('writes the few services that are said to differ, and looks at no others', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    const [one, two, three] = [1, 2, 3].map((octet) => service(`192.0.2.${octet}`, [server(2), server(3)]));
    if (!one || !two || !three) throw new Error('three services');
    await reconciler.setDesired([one, two]);
    const weaker = service('192.0.2.1', [server(2)]);
    await reconciler.changeDesired([one.key, three.key], [weaker, three]);
    expect(table.kernel.dump()).toEqual([weaker, two, three]);
    await reconciler.changeDesired([two.key], []);
    expect(table.kernel.dump()).toEqual([weaker, three]);
    expect([...reconciler.owned]).toEqual([weaker, three].map(({ key }) => serviceKeyText(key)));
    expect(table.dumps).toBe(1);
    // The same again, and a key that was never there.
    const batches = table.batches.length;
    await reconciler.changeDesired([one.key, two.key], [weaker]);
    expect(table.batches).toHaveLength(batches);
  });

  it('forgets no wish for some services over one for others, nor over a failed write', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    const wish = (octet: number, weight: number) => service(`192.0.2.${octet}`, [server(2, weight)]);
    await reconciler.setDesired([wish(1, 1), wish(2, 1), wish(3, 1)]);
    let answer: () => void = () => undefined;
    table.beforeAnswer = () => new Promise((resolve) => (answer = resolve));
    const settled = [1, 2, 3].map((octet) => reconciler.changeDesired([wish(octet, 2).key], [wish(octet, 2)]));
    settled.push(reconciler.changeDesired([wish(1, 3).key], [wish(1, 3)]));
    table.beforeAnswer = () => Promise.resolve();
    answer();
    await Promise.all(settled);
    expect(table.kernel.dump()).toEqual([wish(1, 3), wish(2, 2), wish(3, 2)]);
    table.failure = new DaemonError('LOST', 'answers lost');
    await expect(reconciler.changeDesired([wish(1, 4).key], [wish(1, 4)])).rejects.toThrow('answers lost');
    table.failure = undefined;
    await reconciler.changeDesired([wish(2, 4).key], [wish(2, 4)]);
    expect(table.kernel.dump()).toEqual([wish(1, 4), wish(2, 4), wish(3, 2)]);
  });

  it.each([0, 1, 2, 3, 4, 5, 6])(
    'takes a wish that comes %i turns after the last write was answered',
    async (turns) => {
      const table = new Table();
      let second: Promise<void> | undefined;
      const reconciler = new ServiceReconciler(table, ({ writes }) => {
        if (writes === 0 || second) return;
        second = (async () => {
          for (let turn = 0; turn < turns; turn++) await Promise.resolve();
          await reconciler.setDesired([service('192.0.2.1', [server(2, 2)])]);
        })();
      });
      await reconciler.setDesired([service('192.0.2.1', [server(2, 1)])]);
      await second;
      expect(table.kernel.dump()).toEqual([service('192.0.2.1', [server(2, 2)])]);
    },
  );

  it('reports a refusal once with its cause, keeps the rest, and tries again with the next wish', async () => {
    const table = new Table();
    const outcomes: IpvsOutcome[] = [];
    const reconciler = new ServiceReconciler(table, (report) => outcomes.push(...report.outcomes));
    const good = service('192.0.2.1', [server(2)]);
    await reconciler.setDesired([service('192.0.2.9', [], 'unheard-of'), good]);
    expect(outcomes.filter(({ result }) => result === 'failed').map(({ reason }) => reason)).toEqual([
      'cannot add service tcp 192.0.2.9:80 (unheard-of): the kernel has no scheduler "unheard-of"; load the module ip_vs_unheard-of',
    ]);
    expect(table.kernel.dump()).toEqual([good]);
    table.kernel.schedulers.add('unheard-of');
    await reconciler.setDesired([service('192.0.2.9', [], 'unheard-of'), good]);
    expect(table.kernel.dump()).toHaveLength(2);
    expect(table.dumps).toBe(1);
  });

  it('does not look again because servers fail of a service that could not be made', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([service('192.0.2.9', [server(2)], 'unheard-of')]);
    expect(table.dumps).toBe(1);
    expect(table.batches).toHaveLength(1);
  });

  it('looks at the table first when the answers to a write were lost', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([]);
    table.failure = new DaemonError('ENOBUFS', 'answers lost');
    await expect(reconciler.setDesired([service('192.0.2.1', [server(2)])])).rejects.toThrow('answers lost');
    table.failure = undefined;
    const wanted = [service('192.0.2.1', [server(2)]), service('192.0.2.2', [])];
    await reconciler.setDesired(wanted);
    expect(table.dumps).toBe(2);
    expect(table.kernel.dump()).toEqual(wanted);
    expect(table.batches.at(-1)?.map(({ op }) => op)).toEqual(['add-service']);
  });

  it('gives up on a rival who undoes everything at once', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([service('192.0.2.1', [server(2)])]);
    table.beforeAnswer = () => {
      table.kernel.write({ op: 'flush' });
      return Promise.resolve();
    };
    table.kernel.write({ op: 'flush' });
    await reconciler.setDesired([service('192.0.2.1', [server(2, 3)])]);
    expect(table.dumps).toBeLessThanOrEqual(4);
  });

  it('merges services that two virtual servers share', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([
      service('192.0.2.1', [server(2), server(2, 9)]),
      service('192.0.2.1', [server(3)], 'wlc'),
    ]);
    expect(table.kernel.dump()).toEqual([service('192.0.2.1', [server(2), server(3)])]);
    expect(table.kernel.log.map(({ op }) => op)).toEqual(['add-service', 'add-destination', 'add-destination']);
  });
});

describe('a change of many services in slices', () => {
  const before = [service('192.0.2.1', [server(1), server(2)]), service('192.0.2.2', [server(1)])];
  const after = [service('192.0.2.1', [server(1), server(3)]), service('192.0.2.2', [server(1, 7), server(4)])];

  it('adds and edits first; what is outgrown is told, and goes with the second half', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired(before);
    table.kernel.log.length = 0;
    const late: ServiceKey[] = [];
    for (const wish of after) {
      const { outgrown, written } = reconciler.growDesired([wish.key], [wish]);
      late.push(...outgrown);
      await written;
    }
    expect(table.kernel.log.map(({ op }) => op)).toEqual(['add-destination', 'add-destination', 'edit-destination']);
    expect(late).toEqual([after[0]?.key]);
    await reconciler.changeDesired(late, after.slice(0, 1));
    expect(table.kernel.log.slice(3).map(({ op }) => op)).toEqual(['delete-destination']);
    expect(table.kernel.dump()).toEqual(after);
  });

  it('leaves services that go until the second half of a change, too', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    const [stays, goes] = [service('192.0.2.1', [server(2)]), service('192.0.2.2', [server(3)])];
    await reconciler.setDesired([stays, goes]);
    const { outgrown, written } = reconciler.growDesired([goes.key, stays.key], [stays]);
    await written;
    expect(table.kernel.dump()).toEqual([stays, goes]);
    expect(outgrown).toEqual([goes.key]);
    await reconciler.changeDesired(outgrown, []);
    expect(table.kernel.dump()).toEqual([stays]);
    expect([...reconciler.owned]).toEqual(['tcp 192.0.2.1:80']);
  });

  it('knows of which services the kernel refused something, until it does no more', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    const refused = service('192.0.2.1', [server(2)], 'unheard-of');
    await reconciler.setDesired([refused, service('192.0.2.2', [server(3)])]);
    expect(reconciler.refused).toEqual([refused.key]);
    await reconciler.changeDesired([refused.key], [refused]);
    expect(reconciler.refused).toEqual([refused.key]);
    await reconciler.changeDesired([refused.key], [{ ...refused, scheduler: 'rr' }]);
    expect(reconciler.refused).toEqual([]);
    expect(table.kernel.dump()).toHaveLength(2);
  });

  it('adds the servers of all services before it removes any', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([service('192.0.2.1', [server(1)]), service('192.0.2.2', [server(1)])]);
    table.kernel.log.length = 0;
    await reconciler.setDesired([service('192.0.2.1', [server(2)]), service('192.0.2.2', [server(2)])]);
    const [add, remove] = ['add-destination', 'delete-destination'];
    expect(table.kernel.log.map(({ op }) => op)).toEqual([add, add, remove, remove]);
  });
});

describe('a glance', () => {
  const wish = service('192.0.2.1', [server(1), server(2)]);

  /** A table that is seen at a glance as the kernel's model has it. */
  class Seen extends Table {
    glances = 0;
    readonly unchanged: boolean[] = [];
    glance(services: Iterable<Service>, unchanged: boolean): Promise<boolean> {
      this.glances++;
      this.unchanged.push(unchanged);
      return Promise.resolve(JSON.stringify([...services]) === JSON.stringify(this.kernel.dump()));
    }
  }

  it('spares the look at a table that nobody touched', async () => {
    const table = new Seen();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([wish]);
    await reconciler.resync('glance');
    expect([table.glances, table.dumps]).toEqual([1, 1]);
  });

  it('brings a look at one that somebody touched, which is mended', async () => {
    const table = new Seen();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([wish]);
    table.kernel.write({ op: 'delete-destination', key: wish.key, destination: server(2) });
    await reconciler.resync('glance');
    expect(table.dumps).toBe(2);
    expect(table.kernel.dump()[0]?.destinations).toHaveLength(2);
  });

  it('says whether anything was written or read since the last one that found everything', async () => {
    const table = new Seen();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([wish]);
    await reconciler.resync('glance');
    await reconciler.resync('glance');
    await reconciler.setDesired([{ ...wish, destinations: [server(1), server(2, 5)] }]);
    await reconciler.resync('glance');
    await reconciler.resync('whole');
    await reconciler.resync('glance');
    await reconciler.resync('glance');
    expect(table.unchanged).toEqual([false, true, false, false, true]);
  });

  it('may come later where the table begins as the last one saw it, and nothing was written since', async () => {
    let begins = true;
    const table = new (class extends Seen {
      beginsAsGlanced = (): boolean => begins;
    })();
    const reconciler = new ServiceReconciler(table);
    expect(reconciler.seemsUntouched()).toBe(false);
    await reconciler.setDesired([wish]);
    expect(reconciler.seemsUntouched()).toBe(false);
    await reconciler.resync('glance');
    expect(reconciler.seemsUntouched()).toBe(true);
    begins = false;
    expect(reconciler.seemsUntouched()).toBe(false);
    begins = true;
    const written = reconciler.setDesired([{ ...wish, destinations: [server(1), server(2, 5)] }]);
    expect(reconciler.seemsUntouched()).toBe(false);
    await written;
    expect(reconciler.seemsUntouched()).toBe(false);
    expect(new ServiceReconciler(new Table()).seemsUntouched()).toBe(false);
  });

  it('is a look where tables cannot be seen so, and where a look is due anyway', async () => {
    const table = new Table();
    const reconciler = new ServiceReconciler(table);
    await reconciler.setDesired([wish]);
    await reconciler.resync('glance');
    expect(table.dumps).toBe(2);
    const unread = new Seen();
    await new ServiceReconciler(unread).resync('glance');
    expect([unread.glances, unread.dumps]).toEqual([0, 1]);
  });
});
