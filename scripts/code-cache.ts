/**
 * Makes the code cache of the configuration test: runs it once, so that the functions a test needs are compiled, and keeps
 * what V8 then has. A process of its own, because V8 takes a cache only under the flags it was made with (launcher.sh).
 * Called by build.ts: code-cache.ts DIST CONFIGURATION...
 */
import { parseKeepalivedArguments } from '../src/cli/keepalived-arguments.ts';
import type * as ConfigTest from '../src/process/config-test.ts';
import { loadPrecompiled, saveCodeCache } from '../src/process/precompiled.ts';

const [dist = '', ...configurations] = process.argv.slice(2);
const name = 'config-test';

const part = loadPrecompiled(dist, name);
if (part === undefined) throw new Error(`${dist} has no ${name} to make a code cache of`);
const { testConfiguration } = part.exports as typeof ConfigTest;
for (const file of configurations) {
  const parsed = parseKeepalivedArguments(['--config-test', '--use-file', file]);
  if (parsed.kind === 'run') testConfiguration(parsed.arguments, undefined);
}
saveCodeCache(dist, name, part);
if (loadPrecompiled(dist, name)?.script.cachedDataRejected !== false) throw new Error('V8 rejects its own code cache');
