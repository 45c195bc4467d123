// Expected: where Debian's keepalived 2.2.7 was seen to write, and the reference (runtime contract, files) for settings it lacks.
import { describe, expect, it } from 'vitest';
import type { DumpFiles } from '../../../src/config/model.ts';
import { dumpFilePath, type DumpFile } from '../../../src/process/dump-names.ts';

function place(
  file: DumpFile,
  dumps: Partial<DumpFiles> = {},
  options: { namespace?: string; instance?: string; environment?: NodeJS.ProcessEnv } = {},
): string {
  const { instance, namespace, environment = {} } = options;
  const global = {
    dumps: { useInstance: false, jsonVersion: 1 as const, ...dumps },
    ...(instance !== undefined && { instance }),
  };
  return dumpFilePath(file, { global, namespace, environment });
}

describe('the place of dump files', () => {
  it.each([
    [{}, '/tmp/keepalived.data'],
    [{ TMPDIR: '/var/tmp' }, '/var/tmp/keepalived.data'],
    [{ TMPDIR: 'relative' }, '/tmp/keepalived.data'],
  ])('%j: %s', (environment, expected) => {
    expect(place('vrrpData', {}, { environment })).toBe(expected);
  });

  it.each([
    ['parentData', '/tmp/keepalived_parent.data'],
    ['checkerData', '/tmp/keepalived_check.data'],
    ['bfdData', '/tmp/keepalived_bfd.data'],
    ['statistics', '/tmp/keepalived.stats'],
    ['json', '/tmp/keepalived.json'],
  ] as const)('%s: %s', (file, expected) => {
    expect(place(file)).toBe(expected);
  });

  it('has namespace and instance in state dumps, and in no other, if data_use_instance says so', () => {
    const use = { useInstance: true };
    expect(place('vrrpData', use, { instance: 'left' })).toBe('/tmp/keepalived.left.data');
    expect(place('parentData', use, { instance: 'left' })).toBe('/tmp/keepalived_parent.left.data');
    expect(place('vrrpData', use, { namespace: 'blue' })).toBe('/tmp/keepalived.blue.data');
    expect(place('vrrpData', use, { namespace: 'blue', instance: 'left' })).toBe('/tmp/keepalived.blue_left.data');
    expect(place('vrrpData', use)).toBe('/tmp/keepalived.data');
    expect(place('statistics', use, { instance: 'left' })).toBe('/tmp/keepalived.stats');
    expect(place('json', use, { instance: 'left' })).toBe('/tmp/keepalived.json');
    expect(place('vrrpData', {}, { namespace: 'blue', instance: 'left' })).toBe('/tmp/keepalived.data');
  });

  it.each([
    ['/var/lib/k/state.data', 'parentData', '/var/lib/k/state_parent.data'],
    ['/var/lib/k/state.data', 'vrrpData', '/var/lib/k/state.data'],
    ['/var/lib/k/', 'checkerData', '/var/lib/k/keepalived_check.data'],
    ['other.data', 'vrrpData', '/tmp/other.data'],
    ['state', 'parentData', '/tmp/state_parent'],
    ['/var/lib/k.d/state', 'parentData', '/var/lib/k.d/state_parent'],
  ] as const)('state_dump_file %s, %s: %s', (state, file, expected) => {
    expect(place(file, { state })).toBe(expected);
  });

  it('obeys stats_dump_file and json_dump_file', () => {
    expect(place('statistics', { statistics: '/var/lib/k/now.stats' })).toBe('/var/lib/k/now.stats');
    expect(place('json', { json: '/var/lib/k/' })).toBe('/var/lib/k/keepalived.json');
    expect(place('vrrpData', { json: '/var/lib/k/', statistics: '/x' })).toBe('/tmp/keepalived.data');
  });
});
