import { afterEach, describe, expect, it } from 'vitest';
import { childFlags, inheritedFlags, parentFlags, webFlags } from '../../../src/process/runtime-flags.ts';

const before = process.execArgv;

describe('flags of the runtime', () => {
  afterEach(() => {
    process.execArgv = before;
  });

  it('of the parent alone are not those of its children', () => {
    process.execArgv = ['--disable-sigusr1', ...parentFlags];
    expect(inheritedFlags()).toEqual(['--disable-sigusr1', '--no-flush-bytecode']);
    expect(new Set(childFlags('vrrp'))).toEqual(new Set(['--disable-sigusr1', '--no-flush-bytecode']));
    expect(childFlags('checker')).toEqual(
      expect.arrayContaining(['--disable-sigusr1', '--max-semi-space-size=2']) as string[],
    );
    expect(childFlags('checker')).not.toContain('--no-opt');
    expect(webFlags()).not.toContain('--no-opt');
  });

  it('of the checker depend on the number of processors', () => {
    for (const flag of ['--single-threaded-gc', '--no-concurrent-recompilation']) {
      expect(childFlags('checker', parentFlags, 1)).toContain(flag);
      expect(childFlags('checker', parentFlags, 2)).not.toContain(flag);
    }
  });
});
