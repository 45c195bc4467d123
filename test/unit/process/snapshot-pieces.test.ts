import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Configuration, VirtualServerConfiguration } from '../../../src/config/model.ts';
import type { ChildOptions } from '../../../src/process/messages.ts';
import {
  PiecesInTurns,
  SnapshotCollector,
  snapshotPieces,
  type ConfigureMessage,
  type SnapshotMessage,
} from '../../../src/process/snapshot-pieces.ts';
import { configurationModel, realServerModel, virtualServerModel } from '../../support/models.ts';

/** So many virtual servers of so many servers each. */
function services(count: number, servers: number): VirtualServerConfiguration[] {
  return Array.from({ length: count }, (_, index) =>
    virtualServerModel({
      identity: { kind: 'fwmark', family: 'inet', mark: index + 1 },
      realServers: Array.from({ length: servers }, (_value, host) => realServerModel({ address: `172.16.1.${host}` })),
    }),
  );
}

function configurationOf(virtualServers: readonly VirtualServerConfiguration[]): Configuration {
  const configuration = configurationModel({});
  return { ...configuration, check: { ...configuration.check, virtualServers } };
}

function messageOf(configuration: Configuration): SnapshotMessage {
  return { type: 'configure', configuration, options: { kind: 'checker' } as ChildOptions };
}

/** A process that gets snapshots, over a channel that carries JSON. */
class Receiver {
  readonly #collector = new SnapshotCollector();
  /** Octets of each message of the last snapshot. */
  sizes: number[] = [];

  get(configuration: Configuration, former?: Configuration): Configuration {
    this.sizes = [];
    let result: SnapshotMessage | undefined;
    for (const message of snapshotPieces(messageOf(configuration), former)) {
      const text = JSON.stringify(message);
      this.sizes.push(text.length);
      expect(result).toBeUndefined();
      const arrived = JSON.parse(text) as typeof message;
      if (arrived.type === 'configure') result = this.#collector.complete(arrived);
      else this.#collector.piece(arrived);
    }
    if (result === undefined) throw new Error('there was no last message');
    return result.configuration;
  }
}

/** Without places, which are not sent. */
function settings(configuration: Configuration): unknown {
  return JSON.parse(
    JSON.stringify(configuration.check, (key, value: unknown) => (key === 'at' ? undefined : value)),
  ) as unknown;
}

describe('a snapshot in pieces', () => {
  it.each([
    [0, 0],
    [3, 3],
    [499, 0],
    [500, 0],
    [501, 0],
    [2277, 16],
    [2, 5000],
  ])('of %d virtual servers of %d is put together as it was', (count, servers) => {
    const whole = configurationOf(services(count, servers));
    expect(settings(new Receiver().get(whole))).toEqual(settings(whole));
  });

  it('begins anew without a former one', () => {
    const receiver = new Receiver();
    receiver.get(configurationOf(services(5, 2)));
    expect(receiver.get(configurationOf(services(1, 0))).check.virtualServers).toHaveLength(1);
  });

  it.each(['vrrp', 'bfd'] as const)('has no virtual servers for the %s process, and everything else', (kind) => {
    const whole = configurationOf(services(5000, 1));
    const message = { ...messageOf(whole), options: { kind } as ChildOptions };
    const none = { ...whole, check: { ...whole.check, virtualServers: [] } };
    expect([...snapshotPieces(message)]).toEqual([{ ...message, configuration: none }]);
    expect([...snapshotPieces(message, whole)]).toEqual([{ ...message, configuration: none }]);
  });

  it('has pieces that are read in a moment', () => {
    const receiver = new Receiver();
    receiver.get(configurationOf(services(2277, 16)));
    expect(receiver.sizes.length).toBeGreaterThan(30);
    expect(Math.max(...receiver.sizes)).toBeLessThan(128_000);
    // Two servers behind one another differ in an address: hardly more than its text is said of each.
    expect(receiver.sizes.reduce((sum, size) => sum + size)).toBeLessThan(2277 * 17 * 20);
  });
});

