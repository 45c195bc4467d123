/**
 * Parts of the program that somebody waits for: `-t`, and each process of the daemon. The build bundles each into a single
 * script and keeps, beside it, what V8 had compiled when the script had run (V8's code cache). Measured for the
 * configuration test: 6 ms from that, against 17 ms for finding, linking and compiling the modules.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';

/** What the text of such a script evaluates to: the body of a CommonJS module. */
type Body = (module: { exports: unknown }, require: (name: string) => unknown, file: string, folder: string) => void;

/** To be put before and behind the text of a CommonJS module. */
export const bodyWrapper = { before: '(function (module, require, __filename, __dirname) {', after: '})' } as const;

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

/**
 * Where the build writes the two files of a part. V8 takes a cache only under the flags it was made with, and those of a
 * process depend on the number of processors (runtime-flags.ts): there is a cache for each of both cases.
 */
export function precompiledFiles(
  folder: string,
  name: string,
  given: readonly string[] = process.execArgv,
): { readonly script: string; readonly cache: string } {
  const flags = given.includes('--single-threaded-gc') ? '-alone' : '';
  return { script: path.join(folder, `${name}.js`), cache: path.join(folder, `${name}${flags}.cache`) };
}

/** Reads a file that may be missing into the room at hand, or into new room if that is too small. */
function readIfThere(file: string, room?: Buffer): Buffer | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size } = fstatSync(descriptor);
    const octets = room !== undefined && room.length >= size ? room.subarray(0, size) : Buffer.allocUnsafeSlow(size);
    let length = 0;
    for (let got = -1; got !== 0 && length < size; length += got) {
      got = readSync(descriptor, octets, length, size - length, null);
    }
    return octets.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * What most processes never use, or not at their start: crypto alone is 8 % of what the runtime itself loads. For V8's own
 * settings it takes streams and sockets along.
 */
const loadedAtFirstUse = new Set([
  'node:crypto',
  'node:fs/promises',
  'node:net',
  'node:child_process',
  'node:v8',
  'node:vm',
  'node:worker_threads',
]);

/** Until a process that keeps a protocol loads all of that after all, in milliseconds: its start is over then. */
const startTime = 500;

/**
 * For a process whose protocol is not to wait for a module later, which takes up to 5 ms: loads what it may need
 * later, one module a turn of the event loop.
 */
export function loadRestSoon(): void {
  // Threads are for connection limits alone, which these processes do not have.
  const rest = [...loadedAtFirstUse].filter((name) => name !== 'node:worker_threads');
  const next = (): void => {
    const name = rest.shift();
    if (name === undefined) return;
    process.getBuiltinModule(name);
    setImmediate(next);
  };
  setTimeout(next, startTime).unref();
}

/** Stands for a built-in module, which is loaded when somebody takes the first member out of it. */
function atFirstUse(name: string): unknown {
  let loaded: object | undefined;
  const take = (_target: object, member: string | symbol): unknown => {
    loaded ??= process.getBuiltinModule(name) as object;
    return Reflect.get(loaded, member);
  };
  return new Proxy({}, { get: take });
}

/** `require` for the script in this file. */
function requireFrom(file: string): (name: string) => unknown {
  return (name) => {
    if (loadedAtFirstUse.has(name)) return atFirstUse(name);
    if (name.startsWith('node:')) return process.getBuiltinModule(name);
    return process.getBuiltinModule('node:module').createRequire(file)(name) as unknown;
  };
}

/**
 * Loads a part and runs its top level. A cache that is missing, or was made by another V8 or with other flags, is only
 * slower: V8 looks at that itself and compiles anew.
 * @param folder the program's own, dist/
 * @returns undefined if there is no such script: where src/ runs unbundled
 */
export function loadPrecompiled(folder: string, name: string): Precompiled | undefined {
  const files = precompiledFiles(folder, name);
  const octets = readIfThere(files.script);
  // The bundler escapes what is not ASCII, and this decoder is the fastest.
  const text = octets?.toString('latin1');
  if (text === undefined) return undefined;
  // In the place of the text, which has been copied: memory that is touched for the first time is what a start is made of.
  const cache = readIfThere(files.cache, octets);
  const fits = cache?.toString('latin1', 0, markLength) === text.slice(0, markLength);
  const cachedData = fits ? cache?.subarray(markLength) : undefined;
  const script = new Script(text, { filename: files.script, ...(cachedData && { cachedData }) });
  const module = { exports: {} };
  (script.runInThisContext() as Body)(module, requireFrom(files.script), files.script, folder);
  return { script, exports: module.exports };
}

/**
 * A part from its script, or where nothing was built from its modules.
 * @param name of the script, as the build writes it beside this one
 */
export async function loadPart<Part>(name: string, modules: () => Promise<Part>): Promise<Part> {
  const loaded = loadPrecompiled(import.meta.dirname, name);
  return loaded === undefined ? modules() : (loaded.exports as Part);
}

/** Keeps what V8 has compiled of a part so far, for the next time it is loaded. */
export function saveCodeCache(folder: string, name: string, { script }: Precompiled): void {
  const files = precompiledFiles(folder, name);
  const mark = readFileSync(files.script).subarray(0, markLength);
  writeFileSync(files.cache, Buffer.concat([mark, script.createCachedData()]));
}
