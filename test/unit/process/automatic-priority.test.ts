import { beforeEach, describe, expect, it } from 'vitest';
import { RisingPriority } from '../../../src/process/automatic-priority.ts';
import { MemoryLog } from '../notify/memory-log.ts';

describe('max_auto_priority', () => {
  let set: number[];
  let log: MemoryLog;
  let priority: RisingPriority;
  beforeEach(() => {
    set = [];
    log = new MemoryLog();
    priority = new RisingPriority(log, (value) => set.push(value));
  });

  it('raises the priority a step each time that a deadline is met too late, up to the maximum', () => {
    priority.configure({ maximum: 2, minimumDelayUs: 20_000 }, { noSwap: false });
    priority.met(1000, 1020);
    priority.met(undefined, 5000);
    expect(set).toEqual([]);
    for (let time = 1021; time < 1026; time++) priority.met(1000, time);
    expect(set).toEqual([1, 2]);
    expect(log.lines).toEqual([
      'notice scheduled 0.021 s late: real-time priority 1 (max_auto_priority)',
      'notice scheduled 0.022 s late: real-time priority 2 (max_auto_priority)',
    ]);
  });

  it('begins at the configured real-time priority', () => {
    priority.configure({ maximum: 99, minimumDelayUs: 1 }, { noSwap: false, realTimePriority: 50 });
    priority.met(0, 1);
    expect(set).toEqual([51]);
  });

  it.each([0, -1])('does nothing with %d', (maximum) => {
    priority.configure({ maximum, minimumDelayUs: 1 }, { noSwap: false });
    priority.met(0, 10_000);
    expect(set).toEqual([]);
  });

  it('that is refused is said once', () => {
    const refused = new RisingPriority(log, () => {
      throw new Error('operation not permitted');
    });
    refused.configure({ maximum: 5, minimumDelayUs: 1 }, { noSwap: false });
    refused.met(0, 1);
    refused.met(0, 1);
    expect(log.lines).toEqual(['warning max_auto_priority: operation not permitted']);
  });
});
