/** Becoming nobody: what this process cannot do, a client that took it over could not do either. */
import { dropCapabilities, parentProcessId, signalOnParentDeath } from '../kernel/process-control.ts';
import type { Identity } from '../notify/accounts.ts';

/**
 * Gives up root and every capability; all threads, through the C library. Call it before anything that strangers sent is
 * read. Who is not root stays who he is.
 * @returns what could not be given up, in words
 */
export function becomeNobody({ gid, uid }: Identity): readonly string[] {
  const troubles: string[] = [];
  const attempt = (what: string, act: () => void): void => {
    try {
      act();
    } catch (error) {
      troubles.push(`${what}: ${(error as Error).message}`);
    }
  };
  const parent = parentProcessId();
  if (process.geteuid?.() === 0) {
    attempt('supplementary groups', () => process.setgroups?.([]));
    attempt(`group ${gid}`, () => process.setgid?.(gid));
    attempt(`user ${uid}`, () => process.setuid?.(uid));
  }
  attempt('capabilities', dropCapabilities);
  // The kernel forgets it with the change of user.
  if (!signalOnParentDeath('SIGTERM', parent)) process.exit(0);
  return troubles;
}
