/**
 * Makes the code cache of a part: loads it, runs what can be run of it without touching this machine, so that the
 * functions a start needs are compiled, and keeps what V8 then has. A process of its own, because V8 takes a cache only
 * under the flags it was made with; `verify` looks in another one whether it does. Called by parts.ts:
 * code-cache.ts make|verify DIST PART
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseKeepalivedArguments } from '../src/cli/keepalived-arguments.ts';
import type { KeepalivedArguments } from '../src/cli/keepalived-arguments.ts';
import type * as ConfigTest from '../src/process/config-test.ts';
import type * as ParentPart from '../src/process/parent-part.ts';
import { loadPrecompiled, saveCodeCache } from '../src/process/precompiled.ts';

const [what = '', dist = '', name = ''] = process.argv.slice(2);
const examples = path.join(import.meta.dirname, '..', 'examples');

/** The arguments of the command for each of our examples. */
function samples(): KeepalivedArguments[] {
  const files = ['nat', 'pair'].flatMap((example) =>
    readdirSync(path.join(examples, example), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.conf'))
      .sort()
      .map((file) => path.join(examples, example, file)),
  );
  return files.flatMap((file) => {
    const parsed = parseKeepalivedArguments(['--config-test', '--use-file', file]);
    return parsed.kind === 'run' ? [parsed.arguments] : [];
  });
}

/** What a start does with a part beyond loading it. */
const rehearsals: Readonly<Record<string, (exports: unknown) => void>> = {
  'config-test': (exports) => {
    const { testConfiguration } = exports as typeof ConfigTest;
    for (const sample of samples()) testConfiguration(sample, undefined);
  },
  parent: (exports) => {
    const { RememberedReading } = exports as typeof ParentPart;
    for (const sample of samples()) new RememberedReading().read(sample);
  },
};

const part = loadPrecompiled(dist, name);
if (part === undefined) throw new Error(`${dist} has no ${name} to make a code cache of`);
if (what === 'make') {
  rehearsals[name]?.(part.exports);
  saveCodeCache(dist, name, part);
} else if (part.script.cachedDataRejected !== false) throw new Error(`V8 rejects the code cache of ${name}`);
process.exit(0);
