/** Debian's keepalived on one configuration, in namespaces of its own (see dump-original.sh). */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Which of its processes run: VRRP (and BFD) or checkers. */
export type OriginalMode = '-P' | '-C';

/**
 * Runs the original on one configuration and has its dumps written to `folder`. What becomes of the run stands in the
 * folder's `log` and `status`; a daemon that refuses the configuration leaves no dump.
 */
export async function dumpOriginal(
  script: string,
  configuration: string,
  folder: string,
  mode: OriginalMode,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const namespaces = ['--net', '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child', '--mount-proc'];
  const child = spawn('unshare', [...namespaces, 'sh', script, configuration, folder, mode], {
    stdio: 'ignore',
    env: { ...process.env, ...environment },
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => {
      resolve();
    });
  });
  clearTimeout(timer);
  const status = path.join(folder, 'status');
  if (!existsSync(status)) writeFileSync(status, 'killed, it took too long\n');
}

/** Works through a list, `atOnce` items at the same time. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}
