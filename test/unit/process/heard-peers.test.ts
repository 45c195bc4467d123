import { afterEach, expect, it, vi } from 'vitest';
import { HeardPeers } from '../../../src/process/heard-peers.ts';

afterEach(() => vi.useRealTimers());

const status = {
  instances: [
    {
      peers: [
        { address: '192.0.2.3', accepted: 5 },
        { address: '192.0.2.66', accepted: 0 },
      ],
    },
    {
      peers: [
        { address: '192.0.2.2', accepted: 1 },
        { address: '192.0.2.3', accepted: 9 },
      ],
    },
    {},
  ],
};

it('peers of which an advertisement was taken are told, as long as somebody wants to know', async () => {
  vi.useFakeTimers();
  const answers: unknown[] = [status, new Error('silent'), null, status];
  const told: (readonly string[])[] = [];
  let asked = 0;
  const peers = new HeardPeers(
    () => {
      const answer = answers[asked++];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    (addresses) => told.push(addresses),
  );
  peers.follow(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(0);
  peers.follow(true);
  await vi.advanceTimersByTimeAsync(40_000);
  expect(told).toEqual([['192.0.2.2', '192.0.2.3'], [], ['192.0.2.2', '192.0.2.3']]);
  expect(asked).toBe(4);
  peers.follow(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(4);
});
