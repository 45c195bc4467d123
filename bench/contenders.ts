/** The two daemons that every measurement compares. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export type ContenderName = 'keepalived' | 'keepalived-ts';

export interface Contender {
  readonly name: ContenderName;
  readonly binary: string;
  /** First line of `--version`. */
  readonly version: string;
}

/** A reason to stop that the person at the keyboard can mend: printed without a stack. */
export class BenchError extends Error {}

const root = path.dirname(import.meta.dirname);
export const defaultBinaries: Readonly<Record<ContenderName, string>> = {
  keepalived: '/usr/sbin/keepalived',
  'keepalived-ts': path.join(root, 'dist', 'bin', 'keepalived'),
};

const remedies: Readonly<Record<ContenderName, string>> = {
  keepalived: 'install the Debian package keepalived, or name another with --original',
  'keepalived-ts': 'run "npm run build", or name another with --ours',
};

/**
 * Looks at a daemon's program.
 * @param file its path; a relative one counts from the current folder, which nobody shares inside a namespace
 * @throws BenchError when it is not there or does not run
 */
export function findContender(name: ContenderName, file: string): Contender {
  const binary = path.resolve(file);
  if (!existsSync(binary)) throw new BenchError(`${binary} does not exist: ${remedies[name]}`);
  // keepalived prints its version on standard error.
  const answer = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  const version = `${answer.stderr}${answer.stdout}`.trim().split('\n')[0] ?? '';
  if (answer.status !== 0) throw new BenchError(`${binary} --version failed (${version}): ${remedies[name]}`);
  return { name, binary, version };
}
