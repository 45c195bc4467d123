/**
 * Holds `keepalived -t` against a collection of real configurations with the original's exit codes. The collection is
 * not part of the project: it is looked for beside the checkout, or where CORPUS says.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const folder = process.env['CORPUS'] ?? path.join(path.dirname(root), 'shared', 'corpus');
const compare = path.join(folder, 'compare.py');

if (existsSync(compare)) {
  const daemon = path.join(root, 'dist', 'bin', 'keepalived');
  const { status } = spawnSync('python3', [compare, daemon, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} else {
  console.log(`corpus: skipped, there is no ${compare} (CORPUS=FOLDER names another place)`);
}
