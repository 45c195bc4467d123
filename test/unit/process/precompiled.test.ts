import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  bodyWrapper,
  loadPart,
  loadPrecompiled,
  markOf,
  precompiledFiles,
  saveCodeCache,
  type Precompiled,
} from '../../../src/process/precompiled.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'kts-precompiled-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const body = 'module.exports = { add: (a, b) => a + b, separator: require("node:path").sep };';

function write(text = body, digest = '1'.repeat(64)): void {
  const marked = markOf(digest) + bodyWrapper.before + text + bodyWrapper.after;
  writeFileSync(precompiledFiles(folder, 'part').script, marked);
}

function read(): Precompiled {
  const part = loadPrecompiled(folder, 'part');
  if (!part) throw new Error('there is no part');
  return part;
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
    works(read().exports);
  });

  it('is loaded from its code cache', () => {
    write();
    const first = read();
    works(first.exports);
    saveCodeCache(folder, 'part', first);
    const again = read();
    expect(again.script.cachedDataRejected).toBe(false);
    works(again.exports);
  });

  it('is not taken from the code cache of another text, even of the same length', () => {
    write(body.replace('a + b', 'a - b'), '2'.repeat(64));
    saveCodeCache(folder, 'part', read());
    write();
    works(read().exports);
  });

  it('has a code cache for processes that collect garbage alone, and one for the others', () => {
    const files = (...flags: string[]): string => precompiledFiles(folder, 'part', flags).cache;
    expect(files('--disable-sigusr1', '--single-threaded-gc')).not.toBe(files('--disable-sigusr1'));
  });

  it('loads what lies beside it when it needs it, with and without its code cache', () => {
    writeFileSync(path.join(folder, 'beside.cjs'), 'module.exports = { answer: 42 };');
    write('module.exports = { load: () => require("./beside.cjs") };');
    const part = read();
    const load = ({ exports }: Precompiled): unknown => (exports as { load: () => unknown }).load();
    expect(load(part)).toEqual({ answer: 42 });
    saveCodeCache(folder, 'part', part);
    const again = read();
    expect(again.script.cachedDataRejected).toBe(false);
    expect(load(again)).toEqual({ answer: 42 });
  });

  it('knows where it is', () => {
    write('module.exports = { file: __filename, folder: __dirname };');
    expect(read().exports).toEqual({ file: path.join(folder, 'part.js'), folder });
  });

  it('gets what a start hardly needs when it uses it first, and other built-in modules at once', () => {
    write(`const crypto = require('node:crypto'); const os = require('node:os');
      module.exports = { crypto, os, digest: () => crypto.createHash('sha1').update('abc').digest('hex') };`);
    const { crypto, digest, os: given } = read().exports as { crypto: unknown; os: unknown; digest: () => string };
    expect(given).toBe(process.getBuiltinModule('node:os'));
    expect(crypto).not.toBe(process.getBuiltinModule('node:crypto'));
    // FIPS 180-2, appendix A.1.
    expect(digest()).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
  });

  it('is loaded from its modules where there is no script', async () => {
    expect(await loadPart('part', () => Promise.resolve({ modules: true }))).toEqual({ modules: true });
  });

  it.each([
    ['rubbish', `${markOf('1'.repeat(64))}no code`],
    ['short', 'no'],
    ['empty', ''],
  ])('is loaded beside a code cache that is %s', (_what, content) => {
    write();
    writeFileSync(precompiledFiles(folder, 'part').cache, content);
    const part = read();
    expect(part.script.cachedDataRejected).not.toBe(false);
    works(part.exports);
  });
});
