/**
 * What a start waits for, `-t` and the processes of the daemon, each as one script with V8's code cache
 * (src/process/precompiled.ts).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bodyWrapper, markOf, precompiledFiles } from '../src/process/precompiled.ts';
import { childFlags, parentFlags, webFlags } from '../src/process/runtime-flags.ts';

const root = path.dirname(import.meta.dirname);

interface Part {
  /** Below src/. */
  readonly source: string;
  /** The V8 flags under which it runs; a cache is good for one of these. */
  readonly flags: readonly (readonly string[])[];
}

const parts: Readonly<Record<string, Part>> = {
  'config-test': { source: 'process/config-test.ts', flags: [['--no-opt']] },
  parent: { source: 'process/parent-part.ts', flags: [parentFlags] },
  vrrp: { source: 'process/vrrp-part.ts', flags: [childFlags('vrrp', parentFlags)] },
  checker: {
    source: 'process/checker-part.ts',
    flags: [1, 2].map((processors) => childFlags('checker', parentFlags, processors)),
  },
  bfd: { source: 'process/bfd-process.ts', flags: [childFlags('bfd', parentFlags)] },
  web: { source: 'web/web-process.ts', flags: [webFlags(parentFlags)] },
};

/** Packages that few configurations need: files of their own beside the scripts. */
const packages: Readonly<Record<string, string>> = {
  chokidar: 'chokidar',
  'dbus-native': 'dbus-native',
  'nodemailer/lib/smtp-connection/index.js': 'nodemailer',
};

/** Whether the build of the parts made this file. */
export function isPackage(file: string): boolean {
  return Object.values(packages).some((name) => file === `${name}.cjs`);
}

/** The entrance is a script; what it imports on demand are modules beside it. */
export const importedAsModules: Plugin = {
  name: 'imported-as-modules',
  setup(plugin) {
    plugin.onResolve({ filter: /^\./ }, ({ kind, path: name }) =>
      kind === 'dynamic-import' ? { path: `./${path.basename(name, '.ts')}.mjs`, external: true } : undefined,
    );
  },
};

const packagesAsFiles: Plugin = {
  name: 'packages-as-files',
  setup(plugin) {
    plugin.onResolve({ filter: /^[a-z]/ }, ({ kind, path: name }) =>
      kind === 'dynamic-import' && name in packages ? { path: `./${packages[name]}.cjs`, external: true } : undefined,
    );
  },
};

/** In the place of pino stands an object that loads it when a log is made that wants it. */
const pinoAtFirstUse: Plugin = {
  name: 'pino-at-first-use',
  setup(plugin) {
    const namespace = 'at-first-use';
    plugin.onResolve({ filter: /^pino$/ }, ({ kind, path: name }) =>
      kind === 'import-statement' ? { path: name, namespace } : undefined,
    );
    plugin.onLoad({ filter: /./, namespace }, () => ({
      resolveDir: root,
      contents: `
        let pino;
        const load = () => (pino ??= require('pino'));
        module.exports = new Proxy(function () {}, {
          apply: (_target, self, words) => Reflect.apply(load(), self, words),
          get: (_target, member) => load()[member],
        });`,
    }));
  },
};

/** CommonJS knows where a script is by other names. */
export const placeOfScript = { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' } as const;

const scriptOptions = {
  bundle: true,
  // V8 lets a script that it was given as a text import nothing but by a way that Node calls experimental, aloud.
  supported: { 'dynamic-import': false },
  platform: 'node',
  format: 'cjs',
  target: 'node24',
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'warning',
  define: placeOfScript,
} as const;

async function bundlePart(dist: string, name: string, { flags, source }: Part): Promise<void> {
  const { script } = precompiledFiles(dist, name, []);
  const { outputFiles } = await build({
    ...scriptOptions,
    entryPoints: [path.join(root, 'src', source)],
    write: false,
    // Blanks alone are a quarter of the text, and all of it is read. Lines and names of functions are for stack traces.
    minifyWhitespace: true,
    lineLimit: 160,
    banner: { js: bodyWrapper.before },
    footer: { js: bodyWrapper.after },
    plugins: [pinoAtFirstUse, packagesAsFiles],
  });
  const text = outputFiles[0]?.text ?? '';
  for (const file of readdirSync(dist))
    if (file.startsWith(name) && file.endsWith('.cache')) rmSync(path.join(dist, file));
  // Written beside and renamed: a running daemon keeps its own file.
  writeFileSync(`${script}.new`, markOf(createHash('sha256').update(text).digest('hex')) + text);
  renameSync(`${script}.new`, script);
  const cacheScript = path.join(import.meta.dirname, 'code-cache.ts');
  for (const set of flags)
    for (const what of ['make', 'verify']) {
      // What the reading of the samples has to say is of interest only if it fails.
      execFileSync(process.execPath, [...set, cacheScript, what, dist, name], { stdio: ['ignore', 'ignore', 'pipe'] });
    }
}

/** Writes scripts, code caches and rarely used packages to `dist`. */
export async function buildParts(dist: string): Promise<void> {
  for (const [source, name] of Object.entries(packages)) {
    // Who imports a package from a script takes what it exports for its default; an ES module has that as a member.
    const contents = `const all = require('${source}');
      module.exports = Object.keys(all).join() === 'default' ? all.default : all;`;
    await build({ ...scriptOptions, stdin: { contents, resolveDir: root }, outfile: path.join(dist, `${name}.cjs`) });
  }
  for (const [name, part] of Object.entries(parts)) await bundlePart(dist, name, part);
}
