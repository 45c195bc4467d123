/** -m and -M: a crash leaves a core dump, and how it is named. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setLimit } from '../kernel/process-control.ts';
import type { Log } from '../log/log.ts';

const patternFile = '/proc/sys/kernel/core_pattern';

/**
 * Lifts the limit of core dumps for this process and those it starts.
 * @param pattern what the kernel is to name them after; it is the machine's setting
 * @returns puts the kernel's pattern back, unless somebody else has changed it
 */
export function allowCoreDumps(pattern: string | undefined, log: Log, file = patternFile): () => void {
  try {
    setLimit('core', { soft: Infinity, hard: Infinity });
  } catch (error) {
    log.warning(`no core dumps: ${(error as Error).message}`);
  }
  if (pattern === undefined) return () => undefined;
  try {
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, pattern);
    return () => {
      try {
        if (readFileSync(file, 'utf8').trim() === pattern) writeFileSync(file, before);
      } catch (error) {
        log.warning(`${file} not put back: ${(error as Error).message}`);
      }
    };
  } catch (error) {
    log.warning(`${file} not changed: ${(error as Error).message}`);
    return () => undefined;
  }
}
