/** Tables of the checkers over states and statistics as they come; what they show beside the original is compared in test/ipvs/snmp. */
import { describe, expect, it } from 'vitest';
import type { Configuration, VirtualServerConfiguration } from '../../../../src/config/model.ts';
import { checkerTables } from '../../../../src/notify/snmp/mib/checker.ts';
import { CheckerRows, CheckerState } from '../../../../src/notify/snmp/mib/checker-rows.ts';
import { poolFingerprint, type PoolReport } from '../../../../src/notify/snmp/pool-report.ts';
import { ServiceNames } from '../../../../src/notify/snmp/service-names.ts';
import {
  serverTrafficNumbers,
  TrafficCache,
  trafficNumbers,
  type TrafficNumbers,
} from '../../../../src/notify/snmp/traffic-cache.ts';
import { View } from '../../../../src/notify/snmp/view.ts';
import { configurationModel, realServerModel, virtualServerModel } from '../../../support/models.ts';

const group = [1, 3, 6, 1, 4, 1, 9586, 100, 5, 3];

function service(address: string, servers: readonly string[], sorry?: string): VirtualServerConfiguration {
  return virtualServerModel({
    identity: { kind: 'address', family: 'inet', protocol: 'tcp', address, port: 80 },
    realServers: servers.map((each) => realServerModel({ address: each, port: 80 })),
    ...(sorry !== undefined && { sorryServer: realServerModel({ address: sorry, port: 80 }) }),
  });
}

function withServices(...virtualServers: VirtualServerConfiguration[]): Configuration {
  const configuration = configurationModel({});
  return { ...configuration, check: { ...configuration.check, virtualServers } };
}

/** Kernel numbers of a test: what there is to read, and how often it was read. */
class Kernel {
  now = 0;
  reads: string[] = [];
  readonly services: TrafficNumbers[] = [];
  readonly servers: TrafficNumbers[] = [];

  readonly cache = new TrafficCache(
    {
      services: () => {
        this.reads.push('services');
        return Promise.resolve([...this.services]);
      },
      servers: (first, count) => {
        this.reads.push(`servers from ${first}`);
        return Promise.resolve(this.servers.slice(first, first + count));
      },
      now: () => this.now,
    },
    5_000,
    2_000,
  );
}

const numbersFrom = (first: number, length: number): number[] => Array.from({ length }, (_, at) => first + at);

function scene(configuration: Configuration) {
  const kernel = new Kernel();
  const state = new CheckerState(new CheckerRows(configuration), kernel.cache);
  const view = new View([], checkerTables(configuration, state));
  /** As the service does: read, get what was missing, read again. */
  const get = async (...column: number[]): Promise<unknown> => {
    for (;;) {
      const answer = view.get([...group, ...column]);
      if (!(await state.complete())) return 'value' in answer ? answer.value : answer.type;
    }
  };
  return { get, kernel, state };
}

const report = (virtualServer: VirtualServerConfiguration, servers: number[]): PoolReport => ({
  pool: poolFingerprint(virtualServer),
  quorum: true,
  servers,
});

describe('states', () => {
  it('are those of the servers of the configuration, the sorry server left out', async () => {
    const one = service('192.0.2.1', ['10.0.0.1', '10.0.0.2'], '10.0.0.9');
    const { get, state } = scene(withServices(one));
    state.take([report(one, [1, 7, 0, 0, 3, 2])]);
    expect(await get(3, 1, 21, 1)).toBe(1);
    expect(await get(4, 1, 2, 1, 1)).toBe(2);
    expect(await get(4, 1, 6, 1, 1)).toBe('no-such-instance');
    expect([await get(4, 1, 6, 1, 2), await get(4, 1, 7, 1, 2), await get(4, 1, 13, 1, 2)]).toEqual([1, 7, 0]);
    expect([await get(4, 1, 6, 1, 3), await get(4, 1, 7, 1, 3), await get(4, 1, 13, 1, 3)]).toEqual([2, 3, 2]);
  });

  it('of another configuration are nobody’s: those of a reload that the process has not taken yet', async () => {
    const before = service('192.0.2.1', ['10.0.0.1']);
    const after = service('192.0.2.1', ['10.0.0.2']);
    const kept = service('192.0.2.2', ['10.0.0.3']);
    const { get, kernel, state } = scene(withServices(after, kept));
    state.take([report(before, [1, 1, 0]), report(kept, [1, 1, 0])]);
    kernel.services.push(
      { pool: poolFingerprint(before), numbers: numbersFrom(1, trafficNumbers) },
      { pool: poolFingerprint(kept), numbers: numbersFrom(1, trafficNumbers) },
    );
    expect([await get(3, 1, 23, 1), await get(4, 1, 6, 1, 1), await get(3, 1, 27, 1)]).toEqual(
      new Array(3).fill('no-such-instance'),
    );
    expect([await get(3, 1, 23, 2), await get(4, 1, 6, 2, 1), await get(3, 1, 27, 2)]).toEqual([1, 1, 1]);
  });
});

