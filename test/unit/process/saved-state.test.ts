import { expect, it } from 'vitest';
import { savedStatePath } from '../../../src/process/saved-state.ts';

// reference, runtime contract, files: DIR/keepalived_{check,vrrp,bfd}.PID.N.{pre,post}.
it('saved states are named after process, pid, reload and moment', () => {
  expect(savedStatePath('/var/lib/saved', 'vrrp', 4711, 1, 'pre')).toBe('/var/lib/saved/keepalived_vrrp.4711.1.pre');
  expect(savedStatePath('/saved/', 'checker', 4712, 12, 'post')).toBe('/saved/keepalived_check.4712.12.post');
});
