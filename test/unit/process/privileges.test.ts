import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { missingCapabilities } from '../../../src/process/privileges.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'keepalived-privileges-'));
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

// linux/capability.h: CAP_NET_ADMIN is bit 12, CAP_NET_RAW bit 13.
it.each([
  ['0000000000003000', []],
  ['0000000000001000', ['CAP_NET_RAW']],
  ['0000000000002000', ['CAP_NET_ADMIN']],
  ['0000000000000000', ['CAP_NET_ADMIN', 'CAP_NET_RAW']],
  ['000001ffffffffff', []],
])('with the capabilities %s it misses %j', (bits, missing) => {
  vi.spyOn(process, 'geteuid').mockReturnValue(65534);
  const file = path.join(folder, 'status');
  writeFileSync(file, `Name:\tnode\nCapPrm:\tffffffffffffffff\nCapEff:\t${bits}\nCapBnd:\t000001ffffffffff\n`);
  expect(missingCapabilities(file)).toEqual(missing);
});

it('root has all', () => {
  vi.spyOn(process, 'geteuid').mockReturnValue(0);
  expect(missingCapabilities('/nowhere')).toEqual([]);
});