describe('statistics', () => {
  const one = service('192.0.2.1', ['10.0.0.1', '10.0.0.2'], '10.0.0.9');

  it('are read when they are asked for, and kept for their interval', async () => {
    const { get, kernel } = scene(withServices(one));
    kernel.services.push({ pool: poolFingerprint(one), numbers: numbersFrom(1, trafficNumbers) });
    expect(await get(3, 1, 16, 1)).toBe(60);
    expect(kernel.reads).toEqual([]);
    expect([await get(3, 1, 27, 1), await get(3, 1, 28, 1), await get(3, 1, 36, 1)]).toEqual([1, 2, 10]);
    kernel.now = 5_000;
    await get(3, 1, 27, 1);
    expect(kernel.reads).toEqual(['services']);
    kernel.now = 5_001;
    await get(3, 1, 27, 1);
    expect(kernel.reads).toEqual(['services', 'services']);
  });

  it('of servers have the connections before, and the sorry server as the first', async () => {
    const { get, kernel } = scene(withServices(one));
    const numbers = [1_000, 2_000, 3_000].flatMap((first) => numbersFrom(first, serverTrafficNumbers));
    kernel.servers.push({ pool: poolFingerprint(one), numbers });
    expect([await get(4, 1, 15, 1, 1), await get(4, 1, 16, 1, 2), await get(4, 1, 17, 1, 3)]).toEqual([
      1_000, 2_001, 3_002,
    ]);
    expect([await get(4, 1, 14, 1, 2), await get(4, 1, 18, 1, 2), await get(4, 1, 26, 1, 3)]).toEqual([
      2_003, 2_004, 3_012,
    ]);
    expect(kernel.reads).toEqual(['servers from 0']);
    kernel.now = 2_001;
    await get(4, 1, 14, 1, 2);
    expect(kernel.reads).toEqual(['servers from 0', 'servers from 0']);
  });

  it('beyond 32 bits stand in two halves, and whole', async () => {
    const { get, kernel } = scene(withServices(one));
    const large = 5 * 2 ** 32 + 7;
    kernel.services.push({ pool: poolFingerprint(one), numbers: new Array<number>(trafficNumbers).fill(large) });
    expect([await get(3, 1, 28, 1), await get(3, 1, 39, 1), await get(3, 1, 30, 1)]).toEqual([
      7,
      BigInt(large),
      BigInt(large),
    ]);
    expect([await get(3, 1, 32, 1), await get(3, 1, 41, 1), await get(3, 1, 42, 1)]).toEqual([2 ** 32 - 1, 7, 5]);
  });

  it('stay what they were while nobody can be asked', async () => {
    const { get, kernel } = scene(withServices(one));
    kernel.services.push({ pool: poolFingerprint(one), numbers: numbersFrom(1, trafficNumbers) });
    expect(await get(3, 1, 27, 1)).toBe(1);
    kernel.services.length = 0;
    kernel.now = 60_000;
    expect(await get(3, 1, 27, 1)).toBe(1);
  });

  it('of thousands are read for many at a time', async () => {
    const many = Array.from({ length: 200 }, (_, at) => service(`192.0.2.${at + 1}`, ['10.0.0.1']));
    const { get, kernel } = scene(withServices(...many));
    for (const each of many)
      kernel.servers.push({ pool: poolFingerprint(each), numbers: numbersFrom(1, serverTrafficNumbers) });
    for (let number = 1; number <= 200; number++) expect(await get(4, 1, 15, number, 1)).toBe(1);
    expect(kernel.reads).toEqual([0, 64, 128, 192].map((first) => `servers from ${first}`));
  });
});

describe('names in events', () => {
  it('mean what they meant before a reload too, once', () => {
    const first = new ServiceNames(withServices(service('192.0.2.1', ['10.0.0.1'])));
    const second = new ServiceNames(withServices(service('192.0.2.2', ['10.0.0.2'])), first);
    const gone = '[192.0.2.1]:tcp:80';
    expect(second.virtualServer(gone)?.realServers).toHaveLength(1);
    expect(second.realServer(gone, '[10.0.0.1]:tcp:80')?.address).toBe('10.0.0.1');
    expect([second.isGone(gone), second.isGone('[192.0.2.2]:tcp:80')]).toEqual([true, false]);
    const third = new ServiceNames(withServices(), second);
    expect(third.virtualServer(gone)).toBeUndefined();
    expect(third.virtualServer('[192.0.2.2]:tcp:80')).toBeDefined();
  });
});
