// Brings a machine to the point where the project builds and its lab runs: Debian packages, npm packages, the pinned
// runtime. Runs on any Node >= 18 and uses nothing but Node itself; what is there already is left alone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stampFile = path.join(root, 'node_modules', '.setup-stamp');

/** A set-up step that cannot go on: one message with the remedy, no stack trace. */
export class SetupError extends Error {}

/** Path of the pinned Node binary inside node_modules. */
export function pinnedNode() {
  const architecture = { x64: 'x64', arm64: 'arm64' }[process.arch];
  if (process.platform !== 'linux' || architecture === undefined) {
    throw new SetupError(`This project runs on Linux, x64 or arm64; this is ${process.platform} ${process.arch}.`);
  }
  return path.join(root, 'node_modules', `node-linux-${architecture}`, 'bin', 'node');
}

function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
}

function wantedPackages(purposes) {
  return readFileSync(path.join(root, 'scripts', 'debian-packages.txt'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.trim().split(/\s+/))
    .filter(([purpose]) => purposes.includes(purpose))
    .map(([, name, ...proofs]) => ({ name, proofs }));
}

/** Installs the Debian packages of these purposes that are missing. Services of the packages are not started. */
export function ensureDebianPackages(purposes) {
  const missing = wantedPackages(purposes)
    .filter(({ proofs }) => !proofs.some((file) => existsSync(file)))
    .map(({ name }) => name);
  if (missing.length === 0) return;
  if (process.getuid() !== 0) {
    throw new SetupError(
      `These Debian packages are missing: ${missing.join(' ')}\nRun this command as root, or install them first: apt-get install ${missing.join(' ')}`,
    );
  }
  if (!existsSync('/usr/bin/apt-get')) {
    throw new SetupError(`This machine has no apt-get. Install by hand: ${missing.join(' ')}`);
  }
  console.log(`setup: installing Debian packages: ${missing.join(' ')}`);
  // A policy file keeps the packages' services (keepalived, nginx) from starting on this machine.
  const policy = '/usr/sbin/policy-rc.d';
  const ownPolicy = !existsSync(policy);
  if (ownPolicy) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  try {
    let result = install();
    if (result.status !== 0) {
      run('apt-get', ['update', '-q'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
      result = install();
    }
    if (result.status !== 0) {
      throw new SetupError(
        `apt-get could not install ${missing.join(' ')}:\n${String(result.stderr).trim()}\nIs a Debian mirror reachable? Check /etc/apt/sources.list, then run this command again.`,
      );
    }
  } finally {
    if (ownPolicy) rmSync(policy, { force: true });
  }
}

/** Installs node_modules from the lock file when it changed since the last time. No package's install script runs. */
export function ensureNpmPackages() {
  const hash = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  const current = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '';
  if (current === hash && existsSync(pinnedNode())) return;
  console.log('setup: installing npm packages from the lock file');
  const result = run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (result.error !== undefined)
    throw new SetupError('npm was not found: install npm (apt-get install npm) and try again.');
  if (result.status !== 0) {
    throw new SetupError(
      `npm could not install the packages of package-lock.json:\n${String(result.stderr).trim()}\nIs a registry reachable? Check "npm config get registry" and "npm ping", then run this command again.`,
    );
  }
  if (!existsSync(pinnedNode())) {
    throw new SetupError(
      `The pinned runtime is missing after the installation (${pinnedNode()}).\nnpm must install optional dependencies: check "npm config get omit".`,
    );
  }
  writeFileSync(stampFile, hash);
}
