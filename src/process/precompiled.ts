/**
 * A part of the program that is wanted at once and only once, as for `-t`: the build bundles it into a single script and
 * keeps, beside it, what V8 had compiled when the script had run (V8's code cache). Measured for the configuration test:
 * 6 ms from that, against 17 ms for finding, linking and compiling the modules.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';

/** What the text of such a script evaluates to: the body of a CommonJS module. */
type Body = (module: { exports: unknown }, require: NodeJS.Require) => void;

/** To be put before and behind the text of a CommonJS module. */
export const bodyWrapper = { before: '(function (module, require) {', after: '})' } as const;

/**
 * Both files begin with the same mark, because V8 knows the text of a cache by its length only, and in an upgrade the two
 * may for a moment be of different versions. A multiple of 8 octets, as V8 wants the cache aligned.
 */
const markLength = 64;

/** @param digest of the text, at least 60 digits */
export function markOf(digest: string): string {
  return `/*${digest.slice(0, markLength - 4)}*/`;
}

export interface Precompiled {
  readonly script: Script;
  readonly exports: unknown;
}

/** Where the build writes the two files of a part. */
export function precompiledFiles(folder: string, name: string): { readonly script: string; readonly cache: string } {
  return { script: path.join(folder, `${name}.js`), cache: path.join(folder, `${name}.cache`) };
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/**
 * Loads a part and runs its top level. A cache that is missing, or was made by another V8 or with other flags, is only
 * slower: V8 looks at that itself and compiles anew.
 * @param folder the program's own, dist/
 * @returns undefined if there is no such script: where src/ runs unbundled
 */
export function loadPrecompiled(folder: string, name: string): Precompiled | undefined {
  const files = precompiledFiles(folder, name);
  // The bundler escapes what is not ASCII, and this decoder is the fastest.
  const text = readIfThere(files.script)?.toString('latin1');
  if (text === undefined) return undefined;
  const cache = readIfThere(files.cache);
  const fits = cache?.toString('latin1', 0, markLength) === text.slice(0, markLength);
  const cachedData = fits ? cache?.subarray(markLength) : undefined;
  const script = new Script(text, { filename: files.script, ...(cachedData && { cachedData }) });
  const module = { exports: {} };
  (script.runInThisContext() as Body)(module, createRequire(files.script));
  return { script, exports: module.exports };
}

/** Keeps what V8 has compiled of a part so far, for the next time it is loaded. */
export function saveCodeCache(folder: string, name: string, { script }: Precompiled): void {
  const files = precompiledFiles(folder, name);
  const mark = readFileSync(files.script).subarray(0, markLength);
  writeFileSync(files.cache, Buffer.concat([mark, script.createCachedData()]));
}
