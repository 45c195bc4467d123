/** `npm run image`: the files of a container image below a directory (Dockerfile), made from dist/. */
import { copyFileSync, chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ownVersion } from '../src/cli/version.ts';
import { layOutProgram, programs } from './package/files.ts';

const root = path.join(import.meta.dirname, '..');

/** @param folder is to become the image's root; must not contain an image yet */
export function layOutImage(folder: string): void {
  const at = (...parts: string[]): string => path.join(folder, ...parts);
  layOutProgram(at('usr/lib/keepalived-ts/current'), ownVersion);
  for (const { name, place } of programs) {
    mkdirSync(at(place), { recursive: true });
    symlinkSync(`../lib/keepalived-ts/current/bin/${name}`, at(place, name));
  }
  mkdirSync(at('usr/local/bin'), { recursive: true });
  copyFileSync(path.join(root, 'packaging/keepalived-container'), at('usr/local/bin/keepalived-container'));
  chmodSync(at('usr/local/bin/keepalived-container'), 0o755);
  mkdirSync(at('etc/keepalived'), { recursive: true });
  mkdirSync(at('usr/share/doc/keepalived-ts'), { recursive: true });
  copyFileSync(path.join(root, 'LICENSE'), at('usr/share/doc/keepalived-ts/LICENSE'));
  const runtime = path.dirname(path.dirname(process.execPath));
  copyFileSync(path.join(runtime, 'LICENSE'), at('usr/share/doc/keepalived-ts/LICENSE.node'));
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { output: { type: 'string', default: path.join(root, 'dist', 'image') } } });
  layOutImage(path.resolve(values.output));
  console.log(`image: ${values.output}`);
}
