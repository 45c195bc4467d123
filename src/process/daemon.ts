/**
 * The keepalived command: from the words of the command line to a running parent process, or an answer and an exit. What
 * an answer does not need is not loaded: exporters ask for `-v` and `--signum` at every scrape.
 */
import path from 'node:path';
import { parseKeepalivedArguments } from '../cli/keepalived-arguments.ts';
import type { KeepalivedArguments } from '../cli/keepalived-arguments.ts';
import { loadPart } from './precompiled.ts';
import { missingCapabilities } from './privileges.ts';
import { standardError, standardOutput, writeAll } from './standard-streams.ts';

/** What `main` does with a finished command. `running`: the event loop goes on, the exit comes later. */
export type CommandOutcome = { readonly kind: 'exit'; readonly code: number } | { readonly kind: 'running' };

/**
 * Runs `keepalived ARGV`.
 * @param background this process is the daemon that a foreground process started and waits for
 */
export async function runKeepalived(argv: readonly string[], background: boolean): Promise<CommandOutcome> {
  const parsed = parseKeepalivedArguments(argv);
  if (parsed.kind === 'genhash') {
    const { genhashMain } = await import('../cli/genhash.ts');
    // Who calls it this way knows the output of 2.2: the digits alone.
    return { kind: 'exit', code: await genhashMain(parsed.argv, 'bare') };
  }
  if (!background) {
    writeAll(standardError, parsed.stderr);
    writeAll(standardOutput, parsed.stdout);
  }
  if (parsed.kind === 'exit') {
    return { kind: 'exit', code: parsed.code };
  }
  const args = parsed.arguments;
  if (args.configTest !== undefined) {
    const { testConfiguration } = await loadPart('config-test', () => import('./config-test.ts'));
    return { kind: 'exit', code: testConfiguration(args, args.configTest.file) };
  }
  const missing = background ? [] : missingCapabilities();
  if (missing.length > 0) {
    writeAll(
      standardError,
      `keepalived: changing addresses and IPVS needs root, or at least ${missing.join(' and ')} (checking a file with -t needs neither)\n`,
    );
    return { kind: 'exit', code: 4 };
  }
  if (!args.dontFork && !background) {
    const { daemonize } = await import('./daemonize.ts');
    return { kind: 'exit', code: await daemonize(argv, parsed.arguments.namespace) };
  }
  const absolute = absolutePaths(args);
  // A daemon must not keep a file system from being unmounted.
  if (background) process.chdir('/');
  const { runParent } = await loadPart('parent', () => import('./parent-part.ts'));
  runParent(absolute);
  return { kind: 'running' };
}

/** File names keep their meaning wherever the process stands later. */
function absolutePaths(args: KeepalivedArguments): KeepalivedArguments {
  const absolute = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : path.resolve(file);
  const entries = (
    ['configurationFile', 'pidFile', 'vrrpPidFile', 'checkersPidFile', 'bfdPidFile', 'logFile', 'recordFile'] as const
  ).flatMap((key) => {
    const value = absolute(args[key]);
    return value === undefined ? [] : [[key, value] as const];
  });
  return { ...args, ...Object.fromEntries(entries) };
}
