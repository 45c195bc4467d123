/** The keepalived command: from the words of the command line to a running parent process, or an answer and an exit. */
import path from 'node:path';
import { parseKeepalivedArguments } from '../cli/keepalived-arguments.ts';
import type { KeepalivedArguments } from '../cli/keepalived-arguments.ts';
import { DaemonError } from '../core/errors.ts';
import { enterNetworkNamespace, setProcessName } from '../kernel/process-control.ts';
import { onSignal, realTimeSignals } from '../kernel/signals.ts';
import { createLog } from '../log/log.ts';
import type { Log } from '../log/log.ts';
import { testConfiguration } from './config-test.ts';
import { daemonize, reportVerdict } from './daemonize.ts';
import { Parent, StartRefused } from './parent.ts';
import { logOptions, syslogIdent } from './settings.ts';
import { connectServiceManager } from './systemd.ts';

/** A defect of ours (sysexits.h, EX_SOFTWARE), as the original has it. */
const internalErrorExitCode = 70;

/** What `main` does with a finished command. `running`: the event loop goes on, the exit comes later. */
export type CommandOutcome = { readonly kind: 'exit'; readonly code: number } | { readonly kind: 'running' };

/**
 * Runs `keepalived ARGV`.
 * @param background this process is the daemon that a foreground process started and waits for
 */
export async function runKeepalived(argv: readonly string[], background: boolean): Promise<CommandOutcome> {
  const parsed = await parseKeepalivedArguments(argv);
  if (parsed.kind === 'genhash') {
    const { genhashMain } = await import('../cli/genhash.ts');
    // Who calls it this way knows the output of 2.2: the digits alone.
    return { kind: 'exit', code: await genhashMain(parsed.argv, 'bare') };
  }
  if (!background) process.stderr.write(parsed.stderr);
  if (parsed.kind === 'exit') {
    process.stdout.write(parsed.stdout);
    return { kind: 'exit', code: parsed.code };
  }
  const args = parsed.arguments;
  if (args.configTest !== undefined) return { kind: 'exit', code: testConfiguration(args, args.configTest.file) };
  if (process.getuid?.() !== 0 && !background) {
    process.stderr.write(
      'keepalived: changing addresses and IPVS needs root; run it as root (checking a file with -t does not need it)\n',
    );
    return { kind: 'exit', code: 4 };
  }
  if (!args.dontFork && !background) return { kind: 'exit', code: await daemonize(argv) };
  const absolute = absolutePaths(args);
  // A daemon must not keep a file system from being unmounted.
  if (background) process.chdir('/');
  runParent(absolute);
  return { kind: 'running' };
}

/** File names keep their meaning wherever the process stands later. */
function absolutePaths(args: KeepalivedArguments): KeepalivedArguments {
  const absolute = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : path.resolve(file);
  const entries = (
    ['configurationFile', 'pidFile', 'vrrpPidFile', 'checkersPidFile', 'bfdPidFile', 'logFile'] as const
  ).flatMap((key) => {
    const value = absolute(args[key]);
    return value === undefined ? [] : [[key, value] as const];
  });
  return { ...args, ...Object.fromEntries(entries) };
}

function runParent(args: KeepalivedArguments): void {
  setProcessName('keepalived');
  const log = createLog({ ...logOptions(args), ident: syslogIdent('parent', args), pid: process.pid });
  const exit = (exitCode: number, reason?: string): void => {
    // Without -l nobody at the terminal would learn why.
    if (reason !== undefined && !(args.logConsole && args.dontFork)) process.stderr.write(`keepalived: ${reason}\n`);
    reportVerdict({ type: 'exit', exitCode });
    process.exit(exitCode);
  };
  const refuse = (error: unknown): void => {
    const exitCode = error instanceof StartRefused ? error.exitCode : 1;
    const message = describeError(error);
    log.error(message);
    void log.close(500).then(() => exit(exitCode, message));
  };
  try {
    // Before anything starts threads or children: they live where this thread lives when they are made.
    if (args.namespace !== undefined) enterNetworkNamespace(args.namespace);
    const parent = new Parent({
      args,
      log,
      serviceManager: connectServiceManager(),
      ready: () => reportVerdict({ type: 'ready' }),
      exit,
    });
    connectSignals(parent, args, log);
    process.on('uncaughtException', (error) => {
      log.error(`internal error: ${error.stack ?? error.message}`);
      void parent.stop(internalErrorExitCode, `internal error: ${error.message}`);
    });
    log.info(`Starting Keepalived (keepalived-ts), pid ${process.pid}`);
    parent.start().catch(refuse);
  } catch (error) {
    refuse(error);
  }
}

/** One line about an error; the stack of what can only be a defect of ours, for the report of it. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const expected = error instanceof DaemonError || 'syscall' in error;
  return expected ? error.message : `internal error: ${error.stack ?? error.message}`;
}

/** The signals of the original and what they ask for (reference: runtime contract, signals). */
function connectSignals(parent: Parent, args: KeepalivedArguments, log: Log): void {
  const stop = (): void => void parent.stop(0);
  onSignal('SIGTERM', stop);
  onSignal('SIGINT', args.ignoreSigint ? () => undefined : stop);
  onSignal(
    'SIGHUP',
    () => void parent.reload().catch((error: unknown) => log.error(`reload failed: ${(error as Error).message}`)),
  );
  onSignal('SIGUSR1', () => parent.dump('data'));
  onSignal('SIGUSR2', () => parent.dump('statistics'));
  onSignal(realTimeSignals.statisticsAndClear, () => parent.dump('statistics-and-clear'));
  onSignal(realTimeSignals.jsonDump, () => parent.dump('json'));
  // A foreground shell that goes away must not take the load balancer with it by a broken stderr.
  process.stderr.on('error', () => undefined);
}