describe('a snapshot as the difference to the one before', () => {
  const before = services(300, 3);
  const former = configurationOf(before);

  function change(to: readonly VirtualServerConfiguration[]): {
    receiver: Receiver;
    had: Configuration;
    has: Configuration;
  } {
    const receiver = new Receiver();
    const had = receiver.get(former);
    const after = configurationOf(to);
    const has = receiver.get(after, former);
    expect(settings(has)).toEqual(settings(after));
    return { receiver, had, has };
  }

  it('leaves every object of what did not change', () => {
    const moved = JSON.parse(JSON.stringify(before)) as typeof before;
    for (const { at } of moved) Object.assign(at, { line: 100 });
    for (const same of [before, moved]) {
      const { had, has, receiver } = change(same);
      expect(has.check.virtualServers).toBe(had.check.virtualServers);
      expect(receiver.sizes).toHaveLength(2);
      expect(receiver.sizes[0]).toBeLessThan(100);
    }
  });

  it('leaves the other servers of a virtual server in which one has changed', () => {
    const to = before.map((service, index) =>
      index % 3 === 0
        ? {
            ...service,
            realServers: service.realServers.with(1, realServerModel({ address: '172.16.1.1', weight: 5 })),
          }
        : service,
    );
    const { had, has } = change(to);
    for (const [index, service] of has.check.virtualServers.entries()) {
      const was = had.check.virtualServers[index];
      if (index % 3 !== 0) expect(service).toBe(was);
      else {
        expect(service).not.toBe(was);
        expect(service.realServers.map((server, place) => server === was?.realServers[place])).toEqual([
          true,
          false,
          true,
        ]);
      }
    }
  });

  it('is a few octets for each where all have changed alike', () => {
    const to = before.map((service) => ({
      ...service,
      realServers: service.realServers.with(2, realServerModel({ address: '172.16.1.2', weight: 5 })),
    }));
    const { receiver } = change(to);
    const octets = receiver.sizes.slice(0, -1).reduce((sum, size) => sum + size);
    expect(octets).toBeLessThan(before.length * '"weight":5'.length);
  });

  it('knows virtual servers and real servers that stand elsewhere', () => {
    const turned = before
      .toReversed()
      .map((service) => ({ ...service, realServers: service.realServers.toReversed() }));
    const { had, has } = change([...turned.slice(0, 10), virtualServerModel({}), ...before.slice(100)]);
    expect(has.check.virtualServers[0]?.realServers[0]).toBe(had.check.virtualServers[299]?.realServers[2]);
    expect(has.check.virtualServers[11]).toBe(had.check.virtualServers[100]);
    // It is a part of the other 199 already, in another order of its servers.
    expect(has.check.virtualServers.at(-1)).not.toBe(had.check.virtualServers[299]);
  });

  it('is refused by who has nothing that it could be the difference to', () => {
    expect(() => new Receiver().get(former, former)).toThrow(/former snapshot/);
  });
});

describe('pieces that come together', () => {
  const piece = { type: 'configure-piece', virtualServers: [] } as const;
  const last = messageOf(configurationOf([]));
  const again = { type: 'configure-again', options: last.options } as const;

  it('are taken one a turn, and what comes behind them keeps its place', async () => {
    const taken: string[][] = [[]];
    const pieces = new PiecesInTurns(({ type }) => taken.at(-1)?.push(type));
    for (const message of [piece, piece, last, again, piece, last] satisfies ConfigureMessage[]) pieces.add(message);
    for (let turn = 0; turn < 4; turn++) {
      taken.push([]);
      await nextTurn();
    }
    expect(taken.filter((turn) => turn.length > 0)).toEqual([
      ['configure-piece'],
      ['configure-piece'],
      ['configure', 'configure-again', 'configure-piece'],
      ['configure'],
    ]);
    // Afterwards nobody waits.
    pieces.add(again);
    expect(taken.at(-1)).toEqual(['configure-again']);
  });
});
