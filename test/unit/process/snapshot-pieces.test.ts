import { describe, expect, it } from 'vitest';
import type { ChildOptions } from '../../../src/process/messages.ts';
import { SnapshotCollector, snapshotPieces, type SnapshotMessage } from '../../../src/process/snapshot-pieces.ts';
import { configurationModel, realServerModel, virtualServerModel } from '../../support/models.ts';

/** So many virtual servers of so many servers each. */
function snapshot(services: number, servers: number): SnapshotMessage {
  const virtualServers = Array.from({ length: services }, (_, index) =>
    virtualServerModel({
      identity: { kind: 'fwmark', family: 'inet', mark: index + 1 },
      realServers: Array.from({ length: servers }, (_value, host) => realServerModel({ address: `172.16.1.${host}` })),
    }),
  );
  const configuration = configurationModel({});
  return {
    type: 'configure',
    configuration: { ...configuration, check: { ...configuration.check, virtualServers } },
    options: { kind: 'checker' } as ChildOptions,
  };
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
  ])('of %d virtual servers of %d is put together as it was', (services, servers) => {
    const whole = snapshot(services, servers);
    const collector = new SnapshotCollector();
    let result: SnapshotMessage | undefined;
    for (const message of snapshotPieces(whole)) {
      expect(result).toBeUndefined();
      if (message.type === 'configure') result = collector.complete(message);
      else collector.piece(message);
    }
    expect(result).toEqual(whole);
    // The collector keeps nothing for the next.
    expect(collector.complete(snapshot(1, 0)).configuration.check.virtualServers).toHaveLength(1);
  });

  it('has pieces that are read in a moment', () => {
    const sizes = [...snapshotPieces(snapshot(2277, 16))].map((message) => JSON.stringify(message).length);
    expect(sizes.length).toBeGreaterThan(50);
    expect(Math.max(...sizes)).toBeLessThan(1_000_000);
  });
});
