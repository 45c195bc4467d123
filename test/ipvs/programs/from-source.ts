/** Runs a program of the project inside the guest from its sources, where it finds the addon: FILE, relative to the project. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const [file = '', ...args] = process.argv.slice(2);
const program = path.join(process.env['LAB_ROOT'] ?? '', file);
const { status } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
