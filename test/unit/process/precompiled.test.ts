import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bodyWrapper, loadPrecompiled, precompiledFiles } from '../../../src/process/precompiled.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'kts-precompiled-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A part that says where it is, with what it requires. */
function write(text = 'module.exports = { add: (a, b) => a + b, separator: require("node:path").sep };'): string {
  const { script } = precompiledFiles(folder, 'part');
  writeFileSync(script, bodyWrapper.before + text + bodyWrapper.after);
  return precompiledFiles(folder, 'part').cache;
}

const works = (exports: unknown): void => {
  const { add, separator } = exports as { add: (a: number, b: number) => number; separator: string };
  expect([add(1, 2), separator]).toEqual([3, '/']);
};

describe('a precompiled part', () => {
  it('is not there where nothing was built', () => {
    expect(loadPrecompiled(folder, 'part')).toBeUndefined();
  });

  it('is loaded without a code cache', () => {
    write();
    works(loadPrecompiled(folder, 'part')?.exports);
  });

  it('is loaded from its code cache', () => {
    const cache = write();
    const first = loadPrecompiled(folder, 'part');
    works(first?.exports);
    writeFileSync(cache, first?.script.createCachedData() ?? '');
    const again = loadPrecompiled(folder, 'part');
    expect(again?.script.cachedDataRejected).toBe(false);
    works(again?.exports);
  });

  it.each([
    ['rubbish', 'no code'],
    ['nothing', ''],
  ])('is loaded beside a code cache that is %s', (_what, content) => {
    writeFileSync(write(), content);
    const part = loadPrecompiled(folder, 'part');
    expect(part?.script.cachedDataRejected).toBe(true);
    works(part?.exports);
  });
});
