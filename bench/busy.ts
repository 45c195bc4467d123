/** Processes that want all the processor time they can get. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Starts `count` of them; they end with the scope, or with this program. */
export function keepBusy(count: number): AsyncDisposable {
  const loops: ChildProcess[] = [];
  for (let number = 0; number < count; number++) {
    loops.push(spawn('setpriv', ['--pdeathsig', 'KILL', 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' }));
  }
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all(
        loops.map(async (loop) => {
          if (loop.exitCode !== null || loop.signalCode !== null) return;
          const ended = once(loop, 'exit');
          loop.kill('SIGKILL');
          await ended;
        }),
      );
    },
  };
}
