/** How the native parts are compiled, for this machine or for another one. One call of the compiler is the whole build system. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const commonFlags = ['-O2', '-fPIC', '-shared', '-fvisibility=hidden', '-Wall', '-Wextra', '-Werror'];

export interface NativeTarget {
  /** node-linux-ARCH: carries binary and headers in one folder. */
  readonly runtime: string;
  /** Before the names of compilers, such as aarch64-linux-gnu-; nothing for this machine. */
  readonly toolPrefix: string;
  /** Where the objects are written. */
  readonly output: string;
}

/** Sources of the addon and its headers. */
export function nativeSources(): string[] {
  return readdirSync(path.join(root, 'native'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(cc|h)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

export const earlySignalsSource = path.join(root, 'native', 'early-signals.c');

/** Compiles one shared object. It is written beside and renamed: a running daemon keeps its own file. */
function compile(compiler: string, flags: readonly string[], sources: readonly string[], output: string): void {
  mkdirSync(path.dirname(output), { recursive: true });
  execFileSync(compiler, [...commonFlags, ...flags, '-o', `${output}.new`, ...sources], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  renameSync(`${output}.new`, output);
}

/** The addon: plain node_api.h and C++17. */
export function compileAddon({ output, runtime, toolPrefix }: NativeTarget): void {
  const files = nativeSources().filter((file) => file.endsWith('.cc'));
  const include = path.join(runtime, 'include', 'node');
  compile(`${toolPrefix}g++`, ['-std=c++17', '-g1', `-I${include}`], files, path.join(output, 'keepalived.node'));
}

/** The library that guards the first moments of a process. */
export function compileEarlySignals({ output, toolPrefix }: NativeTarget): void {
  compile(`${toolPrefix}gcc`, ['-std=c17'], [earlySignalsSource], path.join(output, 'early-signals.so'));
}
