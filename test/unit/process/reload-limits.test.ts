import { describe, expect, it } from 'vitest';
import type { GlobalConfiguration } from '../../../src/config/model.ts';
import { unchangeableSettings } from '../../../src/process/reload-limits.ts';

/** Only the settings in question matter here. */
function settings(values: Partial<GlobalConfiguration>): GlobalConfiguration {
  return values as GlobalConfiguration;
}

describe('what a reload cannot change', () => {
  it('is nothing when nothing of it differs', () => {
    expect(unchangeableSettings(settings({ instance: 'a' }), settings({ instance: 'a', routerId: 'b' }))).toEqual([]);
  });

  // runtime contract of the original, reload: "refused as a whole if changed".
  it.each(['instance', 'netNamespace', 'netNamespaceIpvs'] as const)('is %s, also when set or removed', (key) => {
    for (const [before, after] of [
      [{}, { [key]: 'b' }],
      [{ [key]: 'a' }, {}],
      [{ [key]: 'a' }, { [key]: 'b' }],
    ] as const) {
      const [error, ...rest] = unchangeableSettings(settings(before), settings(after));
      expect(rest).toEqual([]);
      expect(error?.class).toBe('general');
      expect(error?.message).toContain(before[key] === undefined ? 'not set' : '"a"');
      expect(error?.remedy).toContain('restart');
    }
  });
});
