/** What the package contains, laid out below a directory. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { manualPages } from '../manual.ts';
import { strip, thisMachine, type Target } from './target.ts';
import { bashCompletion } from '../manual/completion.ts';

const root = path.join(import.meta.dirname, '..', '..');
const dist = path.join(root, 'dist');

export const programs = [
  { name: 'keepalived', place: 'usr/sbin' },
  { name: 'genhash', place: 'usr/bin' },
  { name: 'keepalivectl', place: 'usr/bin' },
] as const;

export function writeFile(file: string, content: string | Buffer, mode = 0o644): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

function copyFile(from: string, to: string, mode = 0o644): void {
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, mode);
}

/** Without the time of packing, so that the same content gives the same octets. */
function gzip(content: string | Buffer): Buffer {
  return gzipSync(content, { level: 9 });
}

/** Every file below a directory, sorted, relative to it. Links count as files. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

function copyStripped(target: Target, from: string, to: string, mode: number): void {
  mkdirSync(path.dirname(to), { recursive: true });
  if (!strip(target, from, to)) copyFileSync(from, to);
  chmodSync(to, mode);
}

/**
 * The program with its runtime: what is in dist/, without source maps, and no link that leads out of it.
 * @param salt goes into the name of the version: two packages of the same files with different version numbers differ
 * @returns the name of this version, from its content
 */
export function layOutProgram(folder: string, salt: string, target: Target = thisMachine): string {
  // V8's caches are of this kind of machine.
  const wanted = target.foreign ? /\.[cm]?js$/ : /\.([cm]?js|cache)$/;
  for (const file of readdirSync(dist).filter((name) => wanted.test(name)))
    copyFile(path.join(dist, file), path.join(folder, file));
  for (const file of readdirSync(path.join(dist, 'page')))
    copyFile(path.join(dist, 'page', file), path.join(folder, 'page', file));
  for (const file of readdirSync(target.native))
    copyStripped(target, path.join(target.native, file), path.join(folder, 'native', file), 0o644);
  for (const { name } of programs) copyFile(path.join(dist, 'bin', name), path.join(folder, 'bin', name), 0o755);
  copyStripped(target, path.join(target.runtime, 'bin', 'node'), path.join(folder, 'runtime', 'node'), 0o755);
  const hash = createHash('sha256').update(salt);
  for (const file of filesBelow(folder)) hash.update(file).update(readFileSync(path.join(folder, file)));
  const build = `${salt}-${hash.digest('hex').slice(0, 12)}`;
  writeFile(path.join(folder, 'build'), `${build}\n`);
  return build;
}

/** Licences of the npm packages that are inside the bundle. */
function bundledLicences(): string {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; version?: string; license?: string }>;
  };
  const texts = Object.entries(lock.packages)
    .filter(([place, { dev, optional }]) => place !== '' && dev !== true && optional !== true)
    .map(([place, { license = 'unknown', version = '' }]) => {
      const folder = path.join(root, place);
      const file = existsSync(folder) ? readdirSync(folder).find((name) => /^licen[cs]e/i.test(name)) : undefined;
      const text = file === undefined ? '' : readFileSync(path.join(folder, file), 'utf8').trim();
      return `${place.replace(/^.*node_modules\//, '')} ${version} (${license})\n\n${text}\n`;
    });
  return texts.join(`\n${'-'.repeat(78)}\n\n`);
}

function copyright(): string {
  return [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    'Upstream-Name: keepalived-ts',
    'Source: https://www.keepalived.org/ (the interfaces; the program is written anew)',
    '',
    'Files: *',
    'Copyright: 2026 the keepalived-ts authors',
    'License: Apache-2.0',
    ' On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.',
    '',
    'Files: usr/lib/keepalived-ts/store/runtime/node',
    'Copyright: 2009-2026 Node.js contributors, Joyent, Inc. and other Node contributors',
    'License: node',
    ' The whole text, with those of the libraries inside, is in',
    ' /usr/share/doc/keepalived-ts/LICENSE.node.gz. That of the npm packages inside the',
    ' program is in /usr/share/doc/keepalived-ts/LICENSE.npm.gz.',
    '',
  ].join('\n');
}

