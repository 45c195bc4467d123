/** The library that keeps early signals from killing a process of this daemon while its runtime starts. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { addonFolder } from './addon.ts';

/** The separators of LD_PRELOAD, for which it knows no escape. */
const separators = /[ :]/;

/**
 * Environment for starting another process of this daemon, so that a signal to the whole group (`systemctl kill`, a
 * terminal that hangs up) does not kill it before its handlers are there. The library takes itself out of the new
 * process's environment at once.
 * @param environment what the process would get anyway
 */
export function withEarlySignalGuard(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const guard = path.join(addonFolder(), 'early-signals.so');
  if (!existsSync(guard) || separators.test(guard)) return environment;
  const present = environment['LD_PRELOAD'];
  return { ...environment, LD_PRELOAD: present === undefined ? guard : `${guard}:${present}` };
}
