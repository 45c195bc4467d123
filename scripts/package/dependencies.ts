/** The libraries that the program's binaries were linked with, as Debian's packages and their versions. */
import { readFileSync } from 'node:fs';

/** The release of GCC that brought a version of libstdc++ (its manual, "ABI policy"): Debian's version numbers. */
const libstdcxxReleases: readonly (readonly [symbols: number, gcc: string])[] = [
  [22, '6'],
  [24, '7'],
  [25, '8'],
  [28, '9'],
  [29, '11'],
  [30, '12'],
  [32, '13.1'],
  [33, '14'],
  [34, '15'],
];

/** Highest version of the symbols named PREFIX_x.y in a binary. */
function highest(files: readonly string[], prefix: string): readonly number[] {
  const found = files.flatMap((file) =>
    [...readFileSync(file, 'latin1').matchAll(new RegExp(`\\0${prefix}_(\\d+(?:\\.\\d+)+)\\0`, 'g'))].map(
      ([, text = '']) => text.split('.').map(Number),
    ),
  );
  const order = (a: readonly number[], b: readonly number[]): number =>
    [0, 1, 2].map((index) => (a[index] ?? 0) - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
  return found.sort(order).at(-1) ?? [];
}

/** The value of the field Depends. @param files ELF binaries */
export function libraryDependencies(files: readonly string[]): string {
  const libc = highest(files, 'GLIBC').join('.');
  const symbols = highest(files, 'GLIBCXX')[2] ?? 0;
  const gcc = libstdcxxReleases.find(([release]) => release >= symbols)?.[1] ?? '15';
  return `libc6 (>= ${libc}), libgcc-s1 (>= 4.2), libstdc++6 (>= ${gcc})`;
}
