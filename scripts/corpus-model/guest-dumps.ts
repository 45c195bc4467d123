/**
 * Runs in the guest kernel, which has IPVS: the original's checker process on every configuration it is handed.
 * Arguments: dump-original.sh and the folder of the files. /run/out/dumps/FILE/ gets the dumps of each.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { dumpOriginal, inParallel } from './run-original.ts';

const [script = '', configurations = ''] = process.argv.slice(2);
await inParallel(readdirSync(configurations).sort(), 6, async (name) => {
  const folder = path.join('/run/out/dumps', name);
  mkdirSync(folder, { recursive: true });
  await dumpOriginal(script, path.join(configurations, name), folder, '-C', { SETTLE: '3', WRITE: '3' });
});
