import { afterEach, describe, expect, it } from 'vitest';
import { childFlags, inheritedFlags } from '../../../src/process/runtime-flags.ts';

const before = process.execArgv;

describe('flags of the runtime', () => {
  afterEach(() => {
    process.execArgv = before;
  });

  it('of the parent alone are not those of its children', () => {
    process.execArgv = ['--disable-sigusr1', '--max-semi-space-size=4', '--no-opt', '--single-threaded-gc'];
    expect(inheritedFlags()).toEqual(['--disable-sigusr1']);
    expect(childFlags('vrrp')).toEqual(['--disable-sigusr1', '--no-flush-bytecode']);
    expect(childFlags('checker')).toEqual(
      expect.arrayContaining(['--disable-sigusr1', '--max-semi-space-size=2']) as string[],
    );
    expect(childFlags('checker')).not.toContain('--no-opt');
  });
});
