import { describe, expect, it } from 'vitest';
import { RespawnPolicy } from '../../../src/process/respawn.ts';

// Expected values: the runtime contract of keepalived ("respawn: immediately if it ran 60 s or longer, else after
// 0, 1, 2, 4 ... 60 s"; exit status 1, 2 and 4 stop the daemon).
describe('respawn of a child', () => {
  it('waits 0, 1, 2, 4, 8, 16, 32, 60, 60 seconds for deaths in quick succession', () => {
    const policy = new RespawnPolicy();
    const delays: number[] = [];
    let now = 1000;
    for (let death = 0; death < 9; death++) {
      policy.started(now);
      const decision = policy.died(null, now + 100, true);
      if (decision.action !== 'respawn') throw new Error('not respawned');
      delays.push(decision.after);
      now += 100 + decision.after;
    }
    expect(delays).toEqual([0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('forgets quick deaths once the child has run for a minute', () => {
    const policy = new RespawnPolicy();
    policy.started(0);
    policy.died(null, 10, true);
    policy.started(10);
    policy.died(null, 20, true);
    policy.started(1020);
    expect(policy.died(139, 61_020, true)).toEqual({ action: 'respawn', after: 0 });
  });

  it.each([1, 2, 4])('stops the daemon with status %i of the child', (exitCode) => {
    const policy = new RespawnPolicy();
    policy.started(0);
    expect(policy.died(exitCode, 5, true)).toEqual({ action: 'stop-daemon', exitCode });
  });

  it('stops the daemon when respawning is off', () => {
    const policy = new RespawnPolicy();
    policy.started(0);
    expect(policy.died(null, 5, false)).toEqual({ action: 'stop-daemon', exitCode: 1 });
  });
});
