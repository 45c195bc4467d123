/** The library that keeps early signals from killing a process of this daemon while its runtime starts. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { addonFolder } from './addon.ts';

/** The separators of LD_PRELOAD, for which it knows no escape. */
const separators = /[ :]/;

/** Where the build puts the library (native/early-signals.c). @throws DaemonError ADDON_MISSING */
export function earlySignalLibrary(): string {
  return path.join(addonFolder(), 'early-signals.so');
}

/**
 * Environment for starting another process of this daemon, so that a signal to the whole group (`systemctl kill`, a
 * terminal that hangs up) does not kill it before its handlers are there: SIGHUP, SIGUSR1, SIGUSR2 and the two real-time
 * signals are then ignored from its first moment until somebody listens. The library takes itself out of the new
 * process's environment at once.
 * @param environment what the process would get anyway
 * @param library its path; where it is missing or cannot be named in LD_PRELOAD, the environment stays as it is
 */
export function withEarlySignalGuard(
  environment: NodeJS.ProcessEnv,
  library: string = earlySignalLibrary(),
): NodeJS.ProcessEnv {
  if (!existsSync(library) || separators.test(library)) return environment;
  const present = environment['LD_PRELOAD'];
  return { ...environment, LD_PRELOAD: present === undefined ? library : `${library}:${present}` };
}
