/**
 * Going into the background without fork(): the foreground process starts the daemon in a session of its own, waits
 * until that is ready or has failed, and returns with its verdict. So `keepalived` in a script means "it runs now".
 */
import { spawn } from 'node:child_process';
import { withEarlySignalGuard } from '../kernel/early-signals.ts';
import { environmentOfNamespace, goToNamespace } from './namespace-place.ts';
import { daemonRole } from './roles.ts';

/** What the daemon tells the foreground process that started it. */
export type DaemonVerdict =
  | { readonly type: 'ready' }
  | { readonly type: 'exit'; readonly exitCode: number }
  /** It belongs into this network namespace, and ends. */
  | { readonly type: 'namespace'; readonly namespace: string };

/**
 * Starts the daemon and waits for its verdict. What the daemon writes to stderr until then is passed on, so that who
 * typed the command sees why it failed; the daemon never holds our terminal or pipe itself, or `$(keepalived)` would
 * wait for its end.
 * @param argv the command line without the program's name
 * @param namespace network namespace that the line names
 * @returns exit status for the foreground process
 */
export async function daemonize(argv: readonly string[], namespace?: string): Promise<number> {
  try {
    const verdict = await startDaemon(argv, namespace);
    return typeof verdict === 'number' ? verdict : await daemonize(argv, verdict.namespace);
  } catch (error) {
    process.stderr.write(`keepalived: cannot start the daemon: ${(error as Error).message}\n`);
    return 1;
  }
}

/** @returns exit status, or where it has to be started instead */
function startDaemon(
  argv: readonly string[],
  namespace: string | undefined,
): Promise<number | { readonly namespace: string }> {
  if (namespace !== undefined) goToNamespace(namespace);
  const main = process.argv[1];
  if (main === undefined) throw new Error('the path of the program is unknown');
  let elsewhere: { readonly namespace: string } | undefined;
  return new Promise((resolve, reject) => {
    const daemon = spawn(process.execPath, [...process.execArgv, main, daemonRole, ...argv], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: namespace === undefined ? withEarlySignalGuard(process.env) : environmentOfNamespace(namespace, process.env),
    });
    daemon.stderr?.on('data', (data: Buffer) => process.stderr.write(data));
    daemon.once('message', (message) => {
      const verdict = message as DaemonVerdict;
      // A daemon that ends is waited for: its last words come before "close".
      if (verdict.type === 'namespace') elsewhere = verdict;
      if (verdict.type !== 'ready') return;
      daemon.disconnect();
      daemon.stderr?.destroy();
      daemon.unref();
      resolve(0);
    });
    daemon.once('error', reject);
    daemon.once('close', (code) => resolve(elsewhere ?? code ?? 1));
  });
}

/** Called in the daemon: tells the foreground process, once; later calls and a foreground process do nothing. */
export function reportVerdict(verdict: DaemonVerdict, told: () => void = () => undefined): void {
  if (!process.connected || process.send === undefined) return;
  process.send(verdict, () => {
    if (process.connected) process.disconnect();
    told();
  });
}
