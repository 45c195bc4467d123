/** `npm run package`: a Debian package of dist/ with everything it needs to run, in dist/package. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { keepalivedLevel, ownVersion } from '../src/cli/version.ts';
import { libraryDependencies } from './package/dependencies.ts';
import { targetOf, thisMachine, type Target } from './package/target.ts';
import { filesBelow, installedSize, layOutProgram, layOutSystem, maintainer, writeFile } from './package/files.ts';

const root = path.join(import.meta.dirname, '..');

export interface PackageOptions {
  readonly version: string;
  readonly output: string;
  /** As dpkg-deb takes it, e.g. `-Zxz`. */
  readonly compression: readonly string[];
  /** This machine's kind unless given. */
  readonly target?: Target;
}

/** Makes the package. @returns its path */
export function makePackage({ compression, output, target = thisMachine, version }: PackageOptions): string {
  mkdirSync(output, { recursive: true });
  const folder = mkdtempSync(path.join(output, '.layout-'));
  try {
    const content = path.join(folder, 'content');
    const store = path.join(content, 'usr/lib/keepalived-ts/store');
    layOutProgram(store, version, target);
    layOutSystem(content, version, target);
    const binaries = ['runtime/node', 'native/keepalived.node', 'native/early-signals.so'];
    const values: Readonly<Record<string, string>> = {
      VERSION: version,
      ARCHITECTURE: target.architecture,
      MAINTAINER: maintainer(),
      INSTALLED_SIZE: String(installedSize(content)),
      DEPENDS: libraryDependencies(binaries.map((file) => path.join(store, file))),
      // The epoch of Debian's package.
      LEVEL: `1:${keepalivedLevel}`,
      DEFAULT_SHA256: digest('sha256', path.join(root, 'packaging/default')),
    };
    const sums = filesBelow(content)
      .filter((file) => lstatSync(path.join(content, file)).isFile())
      .map((file) => `${digest('md5', path.join(content, file))}  ${file}\n`);
    for (const name of ['control', 'postinst', 'prerm', 'postrm']) {
      const text = readFileSync(path.join(root, 'packaging/debian', name), 'utf8');
      const filled = text.replace(/@([A-Z0-9_]+)@/g, (_whole, key: string) => values[key] ?? '');
      writeFile(path.join(content, 'DEBIAN', name), filled, name === 'control' ? 0o644 : 0o755);
    }
    writeFile(path.join(content, 'DEBIAN/md5sums'), sums.join(''));
    execFileSync('chmod', ['-R', 'u=rwX,go=rX', content]);
    const file = path.join(output, `keepalived-ts_${version}_${target.architecture}.deb`);
    execFileSync('dpkg-deb', ['--root-owner-group', ...compression, '--build', content, file], { stdio: 'pipe' });
    return file;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function digest(kind: 'md5' | 'sha256', file: string): string {
  return createHash(kind).update(readFileSync(file)).digest('hex');
}

function mebibytes(octets: number): string {
  return `${(octets / 2 ** 20).toFixed(1)} MiB`;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      version: { type: 'string', default: `${ownVersion}-1` },
      output: { type: 'string', default: path.join(root, 'dist', 'package') },
      architecture: { type: 'string', default: thisMachine.architecture },
      runtime: { type: 'string' },
      fast: { type: 'boolean', default: false },
      lintian: { type: 'boolean', default: false },
    },
  });
  const compression = values.fast ? ['-Zgzip', '-z1'] : ['-Zxz'];
  const target = targetOf(values.architecture, values.runtime);
  const file = makePackage({ version: values.version, output: path.resolve(values.output), compression, target });
  const installed = execFileSync('dpkg-deb', ['--field', file, 'Installed-Size'], { encoding: 'utf8' });
  console.log(
    `package: ${file}, ${mebibytes(statSync(file).size)}, installed ${mebibytes(Number(installed) * 1024)} (the runtime is most of it)`,
  );
  if (!values.lintian) return;
  if (!existsSync('/usr/bin/lintian')) {
    console.error('lintian is not installed: apt-get install lintian');
    process.exit(1);
  }
  execFileSync('lintian', ['--fail-on', 'error', '--profile', 'debian', file], { stdio: 'inherit' });
}

if (import.meta.main) main();
