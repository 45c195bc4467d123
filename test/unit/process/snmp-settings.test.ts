/** What SNMP sets, in the daemon's live changes. */
import { expect, it } from 'vitest';
import type { AnyChange, VrrpChange } from '../../../src/live/types.ts';
import { targetKey } from '../../../src/live/targets.ts';
import type { Setting } from '../../../src/notify/snmp/settings.ts';
import { LiveOverlay } from '../../../src/process/live-overlay.ts';
import { applySettings } from '../../../src/process/snmp-settings.ts';
import { keepingLog } from '../control/support.ts';

function overlay() {
  const live = new LiveOverlay(keepingLog([]), { changed: () => undefined, event: () => undefined });
  return { live, inForce: () => live.list().map(({ change }) => `${targetKey(change)}: ${words(change)}`) };
}

const words = ({ by, setting }: AnyChange) => `${JSON.stringify(setting)} ${by ?? 0}`;

const instance = { kind: 'instance', name: 'VI_1' } as const;
function priority(value: number, asInFile = false): Setting {
  return { target: instance, setting: { kind: 'priority', priority: value }, key: 'instance VI_1', asInFile };
}
const weight: Setting = {
  target: { service: { kind: 'group', name: 'web', protocol: 'tcp' }, address: '10.0.0.1', port: 80 },
  setting: { kind: 'weight', weight: 0 },
  key: 'server [10.0.0.1]:80 group tcp web',
  asInFile: false,
};
const operator: VrrpChange = { target: instance, setting: { kind: 'priority', priority: 9 }, since: 0 };

it('is in force together, and is undone to what was there before', () => {
  const { inForce, live } = overlay();
  live.set([operator]);
  const undo = applySettings(live, [priority(50), weight]);
  expect(inForce()).toEqual([
    'instance VI_1: {"kind":"priority","priority":50} SNMP',
    'server [10.0.0.1]:80 group tcp web: {"kind":"weight","weight":0} SNMP',
  ]);
  undo?.();
  expect(inForce()).toEqual(['instance VI_1: {"kind":"priority","priority":9} 0']);
});

it('ends a change where it says what the file says, unless that of a sync group would count', () => {
  const { inForce, live } = overlay();
  live.set([operator]);
  const undo = applySettings(live, [priority(100, true)]);
  expect(inForce()).toEqual([]);
  undo?.();
  expect(inForce()).toEqual(['instance VI_1: {"kind":"priority","priority":9} 0']);
  live.set([{ ...operator, target: { kind: 'group', name: 'G' } }]);
  applySettings(live, [priority(100, true)]);
  expect(inForce()).toContain('instance VI_1: {"kind":"priority","priority":100} SNMP');
});

it('is refused where there are too many changes', () => {
  const { live } = overlay();
  live.set(
    Array.from({ length: 20_000 }, (_, index) => ({
      ...operator,
      target: { kind: 'group', name: `${index}` } as const,
    })),
  );
  expect(applySettings(live, [priority(50)])).toBeUndefined();
  expect(live.list()).toHaveLength(20_000);
});