/** Who made the package: DEBFULLNAME and DEBEMAIL, as for every tool of Debian that writes changelogs. */
export function maintainer(): string {
  const { DEBEMAIL = 'keepalived-ts@example.org', DEBFULLNAME = 'keepalived-ts maintainers' } = process.env;
  return `${DEBFULLNAME} <${DEBEMAIL}>`;
}

const busPolicy = 'org.keepalived.Vrrp1.conf';

/** Everything around the program: names in the path, unit, policy of the bus, options, manual pages, completion, documents. */
export function layOutSystem(folder: string, version: string, { runtime }: Target): void {
  const packaging = path.join(root, 'packaging');
  const at = (...parts: string[]): string => path.join(folder, ...parts);
  for (const { name, place } of programs) {
    mkdirSync(at(place), { recursive: true });
    symlinkSync(`../lib/keepalived-ts/current/bin/${name}`, at(place, name));
  }
  mkdirSync(at('etc/keepalived'), { recursive: true });
  copyFile(path.join(packaging, 'keepalived.service'), at('usr/lib/systemd/system/keepalived.service'));
  copyFile(path.join(packaging, 'keepalived.service'), at('usr/share/keepalived-ts/keepalived.service'));
  copyFile(path.join(packaging, busPolicy), at('usr/share/dbus-1/system.d', busPolicy));
  copyFile(path.join(packaging, 'debian/lintian-overrides'), at('usr/share/lintian/overrides/keepalived-ts'));
  copyFile(path.join(packaging, 'default'), at('usr/share/keepalived-ts/default'));
  for (const [file, text] of manualPages())
    writeFile(at('usr/share/man', `man${file.slice(-1)}`, `${file}.gz`), gzip(text));
  for (const { name } of programs) {
    const completions = at('usr/share/bash-completion/completions');
    if (name === 'keepalived') writeFile(path.join(completions, name), bashCompletion());
    else symlinkSync('keepalived', path.join(completions, name));
  }
  const documents = at('usr/share/doc/keepalived-ts');
  writeFile(path.join(documents, 'copyright'), copyright());
  const changes = `keepalived-ts (${version}) unstable; urgency=medium\n\n  * See the repository for the changes.\n\n -- ${maintainer()}  Thu, 01 Jan 2026 00:00:00 +0000\n`;
  // A version with a revision has the changelog of the package, one without that of the program.
  writeFile(path.join(documents, `changelog${version.includes('-') ? '.Debian' : ''}.gz`), gzip(changes));
  writeFile(path.join(documents, 'LICENSE.node.gz'), gzip(readFileSync(path.join(runtime, 'LICENSE'))));
  writeFile(path.join(documents, 'LICENSE.npm.gz'), gzip(bundledLicences()));
  writeFile(path.join(documents, 'README.md.gz'), gzip(readFileSync(path.join(root, 'README.md'))));
  for (const name of [
    'migrate',
    'differences',
    'configuration-diagnostics',
    'control',
    'logging',
    'reliability',
    'afternoon',
  ]) {
    const file = path.join(root, 'docs', `${name}.md`);
    if (existsSync(file)) writeFile(path.join(documents, `${name}.md.gz`), gzip(readFileSync(file)));
  }
  copyFile(path.join(packaging, 'hardening.conf'), path.join(documents, 'examples/hardening.conf'));
  for (const example of ['pair', 'nat'])
    for (const file of filesBelow(path.join(root, 'examples', example)))
      copyFile(path.join(root, 'examples', example, file), path.join(documents, 'examples', example, file));
}

/** Space of the content in KiB, as Debian's policy counts it: files rounded up, everything else one. */
export function installedSize(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).reduce((sum, entry) => {
    const facts = lstatSync(path.join(entry.parentPath, entry.name));
    return sum + (entry.isFile() ? Math.ceil(facts.size / 1024) : 1);
  }, 0);
}
