/** -d: a state dump as lines of the log. */
import type { Log } from '../log/log.ts';
import type { DumpTarget } from './dump/dump-file.ts';

export function dumpToLog(log: Log): DumpTarget {
  return (text) => {
    for (const line of text.trimEnd().split('\n')) log.info(line);
  };
}
