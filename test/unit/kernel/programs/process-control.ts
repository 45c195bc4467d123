// Does to itself what process-control.ts offers and prints what the kernel says then; the test asks other programs too.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  adoptOrphans,
  clearRealTimePriority,
  getAffinity,
  getLimit,
  lockMemory,
  reapChild,
  setAffinity,
  setDumpable,
  setLimit,
  setNice,
  setProcessName,
  setRealTimePriority,
  trimHeap,
  unlockMemory,
} from '../../../../src/kernel/process-control.ts';
import { startTimedSender } from '../../../../src/kernel/timed-send.ts';

const run = (command: string): string => execFileSync('sh', ['-c', command]).toString().trim();
const status = (field: string): string =>
  new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
const tell = (name: string, value: unknown): void => console.log(`${name} ${JSON.stringify(value)}`);

setProcessName('Keepalived_healthcheckers');
tell('comm', readFileSync('/proc/self/comm', 'utf8').trim());
tell('cmdline', readFileSync('/proc/self/cmdline', 'utf8').replaceAll('\0', ' ').trim());

startTimedSender();
setRealTimePriority(7);
tell('policy', run(`chrt -p ${process.pid}`));
const threads = (name: string): string =>
  run(
    `grep -lx ${name} /proc/${process.pid}/task/*/comm | cut -d/ -f5 | xargs -n1 chrt -p | sed 's/.*: //' | sort | uniq | paste -sd' '`,
  );
tell('policy of helpers', threads('V8Worker'));
tell('policy of sender', threads('timed-send'));
tell('policy of a child', run('chrt -p $$'));
clearRealTimePriority();
tell('policy of helpers after', threads('V8Worker'));
tell('policy of sender after', threads('timed-send'));
tell('policy after', run(`chrt -p ${process.pid} | head -1`));

const everywhere = getAffinity();
setAffinity([0]);
tell('affinity', run(`taskset -acp ${process.pid} | sed 's/.*: //' | sort -u`));
setAffinity(everywhere);
tell('affinity after', [...getAffinity()].join() === [...everywhere].join());

setLimit('core', { soft: 0, hard: getLimit('core').hard });
setLimit('rttime', { soft: 5_000_000, hard: Infinity });
tell('core', getLimit('core').soft);
tell('rttime', run(`prlimit --pid ${process.pid} --rttime -o SOFT,HARD --noheadings`));

// Small blocks of malloc, 50 MB, between which nothing is in use any more. V8 frees them in a thread of its own.
const resident = (): number => parseInt(status('VmRSS'), 10);
const blocks = Array.from({ length: 50_000 }, () => Buffer.allocUnsafeSlow(1000).fill(1));
const peak = resident();
tell('blocks', blocks.length);
blocks.length = 0;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const isTrimmed = (): boolean => {
  collect();
  trimHeap();
  return resident() < peak - 30_000;
};
for (let attempt = 0; attempt < 100 && !isTrimmed(); attempt++) run('sleep 0.02');
tell('trimmed', isTrimmed());

lockMemory();
tell('locked', parseInt(status('VmLck'), 10) > 0);
tell('resident', parseInt(status('VmRSS'), 10) < 200_000);
unlockMemory();
tell('unlocked', parseInt(status('VmLck'), 10));

setDumpable(false);
setNice(-5);
tell('nice', run(`ps -L -o ni= -p ${process.pid} | sort -u`));
setNice(0);

// The shell ends at once and leaves its child to the next ancestor that adopts: this process.
adoptOrphans(true);
const orphan = Number(run('sleep 60 >/dev/null 2>&1 & echo $!'));
tell('adopted', run(`ps -o ppid= -p ${orphan}`) === String(process.pid));
tell('running', reapChild(orphan));
process.kill(orphan, 'SIGKILL');
const sigkill = 9;
const reap = (attempts: number): void => {
  const reaped = reapChild(orphan);
  if (reaped === undefined && attempts > 0) {
    setTimeout(() => reap(attempts - 1), 20);
    return;
  }
  tell('reaped', reaped?.processId === orphan && reaped.status === sigkill);
  tell('no child', reapChild(orphan));
};
reap(500);
