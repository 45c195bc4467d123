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
      [undefined, 'b'],
      ['a', undefined],
      ['a', 'b'],
    ] as const) {
      const of = (value: string | undefined): GlobalConfiguration =>
        settings(value === undefined ? {} : { [key]: value });
      const [error, ...rest] = unchangeableSettings(of(before), of(after));
      expect(rest).toEqual([]);
      expect(error?.class).toBe('general');
      expect(error?.message).toContain(before === undefined ? 'not set' : '"a"');
      expect(error?.remedy).toContain('restart');
    }
  });

  it('is disable_local_igmp', () => {
    const [error] = unchangeableSettings(settings({ disableLocalIgmp: false }), settings({ disableLocalIgmp: true }));
    expect(error?.message).toContain('disable_local_igmp');
  });
});
